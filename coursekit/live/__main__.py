"""The pictures that lessons show where no kernel runs: python -m coursekit.live [FOLDER].

Each demo with the trained layer, as a PNG beside the notebooks that show it; or all of them in a folder, to look at.
They have the same words in every language.
"""

import sys
from pathlib import Path

from coursekit.data import refuse_stand_in
from coursekit.live.catalogue import DEMOS, draw
from coursekit.live.garments import test_images
from curriculum.messages import LANGUAGES

COURSE = Path(__file__).resolve().parents[2] / "course"


def main() -> None:
    """Write the PNG of every demo.

    Raises:
        FileNotFoundError: the folder, or a lesson's folder in `course/`, does not exist.
    """
    test_images()
    refuse_stand_in()
    for lesson, demos in DEMOS.items():
        folders = [Path(sys.argv[1])] if sys.argv[1:] else [COURSE / language / lesson for language in LANGUAGES]
        for demo, controls in demos.items():
            picture = draw(demo, controls)
            for folder in folders:
                path = folder / f"{demo.__name__}.png"
                path.write_bytes(picture)
                print(f"{path}: {len(picture) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
