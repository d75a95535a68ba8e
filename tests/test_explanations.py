"""What is explained in one sentence: handed out without its answer, read by a person, and worth extra credit alone."""

import html
import json
import re
from functools import cache

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from nbgrader.utils import determine_grade
from nbgrader.validator import Validator

from autograder.cli import _summary
from autograder.grading import plain
from autograder.grading.class_run import _graded
from autograder.grading.course_folder import course
from autograder.grading.demo import make_demo_class, sentences, submission
from autograder.grading.engine import refuse
from autograder.grading.extraction import LONGEST_EXPLANATION
from autograder.grading.gradesheets import grades_of
from autograder.grading.lesson import Lesson
from autograder.grading.plan import is_explanation, is_explanation_id
from autograder.grading.preparation import prepare
from autograder.grading.record import Recorder
from autograder.grading.registration import register
from autograder.grading.report import report_path, write_report
from autograder.grading.run_record import gradebook_entry
from autograder.grading.submission_file import RefusedError
from autograder.lessons.master import MasterError, read_master
from autograder.lessons.notebooks import instructor_notebook, student_notebook
from curriculum.exercises import LESSONS, load
from curriculum.messages import LANGUAGES, say
from tests.classes import EVIL, graded_submission, record_class
from tests.test_masters import GOOD, master

ASKING = {
    lesson: [cell.id for cell in read_master(lesson).cells if cell.explain and cell.lang == "en"] for lesson in LESSONS
}
lesson = cache(Lesson)  # making one takes a second
LESSON = "7-bam"
MASTER, NAMES = read_master(LESSON), LESSONS[LESSON]
(CELL,) = ASKING[LESSON]
TOTAL = sum(load(name).total for name in NAMES)
RIGHT = dict.fromkeys(NAMES)
SENTENCE = "Two gates could not\nclose each other."


def explained(notebook):
    return [cell for cell in notebook.cells if is_explanation(cell)]


def test_some_lessons_ask_for_a_sentence():
    assert [lesson for lesson, cells in ASKING.items() if cells] == [
        "7-bam",
        "9-residual-attention",
        "10-self-attention",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name, cells in ASKING.items() if cells])
def test_what_is_asked_stands_above_the_cell_and_an_answer_is_folded_away_below_it(name, language):
    instructor = instructor_notebook(read_master(name), language)
    student = student_notebook(instructor)
    places = [number for number, cell in enumerate(student.cells) if is_explanation(cell)]
    assert [student.cells[place].id for place in places] == ASKING[name]
    for place in places:
        asks, cell, compare = student.cells[place - 1 : place + 2]
        answer = instructor.cells[place].source
        assert cell.metadata.asks in asks.source and cell.metadata.asks.endswith("?")
        assert cell.source == say("start.your_answer", language) and cell.cell_type == "markdown"
        assert compare.source.startswith("<details><summary>") and answer in compare.source
        assert answer not in asks.source and 8 <= len(answer.split()) <= 60
        given = cell.metadata.nbgrader
        assert (given.grade, given.solution, given.locked, given.points) == (True, True, False, 0)


ASKED = "".join(
    f'# %% [markdown] lang="{language}" explain="why"\n'
    f"# {asks}\n#\n# ### BEGIN SOLUTION\n# {answer}\n# ### END SOLUTION\n\n"
    for language, asks, answer in (("en", "Why?", "Because."), ("ko", "왜일까요?", "그렇기 때문입니다."))
)
WITH_ONE = GOOD.replace("# %% experiment", f"{ASKED}# %% experiment")


def test_a_question_is_read_with_its_answer_in_every_language(tmp_path):
    cells = [cell for cell in master(tmp_path, WITH_ONE).cells if cell.explain]
    assert [cell.id for cell in cells] == ["explain_why", "explain_why"]
    assert [cell.explained("asks") for cell in cells] == ["Why?", "왜일까요?"]
    assert [cell.explained("answer") for cell in cells] == ["Because.", "그렇기 때문입니다."]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("# ### BEGIN SOLUTION\n# Because.\n# ### END SOLUTION\n", "# Because.\n", 23, "a sentence to compare with"),
        ("# Because.\n", "", 23, "a sentence to compare with"),
        ('"ko" explain="why"', '"ko"', 30, "write the same in all languages"),
        ('"ko" explain="why"', '"ko" explain="what"', 30, "write the same in all languages"),
        (ASKED, ASKED + ASKED.replace("Why", "Where"), 37, "a second cell 'explain_why'"),
    ],
)
def test_a_question_with_an_error_is_named(tmp_path, old, new, line, words):
    assert old in WITH_ONE
    with pytest.raises(MasterError, match=rf"0_start_here\.py:{line}: .*{words}"):
        master(tmp_path, WITH_ONE.replace(old, new))


