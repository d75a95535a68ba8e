"""What lies in downloads: folders, archives, archives in archives, read without trusting any of them.

Notebooks are copied to a folder beside the submissions, one at a time and within limits. Nothing else is unpacked, no
link is followed, and no name from an archive becomes a path.
"""

import io
import os
import re
import shutil
import stat
import subprocess
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from autograder.grading.submission_file import LARGEST_FILE, LONGEST_NOTE, NOTEBOOK, TIMESTAMP, visible
from autograder.grading.submissions import GradingError

LARGEST_ARCHIVE = 50 * 2**20  # bytes of an archive that a student has made
MOST_UNPACKED = 200 * 2**20  # bytes that are taken out of one of those, all archives in it together
HIGHEST_RATIO = 100  # of all notebooks to the download that they are packed in; notebooks shrink to a tenth
MOST_FILES = 10_000  # in one of those
DEEPEST = 3  # archives in archives: the platform's, the student's, and one more by accident
LEFTOVERS = ("__macosx", ".ds_store", "thumbs.db", "desktop.ini", ".ipynb_checkpoints", ".git", "__pycache__", ".venv")
# What cannot be read of an archive: broken, encrypted, packed in a way that Python has no module for.
UNREADABLE = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, ValueError)
COPIES = re.compile(
    r"(^|(?<=[ _]))copy[ _]of[ _]+"
    r"|^(사본|복사본)[ _]*[-:]?[ _]+"
    r"|([ _]*-[ _]*|[ _]+)(copy(?![ _]of[ _])|사본|복사본)(?=$|[ _.(])"
    r"|의[ _]사본"
    r"|[ _]*\((?P<number>\d+)\)",
    re.IGNORECASE,
)
GIT = ("git", "-c", "safe.directory=*", "--no-replace-objects")
# A repository's own settings may name programs to run; reading one object runs none, and fetches nothing with this.
CAREFULLY = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}
COMMITTER = re.compile(rb"^committer .*> (\d{1,12}) [+-]\d{4}$", re.MULTILINE)


@dataclass(frozen=True)
class Found:
    """A file of a download.

    `parts` are the names that lead to it, beginning with the download's own; an archive is a part like a folder.
    `staged` is where a notebook was copied to. `changed` orders copies that the student has made, and is no time of
    submission. `noted` is what nbgrader's timestamp.txt says, `committed` when a repository was committed to, and
    `repository` the number of parts that lead to that.
    """

    parts: tuple[str, ...]
    staged: Path | None = None
    refused: str = ""
    changed: float = 0
    noted: str = ""
    committed: datetime | None = None
    repository: int = 0

    def __str__(self) -> str:
        return visible("/".join(self.parts))


class _RefusedError(Exception):
    """Why a file or an archive is not taken."""


def bare_name(name: str) -> str:
    """A file's name without what copying it has added: `Copy of a.ipynb`, `a (1).ipynb`, `a.ipynb의 사본`."""
    name = unicodedata.normalize("NFC", name)
    while (shorter := COPIES.sub("", name)) != name:
        name = shorter
    return name.strip()


def copy_number(name: str) -> int:
    """Which copy a file's name says it is; 0 for an original."""
    numbers = [match["number"] for match in COPIES.finditer(unicodedata.normalize("NFC", name))]
    return max((int(number) for number in numbers if number), default=0)


def is_notebook(name: str) -> bool:
    """Whether a file's name is a notebook's, also where copying has put something behind it."""
    return bool(NOTEBOOK.search(bare_name(name)))


def stem(name: str) -> str:
    """The name of a notebook or an archive without its ending and what copying has added."""
    return re.sub(r"\.zip$", "", NOTEBOOK.sub("", bare_name(name)), flags=re.IGNORECASE)


def found_in(source: Path, staging: Path) -> Iterator[Found]:
    """Everything in a download, notebooks copied to `staging`. What macOS and Windows leave behind is passed over.

    Raises: GradingError if the download itself cannot be read.
    """
    reader = _Reader(staging)
    name = unicodedata.normalize("NFC", source.resolve().name)
    try:
        if source.is_dir():
            yield from reader.folder(source, (name,), NO_REPOSITORY)
        elif source.is_file() and zipfile.is_zipfile(source):
            reader.left = max(MOST_UNPACKED, HIGHEST_RATIO * source.stat().st_size)
            with source.open("rb") as file:
                yield from reader.archive(file, (name,), None)
        elif source.is_file() and is_notebook(name):
            yield from reader.file(source, (name,), NO_REPOSITORY)
        else:
            raise GradingError(f"{source} is not a folder, a zip archive or a notebook. Unpack it first.")
    except _RefusedError as error:
        raise GradingError(f"{source} is refused: {error}. Nothing was collected.") from None
    except UNREADABLE as error:
        raise GradingError(f"{source} cannot be read: {_reason(error)}. Nothing was collected.") from None


