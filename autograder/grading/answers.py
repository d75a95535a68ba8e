"""What is taken from a submitted notebook, and the notebook that is run and recorded.

The notebook is only a carrier of source text: `take` finds the solution cells and the student's own code cells,
`rebuild` puts them into the notebook that was handed out. Order, tags, metadata, points, checks and kernel are the
instructor's.
"""

import ast
import re
import symtable
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell
from nbgrader.utils import compute_checksum

from autograder.authoring.notebooks import EXPERIMENT_TAG
from autograder.grading.carrier import clean
from autograder.messages import LANGUAGES

LONGEST_SOURCE = 20_000  # characters of one cell
MOST_HANDED_OUT = 200  # cells of exercises and checks that a notebook may name
LONGEST_NAME = 60  # characters of a submitted name that a remark repeats
STUB = "your_turn("
# What nbgrader reads from a cell's metadata, and so what is worth changing for somebody who wants to fool it. Points
# are looked at by themselves: they may be those of an earlier version of the lesson.
TELLING = ("grade", "solution", "locked", "task", "schema_version")
# Ids of the course's own cells that nothing is graded by; in its first version they were positions.
COURSE_ID = re.compile(r"(text|code|experiment)-[0-9a-f]{8}(-\d+)?|given_\w+|\d+-[a-z0-9-]+-\d\d+")


@dataclass(frozen=True)
class Remark:
    """Something about a submission worth telling: a message key under `grading.remark`, and what to fill it with."""

    key: str
    cell: str = ""


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
    def is_experiment(self) -> bool:
        return EXPERIMENT_TAG in self.tags or self.id.startswith(f"{EXPERIMENT_TAG}-")

    @property
    def unfinished(self) -> bool:
        return STUB in self.source or not self.source.strip()


def take(content: dict, release: Any) -> Submission:
    """The answers and extra cells of a notebook, found by comparing it with the one that was handed out."""
    cells = [_read_cell(entry) for entry in content["cells"]]
    known = _Known(release, content)
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
            remarks.append(known.missing(exercise, places))
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


def bound(source: str) -> set[str]:
    """The names that a cell gives a value to at its top level, those that it imports among them."""
    tree = parsed(source)
    imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))] if tree else []
    return defined(source) | {(name.asname or name.name).split(".")[0] for node in imports for name in node.names}


