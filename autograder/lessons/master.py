"""Reading a lesson master: py:percent cells with short marks, checked, every error with its file and line."""

import ast
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import jupytext

from autograder.lessons.cells import EXPLAIN_PREFIX
from autograder.lessons.translation import ORIGINAL, TRANSLATIONS, TranslationError, in_each_language
from curriculum.exercises import LESSONS, LISTED, is_exercise, load, module_path
from curriculum.messages import LANGUAGES
from curriculum.paths import in_clone, shown, solutions_folder

LESSONS_FOLDER = solutions_folder() / "lessons"
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
MARKS = {"markdown": {"lang", "explain"}, "code": {"solution", "check", "points", "given", "title"}}
# What is to be explained in one sentence, and a sentence to compare with.
EXPLAINED = re.compile(rf"(?P<asks>.+?)\n\n{BEGIN}\n(?P<answer>.+?)\n{END}", re.DOTALL)
CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")  # what nbformat and nbgrader take
LONGEST_CELL = 25  # lines of code a reader can take in at once, docstrings not counted


class MasterError(Exception):
    """A master, or a file of the bank, that cannot be used: the file, the line, what is wrong and what to do."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        super().__init__(f"{shown(path)}:{line}: {problem}")


@dataclass(frozen=True)
class Cell:
    """One cell of a master. Of `lang`, `solution`, `check`, `given` and `experiment` at most one is set.

    `explain` names what a cell of prose asks to have explained in one sentence. `source` is the English one. Of code,
    `translations` has what stands in the notebooks of the other languages.

    `id` is the cell's in the notebooks, and the grade id of those that have one. It does not depend on where the cell
    stands, so that a lesson can be mended while notebooks of its earlier version are being handed in.
    """

    line: int
    kind: str
    source: str
    lang: str = ""
    solution: str = ""
    check: str = ""
    points: int = 0
    given: tuple[str, ...] = ()
    experiment: bool = False
    explain: str = ""
    id: str = ""
    translations: Mapping[str, str] = field(default_factory=dict)

    def in_language(self, language: str) -> str:
        """The source in the notebook of a language."""
        return self.translations.get(language, self.source)

    def explained(self, part: Literal["asks", "answer"]) -> str:
        """Of a cell that asks for a sentence, the question or the sentence to compare with."""
        found = EXPLAINED.fullmatch(self.source)
        return found[part] if found else ""


@dataclass(frozen=True)
class Master:
    """A lesson: its name, its file, its cells."""

    lesson: str
    path: Path
    cells: tuple[Cell, ...]

    @property
    def notebook(self) -> str:
        """The notebook's name without its ending: the lesson's without its number (`channel_attention`)."""
        return notebook_name(self.lesson)

    def solution(self, exercise: str) -> Cell:
        """The solution cell of an exercise."""
        return next(cell for cell in self.cells if cell.solution == exercise)


def master_path(lesson: str, folder: Path = LESSONS_FOLDER) -> Path:
    """Where the master of `3-channel-attention` lies: `3_channel_attention.py`."""
    return folder / f"{lesson.replace('-', '_')}.py"


def notebook_name(lesson: str) -> str:
    """What the notebook of `3-channel-attention` is called, without its ending: `channel_attention`."""
    return lesson.split("-", 1)[1].replace("-", "_")


@cache
def lesson_title(lesson: str, language: str, folder: Path = LESSONS_FOLDER) -> str:
    """A lesson's first heading. Reading it takes none of the time that reading the whole master does.

    Raises: MasterError if the master does not begin with one.
    """
    path = master_path(lesson, folder)
    first = rf'^# %% \[markdown\] lang="{re.escape(language)}"\n# # (.+)$'
    if found := re.search(first, path.read_text("utf-8") if path.exists() else "", re.MULTILINE):
        return found[1].strip()
    raise MasterError(path, 1, f'expected a first cell lang="{language}" that begins with the title, `# # …`')


@cache
def read_master(lesson: str, folder: Path = LESSONS_FOLDER) -> Master:
    """Read and check one master.

    Raises: MasterError if it cannot be built.
    """
    path = master_path(lesson, folder)
    if not path.exists():
        todo = "write this file" if in_clone() else "install the instructors' package, cnn-attention-course-solutions"
        raise MasterError(path, 1, f"there is no master for lesson {lesson!r}; {todo}")
    text = path.read_text("utf-8")
    # jupytext keeps no line numbers, but the n-th cell begins at the n-th marker.
    lines = [number for number, line in enumerate(text.splitlines(), 1) if re.match(r"# %%( |$)", line)]
    parsed = jupytext.reads(text.lstrip("\n"), fmt="py:percent").cells
    if len(parsed) != len(lines):
        raise MasterError(path, 1, "there is code before the first `# %%`; begin the file with a cell marker")
    cells = [_cell(path, line, cell) for line, cell in zip(lines, parsed, strict=True)]
    master = Master(lesson, path, tuple(_with_ids(cells)))
    _check_translations(master)
    _check_exercises(master)
    _check_ids(master)
    return master


def _cell(path: Path, line: int, parsed: dict[str, Any]) -> Cell:
    kind, marks = parsed["cell_type"], dict(parsed["metadata"])
    marks.pop("lines_to_next_cell", None)  # jupytext's own note on blank lines
    if kind not in MARKS or (unknown := set(marks) - MARKS[kind]):
        what = f"unknown mark {sorted(unknown)[0]!r}" if kind in MARKS else f"unknown cell type {kind!r}"
        raise MasterError(path, line, f"{what}; expected one of {sorted(MARKS.get(kind, MARKS['code']) - {'title'})}")
    title = marks.pop("title", "")
    if title not in ("", "experiment"):
        raise MasterError(path, line, f"unknown mark {title!r}; a bare mark can only be `experiment`")
    points = marks.pop("points", 0)
    given = tuple(marks.pop("given", "").split())
    if sum(map(bool, (title, given, marks.get("solution"), marks.get("check")))) > 1:
        raise MasterError(path, line, "a cell can be only one of solution, check, given and experiment")
    translations = {ORIGINAL: parsed["source"]}
    if kind == "code":
        _check_marks(path, line, parsed["source"], "solution" in marks)
        try:
            translations = in_each_language(parsed["source"], strings=bool(title))
        except TranslationError as error:
            raise MasterError(path, line + error.line, str(error)) from error
    if "explain" in marks and not EXPLAINED.fullmatch(parsed["source"]):
        problem = f"expected a question, an empty line, {BEGIN!r}, a sentence to compare with, {END!r}"
        raise MasterError(path, line, problem)
    source = translations.pop(ORIGINAL)
    experiment = bool(title)
    return Cell(
        line, kind, source, points=points, given=given, experiment=experiment, translations=translations, **marks
    )


def _check_marks(path: Path, line: int, source: str, is_solution: bool) -> None:
    """BEGIN and END alternate, and stand in solution cells only."""
    inside = False
    for number, text in enumerate(source.splitlines(), line + 1):
        if BEGIN in text or END in text:
            if not is_solution:
                raise MasterError(path, number, 'a solution mark outside a cell marked solution="…"')
            if (BEGIN in text) == inside:
                raise MasterError(path, number, f"unmatched {text.strip()!r}")
            inside = BEGIN in text
    if inside:
        raise MasterError(path, line, f"{BEGIN!r} without {END!r}")


def _with_ids(cells: list[Cell]) -> Iterator[Cell]:
    """Give each cell its id. A translation has its original's: both notebooks have the same ids."""
    seen: dict[str, int] = {}
    identity = ""
    for cell in cells:
        if cell.lang not in TRANSLATIONS:
            identity = _identity(cell)
            seen[identity] = seen.get(identity, 0) + 1
            named = cell.solution or cell.check or cell.given or cell.explain
            if seen[identity] > 1 and not named:  # the same text once more
                identity += f"-{seen[identity]}"
        yield replace(cell, id=identity)


