"""Grades go back in the tables that platforms give out, where one column alone changes, or straight into Canvas."""

import csv
import io
import json
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder.cli import main
from autograder.grading.course_folder import course
from autograder.grading.gradesheets import export
from autograder.grading.report import write_report
from autograder.grading.roster import Person, import_roster
from autograder.grading.spreadsheets import Table, harmless
from autograder.grading.submissions import GradingError
from benchmarks.platform_files import (
    BLACKBOARD_HEADER,
    CANVAS_HEADER,
    POSSIBLE,
    blackboard_grade_center,
    canvas_gradebook,
    canvas_rows,
    moodle_worksheet,
)
from curriculum import messages
from curriculum.exercises import LESSONS, load
from tests.conftest import run_nbgrader

LESSON, NOTEBOOK = "3-channel-attention", "channel_attention"
CLASS = [
    Person(f"s{n:02}", f"Given{n}", f"Family{n % 5}", f"s{n:02}@uni.test", "AB"[n % 2], {"lms_user": str(48700 + n)})
    for n in range(40)
]
GRADED = {person.student: number % 20 for number, person in enumerate(CLASS[:36])}  # points, of 19; 19 at most


@pytest.fixture(scope="module")
def gradebook_of_class(tmp_path_factory, empty_gradebook):
    """A gradebook with a class and its grades."""
    folder = tmp_path_factory.mktemp("graded")
    shutil.copy(empty_gradebook, folder)
    coursedir, _ = course(folder, folder / "submitted")
    import_roster(CLASS, coursedir)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        gradebook.add_assignment(LESSON)
        gradebook.add_notebook(NOTEBOOK, LESSON)
        for name in LESSONS[LESSON]:
            points = load(name).total
            gradebook.add_grade_cell(f"check_{name}", NOTEBOOK, LESSON, max_score=points, cell_type="code")
        for student, points in GRADED.items():
            gradebook.add_submission(LESSON, student)
            for grade in gradebook.find_submission_notebook(NOTEBOOK, LESSON, student).grades:
                grade.auto_score = min(points, grade.max_score)
                points -= grade.auto_score
        gradebook.db.commit()
    return folder / "gradebook.db"


@pytest.fixture
def graded(tmp_path, gradebook_of_class):
    """The folder of a course whose class is graded."""
    shutil.copy(gradebook_of_class, tmp_path)
    return tmp_path


def canvas(path, rows=None, **changed):
    return canvas_gradebook(path, canvas_rows(CLASS) if rows is None else rows, **changed)


def moodle(path, people=CLASS, **changed):
    return moodle_worksheet(path, people, **changed)


def blackboard(path, **changed):
    return blackboard_grade_center(path, CLASS, **changed)


def fill(root, path, platform, **options):
    told = []
    output = root / "out.csv"
    count = export(LESSON, path, platform, output, root, announce=told.append, **options)
    return count, output.read_bytes(), told


def changed(before, after, encoding="utf-8-sig", delimiter=","):
    """The cells that differ: (row, column) -> the new value. Everything else has to be the same bytes."""
    lines = before.decode(encoding).splitlines(True), after.decode(encoding).splitlines(True)
    old, new = (list(csv.reader(io.StringIO("".join(each), newline=""), delimiter=delimiter)) for each in lines)
    assert len(old) == len(new)
    return {
        (row, column): new[row][column]
        for row in range(len(old))
        for column in range(len(old[row]))
        if old[row][column] != new[row][column]
    }


def test_canvas(graded):
    path = canvas(graded / "grades.csv")
    before = path.read_bytes()
    count, after, told = fill(graded, path, "canvas")
    expected = {(row + 2, 6): f"{points:g}" for row, points in enumerate(GRADED.values())}
    assert (count, changed(before, after)) == (36, expected)
    assert path.read_bytes() == before
    for points in GRADED.values():  # taking out what was written gives the file back, byte by byte
        after = after.replace(f",7.5,{points:g},88.1".encode(), b",7.5,,88.1")
    assert after == before
    assert told == ["Without a grade, left as they are: s36, s37, s38, s39"]


def test_moodle_with_feedback(graded):
    path = moodle(graded / "worksheet.csv")
    before = path.read_bytes()
    count, after, told = fill(graded, path, "moodle")
    cells = changed(before, after)
    assert count == 36 and {column for _, column in cells} == {4, 9}
    assert {row: value for (row, column), value in cells.items() if column == 4} == {
        row + 1: f"{points:g}" for row, points in enumerate(GRADED.values())
    }
    assert cells[8, 9].startswith("channel_attention: 5 of 5 points; se_block: 2 of 3 points; efficientnet_se: 0 of")
    assert told == ["Without a grade, left as they are: s36, s37, s38, s39"]
    messages.set_language("ko")
    assert "channel_attention: 5점 만점에 5점; " in fill(graded, path, "moodle")[1].decode()


