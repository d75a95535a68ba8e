"""Reading a submitted file without trusting it: one regular file of a sensible size, with a notebook in it.

What is taken from the notebook is decided in `extraction`.
"""

import json
import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import nbformat

# How a notebook's name ends: platforms replace the dot, browsers and Windows put an ending of their own behind it.
NOTEBOOK = re.compile(r"[._]ipynb(\.(txt|json))?$", re.IGNORECASE)
LARGEST_FILE = 20 * 2**20  # bytes; an honest notebook with its pictures has a few
MOST_CELLS = 2_000
MOST_FOLDERS = 20  # of a submission that are looked into for a notebook
LONGEST_NOTE = 256  # bytes of what nbgrader puts beside a notebook
# A time zone's name as nbgrader's exchange writes it: KST, Asia/Seoul. The parser opens the file of that name.
TIMESTAMP = re.compile(r"[0-9 :.T+-]{1,63}(Z|[A-Z]{1,5}|[A-Z][A-Za-z_]{1,20}(/[A-Z][A-Za-z_]{1,20}){1,2})?")
SECRET = re.compile(r"[!-~]+")
MOST_CODE = 1_000_000  # characters of all code cells together
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # categories: controls, turns of direction, halves, line ends
# Letters and marks that are drawn as nothing (the rest of Unicode's Default_Ignorable_Code_Point); an empty pattern.
EMPTY = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0x180B, 0x1810)}
EMPTY |= {*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
# What a terminal obeys and what turns the direction of text: shown as it stands, it could hide what code does.
TURNS = {0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
LONGEST_NUMBER = 4_000  # digits; Python reads no more
DEEPEST = 50  # nested lists and objects; a notebook has eight


class RefusedError(Exception):
    """Why a submission cannot be read: `reason` is a message key under `grading.refused`, filled with `values`."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = {name: clean(str(value)) for name, value in values.items()}


def clean(text: str) -> str:
    """What of a student's text can be stored and shown anywhere: no control characters, no half characters."""
    text = text.encode("utf-8", "replace").decode()
    return "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cf"))


def one_line(text: str) -> str:
    """What of a student's text can be shown on one line: what breaks lines becomes a space."""
    return " ".join(clean(text).split())


def visible(name: str) -> str:
    """A name with every character that cannot be seen, or that breaks or turns lines, spelled out."""
    return "".join(
        _spelled(letter) if unicodedata.category(letter) in UNSEEN or ord(letter) in EMPTY else letter
        for letter in name
    )


def shown(source: str) -> str:
    """A source for people to read: control characters and changes of direction are spelled out."""
    return "".join(
        _spelled(letter)
        if ord(letter) in TURNS or (unicodedata.category(letter) in ("Cc", "Zl", "Zp") and letter not in "\n\t")
        else letter
        for letter in source
    )


def _spelled(letter: str) -> str:
    return letter.encode("unicode_escape").decode()


