"""Which run of which cell has made what a name stands for, so that no check speaks of an answer that is gone.

A kernel keeps every function that a cell has ever defined. If the cell is changed, and its next run fails or defines
something else, what is left in the kernel is an answer that stands nowhere in the notebook.

JupyterLab, VS Code and Colab tell the kernel the id of the cell that it runs. Other programs do not; there, a cell that
has nearly the text of an earlier one is taken for the same cell, changed, and so is one that would define the same
exercise if it had no mistake in it that keeps Python from reading it.
"""

import re
import traceback
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from IPython import get_ipython

from autograder.checking.cell_code import bound, defined, own_parts, parsed
from autograder.checking.near_names import near
from autograder.checking.problems import students_line
from autograder.checking.reach import used_names
from curriculum.exercises import all_names, is_exercise

FUNCTION = re.compile(r"^\s*(?:async\s+)?def\s+(\w+)", re.MULTILINE)  # also in code with a mistake in it
MISSPELT = re.compile(
    r"^(?:define|function|func?|def|df|de|ef|dfe|edf|fed|deff|deef)\s*(\w+)", re.MULTILINE | re.IGNORECASE
)
LONGEST_TEXT = 160
WORD = re.compile(r"\w+|[^\w\s]")
SAME_LINES, SAME_WORDS = 0.3, 0.8  # that a cell and its earlier text share: a bracket, a name or a line was changed


@dataclass(frozen=True)
class CellRun:
    """A run of a cell: its number, the cell's id if it is known, its text, the names in it, and what stopped it."""

    number: int
    cell: str
    source: str
    names: frozenset[str]
    error: str = ""
    line: str = ""


@dataclass(frozen=True)
class Attempt:
    """An exercise, and the number of the run in which it was defined, checked or asked about."""

    exercise: str
    run: int


@dataclass(frozen=True)
class Stale:
    """What `name` stands for is from before `last`, the last run of the cell that it comes from."""

    name: str
    last: CellRun


class Runs:
    """What the runs of this kernel's cells have left."""

    def __init__(self) -> None:
        self._count = 0
        self._current: Any = None  # what IPython tells of the cell that runs now
        self._values: dict[str, int] = {}  # by their ids: nothing is kept alive
        # The runs that have given a name what it stands for, of each cell the last one: several have imported a module.
        self._made_by: dict[str, list[CellRun]] = {}
        self._left_out_by: dict[str, CellRun] = {}  # where none of their cells gives it any more, the run that has not
        self._stopped: dict[str, CellRun] = {}  # where the last cell with a name in it stopped before it gave it

    def begin(self, info: Any) -> None:
        """Take down that a cell begins to run. Code that it hands to `run_cell` itself is a part of it."""
        self._current = self._current or info

    def note(self, result: Any) -> None:
        """Take down what the run of a cell has left. IPython calls this after each of them."""
        shell = get_ipython()
        if result is not None and self._current not in (None, result.info):
            return
        self._current = None
        if result is None or shell is None:
            return
        source = getattr(result.info, "transformed_cell", None) or result.info.raw_cell or ""
        error = result.error_before_exec or result.error_in_exec
        self._count += 1
        names = frozenset(defined(source) | set(FUNCTION.findall(source)) | _meant(source))
        run = CellRun(self._count, _cell_id(shell, result.info), source, names, *_told(error))
        now = {name: id(value) for name, value in list(shell.user_ns.items()) if not name.startswith("_")}
        changed = {name for name in now if self._values.get(name) != now[name]}
        made = defined(source) & now.keys()
        if error is not None:
            made &= changed | _bound_before_error(source, error, shell.user_global_ns)
        # What a call, a magic or `del` has changed is no cell's: nobody can tell whether it is out of date.
        for name in (changed | self._made_by.keys() - now.keys()) - made:
            self._made_by.pop(name, None)
        earlier = {each for runs in self._made_by.values() for each in runs if _is_same_cell(each, run)}
        for name in self._made_by.keys() - made:
            others = [each for each in self._made_by[name] if each not in earlier]
            if others:
                self._made_by[name] = others
            else:
                self._left_out_by[name] = run
        for name in made:
            others = [] if name in changed else self._made_by.get(name, [])
            self._made_by[name] = [*(each for each in others if each not in earlier), run]
            self._left_out_by.pop(name, None)
        self._stopped = {name: last for name, last in self._stopped.items() if name not in made}
        if run.error:
            self._stopped |= dict.fromkeys(names - made, run)
        self._values = now

    def stopped(self, name: str) -> CellRun | None:
        """The run that was to give a name something to stand for, and stopped before it did."""
        return self._stopped.get(name)

    def stale(self, name: str, names: dict[str, Any]) -> Stale | None:
        """What is out of date of the function called `name` and of the names that it uses, itself first."""
        for used in used_names(name, names):
            current = self._values.get(used) == id(names[used])  # else the cell that runs now has just made it
            if current and used in self._made_by and used in self._left_out_by:
                return Stale(used, self._left_out_by[used])
        return None

    @property
    def running(self) -> int:
        """The number of the run that goes on now."""
        return self._count + 1

    def latest(self, exercises: Iterable[str], names: dict[str, Any]) -> Attempt | None:
        """Which of these exercises was defined last, and in which run."""
        found = []
        for name in exercises:
            if self._count and name in names and self._values.get(name) != id(names[name]):
                found.append(Attempt(name, self.running))
            elif name in self._made_by:
                found.append(Attempt(name, self._made_by[name][-1].number))
        return max(found, key=lambda attempt: attempt.run, default=None)