@lru_cache(maxsize=256)
def read(source: str) -> frozenset[str]:
    """The names that a cell needs from others; none if it has a mistake in it."""
    tree = parsed(source)
    try:
        tables = [symtable.symtable(ast.unparse(tree), "cell", "exec")] if tree else []
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    names: set[str] = set()
    for table in tables:  # grows while it is gone through
        tables += table.get_children()
        names |= {name.get_name() for name in table.get_symbols() if name.is_referenced() and name.is_global()}
    return frozenset(names - bound(source))


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
    """The cells that were handed out, and how to recognise them.

    A lesson may have been mended since this notebook was handed out. Nothing but names and sources is taken to say
    which cell is which, and nobody is told about differences that are the lesson's.
    """

    def __init__(self, release: Any, content: dict) -> None:
        self._cells = {cell.id: cell for cell in release.cells}
        self._data = {cell.id: cell.metadata.get("nbgrader", {}) for cell in release.cells}
        self._graded = {data["grade_id"]: id for id, data in self._data.items() if data}
        self._sources = {cell.source.strip(): cell.id for cell in release.cells}
        self.exercises = [id for id, data in self._data.items() if data.get("solution")]
        self._checks = [id for id, data in self._data.items() if data.get("grade")]
        run = [cell for cell in release.cells if cell.cell_type == "code" and not self._is_experiment(cell.id)]
        self._bound = {cell.id: bound(cell.source) for cell in run}
        self._handed_out = _handed_out(content)

    def _is_experiment(self, place: str) -> bool:
        return EXPERIMENT_TAG in self._cells[place].metadata.get("tags", [])

    def place(self, cell: _Cell) -> str:
        """The id of the cell that this one is, or nothing. Other programs change ids, or drop what nbgrader wrote."""
        return (
            self._graded.get(cell.grade_id)
            or (cell.id if cell.id in self._cells else "")
            or self._sources.get(cell.source.strip(), "")
            or self._successor(cell)
        )

    def _successor(self, cell: _Cell) -> str:
        """The cell that now defines what a cell of an earlier version of the lesson did, given or free to change."""
        if cell.kind != "code" or cell.is_experiment or not COURSE_ID.fullmatch(cell.grade_id or cell.id):
            return ""
        names = bound(cell.source)
        graded = {*self.exercises, *self._checks}
        shared = {id: len(names & others) for id, others in self._bound.items() if id not in graded}
        best = max(shared, key=lambda id: shared[id], default="")
        return best if shared.get(best) else ""

    def extras(self, cells: list[_Cell], places: list[str]) -> Iterator[Extra]:
        """The student's own code: cells of their own, and what they changed in those they were free to change.

        So is what an earlier version of the lesson handed out and this one does not: answers may need it.
        """
        after, needed = "", None
        for cell, place in zip(cells, places, strict=True):
            before, after = after, place or after
            if cell.kind != "code" or not cell.source.strip() or self._is_former_check(cell, place):
                continue
            if place:
                if self._is_rewritten(cell, place):
                    yield Extra(cell.source, after)
                elif self._gave_more(cell, place):
                    yield Extra(cell.source, before)  # so that the given cell of now has the last word
            elif cell.is_experiment:  # a copy, or an earlier version's: not run for its own sake
                needed = self._needed(cells, places) if needed is None else needed
                if defined(cell.source) & needed:
                    yield Extra(cell.source, after)
            else:
                yield Extra(cell.source, after)

    def _is_rewritten(self, cell: _Cell, place: str) -> bool:
        free = not self._data[place] and not self._is_experiment(place)
        return free and cell.source.strip() != self._cells[place].source.strip()

    def _gave_more(self, cell: _Cell, place: str) -> bool:
        """Whether a given cell defines what the lesson does not hand out any more."""
        data = self._data[place]
        given = data.get("locked") and not data.get("grade")
        return bool(given and defined(cell.source).difference(*self._bound.values()))

    def _is_former_check(self, cell: _Cell, place: str) -> bool:
        """Whether this is the check of an exercise that the lesson had once."""
        return not place and bool(cell.nbgrader.get("grade")) and cell.source.strip() == _call(cell.grade_id)

    def _needed(self, cells: list[_Cell], places: list[str]) -> set[str]:
        """The names that answers use, themselves or by way of the student's cells, and that no other cell defines."""
        code = [(cell, place) for cell, place in zip(cells, places, strict=True) if cell.kind == "code"]
        todo = [cell.source for cell, place in code if place in self.exercises]
        own = [(cell.source, defined(cell.source)) for cell, place in code if not place]
        needed: set[str] = set()
        while todo:
            needed |= read(todo.pop())
            todo += [source for source, names in own if names & needed]
            own = [(source, names) for source, names in own if not names & needed]
        return needed.difference(*self._bound.values())

    def missing(self, exercise: str, places: list[str]) -> Remark:
        """What to say of an exercise of which there is no answer: was it taken out, or never there?"""
        there = exercise in self._handed_out or f"check_{exercise}" in places
        return Remark("missing" if there else "absent", exercise)

    def remarks(self, cells: list[_Cell], places: list[str]) -> Iterator[Remark]:
        """What was done to cells that should have stayed as they were."""
        graded = self._handed_out or [id for id in self._cells if id in (*self.exercises, *self._checks)]
        found = [id for id in dict.fromkeys(places) if id in graded]
        if found != [id for id in graded if id in places]:
            yield Remark("reordered")
        for check in self._checks:
            handed_out = check in self._handed_out if self._handed_out else check.removeprefix("check_") in places
            if check not in places and handed_out:
                yield Remark("check_missing", check)
        for cell, place in zip(cells, places, strict=True):
            if not place:
                if cell.grade_id and not self._was_a_name(cell):
                    yield Remark("unknown_name", cell.grade_id[:LONGEST_NAME])
                continue
            original, data = self._cells[place], self._data[place]
            if data.get("locked") and self._is_changed(cell, place):
                yield Remark("locked_changed", place)
            if data and (cell.tags or self._has_other_settings(cell, data)):
                yield Remark("metadata_changed", place)
            if data and cell.grade_id not in ("", place) and not self._was_a_name(cell):
                yield Remark("renamed", place)
            if data.get("locked") and cell.kind != original.cell_type:
                yield Remark("retyped", place)
        for first, second in pairwise(sorted(place for place in places if place in self._checks)):
            if first == second:
                yield Remark("copied", first)

    def _was_a_name(self, cell: _Cell) -> bool:
        """Whether a grade id that is no cell's now was one's when this notebook was handed out."""
        name = cell.grade_id
        if COURSE_ID.fullmatch(name) or name in self._handed_out:
            return True
        agrees = name == cell.id or name in defined(cell.source) or cell.source.strip() == _call(name)
        return agrees and not self._handed_out

    def _is_changed(self, cell: _Cell, place: str) -> bool:
        """Whether a locked cell is not as it was handed out, now or earlier."""
        if cell.source.strip() == self._cells[place].source.strip() or _checksum_holds(cell, cell.source):
            return False
        return "checksum" in cell.nbgrader or bool(self._data[place].get("grade"))  # else nobody can tell

    def _has_other_settings(self, cell: _Cell, data: dict) -> bool:
        """Whether what nbgrader goes by was changed. Points count as changed if nbgrader has not signed them, too."""
        if any(cell.nbgrader.get(key, data.get(key)) != data.get(key) for key in TELLING):
            return True
        original = self._cells[self._graded[data["grade_id"]]].source
        return (
            cell.nbgrader.get("points", data.get("points")) != data.get("points")
            and "checksum" in cell.nbgrader
            and not any(_checksum_holds(cell, source) for source in (original, cell.source))
        )


def _handed_out(content: dict) -> list[str]:
    """The cells of exercises and checks that a notebook says it was handed out with; none if it does not say."""
    metadata = content.get("metadata")
    course = metadata.get("course") if isinstance(metadata, dict) else None
    names = course.get("handed_out") if isinstance(course, dict) else None
    names = names[:MOST_HANDED_OUT] if isinstance(names, list) else []
    return list(dict.fromkeys(name for name in names if isinstance(name, str)))


def _call(grade_id: str) -> str:
    """What a check's cell holds."""
    return f"check({grade_id.removeprefix('check_')})"


def _checksum_holds(cell: _Cell, source: str) -> bool:
    """Whether the cell with this source has the checksum that nbgrader gave it when it was handed out."""
    try:
        return (
            compute_checksum(new_code_cell(source, metadata={"nbgrader": cell.nbgrader})) == cell.nbgrader["checksum"]
        )
    except Exception:  # its metadata are whatever somebody has made of them
        return False


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