def load(folder: Path, notebook: str) -> bytes:
    """The bytes of a submitted notebook, `folder/<notebook>.ipynb`. No other file is opened, no link followed.

    Raises: RefusedError if there is no such regular file of a sensible size.
    """
    expected = f"{notebook}.ipynb"  # what is told; the name that was found may be anything
    try:
        # The folder must not be a symlink either: it could lead to somebody else's.
        here = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        raise RefusedError("not_a_folder") from None
    try:
        name = _found(here, expected)
        kind = os.stat(name, dir_fd=here, follow_symlinks=False).st_mode
        if not stat.S_ISREG(kind):
            raise RefusedError("not_a_file", file=expected)
        # A named pipe put in its place in this instant would otherwise keep us waiting.
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=here)
    except OSError as error:
        raise RefusedError("unreadable", file=expected, error=error.strerror) from None
    finally:
        os.close(here)
    with _regular(file) as opened:
        if opened is None:
            raise RefusedError("not_a_file", file=expected)
        size = os.fstat(file).st_size
        if size > LARGEST_FILE:
            raise RefusedError("too_large", file=expected, size=f"{size / 2**20:.0f}", limit=LARGEST_FILE // 2**20)
        return opened.read(LARGEST_FILE + 1)


def other_notebooks(folder: Path, notebook: str) -> list[str]:
    """The names of the notebooks that lie beside the one that is graded."""
    names = [path.name for path in folder.iterdir() if path.suffix == ".ipynb" and not path.name.startswith(".")]
    return sorted(name for name in names if name != f"{notebook}.ipynb") if f"{notebook}.ipynb" in names else []


def _found(folder: int, name: str) -> str:
    """The notebook of that name, or the only one there is."""
    names = os.listdir(folder)
    if name in names:
        return name
    notebooks = [other for other in names if _is_notebook(other)]
    if len(notebooks) == 1:
        return notebooks[0]
    if notebooks:
        raise RefusedError("several_notebooks", file=name)
    if deeper := _deeper(folder, names):
        raise RefusedError("too_deep", file=name, found=deeper)
    raise RefusedError("no_notebook", file=name)


def _is_notebook(name: str) -> bool:
    return bool(NOTEBOOK.search(name)) and not name.startswith(".")


def _deeper(folder: int, names: list[str]) -> str:
    """A notebook in a folder of this folder; nothing if there is none."""
    for name in sorted(names)[:MOST_FOLDERS]:
        with suppress(OSError):
            inside = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            try:
                with os.scandir(inside) as entries:
                    found = [entry.name for entry in entries if _is_notebook(entry.name)]
            finally:
                os.close(inside)
            if found and not name.startswith("."):
                return visible(f"{name}/{min(found)}")
    return ""


def parse(data: bytes) -> dict[str, Any]:
    """The notebook in these bytes, in the current format.

    Raises: RefusedError if there is none in them.
    """
    if not data.strip():
        raise RefusedError("empty")
    content = _json(_text(data))
    if not isinstance(content, dict) or not isinstance(content.get("cells", content.get("worksheets")), list):
        raise RefusedError("no_notebook_format")
    if _depth(content) > DEEPEST:
        raise RefusedError("no_notebook_format")
    version = content["nbformat"] = _number(content.get("nbformat"))
    if version not in (3, 4):
        raise RefusedError("unknown_version", version=str(version)[:20])
    sheets = [content] if version == 4 else content.get("worksheets")
    _count([cell for sheet in _dicts(sheets) for cell in _list(sheet.get("cells"))])  # converting takes long for many
    try:
        notebook: dict[str, Any] = content if version == 4 else nbformat.convert(nbformat.from_dict(content), 4)
    except Exception:  # nbformat's converter meets whatever somebody has made of the file
        raise RefusedError("no_notebook_format") from None
    if not isinstance(notebook.get("cells"), list):
        raise RefusedError("no_notebook_format")
    _count(notebook["cells"])
    return notebook


def _count(cells: list[Any]) -> None:
    if len(cells) > MOST_CELLS:
        raise RefusedError("too_many_cells", limit=MOST_CELLS)
    code = (cell for cell in _dicts(cells) if cell.get("cell_type") == "code")
    refuse_too_much_code(str(cell.get("source", cell.get("input", ""))) for cell in code)


def refuse_too_much_code(sources: Iterable[str]) -> None:
    """Raises: RefusedError if these cells together are longer than anybody writes."""
    if sum(map(len, sources)) > MOST_CODE:
        raise RefusedError("too_much_code", limit=f"{MOST_CODE:,}")


def _number(value: Any) -> Any:
    """A number that a program has written as text."""
    return int(value) if isinstance(value, str) and value in ("3", "4") else value


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [entry for entry in _list(value) if isinstance(entry, dict)]


def _text(data: bytes) -> str:
    """Text in the encodings in which editors save notebooks."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise RefusedError("encoding") from None


def _json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=lambda _: None, parse_int=_integer)
    except (ValueError, RecursionError):
        raise RefusedError("not_json") from None


def _integer(digits: str) -> int | None:
    """A number of a notebook's; of one that is too long for Python, nothing hangs on it."""
    return int(digits) if len(digits) < LONGEST_NUMBER else None


def _depth(content: Any) -> int:
    """How deep lists and objects are nested, counted without recursion."""
    depth, level = 0, [content]
    while level and depth <= DEEPEST:
        depth += 1
        level = [
            value
            for entry in level
            if isinstance(entry, (dict, list))
            for value in (entry.values() if isinstance(entry, dict) else entry)
        ]
    return depth


@contextmanager
def _regular(file: int) -> Iterator[BinaryIO | None]:
    """An opened file for reading, or None if it is not regular: it may have been replaced since it was looked at."""
    if stat.S_ISREG(os.fstat(file).st_mode):
        with open(file, "rb") as opened:
            yield opened
    else:
        os.close(file)
        yield None


def notes(folder: Path) -> dict[str, str]:
    """What nbgrader's exchange has put beside a submitted notebook, by file name; what cannot be read is left out."""
    found = {
        "timestamp.txt": timestamp(folder),
        "submission_secret.txt": _line(folder / "submission_secret.txt", SECRET),
    }
    return {name: text for name, text in found.items() if text}


def timestamp(folder: Path) -> str:
    """When it was submitted, as nbgrader notes it in `timestamp.txt`; nothing if that cannot be read."""
    from nbgrader.utils import parse_utc  # which takes seconds to import, and reading a notebook does without

    text = _line(folder / "timestamp.txt", TIMESTAMP)  # the parser would open a file that is named like a time zone
    try:
        parse_utc(text)
    except (ValueError, OverflowError):
        return ""
    return text


def _line(path: Path, pattern: re.Pattern[str]) -> str:
    """The one short line of a regular file, if it matches the pattern; else nothing."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return ""
    with _regular(file) as opened:
        text = opened.read(LONGEST_NOTE).decode("ascii", "replace").strip() if opened else ""
    return text if pattern.fullmatch(text) else ""