@dataclass(frozen=True)
class _Repository:
    """A repository on this machine: the number of parts that lead to it, and its last commit."""

    parts: int
    committed: datetime | None


NO_REPOSITORY = _Repository(0, None)


@dataclass
class _Budget:
    """What may still be taken out of the archive of one student."""

    left: int = field(default_factory=lambda: MOST_UNPACKED)

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise _RefusedError(f"it unpacks to more than {MOST_UNPACKED // 2**20} MB")


class _Reader:
    """Walks folders and archives, and copies notebooks. `left` is how many bytes one download may still give."""

    def __init__(self, staging: Path) -> None:
        self._staging = staging
        self._staged = len(list(staging.iterdir()))
        self.left = sys.maxsize

    def folder(self, folder: Path, parts: tuple[str, ...], repository: _Repository) -> Iterator[Found]:
        """What lies in a folder on this machine."""
        if (folder / ".git").is_dir() and not (folder / ".git").is_symlink():
            repository = _Repository(len(parts), _last_commit(folder))
        for path in sorted(folder.iterdir()):
            below = (*parts, unicodedata.normalize("NFC", path.name))
            if _is_leftover(path.name):
                continue
            if path.is_symlink():
                yield Found(below, refused="it is a link")
            elif path.is_dir():
                yield from self.folder(path, below, repository)
            else:
                yield from self.file(path, below, repository)

    def file(self, path: Path, parts: tuple[str, ...], repository: _Repository) -> Iterator[Found]:
        """A file on this machine: a notebook, an archive of a student's, or something else."""
        try:
            file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            yield Found(parts, refused=f"it cannot be opened: {error.strerror}")
            return
        with os.fdopen(file, "rb") as opened:
            status = os.fstat(file)
            if not stat.S_ISREG(status.st_mode):
                yield Found(parts, refused="it is a device or a pipe")
            else:
                entry = _Entry(opened, status.st_size, parts, 1, status.st_mtime)
                for found in self._entry(entry, _Budget()):
                    yield replace(found, committed=repository.committed, repository=repository.parts)

    def archive(
        self, file: IO[bytes], parts: tuple[str, ...], budget: _Budget | None, depth: int = 0
    ) -> Iterator[Found]:
        """What lies in an archive; in a student's own one within a budget.

        Raises: _RefusedError if it leads outside, holds links, or is too large; what UNREADABLE lists.
        """
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if budget and len(entries) > MOST_FILES:
                raise _RefusedError(f"it has more than {MOST_FILES:,} files")
            names = [_name_of(entry) for entry in entries]
            for entry, name in zip(entries, names, strict=True):
                _refuse_bad_path(entry, name)
            for entry, name in sorted(zip(entries, names, strict=True), key=lambda pair: pair[1]):
                below = (*parts, *(part for part in name.split("/") if part not in ("", ".")))
                if entry.is_dir() or name.endswith("/") or any(map(_is_leftover, below[len(parts) :])):
                    continue
                own = budget or _Budget()
                try:
                    with archive.open(entry) as opened:
                        read = _Entry(opened, entry.file_size, below, depth + 1, _changed(entry))
                        yield from self._entry(read, own)
                except _RefusedError as error:
                    if budget:  # the archive is one person's, and not to be trusted
                        raise
                    yield Found(below, refused=str(error))
                except UNREADABLE as error:
                    if budget:
                        raise
                    yield Found(below, refused=f"it cannot be read: {_reason(error)}")

    def _entry(self, entry: "_Entry", budget: _Budget) -> Iterator[Found]:
        if is_notebook(entry.parts[-1]):
            if entry.size > LARGEST_FILE:
                size, limit = f"{entry.size / 2**20:.0f} MB", f"{LARGEST_FILE // 2**20} MB"
                yield Found(entry.parts, refused=f"it has {size}; more than {limit} are not read")
            else:
                yield Found(entry.parts, self._stage(entry, budget), changed=entry.changed)
        elif entry.parts[-1] == "timestamp.txt":
            noted = entry.file.read(LONGEST_NOTE).decode("ascii", "replace").strip()
            yield Found(entry.parts, noted=noted if TIMESTAMP.fullmatch(noted) else "")
        elif entry.parts[-1].lower().endswith(".zip"):
            before = self._staged
            try:
                yield from list(self._inner(entry, budget)) or [Found(entry.parts)]
            except (_RefusedError, *UNREADABLE) as error:
                for number in range(before, self._staged):
                    self._path(number).unlink(missing_ok=True)
                reason = str(error) if isinstance(error, _RefusedError) else f"it cannot be read: {_reason(error)}"
                yield Found(entry.parts, refused=reason)
        else:
            yield Found(entry.parts)

    def _inner(self, entry: "_Entry", budget: _Budget) -> Iterator[Found]:
        """What lies in an archive that a student has made."""
        if entry.depth > DEEPEST:
            raise _RefusedError(f"it lies in more than {DEEPEST} archives")
        if entry.size > LARGEST_ARCHIVE:
            raise _RefusedError(f"it has more than {LARGEST_ARCHIVE // 2**20} MB")
        if entry.depth > 1:
            budget.take(entry.size)
        data = entry.file.read(LARGEST_ARCHIVE + 1)
        if data.count(b"PK\x01\x02") > MOST_FILES:  # before a list of them is made
            raise _RefusedError(f"it has more than {MOST_FILES:,} files")
        yield from self.archive(io.BytesIO(data), entry.parts, budget, entry.depth)

    def _stage(self, entry: "_Entry", budget: _Budget) -> Path:
        budget.take(entry.size)
        if entry.depth == 1:  # what a student has packed has bounds of its own, and spoils nothing for the others
            self.left -= entry.size
        if self.left < 0:
            raise GradingError(
                f"{visible(entry.parts[0])} is refused: it unpacks to more than {HIGHEST_RATIO} times its size. "
                "Nothing was collected."
            )
        path = self._path(self._staged)
        self._staged += 1
        with path.open("wb") as copy:
            shutil.copyfileobj(entry.file, copy)
        return path

    def _path(self, number: int) -> Path:
        return self._staging / f"{number}.ipynb"


