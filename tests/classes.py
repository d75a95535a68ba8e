"""A graded class without a run of students' code: verdicts are made up, all that follows is the grader's own."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from nbgrader.api import Gradebook

from autograder.checking.diagnosis import Finding
from autograder.checking.judge import Verdict
from autograder.grading import preparation
from autograder.grading.course_folder import course, register_lesson
from autograder.grading.demo import mistake_source, submission
from autograder.grading.engine import GradedSubmission
from autograder.grading.extraction import Remark
from autograder.grading.feedback import annotate
from autograder.grading.judging import CheckOutcome, no_result
from autograder.grading.lesson import Lesson
from autograder.grading.plan import checked_exercise
from autograder.grading.record import Recorder
from autograder.grading.run_record import gradebook_entry
from autograder.grading.session import NotebookOutcome
from autograder.lessons.master import read_master
from autograder.lessons.reference import solution_source
from curriculum.exercises import load
from curriculum.messages import catalogue

DIES = "dies"  # what an answer does that ends its process
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)> $\\unicode{1}$ =1+1"
# Names that are more than names where they stand in HTML, in a link, or in a path.
HOSTILE = ("<img src=x onerror=alert(3)>", 'a"b#c?d%20e&amp;', "javascript:alert(4)", "한글 이름", "w" * 128)


def outcome_of(exercise: str, kind: str | None) -> CheckOutcome:
    """Right (None), unwritten (nothing), stopped by an error, or wrong: with a mistake by name, else with any."""
    asked = load(exercise)
    if kind is None:
        return CheckOutcome(exercise, (frozenset(),) * len(asked.cases))
    if kind == DIES:
        return no_result(exercise, "undefined", "ValueError", EVIL)
    wrong = (frozenset({"outputs"}),) * len(asked.cases)
    mistake = kind if kind in catalogue("en")[exercise].get("mistake", {}) else None
    values = {"position": "[0, 1]", "expected": "0.1234", "received": "0.5678", "definition": ""}
    finding = Finding("outputs.differ", values, asked.cases[0])
    if not kind:
        wrong, finding = (
            (frozenset(asked.points),) * len(asked.cases),
            Finding("problem.not_written", {"exercise": exercise}),
        )
    verdict = Verdict(asked, wrong, finding, mistake)
    return CheckOutcome(exercise, wrong, finding, mistake, notebook_verdict=verdict)


def first_mistake(exercise: str) -> str:
    return next(iter(catalogue("en")[exercise]["mistake"]))


def graded_submission(
    lesson: Lesson, language: str, kinds: dict[str, str | None], remarks=(), written=None
) -> GradedSubmission:
    """As the engine gives it: `kinds` by exercise, as `outcome_of` takes them; `written` are sentences, by cell."""
    master = read_master(lesson.name)
    answers = {name: solution_source(master.solution(name)) for name, kind in kinds.items() if kind != ""}
    answers |= {name: mistake_source(name) for name, kind in kinds.items() if kind and kind != DIES}
    prepared = preparation.prepare(submission(master, language, answers | (written or {})).encode(), lesson.release)
    checks = {
        cell.id: outcome_of(name, kinds[name]) for cell in prepared.notebook.cells if (name := checked_exercise(cell))
    }
    outcome = NotebookOutcome(checks, {}, {}, seconds=1.5, processor_seconds=1.0, peak_memory=2**25)
    taken = replace(prepared.submission, remarks=tuple(remarks))
    annotate(prepared.notebook, outcome, taken.remarks)
    return GradedSubmission(taken, outcome, prepared.notebook, digest="0" * 63)


def record_class(root: Path, name: str, students: dict[str, GradedSubmission], due=None, times=None) -> None:
    """Register a lesson and record these students; `times` are hours after the due date, by student."""
    lesson = Lesson(name)
    coursedir, config = course(root, root / "submitted")
    register_lesson(lesson, coursedir)
    if due:
        with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
            gradebook.update_or_create_assignment(name, duedate=due)
    with Recorder(name, lesson.notebook, coursedir, config) as recorder:
        for student, graded in students.items():
            folder = root / "submitted" / student / name
            folder.mkdir(parents=True, exist_ok=True)
            if times and student in times:
                (folder / "timestamp.txt").write_text(f"{due + timedelta(hours=times[student]):%F %T} UTC")
            recorder.record(gradebook_entry(student, folder, graded))


def remark(key: str = "unknown_name", cell: str = EVIL) -> Remark:
    return Remark(key, cell)
