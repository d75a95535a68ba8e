"""A small class to try grading on: right, wrong, unfinished and broken submissions, in both languages."""

import ast
import shutil
from pathlib import Path

import nbformat

from autograder.lessons.master import Master, read_master
from autograder.lessons.notebooks import as_text, instructor_notebook, student_notebook
from autograder.lessons.reference import ANSWERS_FOLDER, MISTAKES_FOLDER, solution_source
from curriculum.exercises import LESSONS

DEMO = Path("build", "demo")  # in the course folder
CRASH = "import os\n\nos._exit(1)"


def make_demo_class(lesson: str, folder: Path) -> Path:
    """Write a fresh class in nbgrader's layout, each student named after what they handed in.

    Returns: the folder of submissions.
    """
    submissions = folder / "submitted"
    shutil.rmtree(submissions, ignore_errors=True)
    master = read_master(lesson)
    first = next((name for name in LESSONS[lesson] if mistake_names(name)), "")
    right = {name: solution_source(master.solution(name)) for name in LESSONS[lesson]}
    wrong = {name: mistake_source(name) for name in LESSONS[lesson] if mistake_names(name)}
    answers = {
        ("all-right", "en"): right,
        ("all-right-korean", "ko"): right,
        ("one-mistake", "en"): right | ({first: wrong[first]} if first else {}),
        ("many-mistakes-korean", "ko"): right | wrong,
        ("kernel-dies", "en"): right | {LESSONS[lesson][-1]: CRASH},
        ("unfinished-korean", "ko"): {},
    }
    for (student, language), cells in answers.items():
        path = submissions / student / lesson / f"{master.notebook}.ipynb"
        path.parent.mkdir(parents=True)
        written = sentences(master, language) if cells == right else {}  # something for a person to read
        path.write_text(submission(master, language, cells | written), "utf-8")
    return submissions


def submission(master: Master, language: str, answers: dict[str, str]) -> str:
    """The student's notebook with these solution cells, and cells for a sentence, filled in, as text."""
    notebook = nbformat.from_dict(student_notebook(instructor_notebook(master, language)))
    for cell in notebook.cells:
        exercise = cell.metadata.get("nbgrader", {}).get("grade_id")
        if exercise in answers:
            cell.source = answers[exercise]
    return as_text(notebook)


def sentences(master: Master, language: str) -> dict[str, str]:
    """The lesson's own answers to what it asks to have explained, by their cells."""
    asked = [cell for cell in master.cells if cell.explain and cell.lang == language]
    return {cell.id: cell.explained("answer") for cell in asked}


def mistake_names(exercise: str) -> list[str]:
    """The usual mistakes of an exercise, found without running anything."""
    return _function_names(MISTAKES_FOLDER / f"{exercise}.py")


def mistake_source(exercise: str, name: str = "") -> str:
    """A usual mistake (the first by default) as a student would have handed it in."""
    return _handed_in(MISTAKES_FOLDER / f"{exercise}.py", exercise, name or mistake_names(exercise)[0])


def answer_names(exercise: str) -> list[str]:
    """Other right answers than the reference, found without running anything."""
    return _function_names(ANSWERS_FOLDER / f"{exercise}.py")


def answer_source(exercise: str, name: str) -> str:
    """Another right answer as a student would have handed it in."""
    return _handed_in(ANSWERS_FOLDER / f"{exercise}.py", exercise, name)


def _function_names(path: Path) -> list[str]:
    if not path.exists():
        return []
    tree = ast.parse(path.read_text("utf-8"))
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]


def _handed_in(path: Path, exercise: str, name: str) -> str:
    text = path.read_text("utf-8")
    kept = [
        ast.get_source_segment(text, node)
        for node in ast.parse(text).body
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.Assign, ast.ClassDef))
        or (isinstance(node, ast.FunctionDef) and (node.name == name or node.name.startswith("_")))
    ]
    return "\n\n\n".join([*filter(None, kept), f"{exercise} = {name}"])
