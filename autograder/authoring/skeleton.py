"""Skeletons of a new exercise, in every place that an exercise has: each says with TODO what has to be written there.

The skeletons can be tried at once (`autograder try`). The build refuses them until every TODO is gone.
"""

import json
import keyword
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograder.authoring.lacking import HINTS, LEAST_ANSWERS, LEAST_MISTAKES, MARK, message_path
from autograder.authoring.launch import GUIDES_FOR_TEACHERS
from autograder.checking.cell_code import defined
from autograder.lessons.master import CELL_ID, master_path, read_master
from autograder.lessons.reference import ANSWERS_FOLDER, MISTAKES_FOLDER
from autograder.lessons.translation import ORIGINAL, TRANSLATIONS
from curriculum.exercises import LESSONS, LISTED, Case, Kind, is_exercise, module_path
from curriculum.messages import LANGUAGES
from curriculum.paths import REPOSITORY, shown

FORMULAS = REPOSITORY / "tests" / "test_formulas.py"
NAME = re.compile(r"[a-z][a-z0-9_]*")
WIDTH = 120


class SkeletonError(Exception):
    """No skeleton can be written: what was expected, and what was received."""


@dataclass(frozen=True)
class Outline:
    """What the skeletons of one kind of exercise hold. `answer` and `mistake` are lines of a function's body."""

    parameters: str
    described: str
    cases: tuple[str, ...]
    points: dict[str, int]
    answer: tuple[str, ...]
    mistake: tuple[str, ...]

    @property
    def total(self) -> int:
        """All points."""
        return sum(self.points.values())


FEATURES = "x: feature map, (batch, height, width, channels)."
DRAWN_CHANNELS = 'lambda draw: {"channels": draw.randint(4, 99)}'


def _drawn_image(channels: int) -> str:
    return f'lambda draw: {{"input_shape": (draw.randint(5, 9), 8, {channels})}}'


NETWORK = ("inputs = keras.Input(input_shape)", "x = layers.Flatten()(inputs)")
OUTLINES: dict[Kind, Outline] = {
    "layer": Outline(
        "x",
        FEATURES,
        tuple(f"Case({shape}, fresh={DRAWN_CHANNELS})" for shape in ("(2, 8, 8, 16)", "(3, 5, 7, 12)")),
        {"shape": 1, "parameters": 1, "outputs": 1},
        ("return x",),
        ("return x + x",),
    ),
    "function": Outline(
        "x",
        "x: array, any shape.",
        ("Case((2, 3))", "Case((4, 5, 6))"),
        {"shape": 1, "outputs": 1},
        ("return x",),
        ("return x + x",),
    ),
    "model": Outline(
        "input_shape",
        "input_shape: (height, width, channels) of an image.",
        (
            f'Case((2, 8, 8, 1), {{"input_shape": (8, 8, 1)}}, fresh={_drawn_image(1)})',
            f'Case((3, 6, 5, 3), {{"input_shape": (6, 5, 3)}}, fresh={_drawn_image(3)})',
        ),
        {"shape": 1, "parameters": 1, "outputs": 1},
        (*NETWORK, "return keras.Model(inputs, x)"),
        (*NETWORK, "return keras.Model(inputs, x + x)"),
    ),
    "number": Outline(
        "channels",
        "channels: how many channels, at least 1.",
        tuple(f'Case((), {{"channels": {channels}}}, fresh={DRAWN_CHANNELS})' for channels in (64, 24)),
        {"outputs": 1},
        ("return channels",),
        ("return channels + 1",),
    ),
}


def write_skeletons(name: str, lesson: str, kind: Kind) -> list[Path]:
    """Write the skeletons of a new exercise. Returns the files that were written or added to.

    Nothing is written if anything is wrong, and no file that is there is replaced.

    Raises: SkeletonError if the name cannot be an exercise's or is taken, if there is no such lesson, or if a
    file has no place for the new exercise.
    """
    _check(name, lesson)
    outline = OUTLINES[kind]
    made = _new_files(name, kind, outline)
    if taken := [path for path in made if path.exists()]:
        raise SkeletonError(f"name={name!r} is taken: {', '.join(map(shown, taken))} is there already")
    edited = _edited_files(name, lesson, kind, outline)
    for path, text in made.items():
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    for path, text in edited.items():
        path.write_text(text, "utf-8", newline="\n")
    return [*made, *edited]


