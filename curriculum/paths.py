"""Where the course's files lie: in a clone, or inside an installed wheel."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]


def in_clone() -> bool:
    """Whether this is a clone of the repository, where everything can be built, and not an installed wheel."""
    return (REPOSITORY / "solutions" / "lessons").is_dir()


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
