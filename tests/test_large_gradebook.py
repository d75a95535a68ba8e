"""What recording a submission asks of the gradebook: it reads no table whole that has rows for each submission."""

from nbgrader.api import Gradebook
from sqlalchemy import Engine, event

from autograder.grading.lesson import Lesson
from autograder.grading.tables import INDICES
from curriculum.exercises import LESSONS
from tests.classes import graded_submission, record_class
from tests.conftest import SHORTEST_LESSON as LESSON

LARGE = ("grade", "comment", "submitted_notebook", "submitted_assignment", "student", "autograder_result")


def read_whole(root, students):
    """Record the students; the large tables that a statement of it read whole, and how many statements there were."""
    graded = graded_submission(Lesson(LESSON), "en", dict.fromkeys(LESSONS[LESSON]))
    asked = set()

    def hear(connection, cursor, statement, parameters, context, many):
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            asked.add((statement, parameters if not many else parameters[0]))

    record_class(root, LESSON, {"first": graded})  # with what is done once for a class
    event.listen(Engine, "before_cursor_execute", hear)
    try:
        record_class(root, LESSON, dict.fromkeys(students, graded))
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
    found = set()
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook, gradebook.engine.connect() as connection:
        for statement, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            found |= {name for *_, step in plan for name in LARGE if step.split()[:2] == ["SCAN", name]}
    return found, len(asked)


def test_a_submission_is_not_searched_for_among_all(tmp_path):
    found, statements = read_whole(tmp_path, ["second"])
    assert found == set() and statements > 10


def test_without_our_indices_it_would_be(tmp_path, monkeypatch):
    """What the test above looks at can be seen."""
    monkeypatch.setattr("autograder.grading.tables.INDICES", ())
    for index in INDICES:  # nbgrader makes them with its tables, too, once they are known
        index.table.indexes.discard(index)
    try:
        found, _ = read_whole(tmp_path, ["second"])
    finally:
        for index in INDICES:
            index.table.indexes.add(index)
    assert {"grade", "comment"} <= found