def _identity(cell: Cell) -> str:
    """What the cell is for, else a digest of what is in it."""
    if cell.solution:
        return cell.solution
    if cell.check:
        return f"check_{cell.check}"
    if cell.given:
        return f"given_{cell.given[0]}"
    if cell.explain:
        return f"{EXPLAIN_PREFIX}{cell.explain}"
    kind = "text" if cell.kind == "markdown" else "experiment" if cell.experiment else "code"
    return f"{kind}-{hashlib.sha256(cell.source.encode()).hexdigest()[:8]}"


def _check_ids(master: Master) -> None:
    """Every cell has an id that nbformat and nbgrader take, and no other cell has it; a block is given once."""
    lines: dict[str, int] = {}
    for cell in (cell for cell in master.cells if cell.lang not in TRANSLATIONS):
        if not CELL_ID.fullmatch(cell.id):
            raise MasterError(
                master.path,
                cell.line,
                f"the cell's id would be {cell.id!r}; use at most 64 of a-z, A-Z, 0-9, _ and - in the exercise's name",
            )
        for name in dict.fromkeys([cell.id, *(f"given_{block}" for block in cell.given)]):
            if name in lines:
                problem = f"a second cell {name!r}; the first is in line {lines[name]}: remove or rename one of them"
                raise MasterError(master.path, cell.line, problem)
            lines[name] = cell.line


