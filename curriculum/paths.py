"""Where the course's files lie: in a clone, or inside installed wheels.

A wheel has what students need. What they must not have, and what is handed out to them, comes to instructors in a
wheel of its own, which may be installed somewhere else.
"""

from importlib.util import find_spec
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
INSTRUCTORS = "cnn_attention_course_solutions"  # the folder that the instructors' wheel installs


def in_clone() -> bool:
    """Whether this is a clone of the repository, where everything can be built, and not an installed wheel."""
    return (REPOSITORY / "solutions" / "lessons").is_dir()


def solutions_folder() -> Path:
    """Masters, usual mistakes and other right answers; no such folder is there if the instructors' wheel is not."""
    if in_clone():
        return REPOSITORY / "solutions"
    found = find_spec(INSTRUCTORS)
    places = found.submodule_search_locations if found else None
    return Path(next(iter(places))).resolve() if places else REPOSITORY / INSTRUCTORS


def course_folder() -> Path:
    """What is handed out, as the build has made it: in a clone, else in the instructors' wheel."""
    return REPOSITORY / "course" if in_clone() else solutions_folder() / "course"


def data_folder() -> Path:
    """The course's data: `data/` in a clone and where submissions are graded, a copy inside the package in a wheel."""
    folder = REPOSITORY / "data"
    return folder if (folder / "expected").is_dir() else REPOSITORY / "curriculum" / "_data"


def expected_folder() -> Path:
    """The reference outputs that checks compare with."""
    return data_folder() / "expected"


def results_folder() -> Path:
    """The measured results that the lessons show."""
    return data_folder() / "results"


def weights_folder() -> Path:
    """The trained networks that the demos start from."""
    return data_folder() / "weights"


def shown(path: Path) -> str:
    """A path as messages tell it: from the repository's root, where it lies in there."""
    return path.relative_to(REPOSITORY).as_posix() if path.is_relative_to(REPOSITORY) else str(path)
