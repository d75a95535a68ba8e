"""What is taken from a submitted notebook, and the notebook that is run and recorded.

The notebook is only a carrier of source text: `take` finds the solution cells and the student's own code cells,
`rebuild` puts them into the notebook that was handed out. Order, tags, metadata, points, checks and kernel are the
instructor's.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell

from autograder.authoring.notebooks import EXPERIMENT_TAG
from autograder.grading.carrier import clean
from autograder.messages import LANGUAGES

LONGEST_SOURCE = 20_000  # characters of one cell
LONGEST_NAME = 60  # characters of a submitted name that a remark repeats
STUB = "your_turn("
# What nbgrader reads from a cell's metadata, and so what is worth changing for somebody who wants to fool it.
TELLING = ("grade", "solution", "locked", "points", "task", "schema_version")


@dataclass(frozen=True)
class Remark:
    """Something about a submission worth telling: a message key under `grading.remark`, and what to fill it with."""

    key: str
    cell: str = ""
    what: str = ""


@dataclass(frozen=True)
class Extra:
    """A code cell of the student's own, and the id of the instructor's cell that it follows; empty at the start."""

    source: str
    after: str


@dataclass(frozen=True)
class Submission:
    """What is taken from a submission: answers by exercise (those that are there), extra cells in their order."""

    answers: dict[str, str]
    extras: tuple[Extra, ...]
    language: str
    remarks: tuple[Remark, ...] = field(default=())


@dataclass(frozen=True)
class _Cell:
    """A submitted cell, reduced to what can be trusted to be of its type."""

    kind: str
    source: str
    id: str
    nbgrader: dict
    tags: list

    @property
    def grade_id(self) -> str:
        name = self.nbgrader.get("grade_id")
        return clean(name) if isinstance(name, str) else ""

    @property
    def unfinished(self) -> bool:
        return STUB in self.source or not self.source.strip()


def take(content: dict, release: Any) -> Submission:
    """The answers and extra cells of a notebook, found by comparing it with the one that was handed out."""
    cells = [_read_cell(entry) for entry in content["cells"]]
    known = _Known(release)
    places = [known.place(cell) for cell in cells]
    remarks: list[Remark] = []
    answers = {}
    for exercise in known.exercises:
        official = [cell for cell, place in zip(cells, places, strict=True) if place == exercise]
        finished = [cell for cell in official if not cell.unfinished]
        if not finished:  # somebody may have written the answer into a cell of their own, or of another exercise
            for number, cell in enumerate(cells):
                if cell.kind == "code" and not cell.unfinished and exercise in defined(cell.source):
                    places[number] = places[number] or exercise
                    finished.append(cell)
                    remarks.append(Remark("elsewhere", exercise))
        if chosen := finished or official:
            answers[exercise], more = _choose(exercise, chosen)
            remarks += more
        else:
            remarks.append(Remark("missing", exercise))
    remarks += known.remarks(cells, places)
    return Submission(answers, tuple(known.extras(cells, places)), _language(content, cells), tuple(_unique(remarks)))


def rebuild(release: Any, submission: Submission) -> Any:
    """The notebook that is run and recorded: the one that was handed out, with what was taken from a submission."""
    notebook = nbformat.from_dict(release)
    notebook.cells = [new_code_cell(extra.source) for extra in submission.extras if not extra.after]
    for cell in nbformat.from_dict(release).cells:
        if cell.id in submission.answers:
            cell.source = submission.answers[cell.id]
        notebook.cells.append(cell)
        notebook.cells += [new_code_cell(extra.source) for extra in submission.extras if extra.after == cell.id]
    numbered = (cell for cell in notebook.cells if not _is_from(release, cell))
    for number, cell in enumerate(numbered, 1):
        cell.id = f"extra-{number}"
    return notebook


def _is_from(release: Any, cell: Any) -> bool:
    return any(cell.id == original.id for original in release.cells)


@lru_cache(maxsize=256)
def parsed(source: str) -> ast.Module | None:
    """The syntax tree of a cell, its magics left out; None if it has a mistake in it."""
    try:
        return ast.parse(re.sub(r"(?m)^([ \t]*)[%!].*$", r"\1pass", source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def defined(source: str) -> set[str]:
    """The functions and other names that a cell gives a value to at its top level."""
    tree = parsed(source)
    names = set()
    for node in tree.body if tree else ():
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def _choose(exercise: str, cells: list[_Cell]) -> tuple[str, list[Remark]]:
    """One source from the cells that hold an answer: of copies the last, of pieces all."""
    remarks = [Remark("retyped", exercise)] if any(cell.kind != "code" for cell in cells) else []
    sources = list(dict.fromkeys(cell.source for cell in cells))
    if len(sources) == 1:
        return sources[0], remarks + ([Remark("copied", exercise)] if len(cells) > 1 else [])
    whole = [source for source in sources if exercise in defined(source)]
    pieces = [source for source in sources if source not in whole]
    if len(whole) > 1:
        return "\n\n".join([*pieces, whole[-1]]), [*remarks, Remark("duplicated", exercise)]
    together = "\n".join(sources)
    if whole and not parsed(together):  # the other cell is not the rest of this one
        return whole[0], [*remarks, Remark("duplicated", exercise)]
    return together, [*remarks, Remark("split", exercise)]


class _Known:
    """The cells that were handed out, and how to recognise them."""

    def __init__(self, release: Any) -> None:
        self._cells = {cell.id: cell for cell in release.cells}
        self._data = {cell.id: cell.metadata.get("nbgrader", {}) for cell in release.cells}
        self._graded = {data["grade_id"]: id for id, data in self._data.items() if data}
        self._sources = {cell.source.strip(): cell.id for cell in release.cells}
        self.exercises = [id for id, data in self._data.items() if data.get("solution")]
        self._checks = [id for id, data in self._data.items() if data.get("grade")]

    def place(self, cell: _Cell) -> str:
        """The id of the cell that this one is, or nothing. Other programs change ids, or drop what nbgrader wrote."""
        return (
            self._graded.get(cell.grade_id)
            or (cell.id if cell.id in self._cells else "")
            or self._sources.get(cell.source.strip(), "")
        )

    def extras(self, cells: list[_Cell], places: list[str]) -> Iterator[Extra]:
        """The student's own code: cells of their own, and what they changed in those they were free to change."""
        after = ""
        for cell, place in zip(cells, places, strict=True):
            after = place or after
            if cell.kind == "code" and cell.source.strip() and (not place or self._is_rewritten(cell, place)):
                yield Extra(cell.source, after)

    def _is_rewritten(self, cell: _Cell, place: str) -> bool:
        original = self._cells[place]
        free = not self._data[place] and EXPERIMENT_TAG not in original.metadata.get("tags", [])
        return free and cell.source.strip() != original.source.strip()

    def remarks(self, cells: list[_Cell], places: list[str]) -> Iterator[Remark]:
        """What was done to cells that should have stayed as they were."""
        order = [id for id in self._cells if id in places]
        found = [id for id in dict.fromkeys(places) if id]
        if found != order:
            yield Remark("reordered")
        for check in self._checks:
            if check not in places:
                yield Remark("check_missing", check)
        for cell, place in zip(cells, places, strict=True):
            if not place:
                if cell.grade_id:
                    yield Remark("unknown_name", cell.grade_id[:LONGEST_NAME])
                continue
            original, data = self._cells[place], self._data[place]
            if data.get("locked") and cell.source.strip() != original.source.strip():
                yield Remark("locked_changed", place)
            if data and (cell.tags or any(cell.nbgrader.get(key, data.get(key)) != data.get(key) for key in TELLING)):
                yield Remark("metadata_changed", place)
            if data and cell.grade_id not in ("", place):
                yield Remark("renamed", place)
            if data.get("locked") and cell.kind != original.cell_type:
                yield Remark("retyped", place)
        for first, second in pairwise(sorted(place for place in places if place in self._checks)):
            if first == second:
                yield Remark("copied", first)


