"""What an exercise or a language lacks, told before anything is measured: with its file and what to write there."""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from autograder.authoring.freshness import EQUIVALENT_MUTANTS
from autograder.authoring.handouts import EXAM, SUMMARY
from autograder.authoring.launch import GUIDES_FOR_TEACHERS, READMES
from autograder.authoring.proof import SOURCE
from autograder.authoring.site_texts import GLOSSARY
from autograder.checking.mistake_matching import mistake_of
from autograder.lessons.master import MasterError, master_path, read_master
from autograder.lessons.reference import ANSWERS_FOLDER, MISTAKES_FOLDER
from autograder.lessons.translation import ORIGINAL, TRANSLATIONS
from curriculum.exercises import LESSONS, LISTED, all_names, is_exercise, load, module_path
from curriculum.messages import FOLDER as MESSAGES_FOLDER
from curriculum.messages import LANGUAGES
from curriculum.paths import REPOSITORY, shown

LEAST_ANSWERS, LEAST_MISTAKES = 4, 4  # beside the reference; fewer prove little
LEAST_PUBLISHED = 3  # of either, unless the file's docstring has these words
OWN_ALONE = "nothing is published"
HINTS = ("hint_1", "hint_2", "hint_3")
MARK = "TODO"  # what `autograder new` leaves where something has to be written


def lacking() -> list[str]:
    """What all exercises, lessons and languages lack; nothing if they can be measured."""
    listed = Counter(all_names())
    found = [line for name in listed for line in lacking_of(name)]
    found += [
        f"{shown(LISTED)}: LESSONS has {name!r} {times} times; leave it in one lesson, once"
        for name, times in listed.items()
        if times > 1
    ]
    questions = MESSAGES_FOLDER / ORIGINAL / "lessons.toml"
    asked = tomllib.loads(questions.read_text("utf-8"))
    found += [
        f'{shown(questions)}: lesson {lesson} asks nothing; write {name} = "…"'
        for lesson in LESSONS
        if not asked.get(name := lesson.partition("-")[2])
    ]
    found += [
        f"{shown(EQUIVALENT_MUTANTS)}: [{name}]: there is no such exercise; rename or remove this table"
        for name in tomllib.loads(EQUIVALENT_MUTANTS.read_text("utf-8"))
        if not is_exercise(name)
    ]
    found += [
        f"{shown(path)}: nobody teaches this exercise; add {path.stem!r} to its lesson in LESSONS, {shown(LISTED)}"
        for path in sorted(LISTED.parent.glob("*.py"))
        if path != LISTED and not is_exercise(path.stem) and "EXERCISE" in _assigned(path)
    ]
    if not any(problem_of_module(name) for name in all_names()):  # masters are read by what the modules say
        found += [line for lesson in LESSONS for line in _lacking_in_master(lesson)]
    return found + [line for language in TRANSLATIONS for line in _lacking_in_language(language)]


def _lacking_in_language(language: str) -> Iterator[str]:
    """What is not translated yet of what is neither an exercise's own nor in a lesson's master."""
    for documents in (READMES, GUIDES_FOR_TEACHERS):
        if not (REPOSITORY / documents[language]).exists():
            yield f"{documents[language]}: is missing; write in it, in {language!r}, what {documents[ORIGINAL]} says"
    for path in sorted((MESSAGES_FOLDER / ORIGINAL).glob("*.toml")):
        if not is_exercise(path.stem):
            yield from _lacking_keys(path, MESSAGES_FOLDER / language / path.name)
    for path in (EXAM, SUMMARY, GLOSSARY):
        lines = path.read_text("utf-8").splitlines()
        for field, original in _untranslated(tomllib.loads("\n".join(lines)), language):
            number = next(number for number, line in enumerate(lines, 1) if f'"{original}"' in line)
            yield f'{shown(path)}:{number}: is not translated; write {field} = "…" beside it'


def _lacking_keys(original: Path, path: Path) -> Iterator[str]:
    """Sentences of a file of messages that there are not in another language's."""
    if not path.exists():
        yield f"{shown(path)}: is missing; write in it what {shown(original)} says"
        return
    try:
        wanted, written = (set(_keys(tomllib.loads(file.read_text("utf-8")))) for file in (original, path))
    except tomllib.TOMLDecodeError as error:
        yield f"{shown(path)}: {error}"
        return
    for key in sorted(wanted - written):
        yield f"{shown(path)}: lacks a sentence; write {key} as {shown(original)} has it"


def _keys(table: dict[str, Any], within: str = "") -> Iterator[str]:
    for key, value in table.items():
        yield from _keys(value, f"{within}{key}.") if isinstance(value, dict) else [f"{within}{key}"]


def _untranslated(entry: Any, language: str) -> Iterator[tuple[str, str]]:
    """The fields that a language lacks in the exam or on the card, each with the original text."""
    if isinstance(entry, list):
        for each in entry:
            yield from _untranslated(each, language)
        return
    for key, value in entry.items():
        field = re.sub(rf"^{ORIGINAL}(?=_|$)", language, key)
        if isinstance(value, list):
            yield from _untranslated(value, language)
        elif field != key and not entry.get(field):
            yield field, value


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
    if asked.name != exercise:
        return f"{shown(path)}: write name={exercise!r}; it is {asked.name!r}"
    if not asked.takes_input and (case := next((case for case in asked.cases if not case.fresh(Random(0))), None)):
        return f"{shown(path)}: write `fresh` in Case({case.arguments}); nothing else makes it differ in grading"
    return ""


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
    published = sum(bool(SOURCE.search(docstring)) for docstring in functions.values())
    if published < LEAST_PUBLISHED and OWN_ALONE not in path.read_text("utf-8"):
        yield (
            f"{shown(path)}: {published} of at least {LEAST_PUBLISHED} that are published; end a docstring with a line"
            f" `Source: https://…`, or say in the file's docstring that {OWN_ALONE} about the exercise"
        )


def public_functions(path: Path) -> dict[str, str]:
    """The docstrings of functions that a file of the bank defines, without its helpers; read, not run.

    Raises: SyntaxError if it is no Python.
    """
    functions = [node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)]
    return {node.name: ast.get_docstring(node) or "" for node in functions if not node.name.startswith("_")}


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
        if not sentences.get(hint):
            yield f'{shown(path)}: lacks a hint; write {hint} = "…"'
    told, mistakes = sentences.get("mistake", {}), _mistakes(exercise)
    for mistake in mistakes:
        if not told.get(mistake):
            yield f'{shown(path)}: mistake {mistake} has no sentence; write {mistake} = "…" under [mistake]'
        elif language == "ko" and not re.search("[가-힣]", told[mistake]):
            yield f"{shown(path)}: mistake {mistake} is not told in Korean; translate {told[mistake]!r}"
    bank = MISTAKES_FOLDER / f"{exercise}.py"
    if mistakes:  # else the bank cannot be read, which is told already
        for name in sorted(told.keys() - set(mistakes)):
            yield f"{shown(path)}: {name} is no mistake of {shown(bank)}; rename this sentence or remove it"


def _mistakes(exercise: str) -> list[str]:
    """The names of an exercise's mistakes; none if their file cannot be read."""
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
