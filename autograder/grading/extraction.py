"""What is taken from a submitted notebook, and the notebook that is run and recorded.

A submitted notebook is read for its source text alone: `extract` finds the solution cells and the student's own code
cells, `rebuild` puts them into the notebook that was handed out. Order, tags, metadata, points, checks and kernel are
the instructor's.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.grading.code import asked_for, checked_under, defined, definitions, free, is_stub, runs, same_code, used
from autograder.grading.plan import OWN_PREFIX, checked_exercise, is_explanation
from autograder.grading.submission_file import clean
from autograder.lessons.cells import EXPERIMENT_TAG, checksum
from curriculum.messages import LANGUAGES

LONGEST_CODE = 100_000  # characters of one cell; blank lines and comments do not count
MOST_HANDED_OUT = 200  # cells of exercises and checks that a notebook may name
LONGEST_EXPLANATION = 5_000  # characters; what is behind them nobody has asked for
LONGEST_NAME = 60  # characters of a submitted name that a remark repeats
# What nbgrader reads from a cell's metadata, and so what is worth changing for somebody who wants to fool it. Points
# are looked at by themselves: they may be those of an earlier version of the lesson.
TELLING = ("grade", "solution", "locked", "task", "schema_version")
# Ids of the course's own cells that nothing is graded by; in its first version they were positions.
COURSE_ID = re.compile(r"(text|code|experiment)-[0-9a-f]{8}(-\d+)?|(given|explain)_\w+|\d+-[a-z0-9-]+-\d\d+")


@dataclass(frozen=True)
class Remark:
    """Something about a submission worth telling: a message key under `grading.remark`, and what to fill it with."""

    key: str
    cell: str = ""
    what: str = ""


@dataclass(frozen=True)
class ExtraCell:
    """A code cell of the student's own, and the id of the instructor's cell that it follows; empty at the start."""

    source: str
    after: str


@dataclass(frozen=True)
class Submission:
    """What is taken from a submission: answers by exercise (those that are there), extra cells in their order.

    An empty answer leaves its cell empty: a cell of the student's own has it. `order` are the ids of the instructor's
    cells in the order in which they are run; empty for the order in which they were handed out. `explanations` are the
    sentences that were written, by the id of their cell.
    """

    answers: dict[str, str]
    extras: tuple[ExtraCell, ...]
    language: str
    remarks: tuple[Remark, ...] = field(default=())
    order: tuple[str, ...] = ()
    explanations: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Cell:
    """A submitted cell, reduced to what can be trusted to be of its type."""

    kind: str
    source: str
    id: str
    nbgrader: dict[str, Any]
    tags: list[Any]
    refused: str = ""  # why its source is not there: a message key under `grading.remark`

    @property
    def grade_id(self) -> str:
        name = self.nbgrader.get("grade_id")
        return clean(name) if isinstance(name, str) else ""

    @property
    def is_experiment(self) -> bool:
        return EXPERIMENT_TAG in self.tags or self.id.startswith(f"{EXPERIMENT_TAG}-")


def extract(content: dict[str, Any], release: NotebookNode, *translations: NotebookNode) -> Submission:
    """The answers and extra cells of a notebook, found by comparing it with the one that was handed out.

    That one is handed out in other languages, too: a cell of any of these `translations` is recognised as it is, in
    whichever language the rest of the notebook is.

    Every cell of code stays where it stands, so that a check finds what it found in the notebook. Only what would be
    lost is moved: an answer that stands below its check, or in a cell that grading does not run.
    """
    cells = [_read_cell(entry) for entry in content["cells"]]
    releases = [release, *translations]
    known = _Release(releases, content)
    places = [known.place(cell) for cell in cells]
    taken = _Extraction(known, cells, places)
    for exercise in known.exercises:
        taken.answer(exercise)
    order = known.order(taken.roles)
    remarks = [*taken.remarks, *known.refused(cells, places), *known.remarks(cells, places, reordered=not order)]
    extras = tuple(known.extras(cells, taken.roles))
    return Submission(
        taken.answers,
        extras,
        _language(content, cells, releases),
        tuple(dict.fromkeys(remarks)),
        order,
        dict(known.explanations(cells, places)),
    )


def rebuild(release: NotebookNode, submission: Submission) -> NotebookNode:
    """The notebook that is run and recorded: the one that was handed out, with what was taken from a submission."""
    notebook: NotebookNode = nbformat.from_dict(release)
    notebook.cells = [new_code_cell(extra.source) for extra in submission.extras if not extra.after]
    cells = nbformat.from_dict(release).cells
    if submission.order:
        cells.sort(key=lambda cell: submission.order.index(cell.id))
    for cell in cells:
        if cell.id in submission.answers:
            cell.source = submission.answers[cell.id]
        if cell.id in submission.explanations:
            cell.source = submission.explanations[cell.id]
        notebook.cells.append(cell)
        notebook.cells += [new_code_cell(extra.source) for extra in submission.extras if extra.after == cell.id]
    handed_out = {cell.id for cell in release.cells}
    numbered = (cell for cell in notebook.cells if cell.id not in handed_out)
    for number, cell in enumerate(numbered, 1):
        cell.id = f"{OWN_PREFIX}{number}"
    return notebook


class _Extraction:
    """The answers, found one exercise after the other, and what becomes of every submitted cell.

    `roles` are the ids of the instructor's cells that submitted ones stand for: "" is a cell of the student's own, None
    one that is left out, because a better copy of it is there.
    """

    def __init__(self, known: "_Release", cells: list[_Cell], places: list[str]) -> None:
        self._known, self._cells, self._places = known, cells, places
        self.roles: list[str | None] = list(places)
        self.answers: dict[str, str] = {}
        self.remarks: list[Remark] = []
        last = {place: number for number, place in enumerate(places)}
        for number, place in enumerate(places):  # of a check's copies the last one is what the student saw in the end
            if place in known.checks and number != last[place]:
                self.roles[number] = "" if known.differs(cells[number], place) else None

    def answer(self, exercise: str) -> None:
        """Find the answer to an exercise."""
        official = [number for number, place in enumerate(self._places) if place == exercise]
        written = [number for number in official if not is_stub(self._cells[number].source, exercise)]
        if any(self._cells[number].kind != "code" for number in written or official):
            self.remarks.append(Remark("retyped", exercise))
        if written:
            self._of_several(exercise, written)
            self._leave_out(set(official) - set(written), self.roles.index(exercise))
        elif not self._elsewhere(exercise, official):
            if official:
                self._leave_out(official[:-1], official[-1])
                self.answers[exercise] = self._known.as_handed_out(exercise, self._cells[official[-1]].source)
            else:
                self.remarks.append(self._known.missing(exercise, self._places))

    def _leave_out(self, stubs: Iterable[int], answer: int) -> None:
        """Leave out cells with the stub of an exercise. Above the answer, what else they define is not lost."""
        for number in stubs:
            kept = number < answer and self._known.differs(self._cells[number], self._places[number])
            self.roles[number] = "" if kept else None

    def _of_several(self, exercise: str, written: list[int]) -> None:
        """The answer among copies and pieces of its cell: the last whole one above the check. The others stay cells."""
        sources = {number: self._cells[number].source for number in written}
        together = "\n".join(dict.fromkeys(sources.values()))
        if len(written) > 1 and runs(together) and not all(map(runs, sources.values())):  # a cell cut in the middle
            self._leave_out(written[1:], answer=written[0])
            self.answers[exercise] = together
            self.remarks.append(Remark("split", exercise))
            return
        whole = [number for number in written if exercise in defined(sources[number])]
        above = [number for number in whole if number < self._check_at(exercise)]
        chosen = (above or whole or written)[-1]
        self.answers[exercise] = sources[chosen]
        for number in written:
            if number != chosen:
                self.roles[number] = None if sources[number] == sources[chosen] else ""
        if len(written) > 1:
            other = "duplicated" if len(whole) > 1 else "split"
            self.remarks.append(Remark("copied" if len(set(sources.values())) == 1 else other, exercise))

    def _elsewhere(self, exercise: str, official: list[int]) -> bool:
        """The answer where only the stub stands in its cell: in one of the student's own, or of another exercise."""
        found = [
            number
            for number, cell in enumerate(self._cells)
            if cell.kind == "code"
            and self._places[number] != exercise
            and exercise in defined(cell.source)
            and not is_stub(cell.source, exercise)
        ]
        if not found:
            return False
        self.remarks.append(Remark("elsewhere", exercise))
        above = [number for number in found if number < self._check_at(exercise)]
        own = [number for number in above or found if self.roles[number] == ""]
        self._leave_out(official, (own or above or found)[-1])
        if own:
            self.roles[own[-1]] = self._places[own[-1]] = exercise
            self.answers[exercise] = self._cells[own[-1]].source
        elif any(map(self._is_run, above)):
            self.answers[exercise] = ""
        else:
            self.answers[exercise] = self._cells[found[-1]].source
        return True

    def _is_run(self, number: int) -> bool:
        """Whether a cell that stands for one of the instructor's is run as the student left it."""
        role = self.roles[number]
        return bool(role and (role in self._known.exercises or self._known.is_rewritten(self._cells[number], role)))

    def _check_at(self, exercise: str) -> int:
        """The number of the cell that checks an exercise; if it is not there, of the first that comes after it."""
        later = self._known.from_check(exercise)
        there = [number for number, role in enumerate(self.roles) if role == later[0]]
        return (
            there[0]
            if there
            else min((number for number, role in enumerate(self.roles) if role in later), default=len(self._cells))
        )


