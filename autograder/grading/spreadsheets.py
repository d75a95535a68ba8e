"""Tables as spreadsheets and learning platforms write them: read in any of their forms, changed cell by cell.

A table that comes back has to be the one that was given out, so every cell is kept as it was written, with its quotes,
and only the cells that are set are written anew.
"""

import codecs
import re
from pathlib import Path

from autograder.grading.submissions import GradingError

LARGEST_TABLE = 20 * 2**20  # bytes; a class of a thousand with fifty columns has one million
BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
WITHOUT_MARK = ("utf-8", "cp949", "cp1252")  # what a Korean Windows and a Western one write when nobody asks
DELIMITERS = ",;\t"
SEPARATOR_LINE = re.compile(r"sep=([,;\t])(\r\n|\n|\r)", re.IGNORECASE)  # how Excel is told what separates cells
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")  # what a spreadsheet may take for a formula


class Table:
    """The rows of a CSV file. `rows[0]` is the header; a cell is kept as it stands in the file."""

    def __init__(self, path: Path) -> None:
        """Read a file: UTF-8 or UTF-16 with or without a byte-order mark, cp949, cp1252; commas, semicolons, tabs.

        Raises: GradingError if it cannot be read, or is no text, or holds nothing.
        """
        self.path = path
        self._mark, self._encoding, text = _text(path)
        said = SEPARATOR_LINE.match(text)
        self._before = said[0] if said else ""
        text = text[len(self._before) :]
        self.delimiter = said[1] if said else _delimiter(text)
        self._rows, self._ends = _cells(text, self.delimiter)
        if not any(cell.strip() for row in self._rows for cell in row):
            raise GradingError(f"{path} is empty.")

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, number: int) -> list[str]:
        """The values of a row, without their quotes."""
        return [_value(cell) for cell in self._rows[number]]

    def get(self, row: int, column: int) -> str:
        """The value of a cell; nothing where a row is shorter than the header."""
        return _value(self._rows[row][column]) if column < len(self._rows[row]) else ""

    def set(self, row: int, column: int, value: str) -> None:
        """Write one cell, so that no spreadsheet takes it for a formula. All others stay as they are."""
        cells = self._rows[row]
        cells += [""] * (column + 1 - len(cells))
        value = harmless(value)
        quoted = cells[column].startswith('"') or any(letter in value for letter in f'{self.delimiter}"\r\n')
        cells[column] = '"' + value.replace('"', '""') + '"' if quoted else value

    def data(self) -> bytes:
        """The file as it is now, in the encoding and with the ends of lines that it had."""
        lines = (self.delimiter.join(cells) + end for cells, end in zip(self._rows, self._ends, strict=True))
        try:
            return self._mark + (self._before + "".join(lines)).encode(self._encoding)
        except UnicodeEncodeError as error:
            letter = error.object[error.start]
            raise GradingError(
                f"{self.path} is in {self._encoding}, which has no {letter!r}. Save it as UTF-8."
            ) from None

    def save(self, path: Path) -> None:
        """Write the table so that there is always either the old file or the whole new one.

        Raises: GradingError if it cannot be written.
        """
        data = self.data()
        part = path.with_name(f".{path.name}.part")
        try:
            part.write_bytes(data)
            part.replace(path)
        except OSError as error:
            raise GradingError(f"{path} cannot be written: {error.strerror}") from None


def harmless(value: str) -> str:
    """A value that a spreadsheet shows as text: an apostrophe goes before what it would compute.

    Source: OWASP, CSV Injection (=, +, -, @, tab and carriage return at the beginning, and their full-width forms).
    """
    return f"'{value}" if FORMULA.match(value) else value


def _text(path: Path) -> tuple[bytes, str, str]:
    """The byte-order mark, the encoding, and the text."""
    try:
        if path.exists() and not path.is_file():  # a pipe would keep us waiting
            raise GradingError(f"{path} is not a file.")
        with path.open("rb") as file:
            data = file.read(LARGEST_TABLE + 1)
    except OSError as error:
        raise GradingError(f"{path} cannot be read: {error.strerror}") from None
    if len(data) > LARGEST_TABLE:
        raise GradingError(f"{path} has more than {LARGEST_TABLE // 2**20} MB, which no class list has.")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise GradingError(f"{path} is a workbook or an archive. Save it as CSV: File, Save As, CSV UTF-8.")
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return mark, encoding, _decoded(data[len(mark) :], encoding, path)
    if b"\0" in data[:2000]:  # every second byte of Latin letters
        encoding = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
        return b"", encoding, _decoded(data, encoding, path)
    for encoding in WITHOUT_MARK:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.encode(encoding) == data:
            return b"", encoding, text
    raise GradingError(f"{path} is not text in UTF-8. Save it as CSV UTF-8.")


def _decoded(data: bytes, encoding: str, path: Path) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise GradingError(f"{path} begins like text in {encoding} and is not. Save it as CSV UTF-8.") from None


def _delimiter(text: str) -> str:
    """What separates the cells of the header; a comma if there is but one cell."""
    return max(DELIMITERS, key=lambda delimiter: len(_cells(text, delimiter, header=True)[0][0]))


def _cells(text: str, delimiter: str, *, header: bool = False) -> tuple[list[list[str]], list[str]]:
    """The rows as they are written, and the end of each line; of the header alone, if asked for it."""
    no_end = f"[^{delimiter}\r\n]*"
    cell = re.compile(f'("[^"]*(?:""[^"]*)*"{no_end}|{no_end})({delimiter}|\r\n|\n|\r|\\Z)')
    rows: list[list[str]] = [[]]
    ends: list[str] = []
    at = 0
    while match := cell.match(text, at):
        rows[-1].append(match[1])
        at = match.end()
        if match[2] == delimiter:
            continue
        ends.append(match[2])
        if at == len(text) or header:
            break
        rows.append([])
    return rows, ends


def _value(cell: str) -> str:
    if not cell.startswith('"'):
        return cell
    inner, _, rest = cell[1:].rpartition('"')
    return inner.replace('""', '"') + rest