def handed_in(language="en", source=SENTENCE, change=None):
    notebook = nbformat.reads(submission(MASTER, language, {CELL: source}), 4)
    if change:
        change(notebook, next(cell for cell in notebook.cells if cell.id == CELL))
    return notebook


def taken(notebook):
    prepared = prepare(nbformat.writes(notebook).encode(), lesson(LESSON).release)
    (cell,) = explained(prepared.notebook)
    assert prepared.submission.remarks == ()
    assert prepared.answered == bool(prepared.submission.explanations)
    return prepared.submission.explanations.get(CELL), cell


def as_code(notebook, cell):
    place = notebook.cells.index(cell)
    notebook.cells[place] = nbformat.v4.new_code_cell(cell.source, id=cell.id, metadata=cell.metadata)


def without_id(notebook, cell):
    cell.id = "another"


def without_metadata(notebook, cell):
    cell.metadata = nbformat.from_dict({})


def split(notebook, cell):
    first, second = cell.source.split("\n")
    copy = nbformat.v4.new_markdown_cell(second, metadata=cell.metadata)
    cell.source = first
    notebook.cells.insert(notebook.cells.index(cell) + 1, copy)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("change", [None, as_code, without_id, without_metadata])
def test_a_sentence_is_taken_wherever_its_cell_has_been(language, change):
    text, cell = taken(handed_in(language, change=change))
    assert text == cell.source == SENTENCE and cell.cell_type == "markdown"
    assert determine_grade(cell) == (None, 0)  # nbgrader's own rule: a person has to look


def test_a_cell_that_was_cut_is_put_together():
    assert taken(handed_in(change=split))[0] == SENTENCE.replace("\n", "\n\n")