@dataclass(frozen=True)
class _Entry:
    """A file that is open for reading: how large it is said to be, where it was found, and in how many archives."""

    file: IO[bytes]
    size: int
    parts: tuple[str, ...]
    depth: int
    changed: float


def _changed(entry: zipfile.ZipInfo) -> float:
    """When a file in an archive was changed, by a clock that is not known; 0 if that is no time."""
    try:
        return datetime(*entry.date_time, tzinfo=UTC).timestamp()
    except ValueError:
        return 0


def _is_leftover(name: str) -> bool:
    return name.lower() in LEFTOVERS or name.startswith("._")


def _name_of(entry: zipfile.ZipInfo) -> str:
    """The name of an archive's entry in NFC, with slashes, in whichever encoding the program that packed it wrote.

    Windows in Korean writes cp949, macOS UTF-8; neither says so.
    """
    name = entry.filename
    if not entry.flag_bits & 0x800:
        data = name.encode("cp437", "replace")
        for encoding in ("utf-8", "cp949"):
            try:
                name = data.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _refuse_bad_path(entry: zipfile.ZipInfo, name: str) -> None:
    told = visible(name)
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        raise _RefusedError(f"it has a file with an absolute path, {told}")
    if ".." in name.split("/"):
        raise _RefusedError(f"it has a file whose path leads outside, {told}")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _RefusedError(f"it has a link, {told}")


def _reason(error: Exception) -> str:
    if isinstance(error, RuntimeError) and "password" in str(error):
        return "it is encrypted"
    return visible(getattr(error, "strerror", None) or str(error) or type(error).__name__)


def _last_commit(folder: Path) -> datetime | None:
    """When a repository was last committed to, by the clock of the machine it was done on."""
    git = shutil.which("git")
    if not git:
        return None
    command = [git, *GIT[1:], "--git-dir", str(folder / ".git"), "cat-file", "commit", "HEAD"]
    try:
        done = subprocess.run(command, env=os.environ | CAREFULLY, capture_output=True, timeout=10, check=True)
    except (subprocess.SubprocessError, OSError):
        return None
    found = COMMITTER.search(done.stdout.split(b"\n\n", 1)[0])
    return datetime.fromtimestamp(int(found[1]), UTC) if found else None