def _cell_id(shell: Any, info: Any) -> str:
    if getattr(info, "cell_id", None):
        return str(info.cell_id)
    with suppress(AttributeError, KeyError, TypeError):  # Colab has it at a place of its own
        return str(shell.get_parent()["metadata"]["colab"]["cell_id"])
    return ""


def _told(error: BaseException | None) -> tuple[str, str]:
    """What an error says in one line, and the line of the student's that it comes from."""
    if error is None:
        return "", ""
    name = type(error).__name__
    lines = "".join(traceback.format_exception_only(error)).splitlines()  # above a SyntaxError stands its line
    text = next((line for line in lines if name in line), name)[:LONGEST_TEXT]
    return text, (error.text or "").strip() if isinstance(error, SyntaxError) else students_line(error)


def _bound_before_error(source: str, error: BaseException, names: dict[str, Any]) -> set[str]:
    """The names that a cell has bound before the line that stopped it."""
    lines = [
        line
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_globals is names and frame.f_code.co_name == "<module>"
    ]
    tree = parsed(source)
    if not lines or tree is None:
        return set()
    done = (node for node in own_parts(tree) if getattr(node, "end_lineno", lines[-1]) < lines[-1])
    return {name for node in done for name in bound(node)}


def _meant(source: str) -> set[str]:
    """The exercises that a cell would define if it had no mistakes: Python cannot read it, or not their names."""
    if parsed(source) is not None:
        return set()
    written = set(FUNCTION.findall(source) + MISSPELT.findall(source))
    return {meant for name in written if (meant := name if is_exercise(name) else near(name, all_names()))}


def _is_same_cell(earlier: CellRun, run: CellRun) -> bool:
    if earlier.cell or run.cell:
        return earlier.cell == run.cell
    if parsed(run.source) is None and any(map(is_exercise, run.names & earlier.names)):
        return True
    if not FUNCTION.search(earlier.source) or any(map(is_exercise, run.names - earlier.names)):
        return False
    return (
        _shared(_lines(earlier.source), _lines(run.source)) >= SAME_LINES
        and _shared(WORD.findall(earlier.source), WORD.findall(run.source)) > SAME_WORDS
    )


def _lines(source: str) -> list[str]:
    return [line.strip() for line in source.splitlines() if line.strip()]


def _shared(first: list[str], second: list[str]) -> float:
    """The share of these that both have. It takes no longer than reading them: cells are compared after every run."""
    return 2 * (Counter(first) & Counter(second)).total() / max(1, len(first) + len(second))


RUNS = Runs()
