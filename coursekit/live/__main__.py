"""The pictures that lessons show where no kernel runs: python -m coursekit.live [FOLDER].

Each demo with the trained layer, as a PNG beside the notebooks that show it, in their language; or all of them in a
folder, to look at, in the reader's.
"""

import sys
from pathlib import Path

from coursekit.data import refuse_stand_in
from coursekit.live.catalogue import DEMOS, as_in_lesson
from coursekit.live.garments import test_images
from curriculum.messages import LANGUAGES, current_language, set_language

COURSE = Path(__file__).resolve().parents[2] / "course"


def main() -> None:
    """Write the PNG of every demo.

    Raises:
        FileNotFoundError: the folder, or a lesson's folder in `course/`, does not exist.
    """
    test_images()
    refuse_stand_in()
    for language in [current_language()] if sys.argv[1:] else LANGUAGES:
        set_language(language)
        for lesson, demos in DEMOS.items():
            folder = Path(sys.argv[1]) if sys.argv[1:] else COURSE / language / lesson
            for demo, recorded in demos.items():
                path = folder / f"{demo.__name__}.png"
                path.write_bytes(as_in_lesson(demo, recorded).png(compress_level=9))
                print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
