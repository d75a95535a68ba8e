"""What a release consists of: whole, the same bytes every time, and refused where the repository is not ready."""

import hashlib
import zipfile

import pytest

from autograder.authoring import release
from autograder.authoring.release import ReleaseError, changes, write_release
from curriculum.exercises import LESSONS
from curriculum.messages import LANGUAGES

VERSION = release._version()
CHANGELOG = f"""# Changelog

## [Unreleased]

Later.

## [{VERSION}] - 2026-01-01

### Added

- A lesson.

## [0.0.1]

Old.
"""


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """This repository's course, with a changelog that knows the version, and two empty wheels."""
    root = tmp_path / "clone"
    (root / "dist").mkdir(parents=True)
    for name in ("course", "pyproject.toml", "LICENSE"):
        (root / name).symlink_to(release.REPOSITORY / name)
    (root / "CHANGELOG.md").write_text(CHANGELOG)
    for name in ("course", "course_solutions"):
        (root / "dist" / f"{name}-{VERSION}-py3-none-any.whl").write_bytes(b"wheel")
    monkeypatch.setattr(release, "REPOSITORY", root)
    return root


def test_a_release_has_both_wheels_and_the_notebooks_of_each_language(repository):
    files = write_release(f"v{VERSION}", repository / "dist")
    assert len(files) == 3 + len(LANGUAGES)
    for language, path in zip(LANGUAGES, files[2:-1], strict=True):
        names = zipfile.ZipFile(path).namelist()
        assert len([name for name in names if name.endswith(".ipynb")]) == len(LESSONS)
        assert {f"attention-course-{language}-{VERSION}/{name}" for name in ("LICENSE", "exam.html")} <= set(names)
        assert not [name for name in names if "solutions" in name]
    sums = dict(line.split("  ")[::-1] for line in files[-1].read_text().splitlines())
    assert sums == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files[:-1]}
    assert (repository / "dist" / "NOTES.md").read_text() == "### Added\n\n- A lesson.\n"
    before = [path.read_bytes() for path in files]
    assert [path.read_bytes() for path in write_release(f"v{VERSION}", repository / "dist")] == before


def test_another_tag_is_refused(repository):
    with pytest.raises(ReleaseError, match=f"expected the tag v{VERSION}.*'v9.9.9'"):
        write_release("v9.9.9", repository / "dist")


def test_a_release_without_one_of_its_wheels_is_refused(repository):
    next((repository / "dist").glob("*.whl")).unlink()
    with pytest.raises(ReleaseError, match="make wheel"):
        write_release(f"v{VERSION}", repository / "dist")


def test_a_version_that_the_changelog_does_not_know_is_refused(repository):
    with pytest.raises(ReleaseError, match=r"\[0\.9\.9\]"):
        changes("0.9.9")
