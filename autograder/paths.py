"""Where the course's files lie: in a clone, or inside an installed wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
REPOSITORY = PACKAGE.parent


def in_clone() -> bool:
    """Whether this is a clone of the repository, where everything can be built, and not an installed wheel."""
    return (REPOSITORY / "solutions" / "lessons").is_dir()


def expected_folder() -> Path:
    """The reference outputs: `data/expected` in a clone, a copy inside the package in a wheel."""
    folder = REPOSITORY / "data" / "expected"
    return folder if folder.is_dir() else PACKAGE / "_data" / "expected"


def shown(path: Path) -> str:
    """A path as messages tell it: from the repository's root, where it lies in there."""
    return path.relative_to(REPOSITORY).as_posix() if path.is_relative_to(REPOSITORY) else str(path)