def _read_cell(content: Any) -> _Cell:
    """Reads a cell of which nothing is certain."""
    content = content if isinstance(content, dict) else {}
    source = content.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    source = source if isinstance(source, str) else ""
    metadata = content.get("metadata") if isinstance(content.get("metadata"), dict) else {}
    nbgrader = metadata.get("nbgrader")
    tags = metadata.get("tags")
    return _Cell(
        kind=str(content.get("cell_type", "")),
        source=source.replace("\r\n", "\n").replace("\x00", "").encode("utf-8", "replace").decode()[:LONGEST_SOURCE],
        id=content["id"] if isinstance(content.get("id"), str) else "",
        nbgrader=nbgrader if isinstance(nbgrader, dict) else {},
        tags=tags if isinstance(tags, list) else [],
    )


def _language(content: dict, cells: list[_Cell]) -> str:
    """The language the notebook says it is in; if that is lost, the language of its prose."""
    metadata = content.get("metadata")
    course = metadata.get("course") if isinstance(metadata, dict) else None
    language = course.get("language") if isinstance(course, dict) else None
    if language in LANGUAGES:
        return language
    return "ko" if any(cell.kind == "markdown" and re.search("[가-힣]", cell.source) for cell in cells) else "en"


def _unique(remarks: list[Remark]) -> Iterator[Remark]:
    seen = []
    for remark in remarks:
        if remark not in seen:
            seen.append(remark)
            yield remark