def test_blackboard(graded):
    path = blackboard(graded / "gc_course_fullgc.xls")
    before = path.read_bytes()
    count, after, told = fill(graded, path, "blackboard")
    cells = changed(before, after, "utf-16", "\t")
    assert count == 36 and {column for _, column in cells} == {8, 11}
    assert [value for (_, column), value in cells.items() if column == 8] == [f"{each:g}" for each in GRADED.values()]
    assert cells[8, 11].startswith("channel_attention: 5 of 5 points; ")
    assert told == ["Without a grade, left as they are: s36, s37, s38, s39"]


def test_blackboards_older_titles_and_its_maximum(graded):
    older = [title.replace(" Score]", "]").replace("19", "100") for title in BLACKBOARD_HEADER]
    path = blackboard(graded / "gc.xls", header=older)
    with pytest.raises(GradingError, match=r"maximum in .* is 100, and the lesson has 19 points"):
        fill(graded, path, "blackboard")
    cells = changed(path.read_bytes(), fill(graded, path, "blackboard", scale=True)[1], "utf-16", "\t")
    assert cells[2, 8] == "5.26"
    with pytest.raises(GradingError, match="is not Blackboard's Grade Center"):
        fill(graded, canvas(graded / "c.csv"), "blackboard")


class FakeCanvas(BaseHTTPRequestHandler):
    """As much of Canvas's programming interface as entering grades needs."""

    people: ClassVar = [
        {"id": 48700 + n, "name": f"{p.first_name} {p.last_name}", "login_id": p.student} for n, p in enumerate(CLASS)
    ]
    assignments: ClassVar = [
        {"id": 11, "course_id": 7, "name": "Essay", "points_possible": 10},
        {"id": 12, "course_id": 7, "name": "Channel attention", "points_possible": 19},
    ]
    entered: ClassVar[dict] = {}
    asked: ClassVar[list] = []
    state = "completed"

    def do_GET(self):
        path = urlsplit(self.path).path.removeprefix("/api/v1/")
        answers = {
            "courses/7": {"id": 7, "name": "CNN"},
            "courses/7/assignments": self.assignments,
            "courses/7/search_users": self.people,
            "courses/7/assignments/11/submissions": [],
            "courses/7/assignments/12/submissions": [{"id": 1, "user_id": 48701, "excused": True}],
            "progress/3": {"id": 3, "workflow_state": self.state, "message": "no such student"},
        }
        self.answer(answers.get(path))

    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.entered.update({key: value for key, (value,) in form.items()})
        self.asked.append(self.path)
        self.answer({"id": 3, "workflow_state": "queued"})

    def answer(self, content):
        allowed = self.headers["Authorization"] == "Bearer secret"
        self.send_response(401 if not allowed else 200 if content is not None else 404)
        self.end_headers()
        self.wfile.write(
            json.dumps(content if allowed else {"errors": [{"message": "Invalid access token."}]}).encode()
        )

    def log_message(self, *_):
        """Says nothing."""


@pytest.fixture
def fake_canvas(monkeypatch):
    pytest.importorskip("canvasapi", reason="canvasapi is not installed: cnn-attention-course[canvas]")
    for name, value in (("entered", {}), ("asked", []), ("state", "completed")):
        monkeypatch.setattr(FakeCanvas, name, value)
    monkeypatch.setenv("CANVAS_TOKEN", "secret")
    with ThreadingHTTPServer(("127.0.0.1", 0), FakeCanvas) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/courses/7"
        server.shutdown()


@pytest.fixture
def upload(graded, fake_canvas, monkeypatch):
    """The command, answered with yes or no."""
    monkeypatch.setattr("autograder.grading.course_folder.course_root", lambda: graded)

    def run(*options, answer="y", url=fake_canvas):
        with pytest.warns(UserWarning, match="HTTP"):  # which only a test's own machine is asked through
            return CliRunner().invoke(main, ["export", LESSON, "--canvas-course", url, *options], input=f"{answer}\n")

    return run