def _check_translations(master: Master) -> None:
    """Prose comes in every language, English first, each next to the other."""
    expected: list[str] = []
    line, explain = 1, ""
    for cell in master.cells:
        if cell.kind == "markdown" and cell.lang not in LANGUAGES:
            languages = " or ".join(f'lang="{language}"' for language in LANGUAGES)
            raise MasterError(master.path, cell.line, f"a prose cell needs {languages}")
        if expected and cell.lang != expected[0]:
            break
        if cell.lang in TRANSLATIONS and not expected:
            problem = f"a cell in {cell.lang!r} without its English one right before it; add it"
            raise MasterError(master.path, cell.line, problem)
        if cell.lang == ORIGINAL:
            expected, line, explain = list(TRANSLATIONS), cell.line, cell.explain
        elif expected:
            if cell.explain != explain:
                problem = f"explain={cell.explain!r} here, {explain!r} in {ORIGINAL!r}; write the same in all languages"
                raise MasterError(master.path, cell.line, problem)
            expected.pop(0)
    if expected:
        problem = f"this prose cell has no translation; add the cell lang={expected[0]!r} after it"
        raise MasterError(master.path, line, problem)


def _check_exercises(master: Master) -> None:
    solved: list[str] = []
    for cell in master.cells:
        if cell.kind == "code":
            _check_length(master, cell)
        if cell.solution:
            _check_solution(master, cell, solved)
            solved.append(cell.solution)
        if cell.check:
            _check_check(master, cell, solved)
        for name in cell.given:
            lessons = list(LESSONS)
            if not is_exercise(name) or lessons.index(load(name).lesson) >= lessons.index(master.lesson):
                raise MasterError(master.path, cell.line, f"given={name!r} is not an exercise of an earlier lesson")
    checked = {cell.check.removesuffix("_2") for cell in master.cells}
    for kind, there in (("solution", set(solved)), ("check", checked)):
        if missing := [name for name in LESSONS[master.lesson] if name not in there]:
            problem = f'no {kind} cell for {missing}: write `# %% {kind}="{missing[0]}"`'
            raise MasterError(master.path, 1, f"{problem}, or take the name out of {shown(LISTED)}")


def _check_length(master: Master, cell: Cell) -> None:
    source = re.sub(r'"""(.|\n)*?"""', "", cell.source)
    if (lines := len(source.splitlines())) > LONGEST_CELL:
        raise MasterError(master.path, cell.line, f"{lines} lines of code in a cell; at most {LONGEST_CELL}: split it")


def _check_solution(master: Master, cell: Cell, solved: list[str]) -> None:
    if cell.solution not in LESSONS[master.lesson]:
        raise MasterError(
            master.path,
            cell.line,
            f"unknown exercise {cell.solution!r}; add it to {master.lesson!r} in LESSONS, {shown(LISTED)}, "
            f"which has {', '.join(LESSONS[master.lesson])}",
        )
    if cell.solution in solved:
        raise MasterError(master.path, cell.line, f"a second solution cell for {cell.solution!r}; remove one")
    if BEGIN not in cell.source:
        raise MasterError(master.path, cell.line, f"no {BEGIN!r} in this solution cell: students would get the answer")
    if re.search(rf"{BEGIN}\s*{END}", cell.source):
        raise MasterError(master.path, cell.line, f"nothing between {BEGIN!r} and {END!r}; write the reference there")
    functions = {node.name: node for node in ast.parse(cell.source).body if isinstance(node, ast.FunctionDef)}
    if cell.solution not in functions:
        raise MasterError(master.path, cell.line, f"this cell does not define a function {cell.solution!r}")
    if not ast.get_docstring(functions[cell.solution]):
        problem = f"{cell.solution!r} has no docstring, which is the task; write it above {BEGIN!r}, with shapes"
        raise MasterError(master.path, cell.line, problem)


def _check_check(master: Master, cell: Cell, solved: list[str]) -> None:
    if cell.check not in solved:
        raise MasterError(master.path, cell.line, f"check={cell.check!r} before a solution cell of that name")
    if cell.source != f"check({cell.check})":
        raise MasterError(master.path, cell.line, f"a check cell holds one call, `check({cell.check})`")
    if cell.points != load(cell.check).total:
        raise MasterError(
            master.path,
            cell.line,
            f"points={cell.points or 'missing'}; {shown(module_path(cell.check))} gives {load(cell.check).total}: "
            f"write points={load(cell.check).total}",
        )