class _Release:
    """The cells that were handed out, and how to recognise them.

    A lesson may have been mended since this notebook was handed out. Nothing but names and sources is taken to say
    which cell is which, and nobody is told about differences that are the lesson's or a translation's.
    """

    def __init__(self, releases: list[NotebookNode], content: dict[str, Any]) -> None:
        release = releases[0]
        self._cells: dict[str, NotebookNode] = {cell.id: cell for cell in release.cells}
        self._data: dict[str, dict[str, Any]] = {cell.id: cell.metadata.get("nbgrader", {}) for cell in release.cells}
        self._graded: dict[str, str] = {data["grade_id"]: id for id, data in self._data.items() if data}
        every = [(cell.source.strip(), cell.id) for each in reversed(releases) for cell in each.cells]
        self._sources: dict[str, str] = dict(every)
        self._handed_out_so: set[tuple[str, str]] = set(every)
        self._explained = [cell.id for cell in release.cells if is_explanation(cell)]
        others = {id: data for id, data in self._data.items() if id not in self._explained}
        self.exercises = [id for id, data in others.items() if data.get("solution")]
        self.checks = [id for id, data in others.items() if data.get("grade")]
        run = [cell for cell in release.cells if cell.cell_type == "code" and not self._is_experiment(cell.id)]
        self._defined = {cell.id: defined(cell.source) for cell in run}
        self._handed_out = _handed_out(content)

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
        names = defined(cell.source)
        graded = {*self.exercises, *self.checks}
        shared = {id: len(names & others) for id, others in self._defined.items() if id not in graded}
        best = max(shared, key=lambda id: shared[id], default="")
        return best if shared.get(best) else ""

    def from_check(self, exercise: str) -> list[str]:
        """The ids of the cells from an exercise's check on."""
        ids = list(self._cells)
        check = f"check_{exercise}"
        return ids[ids.index(check) :] if check in ids else [check]

    def extras(self, cells: list[_Cell], roles: list[str | None]) -> Iterator[ExtraCell]:
        """The student's own code: cells of their own, and what they changed in those of the instructor.

        A changed cell runs beside the original: after it if it is free to be changed, before it if it is locked, so
        that what is given now has the last word. Of an experiment only those definitions are taken that other cells
        use, and what answers use, however it was made. What an earlier version of the lesson handed out counts as
        changed: answers may need it. What a changed check has checked is what the original will.
        """
        after, needed, asked = "", self._used_by(cells, roles), self._asked_by_answers(cells, roles)
        for cell, role in zip(cells, roles, strict=True):
            before, after = after, role or after
            if role is None or cell.kind != "code" or not cell.source.strip() or self._is_former_check(cell, role):
                continue
            if role and self._data[role].get("locked"):
                if self._is_changed(cell, role) if self._data[role].get("grade") else self._gave_more(cell):
                    yield ExtraCell(cell.source, before)
                    exercise = checked_exercise(self._cells[role])
                    if exercise and (checked := checked_under(cell.source, exercise)):
                        yield ExtraCell(f"{exercise} = {checked}", before)
            elif self._is_an_experiment(cell, role):
                own = defined(cell.source) - (defined(self._cells[role].source) if role else set())
                if source := definitions(cell.source, needed & own, asked & own):
                    yield ExtraCell(source, after)
            elif not role or self.is_rewritten(cell, role):
                yield ExtraCell(cell.source, after)

    def explanations(self, cells: list[_Cell], places: list[str]) -> Iterator[tuple[str, str]]:
        """The cells that take a sentence, each with what was written into it and its copies, if anything was."""
        for id in self._explained:
            there = [cell for cell, place in zip(cells, places, strict=True) if place == id]
            written = [cell.source.strip() for cell in there if cell.source.strip() and self.differs(cell, id)]
            if text := "\n\n".join(dict.fromkeys(written)):
                yield id, text if len(text) <= LONGEST_EXPLANATION else f"{text[:LONGEST_EXPLANATION]} …"

    def _used_by(self, cells: list[_Cell], roles: list[str | None]) -> set[str]:
        """The names that the student's cells use, but for experiments."""
        names: set[str] = set()
        for cell, role in zip(cells, roles, strict=True):
            if role is not None and cell.kind == "code" and not self._is_an_experiment(cell, role):
                names |= used(cell.source)
        return names

    def _asked_by_answers(self, cells: list[_Cell], roles: list[str | None]) -> set[str]:
        """The names that answers take from elsewhere, and that what gives them takes, experiments too."""
        own = [
            (cell, role) for cell, role in zip(cells, roles, strict=True) if role is not None and cell.kind == "code"
        ]
        experiments = [cell.source for cell, role in own if self._is_an_experiment(cell, role)]
        others = [cell.source for cell, role in own if not self._is_an_experiment(cell, role)]
        names = asked_for((cell.source for cell, role in own if role in self.exercises), others)
        for source in reversed(experiments):
            names |= free(definitions(source, set(), names))
        return names

    def _is_an_experiment(self, cell: _Cell, role: str) -> bool:
        return self._is_experiment(role) if role else cell.is_experiment

    def _is_experiment(self, place: str) -> bool:
        tags: list[str] = self._cells[place].metadata.get("tags", [])
        return EXPERIMENT_TAG in tags

    def differs(self, cell: _Cell, place: str) -> bool:
        """Whether a cell has other code than it is handed out with now, in any language."""
        return (cell.source.strip(), place) not in self._handed_out_so

    def is_rewritten(self, cell: _Cell, place: str) -> bool:
        """Whether a cell that one is free to change was changed."""
        return not self._data[place] and not self._is_experiment(place) and self.differs(cell, place)

    def _gave_more(self, cell: _Cell) -> bool:
        """Whether a given cell defines what the lesson does not hand out any more, or what a student has added."""
        return bool(defined(cell.source).difference(*self._defined.values()))

    def _is_former_check(self, cell: _Cell, role: str) -> bool:
        """Whether this is the check of an exercise that the lesson had once."""
        return not role and bool(cell.nbgrader.get("grade")) and cell.source.strip() == _call(cell.grade_id)

    def as_handed_out(self, exercise: str, stub: str) -> str:
        """A stub of an earlier version or another language as it is handed out now: nbgrader knows it by its bytes."""
        now: str = self._cells[exercise].source
        return now if same_code(stub, now) else stub

    def missing(self, exercise: str, places: list[str]) -> Remark:
        """What to say of an exercise of which there is no answer: was it taken out, or never there?"""
        there = exercise in self._handed_out or f"check_{exercise}" in places
        return Remark("missing" if there else "absent", exercise)

    def order(self, roles: list[str | None]) -> tuple[str, ...]:
        """The instructor's cells in the student's order, if no check has lost a cell that it comes after.

        Cells that are missing are put back behind the one that they followed. Returns: nothing if the order is the one
        that was handed out, or if that has to be restored.
        """
        ids = list(self._cells)
        order = [id for id in dict.fromkeys(roles) if id]
        for number, id in enumerate(ids):
            if id not in order:
                order.insert(order.index(ids[number - 1]) + 1 if number else 0, id)
        position = {id: number for number, id in enumerate(order)}
        needed = [id for id in ids if self._cells[id].cell_type == "code" and not self._is_experiment(id)]
        for check in self.checks:
            before = needed[: needed.index(check)]
            if any(position[id] > position[check] for id in before if id not in self.checks):
                return ()
        return tuple(order) if order != ids else ()

    def refused(self, cells: list[_Cell], places: list[str]) -> Iterator[Remark]:
        """Cells whose source was not taken, by their exercise or by their number in the submitted notebook."""
        for number, (cell, place) in enumerate(zip(cells, places, strict=True), 1):
            if cell.refused:
                yield Remark(cell.refused, place if place in self.exercises else f"#{number}")

    def remarks(self, cells: list[_Cell], places: list[str], *, reordered: bool) -> Iterator[Remark]:
        """What was done to cells that should have stayed as they were."""
        there = set(places)
        graded = self._handed_out or [id for id in self._cells if id in (*self.exercises, *self.checks)]
        found = [id for id in dict.fromkeys(places) if id in graded]
        if reordered and found != [id for id in graded if id in there]:
            yield Remark("reordered")
        for check in self.checks:
            handed_out = check in self._handed_out if self._handed_out else check.removeprefix("check_") in there
            if check not in there and handed_out:
                yield Remark("check_missing", check)
        for cell, place in zip(cells, places, strict=True):
            if not place:
                if cell.grade_id and not self._was_a_name(cell):
                    yield Remark("unknown_name", cell.grade_id[:LONGEST_NAME])
                continue
            original, data = self._cells[place], self._data[place]
            if data.get("locked") and self._is_changed(cell, place):
                yield Remark("locked_changed", cell.grade_id if COURSE_ID.fullmatch(cell.grade_id) else place)
            if data and (cell.tags or self._has_other_settings(cell, data)):
                yield Remark("metadata_changed", place)
            if data and cell.grade_id not in ("", place) and not self._was_a_name(cell):
                yield Remark("renamed", place)
            if data.get("locked") and cell.kind != original.cell_type:
                yield Remark("retyped", place)
        for first, second in pairwise(sorted(place for place in places if place in self.checks)):
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
        if not self.differs(cell, place) or _checksum_holds(cell, cell.source):
            return False
        return "checksum" in cell.nbgrader or bool(self._data[place].get("grade"))  # else nobody can tell

    def _has_other_settings(self, cell: _Cell, data: dict[str, Any]) -> bool:
        """Whether what nbgrader goes by was changed. Points count as changed if nbgrader has not signed them, too."""
        if any(cell.nbgrader.get(key, data.get(key)) != data.get(key) for key in TELLING):
            return True
        original = self._cells[self._graded[data["grade_id"]]].source
        return (
            cell.nbgrader.get("points", data.get("points")) != data.get("points")
            and "checksum" in cell.nbgrader
            and not any(_checksum_holds(cell, source) for source in (original, cell.source))
        )


