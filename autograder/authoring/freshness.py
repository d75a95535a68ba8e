"""Whether what was measured for an exercise still belongs to its sources, told without measuring again.

`solutions/proof/built.json` keeps, for each exercise, a digest of everything its files were made from, and one of the
files themselves. The tests measure everything anew; this only says when the build has to.
"""

import ast
import hashlib
import io
import json
import tomllib
from functools import cache
from itertools import accumulate
from pathlib import Path
from tokenize import COMMENT, tokenize
from typing import TypedDict

from autograder.authoring.environment import pins
from autograder.checking.cell_code import FUNCTIONS, defined, used, without_docstrings
from autograder.lessons.master import read_master
from autograder.lessons.reference import ANSWERS_FOLDER, MISTAKES_FOLDER, lesson_sources, solution_source
from curriculum.exercises import LISTED, is_exercise, load, module_path
from curriculum.messages import FOLDER as MESSAGES_FOLDER
from curriculum.paths import REPOSITORY

PROOF_FOLDER = REPOSITORY / "solutions" / "proof"
AUTOGRADER = REPOSITORY / "autograder"
EQUIVALENT_MUTANTS = REPOSITORY / "solutions" / "equivalent_mutants.toml"
BUILT = PROOF_FOLDER / "built.json"
# What a notebook calls, and what it keeps: nothing of it is there when an answer is measured and judged.
NOT_MEASURING = ("asked", "notebook", "progress", "tasks")
# Messages that a proof quotes, beside the exercise's own.
QUOTED = ("check", "finding", "weights")


class Built(TypedDict):
    """What is kept of an exercise: the digests when it was last measured, and what its proof has found.

    `wrong` has the aspects that each mistake gets wrong, call by call: "outputs; ; shape outputs".
    """

    sources: str
    files: str
    counts: dict[str, int]
    wrong: dict[str, str]


def made_files(exercise: str) -> list[Path]:
    """The files that are measured for an exercise."""
    expected = REPOSITORY / "data" / "expected" / exercise
    return [expected.with_suffix(".json"), expected.with_suffix(".npz"), PROOF_FOLDER / f"{exercise}.md"]


def sources_digest(exercise: str) -> str:
    """A digest of everything that those files depend on."""
    files = [
        *_bank(exercise),
        *(MESSAGES_FOLDER / "en" / f"{name}.toml" for name in (*QUOTED, exercise)),
    ]
    modules = [
        module_path(exercise),
        *sorted(path for path in (AUTOGRADER / "checking").glob("*.py") if path.stem not in NOT_MEASURING),
        *(AUTOGRADER / path for path in ("authoring/mutants.py", "authoring/proof.py", "lessons/reference.py")),
    ]
    # As they are locked, not as they are installed: what was measured under one Python is fresh under all.
    versions = [pin.partition("==")[2] for pin in pins() if pin.startswith(("keras==", "numpy=="))]
    code = [*_code(exercise), _without_lessons(LISTED.read_text("utf-8"))]
    excuses = json.dumps(tomllib.loads(EQUIVALENT_MUTANTS.read_text("utf-8")).get(exercise, {}))
    contents = [*map(what_runs, modules), *(path.read_bytes() for path in files if path.exists())]
    return _digest([*code, excuses, *versions, *contents])


def _without_lessons(source: str) -> str:
    """What an exercise is, without the list of those that there are: another one changes nothing for the rest."""
    assigned = next(
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "LESSONS"
    )
    lines = source.splitlines()
    return "\n".join([*lines[: assigned.lineno - 1], *lines[assigned.end_lineno :]])


def what_runs(module: Path) -> bytes:
    """A module's text without comments, docstrings and the types of functions: none of them changes a measurement.

    They are cut out where they stand. Written anew from its syntax tree, it would be another text under each Python.
    """
    return _without_notes(module.read_bytes())


@cache  # most modules are those of every exercise
def _without_notes(text: bytes) -> bytes:
    starts = [0, *accumulate(len(line) for line in text.splitlines(keepends=True))]
    cuts = []
    for node in ast.walk(ast.parse(text)):
        for each in _notes(node):
            start = starts[each.lineno - 1] + each.col_offset
            end = starts[(each.end_lineno or 0) - 1] + (each.end_col_offset or 0)
            if each is getattr(node, "returns", None):
                start = text.rindex(b")", 0, start) + 1  # the arrow, too
            cuts.append((start, end))
    for token in tokenize(io.BytesIO(text).readline):
        if token.type == COMMENT:
            start = starts[token.start[0] - 1] + len(token.line[: token.start[1]].encode())
            cuts.append((start, start + len(token.string.encode())))
    for start, end in sorted(cuts, reverse=True):
        text = text[:start] + text[end:]
    return b"\n".join(line.rstrip() for line in text.splitlines() if line.strip())


def _notes(node: ast.AST) -> list[ast.expr]:
    """The docstring of a module, a class or a function, and the types that stand at its parameters."""
    notes: list[ast.expr | None] = []
    if isinstance(node, (ast.Module, ast.ClassDef, *FUNCTIONS)) and ast.get_docstring(node) is not None:
        notes += [each.value for each in node.body[:1] if isinstance(each, ast.Expr)]
    if isinstance(node, FUNCTIONS):
        notes.append(node.returns)
    if isinstance(node, ast.arg):
        notes.append(node.annotation)
    return [note for note in notes if note is not None]


def _bank(exercise: str) -> list[Path]:
    return [MISTAKES_FOLDER / f"{exercise}.py", ANSWERS_FOLDER / f"{exercise}.py"]


def _code(exercise: str) -> list[str]:
    """The code of its lesson that the exercise and its bank use, directly or through other code.

    Docstrings count in the exercise's own cell alone, which its proof quotes.
    """
    lesson = load(exercise).lesson
    own = solution_source(read_master(lesson).solution(exercise))
    wanted = set().union(*(used(text) for text in (own, *(path.read_text("utf-8") for path in _bank(exercise)))))
    left = [source for cell, source in lesson_sources(lesson) if cell.solution != exercise]
    found = [own]
    while needed := [source for source in left if defined(source) & wanted]:
        left = [source for source in left if source not in needed]
        wanted |= set().union(*map(used, needed))
        found += [without_docstrings(source) or source for source in needed]
    return found


def files_digest(exercise: str) -> str:
    """A digest of the made files as they are; a missing one counts as empty."""
    return _digest([path.read_bytes() if path.exists() else b"" for path in made_files(exercise)])


def read_built() -> dict[str, Built]:
    """What is kept, by exercise."""
    built: dict[str, Built] = json.loads(BUILT.read_text("utf-8")) if BUILT.exists() else {}
    return built


def is_fresh(exercise: str) -> bool:
    """Whether the made files belong to the sources, and nobody has changed them."""
    known = read_built().get(exercise)
    return known is not None and (known["sources"], known["files"]) == (
        sources_digest(exercise),
        files_digest(exercise),
    )


def remember(exercise: str, counts: dict[str, int], wrong: dict[str, str]) -> None:
    """Note that the made files have just been measured."""
    entry: Built = {
        "sources": sources_digest(exercise),
        "files": files_digest(exercise),
        "counts": counts,
        "wrong": wrong,
    }
    built = {name: known for name, known in (read_built() | {exercise: entry}).items() if is_exercise(name)}
    BUILT.parent.mkdir(parents=True, exist_ok=True)
    BUILT.write_text(json.dumps(built, indent=1, sort_keys=True) + "\n", "utf-8", newline="\n")


def _digest(parts: list[str | bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)  # with lengths, no two lists look alike
    return digest.hexdigest()
