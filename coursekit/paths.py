"""Where the course's data lies: `data/` in a clone, a copy inside the package in an installed wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def data_folder() -> Path:
    """The folder with results and, if someone put it there, the dataset."""
    folder = PACKAGE.parent / "data"
    return folder if (PACKAGE.parent / "pyproject.toml").is_file() else PACKAGE / "_data"


def results_folder() -> Path:
    """The measured results that the lessons show."""
    return data_folder() / "results"


def weights_folder() -> Path:
    """The trained networks that the demos start from."""
    return data_folder() / "weights"