def test_grades_go_into_canvas(upload):
    done = upload()
    assert done.exit_code == 0, done.output
    assert (
        "35 grades go to “Channel attention” of “CNN” in Canvas" in done.output and "35 grades written" in done.output
    )
    assert FakeCanvas.asked == ["/api/v1/courses/7/assignments/12/submissions/update_grades"]
    wanted = {48700 + n: points for n, points in enumerate(GRADED.values()) if n != 1}  # whom Canvas has excused
    assert FakeCanvas.entered == {f"grade_data[{user}][posted_grade]": f"{points:g}" for user, points in wanted.items()}
    assert "Without a grade, left as they are: s36" in done.output.replace("\n", " ")


def test_more_than_the_maximum_is_named_before_it_goes_into_canvas(graded, upload):
    give_extra_credit(graded, "s19", 1.5)
    assert "given as it is: s19 (20.5 / 19)" in upload().output


@pytest.mark.parametrize(
    ("options", "answer", "told"),
    [
        ([], "n", "Nothing was changed in Canvas."),
        (["--column", "Essay"], "y", "The maximum in Essay is 10, and the lesson has 19 points"),
        (["--column", "Quiz"], "y", "no assignment is called like Quiz. Name one with --column; there are: Essay (11)"),
    ],
)
def test_nothing_is_changed_in_canvas(upload, options, answer, told):
    done = upload(*options, answer=answer)
    assert done.exit_code == 1 and told in done.output
    assert FakeCanvas.asked == []


def test_what_canvas_refuses_is_told(upload, fake_canvas, monkeypatch):
    monkeypatch.setattr(FakeCanvas, "state", "failed")
    assert "could not enter all of them: no such student" in upload().output
    monkeypatch.setenv("CANVAS_TOKEN", "wrong")
    done = upload()
    assert done.exit_code == 1 and "Invalid access token" in done.output and "wrong" not in done.output


def test_canvas_is_not_asked_without_address_or_token(graded, monkeypatch):
    monkeypatch.setattr("autograder.grading.course_folder.course_root", lambda: graded)
    monkeypatch.delenv("CANVAS_TOKEN", raising=False)
    for url, told in (
        ("http://canvas.test/courses/7", "is not the address of a course"),  # a token does not travel unencrypted
        ("https://canvas.test", "is not the address of a course"),
        ("https://canvas.test/courses/7", "Canvas wants an access token"),
    ):
        done = CliRunner().invoke(main, ["export", LESSON, "--canvas-course", url])
        assert done.exit_code == 1 and told in done.output


@pytest.mark.parametrize(("mark", "encoding"), [(b"\xff\xfe", "utf-16-le"), (b"\xef\xbb\xbf", "utf-8"), (b"", "cp949")])
def test_every_encoding_and_line_end_comes_back(graded, mark, encoding):
    rows = canvas_rows([CLASS[3]]).replace(",88.1,", ';88.1;"쉼표, ""따옴표""\n다음 줄"').replace(",", ";")
    rows = rows.replace("Family3; Given3", "Family3, Given3")
    text = f"{CANVAS_HEADER}{POSSIBLE}".replace(",", ";").replace("19.00", "19,00") + rows
    path = graded / "g.csv"
    path.write_bytes(mark + text.encode(encoding))
    _, after, _ = fill(graded, path, "canvas")
    assert after == path.read_bytes().replace(";7.5;;".encode(encoding), ";7.5;3;".encode(encoding))


def test_points_have_the_platforms_decimal_mark(graded):
    path = moodle(graded / "w.csv", CLASS[:1], maximum="25,00")
    _, after, _ = fill(graded, path, "moodle", scale=True, students=["s00"])
    assert changed(path.read_bytes(), after)[1, 4] == "0"
    path = moodle(graded / "w.csv", CLASS[:2], maximum="25,00")
    assert changed(path.read_bytes(), fill(graded, path, "moodle", scale=True)[1])[2, 4] == "1,32"


@pytest.mark.parametrize("platform", ["canvas", "moodle"])
def test_another_maximum_is_refused_and_nothing_is_written(graded, platform):
    path = graded / "g.csv"
    moodle(path, maximum="100") if platform == "moodle" else canvas(path, possible=POSSIBLE.replace("19", "100"))
    with pytest.raises(GradingError, match=r"The maximum in .* is 100, and the lesson has 19 points"):
        fill(graded, path, platform)
    assert not (graded / "out.csv").exists()


def give_extra_credit(root, student, extra):
    coursedir, _ = course(root, root / "submitted")
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        gradebook.find_grade("check_se_block", NOTEBOOK, LESSON, student).extra_credit = extra
        gradebook.db.commit()