@pytest.mark.parametrize("source", ["", "  \n", *(say("start.your_answer", language) for language in LANGUAGES)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_and_what_was_handed_out_are_no_sentence(language, source):
    text, cell = taken(handed_in(language, source))
    assert text is None and determine_grade(cell) == (0, 0)


def test_a_cell_that_is_gone_is_put_back_empty():
    text, cell = taken(handed_in(change=lambda notebook, cell: notebook.cells.remove(cell)))
    assert text is None and cell.source == say("start.your_answer", "en")


def test_a_book_is_cut():
    text, _ = taken(handed_in(source="word " * LONGEST_EXPLANATION))
    assert len(text) == LONGEST_EXPLANATION + 2 and text.endswith(" …")


@pytest.mark.parametrize("language", LANGUAGES)
def test_validate_finds_nothing_wrong_with_an_empty_and_with_a_written_one(language, tmp_path, monkeypatch):
    validator = Validator()
    validator.preprocessors = [each for each in validator.preprocessors if each.__name__ != "Execute"]
    for source in (say("start.your_answer", language), SENTENCE):
        notebook = handed_in(language, source)
        notebook.cells = explained(notebook)
        nbformat.write(notebook, tmp_path / "book.ipynb")
        assert validator.validate(str(tmp_path / "book.ipynb")) == {}


KINDS = {"written": SENTENCE, "hostile": f"{EVIL}\n```\n# A heading ````\n{EVIL}", "unwritten": ""}


def graded(kind, language="en", answers=RIGHT):
    written = {CELL: KINDS[kind]} if KINDS[kind] else {}
    return graded_submission(lesson(LESSON), language, answers, written=written)


@pytest.fixture
def root(tmp_path):
    record_class(tmp_path, LESSON, {kind: graded(kind) for kind in KINDS} | {"korean": graded("written", "ko")})
    return tmp_path


def grade_of(root, student):
    coursedir, _ = course(root, root / "submitted")
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        grade = gradebook.find_grade(CELL, MASTER.notebook, LESSON, student)
        return grade.auto_score, grade.manual_score, grade.extra_credit, grade.needs_manual_grade, grade.max_score


def somebody_reads(root, student, extra, comment="", manual=None):
    """As formgrader's server does when it is told scores and a comment."""
    coursedir, _ = course(root, root / "submitted")
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        grade = gradebook.find_grade(CELL, MASTER.notebook, LESSON, student)
        grade.manual_score, grade.extra_credit = manual, extra
        grade.needs_manual_grade = grade.manual_score is None and grade.auto_score is None
        gradebook.find_comment(CELL, MASTER.notebook, LESSON, student).manual_comment = comment or None
        gradebook.db.commit()


def recorder_of(root):
    coursedir, config = course(root, root / "submitted")
    return Recorder(LESSON, MASTER.notebook, coursedir, config)


def page_of(root, student):
    """Of the part about sentences, what is read, on one line."""
    text = (root / "feedback" / student / LESSON / f"{MASTER.notebook}.html").read_text("utf-8")
    language = re.search('<html lang="(..)"', text)[1]
    part = text.split(f"<h2>{say('grading.page.sentences', language)}</h2>")[1].split("<h2>")[0]
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", part)).split()), text


def test_what_is_written_waits_for_a_person_and_what_is_not_does_not(root):
    assert {kind: grade_of(root, kind) for kind in KINDS} == {
        "written": (0, None, None, True, 0),
        "hostile": (0, None, None, True, 0),
        "unwritten": (0, None, None, False, 0),
    }
    with recorder_of(root) as recorder:
        standings = recorder.standings()
    unread = {name for name, standing in standings.items() if standing.unread == {CELL}}
    assert unread == {"written", "hostile", "korean"}
    assert all(standing.score == standing.total == TOTAL for standing in standings.values())
    coursedir, config = course(root, root / "submitted")
    api = NbGraderAPI(coursedir, config=config)
    found = api.get_notebook_submissions(LESSON, MASTER.notebook)
    waits = {each["student"]: each["needs_manual_grade"] for each in found}
    assert waits == {"written": True, "hostile": True, "unwritten": False, "korean": True}


def test_the_page_tells_what_was_asked_and_that_it_waits(root):
    asks = {cell.lang: cell.explained("asks") for cell in MASTER.cells if cell.explain}
    one_line = " ".join(SENTENCE.split())
    assert page_of(root, "written")[0] == f"{asks['en']} {one_line} Waits to be read."
    assert page_of(root, "unwritten")[0] == f"{asks['en']} Nothing is written here."
    assert page_of(root, "korean")[0] == f"{asks['ko']} {one_line} {say('grading.page.sentence.unread', 'ko')}"


def test_score_and_comment_are_told_and_nothing_is_overwritten_by_grading_again(root):
    somebody_reads(root, "written", 1.5, "*Well* put")
    assert grade_of(root, "written")[3] is False
    with recorder_of(root) as recorder:
        standing = recorder.standings()["written"]
        assert not recorder.is_current("written", standing, {}) and not standing.unread
        recorder.renew("written", {})
        told, text = page_of(root, "written")
        assert told.endswith("Read. Extra credit: 1.5 Comment: Well put") and "<em>Well</em>" in text
        assert f"{TOTAL + 1.5:g} of {TOTAL} points" in text
        recorder.record(gradebook_entry("written", root, graded("written")))
        assert grade_of(root, "written") == (0, None, 1.5, False, 0)
        again = recorder.standings()["written"]
        assert not again.unread and again.score == TOTAL + 1.5 and page_of(root, "written")[0] == told


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_that_was_changed_waits_again_and_what_was_given_is_kept(root, language):
    """Under the same command, and where nbgrader has deleted the graded notebook before it grades again."""
    somebody_reads(root, "written", 1.5, "Well put")
    now = say("grading.page.earlier_extra", language, points=1.5)
    comment = say("grading.page.earlier_comment", language)
    with recorder_of(root) as recorder:
        recorder.files("written")[0].unlink()
        other = graded_submission(lesson(LESSON), language, RIGHT, written={CELL: "Another one."})
        standing = recorder.record(gradebook_entry("written", root, other))
        assert standing.unread == {CELL} and standing.score == TOTAL + 1.5
        assert grade_of(root, "written") == (0, None, 1.5, True, 0)
        again = say("grading.page.sentence.again", language)
        assert page_of(root, "written")[0].endswith(f"Another one. {again} {now} {comment} Well put")
        recorder.record(gradebook_entry("written", root, other))  # nobody has looked yet
        assert recorder.standings()["written"].unread == {CELL}
        somebody_reads(root, "written", 2, "Better")
        assert not recorder.record(gradebook_entry("written", root, other)).unread
        told = page_of(root, "written")[0]
        assert say("grading.page.sentence.read", language) in told and again not in told and "Better" in told


def test_a_sentence_that_was_taken_out_waits_for_whoever_gave_something_for_it(root):
    somebody_reads(root, "written", 0.5, "A start")
    with recorder_of(root) as recorder:
        assert recorder.record(gradebook_entry("written", root, graded("unwritten"))).unread == {CELL}
        assert grade_of(root, "written") == (0, None, 0.5, True, 0)
        gone = say("grading.page.sentence.gone", "en")
        told = f"{gone} Extra credit for an earlier sentence: 0.5 Comment on an earlier sentence: A start"
        assert page_of(root, "written")[0].endswith(told)
        somebody_reads(root, "written", None, manual=0)
        standing = recorder.record(gradebook_entry("written", root, graded("unwritten")))
        assert not standing.unread and standing.score == TOTAL
    assert page_of(root, "written")[0].endswith("Nothing is written here.")


@pytest.mark.parametrize("given", [None, 1.5])
def test_of_a_notebook_that_cannot_be_read_no_sentence_is_said_to_be_missing(root, given):
    if given:
        somebody_reads(root, "written", given)
    damaged = refuse(lesson(LESSON), RefusedError("empty"))
    with recorder_of(root) as recorder:
        standing = recorder.record(gradebook_entry("written", root, damaged))
    told = page_of(root, "written")[0]
    assert say("grading.page.sentence.unreadable", "en") in told and "Nothing is written" not in told
    assert bool(standing.unread) == bool(given) == ("for an earlier sentence: 1.5" in told)


def test_a_gradebook_of_an_earlier_version_asks_once_more(root):
    """It does not know which sentence was read."""
    somebody_reads(root, "written", 1.5)
    with recorder_of(root) as recorder:
        entry = gradebook_entry("written", root, graded("written"))
        earlier = {key: value for key, value in entry.details.items() if key != "sentences"}
        with recorder._gradebook.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE autograder_result SET details = ?", (json.dumps(earlier),))
        assert recorder.record(entry).unread == {CELL}


def test_the_command_says_how_many_submissions_wait_and_where(root):
    with recorder_of(root) as recorder:
        standings = recorder.standings()
    grades = [_graded(student, standing) for student, standing in standings.items()]
    told = _summary(grades, root, "gradebook.db")
    assert told.startswith("Sentences wait to be read in 3 submissions. Formgrader has them under Manual Grading.\n")
    grades = [_graded("unwritten", standings["unwritten"])]
    assert _summary(grades, root, "gradebook.db").startswith("1 submissions.")


def test_no_points_for_a_sentence_is_read_too(root):
    """Formgrader's buttons Full credit and No credit both give 0."""
    somebody_reads(root, "written", None, manual=0)
    with recorder_of(root) as recorder:
        assert not recorder.is_current("written", recorder.standings()["written"], {})
        recorder.renew("written", {})
    assert page_of(root, "written")[0].endswith("Read.")


def test_nbgraders_own_feedback_tells_the_same(root):
    before = {student: page_of(root, student)[1] for student in (*KINDS, "korean")}
    coursedir, config = course(root, root / "submitted")
    for student in before:
        done = NbGraderAPI(coursedir, config=config).generate_feedback(LESSON, student, force=True)
        assert done["success"], done
    assert {student: page_of(root, student)[1] for student in before} == before


def formgraders_page(root, student):
    """As formgrader's server makes it (`SubmissionHandler`)."""
    with recorder_of(root) as recorder:
        file = recorder.files(student)[0]
    named = {"assignment_id": LESSON, "notebook_id": MASTER.notebook, "student": student, "index": 0, "total": 1}
    others = dict.fromkeys(("submission_id", "base_url", "last_name", "first_name", "notebook_path"), "")
    exporter = HTMLExporter(config=FormgradeExtension().build_extra_config())
    return exporter.from_filename(str(file), resources=named | others)[0]


@pytest.mark.parametrize("student", ["written", "unwritten", "korean"])
def test_formgrader_shows_the_question_the_sentence_and_fields_for_points_and_comment(root, student):
    text = formgraders_page(root, student)
    asks = next(cell for cell in MASTER.cells if cell.explain and cell.lang == ("ko" if student == "korean" else "en"))
    above, _, below = text.partition(f'id="{CELL}"')
    assert asks.explained("asks") in above and f'id="{CELL}_extra_credit"' in below and f'id="{CELL}-comment"' in below
    assert (SENTENCE.split("\n")[0] in below) == (student != "unwritten")


def test_what_was_written_is_text_in_formgrader_and_on_the_page(root):
    """Formgrader sets Markdown, HTML and formulas of an answer's cell, in the grader's own session."""
    text = formgraders_page(root, "hostile")
    assert text.count("alert(1)") == 2 and "&lt;script" in text
    assert not re.search(r"<script>alert|<img src=x|<h1[^>]*>\s*A heading", text)
    before = text.partition("&lt;script")[0]
    assert before.rfind("<pre") > before.rfind("</pre")  # where MathJax sets no formula
    text = page_of(root, "hostile")[1]
    assert text.count("alert(1)") == 2 and not re.search("<script|<img", text)


def test_what_was_given_for_a_sentence_is_set_aside_and_comes_back_with_it(root):
    """Extra credit and comment have one name, that of the cell."""
    somebody_reads(root, "written", 1.5, "Well put")
    coursedir, _ = course(root, root / "submitted")
    release = lesson(LESSON).release["en"]
    shorter = nbformat.from_dict(release)
    shorter.cells = [cell for cell in release.cells if not is_explanation(cell)]
    (gone,) = register(LESSON, MASTER.notebook, shorter, coursedir)
    assert (gone.key, gone.cells) == ("set_aside", (CELL,)) and "written" in gone.students
    with recorder_of(root) as recorder:
        assert recorder.standings()["written"].score == TOTAL
    (back,) = register(LESSON, MASTER.notebook, release, coursedir)
    assert (back.key, back.cells) == ("back", (CELL,))
    with recorder_of(root) as recorder:
        standing = recorder.standings()["written"]
    assert (standing.score, standing.comments[CELL]) == (TOTAL + 1.5, "Well put")
    assert register(LESSON, MASTER.notebook, release, coursedir) == []


def test_the_report_counts_what_waits(root):
    write_report(LESSON, root, report_path(root, LESSON))
    assert say("grading.report.unread", count=3) in report_path(root, LESSON).read_text("utf-8")
    for student in ("written", "hostile", "korean"):
        somebody_reads(root, student, 1)
    write_report(LESSON, root, report_path(root, LESSON))
    assert "Sentences that wait" not in report_path(root, LESSON).read_text("utf-8")


def test_a_platform_gets_the_extra_credit_and_a_line_about_it(root):
    somebody_reads(root, "written", 1)
    grades = grades_of(LESSON, root).grades
    assert (grades["written"].points, grades["written"].total) == (TOTAL + 1, TOTAL)
    assert grades["written"].feedback.endswith(f"{CELL}: extra credit 1")
    assert "explain" not in grades["unwritten"].feedback


def test_a_cluster_gives_back_the_same(root):
    once = graded("written")
    back = plain.unpack(plain.pack(once), lesson(LESSON))
    assert gradebook_entry("written", root, back).to_read == gradebook_entry("written", root, once).to_read == {CELL}


def test_the_demonstration_class_has_sentences_to_read(tmp_path):
    submissions = make_demo_class(LESSON, tmp_path)
    written = {}
    for path in submissions.glob("*/*/*.ipynb"):
        prepared = prepare(path.read_bytes(), lesson(LESSON).release)
        if prepared.submission.explanations:
            written[path.parts[-3]] = prepared.submission.explanations
    assert written == {"all-right": sentences(MASTER, "en"), "all-right-korean": sentences(MASTER, "ko")}


def test_no_exercise_is_called_like_a_sentence():
    assert not any(is_explanation_id(name) for names in LESSONS.values() for name in names)