def _handed_out(content: dict[str, Any]) -> list[str]:
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
    return checksum(source, cell.kind, cell.nbgrader) == cell.nbgrader.get("checksum")


def _read_cell(content: Any) -> _Cell:
    """Read a cell whose fields may have any type."""
    content = content if isinstance(content, dict) else {}
    source, refused = content.get("source", ""), ""
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        source, refused = "", "no_text"
    source = source.replace("\r\n", "\n").replace("\x00", "").encode("utf-8", "replace").decode()
    if content.get("cell_type") == "code" and _length(source) > LONGEST_CODE:
        source, refused = "", "too_long"
    metadata = content.get("metadata") if isinstance(content.get("metadata"), dict) else {}
    nbgrader = metadata.get("nbgrader")
    tags = metadata.get("tags")
    return _Cell(
        kind=str(content.get("cell_type", "")),
        source=source,
        id=content["id"] if isinstance(content.get("id"), str) else "",
        nbgrader=nbgrader if isinstance(nbgrader, dict) else {},
        tags=tags if isinstance(tags, list) else [],
        refused=refused,
    )


def _length(source: str) -> int:
    """Characters of code: notes and attempts that are commented out may be as long as they like."""
    lines = (line.strip() for line in source.splitlines())
    return sum(len(line) for line in lines if not line.startswith("#"))


def _language(content: dict[str, Any], cells: list[_Cell], releases: list[NotebookNode]) -> str:
    """The language the notebook says it is in; if that is lost, the one whose prose has most of its words."""
    metadata = content.get("metadata")
    course = metadata.get("course") if isinstance(metadata, dict) else None
    language = course.get("language") if isinstance(course, dict) else None
    if isinstance(language, str) and language in LANGUAGES:
        return language
    found = _words(cell.source for cell in cells if cell.kind == "markdown")
    prose: dict[str, set[str]] = {
        release.metadata.course.language: _words(cell.source for cell in release.cells if cell.cell_type == "markdown")
        for release in releases
    }
    return max(prose, key=lambda each: len(found & prose[each]))


def _words(sources: Iterable[str]) -> set[str]:
    return {word for source in sources for word in source.split()}