def test_more_than_the_maximum_is_named_and_nobody_is_without_a_grade(graded):
    give_extra_credit(graded, "s19", 1.5)  # all of 19 points
    give_extra_credit(graded, "s01", 1.5)
    _, after, told = fill(graded, canvas(graded / "g.csv"), "canvas")
    assert b",20.5,88.1" in after and "given as it is: s19 (20.5 / 19)" in told[-1]
    path = blackboard(graded / "b.xls")
    before = path.read_bytes()
    _, after, told = fill(graded, path, "blackboard")
    assert "20.5" in changed(before, after, "utf-16", "\t").values() and "s19 (20.5 / 19)" in told[-1]
    path = moodle(graded / "w.csv")
    before = path.read_bytes()
    _, after, told = fill(graded, path, "moodle")
    assert changed(before, after)[20, 4] == "19" and changed(before, after)[2, 4] == "2.5"
    assert told[-1].startswith("More than the maximum") and told[-1].endswith("by hand: s19 (20.5 / 19)")
    _, after, told = fill(graded, moodle(graded / "w.csv", maximum="100"), "moodle", scale=True)
    assert told[-1].endswith("by hand: s19 (107.89 / 100)")


def test_excused_students_and_comments_of_the_instructor_stay(graded):
    rows = canvas_rows(CLASS[:3]).replace("7.5,,", "7.5,EX,", 1)
    _, after, told = fill(graded, canvas(graded / "g.csv", rows), "canvas")
    assert b"7.5,EX,88.1" in after and "Left as they are, because" in told[0] and told[0].endswith(": s00")
    _, after, told = fill(graded, moodle(graded / "w.csv", CLASS[:2], feedback="well, done"), "moodle")
    assert after.count(b'"well, done"') == 2 and "because something stands there: s00, s01" in told[0]


def test_rows_that_are_nobodys_and_students_without_a_row(graded):
    rows = canvas_rows(CLASS[:2]) + '"Student, Test",999,,a1b2,CNN,,,,\r\n"Nobody, Known",1,x1,x1,CNN,,,,\r\n'
    count, after, told = fill(graded, canvas(graded / "g.csv", rows), "canvas")
    assert count == 2 and after.endswith(rows.splitlines(True)[-1].encode())
    assert told[0] == "Without a grade, left as they are: Nobody, Known"
    assert told[1].startswith(f"Graded and not in {graded / 'g.csv'}: s02, s03, ")


def test_who_is_called_the_same_gets_nobody_elses_grade(graded):
    twins = [Person("t1", "A", "B", "", "", {}), Person("t2", "A", "B", "", "", {})]
    import_roster(twins, course(graded, graded / "submitted")[0])
    path = moodle(graded / "w.csv", [Person("", "A", "B"), CLASS[0], CLASS[0]])
    count, after, told = fill(graded, path, "moodle")
    assert count == 0 and changed(path.read_bytes(), after) == {}
    assert told[0] == "Left as they are, because more than one person is called so: A B, s00"


def test_a_class_without_a_roster_is_found_by_what_collecting_called_it(tmp_path, empty_gradebook):
    shutil.copy(empty_gradebook, tmp_path)
    coursedir, _ = course(tmp_path, tmp_path / "submitted")
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        gradebook.add_assignment(LESSON)
        gradebook.add_notebook(NOTEBOOK, LESSON)
        gradebook.add_grade_cell("check_se_block", NOTEBOOK, LESSON, max_score=19, cell_type="code")
        for student in ("48700", "Given1 Family1", "Participant 1234569"):
            gradebook.add_student(student)
            gradebook.add_submission(LESSON, student)
            gradebook.find_submission_notebook(NOTEBOOK, LESSON, student).grades[0].auto_score = 5
        gradebook.db.commit()
    path = canvas(tmp_path / "g.csv", canvas_rows(CLASS[:1]))
    assert changed(path.read_bytes(), fill(tmp_path, path, "canvas")[1]) == {(2, 6): "5"}
    path = moodle(
        tmp_path / "w.csv",
        CLASS[:3],
        name=lambda p: "Participant" if p is CLASS[2] else f"{p.first_name} {p.last_name}",
    )
    cells = changed(path.read_bytes(), fill(tmp_path, path, "moodle")[1])
    assert {row for row, column in cells if column == 4} == {2, 3}


