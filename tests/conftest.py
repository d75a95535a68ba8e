"""What all tests share: a quiet TensorFlow, a reader's language, a progress file of their own."""

from pathlib import Path

import pytest

from autograder import messages
from autograder.paths import REPOSITORY
from autograder.quiet import import_tensorflow


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes minutes; `make test-all` and CI run it, `make test` does not")


@pytest.fixture(autouse=True)
def own_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """English unless a test says otherwise, and nobody's progress is touched."""
    monkeypatch.setenv("COURSE_LANGUAGE", "en")
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    messages.set_language(None)


@pytest.fixture(scope="session")
def tensorflow() -> None:
    """TensorFlow, imported without its noise."""
    import_tensorflow()


@pytest.fixture
def repository() -> Path:
    return REPOSITORY