def next_steps(name: str, kind: Kind) -> list[str]:
    """What to do after the skeletons are written."""
    numbers = "Test the numbers that must come out, in tests/test_numbers.py."
    return [
        f"1. Write what each {MARK} says. To list them:",
        f"   git grep --untracked {MARK} curriculum solutions {shown(FORMULAS)}",
        *([f"   {numbers}"] if kind in ("model", "number") else []),
        f"2. `autograder try {name}` shows what a student is told; again with `--language {TRANSLATIONS[0]}`.",
        "3. `make build` measures the exercise and writes its proof.",
        f"4. `git add --intent-to-add .`, `make check`, then `.venv/bin/pytest -k '{name} or documents'`.",
        'To undo: see "A new exercise" in CONTRIBUTING.md.',
    ]


def _check(name: str, lesson: str) -> None:
    if not NAME.fullmatch(name) or keyword.iskeyword(name) or not CELL_ID.fullmatch(f"check_{name}_2"):
        expected = "a function's name of a-z, 0-9 and _, at most 56 characters"
        raise SkeletonError(f"expected as name {expected}. Received: {name!r}")
    if name.endswith("_2"):
        raise SkeletonError(
            f"expected a name that does not end in _2, which a second check's cell has. Received: {name!r}"
        )
    if is_exercise(name):
        raise SkeletonError(f"name={name!r} is taken: {shown(LISTED)} has such an exercise")
    if lesson not in LESSONS:
        raise SkeletonError(f"expected as lesson one of {', '.join(LESSONS)}. Received: {lesson!r}")
    others = {
        master_path(lesson): (cell.source for cell in read_master(lesson).cells if cell.kind == "code"),
        FORMULAS: [FORMULAS.read_text("utf-8")],
    }
    for path, sources in others.items():
        if any(name in defined(source) for source in sources):
            raise SkeletonError(f"name={name!r} is taken: {shown(path)} calls something else so")


def _new_files(name: str, kind: Kind, outline: Outline) -> dict[Path, str]:
    """The files that are the exercise's own."""
    return {
        module_path(name): _module(name, kind, outline),
        MISTAKES_FOLDER / f"{name}.py": _bank(
            f"Usual wrong answers to `{name}`, each under the name by which a check recognises it.",
            f"at least {LEAST_MISTAKES} mistakes, three of them as seen in public: a last line `Source: https://…`.",
            _function(
                "mistake_to_name", outline, [f'"""{MARK}: what is wrong; rename the function."""'], outline.mistake
            ),
        ),
        ANSWERS_FOLDER / f"{name}.py": _bank(
            f"Right answers to `{name}`, as different as students write them.",
            f"at least {LEAST_ANSWERS} right answers, three after published code: a last line `Source: https://…`.",
            _function(
                "answer_to_name", outline, [f'"""{MARK}: what is different; rename the function."""'], outline.answer
            ),
        ),
        **{message_path(name, language): _messages(name, language) for language in LANGUAGES},
    }


def _module(name: str, kind: Kind, outline: Outline) -> str:
    cases = "\n".join(f"        {case}," for case in outline.cases)
    teaching = GUIDES_FOR_TEACHERS[ORIGINAL]
    return f'''"""`{name}({outline.parameters})`: {MARK}: what the answer does.

{MARK}: a line `Source:` with the paper and its equation.
"""

from {Case.__module__} import Case, Exercise

EXERCISE = Exercise(
    name="{name}",
    kind="{kind}",
    # {MARK}: shapes of different sizes, arguments, and in each case `fresh`, which draws what differs in grading;
    # points, as many as in the master's check cell and, for the lesson, in {teaching}. `Case` says the rest.
    cases=(
{cases}
    ),
    points={json.dumps(outline.points)},
)
'''


def _bank(title: str, todo: str, function: str) -> str:
    imports = "import keras\nfrom keras import layers\n\n" if "keras." in function else ""
    return f'"""{title}"""\n\n{imports}# {MARK}: {todo}\n\n\n{function}\n'


def _function(name: str, outline: Outline, docstring: list[str], body: tuple[str, ...]) -> str:
    lines = (f"    {line}".rstrip() for line in (*docstring, *body))
    return "\n".join([f"def {name}({outline.parameters}):", *lines])


def _messages(name: str, language: str) -> str:
    in_language = f" in {language!r}" if language != ORIGINAL else ""
    told = (
        f"{MARK}: a question that leads to the first step, from lesson 5 on the steps in words{in_language}",
        f"{MARK}: what to use for it{in_language}",
        f"{MARK}: the lines, with … for what is to be found{in_language}",
    )
    hints = [f"{hint} = {json.dumps(text, ensure_ascii=False)}" for hint, text in zip(HINTS, told, strict=True)]
    mistake = f"{MARK}: what is wrong and what to do{in_language}, one sentence for each mistake under its name"
    return "\n".join([*hints, "", "[mistake]", f"mistake_to_name = {json.dumps(mistake)}", ""])