def test_sections_and_single_students(graded):
    path = canvas(graded / "g.csv")
    count, after, told = fill(graded, path, "canvas", section="b")
    assert count == 18 and {row % 2 for row, _ in changed(path.read_bytes(), after)} == {1}
    assert told == ["Without a grade, left as they are: s37, s39"]
    count, after, told = fill(graded, path, "canvas", students=["s05"])
    assert changed(path.read_bytes(), after) == {(7, 6): "5"} and told == []
    with pytest.raises(GradingError, match=r"section 'C'\. The sections are: A, B"):
        fill(graded, path, "canvas", section="C")
    with pytest.raises(GradingError, match="No such student in section A: s05"):
        fill(graded, path, "canvas", section="A", students=["s05"])
    with pytest.raises(GradingError, match="Nobody of those has a grade"):
        fill(graded, path, "canvas", students=["s39"])


def test_a_report_names_people(graded):
    write_report(LESSON, graded, graded / "report.html")
    assert "s01 Given1 Family1</th>" in (graded / "report.html").read_text("utf-8")


def test_a_report_about_a_section(graded):
    write_report(LESSON, graded, graded / "report.html", "A")
    page = (graded / "report.html").read_text()
    assert "18 submissions" in page and "· A</h1>" in page and ">s02 Given2 Family2<" in page and ">s03 " not in page
    with pytest.raises(GradingError, match="Nobody is in section 'C'"):
        write_report(LESSON, graded, graded / "report.html", "C")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "＝1", "=HYPERLINK(1)"]
)
def test_no_cell_that_is_written_is_a_formula(tmp_path, text):
    path = tmp_path / "t.csv"
    path.write_bytes(b'a,b\r\n1,""\r\n')
    table = Table(path)
    for column in (0, 1):
        table.set(1, column, text)
    table.save(path)
    for cell in next(csv.reader(io.StringIO(path.read_text("utf-8"), newline=""))) and Table(path).row(1):
        assert cell == f"'{text}" == harmless(text)


@pytest.mark.parametrize("text", ["5", "17.5", "channel_attention: 5 of 5 points", "5점", "a=b", ""])
def test_what_is_no_formula_stays(text):
    assert harmless(text) == text


@pytest.mark.parametrize(
    ("platform", "text", "message"),
    [
        ("canvas", "a,b\n1,2\n", "is not Canvas's gradebook"),
        ("canvas", CANVAS_HEADER.replace("Channel attention", "Lesson three") + POSSIBLE, "no column is called like"),
        ("canvas", CANVAS_HEADER.replace("Essay", "channel-attention 2") + POSSIBLE, "several columns are called like"),
        ("canvas", "", "is empty"),
        ("moodle", CANVAS_HEADER + POSSIBLE, "is not Moodle's grading worksheet"),
        ("canvas", "PK\x03\x04", "is a workbook or an archive"),
    ],
)
def test_other_tables_are_refused(graded, platform, text, message):
    path = graded / "g.csv"
    path.write_text(text)
    with pytest.raises(GradingError, match=message):
        fill(graded, path, platform)
    assert not (graded / "out.csv").exists()


def test_a_column_can_be_named(graded):
    path = canvas(graded / "g.csv", possible=POSSIBLE.replace("10.00", "19"))
    for named in ("essay", "Essay (11)", "11"):
        assert {column for _, column in changed(path.read_bytes(), fill(graded, path, "canvas", column=named)[1])} == {
            5
        }
    korean = moodle(graded / "w.csv").read_text("utf-8").replace("Grade,", "성적,", 1).replace("Identifier", "번호")
    (graded / "w.csv").write_text(korean, "utf-8")
    assert fill(graded, graded / "w.csv", "moodle", column="성적")[0] == 36


def test_without_a_gradebook(tmp_path):
    with pytest.raises(GradingError, match="Nothing of 3-channel-attention is graded yet"):
        fill(tmp_path, canvas(tmp_path / "g.csv"), "canvas")


def test_the_command(graded, monkeypatch):
    monkeypatch.setattr("autograder.grading.course_folder.course_root", lambda: graded)
    path = canvas(graded / "grades.csv")
    done = CliRunner().invoke(main, ["export", LESSON, "--canvas", str(path)])
    assert done.exit_code == 0, done.output
    output = graded / f"grades-{LESSON}.csv"
    assert f"36 grades written to {output}" in done.output and output.exists()
    for wrong in ([], ["--canvas", str(path), "--moodle", str(path)]):
        done = CliRunner().invoke(main, ["export", LESSON, *wrong])
        assert done.exit_code == 2 and "Name one table" in done.output


def test_nbgraders_own_export_is_as_before(graded):
    done = run_nbgrader(graded, "export")
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO((graded / "grades.csv").read_text())))
    assert {row["student_id"]: float(row["score"]) for row in rows} == {
        p.student: GRADED.get(p.student, 0) for p in CLASS
    }
