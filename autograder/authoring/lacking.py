"""What an exercise lacks, told before anything is measured: each thing with its file and what to write there."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from autograder.checking.mistake_matching import mistake_of
from autograder.lessons.master import MasterError, master_path, read_master
from autograder.lessons.reference import ANSWERS_FOLDER, MISTAKES_FOLDER
from curriculum.exercises import LESSONS, LISTED, all_names, is_exercise, load, module_path
from curriculum.messages import FOLDER as MESSAGES_FOLDER
from curriculum.messages import LANGUAGES
from curriculum.paths import shown

LEAST_ANSWERS, LEAST_MISTAKES = 4, 4  # beside the reference; fewer prove little
HINTS = ("hint_1", "hint_2", "hint_3")
MARK = "TODO"  # what `autograder new` leaves where something has to be written


def lacking() -> list[str]:
    """What all exercises and lessons lack; nothing if they can be measured."""
    found = [line for name in all_names() for line in lacking_of(name)]
    found += [
        f"{shown(path)}: nobody teaches this exercise; add {path.stem!r} to its lesson in LESSONS, {shown(LISTED)}"
        for path in sorted(LISTED.parent.glob("*.py"))
        if path != LISTED and not is_exercise(path.stem) and "EXERCISE" in _assigned(path)
    ]
    if not any(problem_of_module(name) for name in all_names()):  # masters are read by what the modules say
        found += [line for lesson in LESSONS for line in _lacking_in_master(lesson)]
    return found


def lacking_of(exercise: str) -> list[str]:
    """What one exercise lacks in the files that are named after it."""
    answers, mistakes = ANSWERS_FOLDER / f"{exercise}.py", MISTAKES_FOLDER / f"{exercise}.py"
    files = [module_path(exercise), answers, mistakes, *(message_path(exercise, language) for language in LANGUAGES)]
    problem = problem_of_module(exercise)
    return [
        *([problem] if problem else []),
        *_too_few(answers, LEAST_ANSWERS, "right answers beside the reference"),
        *_too_few(mistakes, LEAST_MISTAKES, "usual mistakes"),
        *(line for language in LANGUAGES for line in _lacking_sentences(exercise, language)),
        *(line for path in files for line in still_to_write(path)),
    ]


def message_path(exercise: str, language: str) -> Path:
    """Where the sentences of an exercise lie, or would."""
    return MESSAGES_FOLDER / language / f"{exercise}.toml"


def still_to_write(path: Path) -> list[str]:
    """Every line of a file that says what has yet to be written there."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return [f"{shown(path)}:{number}: {line.strip()}" for number, line in enumerate(lines, 1) if MARK in line]


def problem_of_module(exercise: str) -> str:
    """Why the module of an exercise cannot be used, or nothing."""
    path = module_path(exercise)
    if not path.exists():
        return f"{shown(path)}: is missing; write it, with EXERCISE in it, or take {exercise!r} out of {shown(LISTED)}"
    try:
        asked = load(exercise)
    except Exception as error:  # whatever its author has written; all that is wrong anywhere is told at once
        return f"{shown(path)}: {type(error).__name__}: {error}"
    return "" if asked.name == exercise else f"{shown(path)}: write name={exercise!r}; it is {asked.name!r}"


def _lacking_in_master(lesson: str) -> list[str]:
    try:
        read_master(lesson)
    except MasterError as error:
        return [str(error)]
    except SyntaxError as error:  # counted from the beginning of a cell
        return [f"{shown(master_path(lesson))}: {error.msg}: {(error.text or '').strip()}"]
    return still_to_write(master_path(lesson))


def _too_few(path: Path, least: int, what: str) -> Iterator[str]:
    if not path.exists():
        yield f"{shown(path)}: is missing; write at least {least} {what}"
        return
    try:
        functions = public_functions(path)
    except SyntaxError as error:
        yield f"{shown(path)}:{error.lineno}: {error.msg}"
        return
    if len(functions) < least:
        yield f"{shown(path)}: {len(functions)} of at least {least} {what}"


def public_functions(path: Path) -> list[str]:
    """The functions that a file of the bank defines, without its helpers; read, not run.

    Raises: SyntaxError if it is no Python.
    """
    body = ast.parse(path.read_text("utf-8")).body
    return [node.name for node in body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]


def _lacking_sentences(exercise: str, language: str) -> Iterator[str]:
    """Hints and mistakes' names that have no sentence in a language."""
    path = message_path(exercise, language)
    if not path.exists():
        others = [message_path(exercise, other) for other in LANGUAGES if other != language]
        yield f"{shown(path)}: is missing; write in it, in {language!r}, what {' and '.join(map(shown, others))} says"
        return
    try:
        sentences = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        yield f"{shown(path)}: {error}"
        return
    for hint in HINTS:
        if hint not in sentences:
            yield f'{shown(path)}: lacks a hint; write {hint} = "…"'
    for mistake in _mistakes(exercise):
        if mistake not in sentences.get("mistake", {}):
            yield f'{shown(path)}: mistake {mistake} has no sentence; write {mistake} = "…" under [mistake]'


def _mistakes(exercise: str) -> list[str]:
    try:
        functions = public_functions(MISTAKES_FOLDER / f"{exercise}.py")
    except (FileNotFoundError, SyntaxError):  # told already
        return []
    return list(dict.fromkeys(map(mistake_of, functions)))


def _assigned(path: Path) -> set[str]:
    """The names that a module gives a value to."""
    try:
        body = ast.parse(path.read_text("utf-8")).body
    except SyntaxError:
        return set()
    targets = [target for node in body if isinstance(node, ast.Assign) for target in node.targets]
    return {target.id for target in targets if isinstance(target, ast.Name)}
