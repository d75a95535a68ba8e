"""What a release consists of, beside its wheels: the course as a zip in each language, what is new, and checksums."""

import hashlib
import re
import tomllib
import zipfile
from pathlib import Path

from curriculum.messages import LANGUAGES
from curriculum.paths import REPOSITORY

NOTES, SUMS = "NOTES.md", "SHA256SUMS"
WHEELS = 2  # for students, and for instructors
BEGINNING_OF_TIME = (1980, 1, 1, 0, 0, 0)  # a zip cannot go further back; the same course gives the same bytes
OPENED_BY_THEMSELVES = ("exam.html", "summary.html")


class ReleaseError(Exception):
    """The repository is not ready for this release; the message says what to do."""


def write_release(tag: str, folder: Path) -> list[Path]:
    """Write all of it beside the wheels, which have to be in the folder.

    Args:
        tag: the version with a v before it, as the tag in Git is called.
        folder: `dist/`.

    Returns:
        The files of the release, without the notes.

    Raises:
        ReleaseError: the tag is not pyproject.toml's version, the changelog does not know it, or a wheel is missing.
    """
    version = _version()
    if tag != f"v{version}":
        raise ReleaseError(f"expected the tag v{version}, as pyproject.toml has the version. Received: {tag!r}")
    wheels = sorted(folder.glob(f"*-{version}-*.whl"))
    if len(wheels) != WHEELS:
        raise ReleaseError(
            f"expected {WHEELS} wheels of {version} in {folder}, the students' and the instructors'. To make them: "
            f"make wheel. Received: {', '.join(path.name for path in wheels) or 'none'}"
        )
    (folder / NOTES).write_text(changes(version), "utf-8", newline="\n")
    files = [*wheels, *(write_course(language, version, folder) for language in LANGUAGES)]
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)
    (folder / SUMS).write_text(sums, "utf-8", newline="\n")
    return [*files, folder / SUMS]


def changes(version: str) -> str:
    """What the changelog says of a version.

    Raises: ReleaseError if it has no section of that name, or an empty one.
    """
    text = (REPOSITORY / "CHANGELOG.md").read_text("utf-8")
    found = re.search(rf"^## \[{re.escape(version)}\][^\n]*\n(.*?)(?=^## |^\[|\Z)", text, re.MULTILINE | re.DOTALL)
    if found is None or not found[1].strip():
        raise ReleaseError(
            f"CHANGELOG.md: expected a section [{version}] that says what is new. What stands under [Unreleased] "
            "belongs there now."
        )
    return found[1].strip() + "\n"


def write_course(language: str, version: str, folder: Path) -> Path:
    """A zip of one folder: the notebooks of a language with their pictures, the exam and the card, and the licence."""
    name = f"attention-course-{language}-{version}"
    course = REPOSITORY / "course" / language
    paths = [*course.glob("*/*.ipynb"), *course.glob("*/*.png"), *(course / each for each in OPENED_BY_THEMSELVES)]
    path = folder / f"{name}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in [*sorted(paths), REPOSITORY / "LICENSE"]:
            inside = each.relative_to(course if each.is_relative_to(course) else REPOSITORY)
            entry = zipfile.ZipInfo(f"{name}/{inside.as_posix()}", BEGINNING_OF_TIME)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, each.read_bytes())
    return path


def _version() -> str:
    return str(tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]["version"])