def _edited_files(name: str, lesson: str, kind: Kind, outline: Outline) -> dict[Path, str]:
    """The files that all exercises share, with the new one in them."""
    edits: dict[Path, Callable[[str], str]] = {
        LISTED: lambda text: _in_lessons(text, name, lesson),
        master_path(lesson): lambda text: _in_master(text, name, lesson, outline),
        **_edits(GUIDES_FOR_TEACHERS, lambda text: _in_plan(text, lesson, outline.total)),
    }
    if kind in ("layer", "function"):
        edits[FORMULAS] = lambda text: _in_formulas(text, name, outline)
    return {path: edit(path.read_text("utf-8")) for path, edit in edits.items()}


def _edits(documents: dict[str, str], edit: Callable[[str], str]) -> dict[Path, Callable[[str], str]]:
    """The same edit of a document in every language."""
    return {REPOSITORY / document: edit for document in documents.values()}


def _in_lessons(text: str, name: str, lesson: str) -> str:
    names = (*LESSONS[lesson], name)
    inside = ", ".join(f'"{each}"' for each in names) + "," * (len(names) == 1)
    written = f'    "{lesson}": ({inside}),'
    if len(written) > WIDTH:
        written = "\n".join([f'    "{lesson}": (', *(f'        "{each}",' for each in names), "    ),"])
    return _replaced_once(text, rf'^    "{re.escape(lesson)}": \([^)]*\),$', lambda found: written, LISTED)


def _in_plan(text: str, lesson: str, points: int) -> str:
    """The plan of a course: the lesson's points."""
    row = rf"^(\| \d+ \| {re.escape(lesson)} \|.*\| )(\d+)( \|)$"
    return _replaced_once(
        text,
        row,
        lambda found: f"{found[1]}{int(found[2]) + points}{found[3]}",
        REPOSITORY / GUIDES_FOR_TEACHERS[ORIGINAL],
    )


def _replaced_once(text: str, pattern: str, new: Callable[[re.Match[str]], str], path: Path) -> str:
    replaced, count = re.subn(pattern, new, text, flags=re.MULTILINE)
    if count != 1:
        raise SkeletonError(f"{shown(path)}: expected one place that fits {pattern}. Received: {count}")
    return replaced


def _in_master(text: str, name: str, lesson: str, outline: Outline) -> str:
    """The lesson's master, with prose, solution and check behind its last exercise, or at its end if there is none."""
    cells = read_master(lesson).cells
    last = max((number for number, cell in enumerate(cells) if cell.check), default=len(cells) - 1)
    lines = text.splitlines(keepends=True)
    place = cells[last + 1].line - 1 if last + 1 < len(cells) else len(lines)
    before, after = "".join(lines[:place]).rstrip("\n"), "".join(lines[place:])
    return f"{before}\n\n{_cells(name, outline)}\n{after}".rstrip("\n") + "\n"


def _cells(name: str, outline: Outline) -> str:
    docstring = [
        f'"""{MARK}: what the answer does, in a line.',
        "",
        "Steps:",
        f"    1. {MARK}: the steps in words; from lesson 5 on in the first hint alone.",
        "",
        "Args:",
        f"    {outline.described}",
        "",
        "Returns:",
        f"    {MARK}: what comes out, with its shape.",
        "",
        *(f"{language}: {MARK}: the same docstring in {language!r}." for language in TRANSLATIONS),
        '"""',
    ]
    body = (
        "### BEGIN SOLUTION",
        f"# {MARK}: the reference; every other right answer is compared with it",
        *(f"# {language}: {MARK}: the same comment in {language!r}" for language in TRANSLATIONS),
        *outline.answer,
    )
    solution = _function(name, outline, docstring, (*body, "### END SOLUTION"))
    translated = "\n".join(
        f"""# %% [markdown] lang="{language}"
# ## {MARK}: the same heading in {language!r}
#
# {MARK}: the same text in {language!r}.
"""
        for language in TRANSLATIONS
    )
    return f"""# %% [markdown] lang="{ORIGINAL}"
# ## {MARK}: the idea of `{name}` in a heading
#
# {MARK}: a picture or a formula with its shapes, what to write, and what to look at afterwards.
# Move these cells to where they belong in the lesson.

{translated}
# %% solution="{name}"
{solution}

# %% check="{name}" points={outline.total}
check({name})
"""


def _in_formulas(text: str, name: str, outline: Outline) -> str:
    """The tests' formulas, with one more."""
    todo = f'"""{MARK}: the paper\'s equation in NumPy, written without a look at the solution."""'
    formula = _function(name, outline, [todo], outline.answer)

    def with_entry(found: re.Match[str]) -> str:
        return f'{formula}\n\n\n{found[1]}    "{name}": {name},\n}}'

    return _replaced_once(text, r"^(FORMULAS = \{\n(?:    .*\n)*)\}$", with_entry, FORMULAS)
