"""Which room of the house may import which: the arrows go one way, and no module imports itself by way of others."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from curriculum.paths import REPOSITORY

# room -> the rooms that it may import, besides itself
CHECKING = ("coursekit", "curriculum")
LESSONS = ("autograder.checking", *CHECKING)
BUILDING = ("autograder.lessons", *LESSONS)
EVERYTHING = ("autograder", "autograder.authoring", "autograder.grading", *BUILDING)
ALLOWED = {
    "curriculum": (),
    "coursekit": ("curriculum",),
    "autograder.checking": CHECKING,
    "autograder.lessons": LESSONS,
    "autograder.authoring": BUILDING,
    "autograder.grading": BUILDING,
    "autograder": EVERYTHING,  # the command line, and what notebooks import
    "experiments": EVERYTHING,
    "benchmarks": EVERYTHING,
    "site": (),  # Sphinx's settings, which Sphinx reads in a process of its own
    "tests": ("experiments", "benchmarks", *EVERYTHING),
}
FOLDERS = {room.split(".")[0] for room in ALLOWED}
DATA = REPOSITORY / "tests" / "data"  # what is there was written for an older course


def modules() -> dict[str, Path]:
    """Every module of the repository by its dotted name."""
    paths = [path for folder in FOLDERS for path in (REPOSITORY / folder).rglob("*.py")]
    return {named(path): path for path in paths if DATA not in path.parents}


def named(path: Path) -> str:
    """The dotted name of a module."""
    parts = path.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(source: str) -> list[tuple[int, str]]:
    """Line and name of all that is imported from the repository, also inside functions."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            names = [f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        found += [
            (node.lineno, name)
            for name in names
            if name.startswith(".") or name.split(".")[0] in {*FOLDERS, "solutions"}
        ]
    return found


def room(name: str) -> str:
    """The room that a dotted name belongs to."""
    two = ".".join(name.split(".")[:2])
    return two if two in ALLOWED else name.split(".")[0]


def forbidden(path: Path, source: str) -> list[str]:
    """A sentence for each import of a module that goes against an arrow."""
    own = room(named(path))
    return [
        f"{path.relative_to(REPOSITORY)}:{line} imports {name}, but {own} may import "
        f"{', '.join(ALLOWED[own]) or 'nothing'} alone: see ALLOWED in tests/test_arrows.py"
        for line, name in imports(source)
        if room(name) != own and room(name) not in ALLOWED[own]
    ]


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Modules of which each imports the next and the last one is the first, if there are such."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1][::-1]
    return []


def test_no_import_goes_against_an_arrow():
    found = modules()
    assert {room(name) for name in found} == set(ALLOWED)
    assert not [line for path in found.values() for line in forbidden(path, path.read_text("utf-8"))]


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("curriculum/exercises/double.py", "import coursekit.data"),
        ("coursekit/data.py", "from autograder import check"),
        ("autograder/checking/judge.py", "def f():\n    from autograder.lessons.reference import reference"),
        ("autograder/grading/plan.py", "from autograder.authoring import build"),
        ("benchmarks/checks.py", "import tests.habits"),
        ("tests/test_build.py", "import solutions.lessons"),
        ("coursekit/data.py", "from . import models"),
    ],
)
def test_a_forbidden_import_is_told_with_file_and_line(file, source):
    (told,) = forbidden(REPOSITORY / file, source)
    assert told.startswith(f"{file}:{source.count(chr(10)) + 1} imports ")


def test_no_module_imports_itself_by_way_of_others():
    found = modules()
    graph = {
        name: {each for _, full in imports(path.read_text("utf-8")) for each in (full, full.rpartition(".")[0])}
        & (found.keys() - {name})
        for name, path in found.items()
    }
    assert len(graph["autograder.grading.class_run"]) > 10
    assert not circle(graph)
    assert not circle({name: set(others) - {name} for name, others in ALLOWED.items()})


def test_a_circle_is_found():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) in (list("abca"), list("bcab"), list("cabc"))
