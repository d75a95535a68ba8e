"""The student's page and the class's page: what stands on them, in which order; and how a browser shows them."""

import html
import re
from datetime import datetime, timedelta
from urllib.parse import unquote

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.grading import charts
from autograder.grading.course_folder import course
from autograder.grading.engine import refuse
from autograder.grading.feedback import KEY
from autograder.grading.lesson import Lesson
from autograder.grading.record import Recorder
from autograder.grading.report import report_path, write_report
from autograder.grading.submission_file import RefusedError
from autograder.lessons.master import read_master
from autograder.lessons.reference import solution_source
from curriculum.exercises import LESSONS
from curriculum.messages import LANGUAGES, say
from tests.classes import DIES, EVIL, HOSTILE, first_mistake, graded_submission, record_class, remark
from tests.conftest import SHORTEST_LESSON, needs_site, sampled

LESSON = "3-channel-attention"
NAMES = LESSONS[LESSON]
DUE = datetime(2031, 5, 1, 9)
MISTAKE = first_mistake("se_block")
# One of each: right, a named mistake, any mistake, an error, unwritten.
MIXED = dict(zip(NAMES, (None, MISTAKE, "any", DIES, ""), strict=True)) | {"se_block": MISTAKE}
STUDENTS = 14


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A class with hostile names among them, in both languages; some late, one excused; a second lesson."""
    root = tmp_path_factory.mktemp("class") / "course"
    lesson, first = Lesson(LESSON), Lesson(SHORTEST_LESSON)
    kinds = {
        "right": dict.fromkeys(NAMES),
        "mixed": MIXED,
        "mistaken": dict.fromkeys(NAMES) | {"se_block": MISTAKE},
    }
    graded = {
        (kind, language): graded_submission(lesson, language, answers, [remark()] if kind == "mixed" else [])
        for kind, answers in kinds.items()
        for language in LANGUAGES
    }
    names = [*HOSTILE, *(f"student-{number}" for number in range(STUDENTS - len(HOSTILE)))]
    turns = list(graded.values())
    class_ = {name: turns[number % len(turns)] for number, name in enumerate(names)}
    class_ |= {"mixed": graded["mixed", "en"], "mixed-korean": graded["mixed", "ko"], "late": graded["right", "en"]}
    times = {name: 10 * number - 115 for number, name in enumerate(names)} | {"late": 2, "mixed": 0}
    record_class(root, LESSON, class_, DUE, times)
    right = graded_submission(first, "en", {"double": None})
    record_class(root, SHORTEST_LESSON, dict.fromkeys(names[:3], right))
    a_person_acts(root)
    return root


def a_person_acts(root):
    coursedir, config = course(root, root / "submitted")
    notebook = read_master(LESSON).notebook
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        scored = gradebook.find_grade("check_channel_attention", notebook, LESSON, "mixed")
        scored.manual_score = 4.5
        comment = gradebook.find_comment("se_block", notebook, LESSON, "mixed")
        comment.manual_comment = f"*Well* tried\n\n{EVIL}"
        gradebook.find_submission(LESSON, "student-7").extension = timedelta(days=9)
        gradebook.find_submission_notebook(notebook, LESSON, "late").late_submission_penalty = 2
        gradebook.db.commit()
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    coursedir, config = course(root, root / "submitted")
    with Recorder(LESSON, notebook, coursedir, config) as recorder:
        for student in ("mixed", "late"):
            recorder.renew(student, {})


def page_of(root, student):
    return root / "feedback" / student / LESSON / f"{read_master(LESSON).notebook}.html"


def words(text):
    """What is read on a page, on one line."""
    text = re.sub(r"<(style|title)>.*?</\1>", "", text, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


@pytest.mark.parametrize(("student", "language"), [("mixed", "en"), ("mixed-korean", "ko")])
def test_a_page_begins_with_what_counts(root, student, language):
    """Lesson, points, then each check with its verdict, the mistake or the next step; then remarks and the notebook."""
    text = page_of(root, student).read_text("utf-8")
    top, notebook = text.split(f"<h2>{say('grading.page.notebook', language)}</h2>")
    title = next(cell for cell in Lesson(LESSON).release[language].cells).source.partition("\n")[0].removeprefix("# ")
    expected = [
        title,
        say("grading.page.checks", language),
        *("channel_attention", "se_block", say("grading.page.verdict.partly", language)),
        say("check.likely", language, mistake=say(f"se_block.mistake.{MISTAKE}", language)),
        *("efficientnet_se", say("check.next", language, step="")),
        *("mobilenet_se", say("grading.page.verdict.failed", language), say("grading.event.undefined", language)),
        *("attention_block", say("grading.page.verdict.open", language)),
        say("finding.problem.not_written.next", language),
        say("grading.page.remarks", language),
    ]
    read, place = words(top), 0
    for each in expected:
        found = read.find(" ".join(each.split()), place)
        assert found >= 0, (each, read[place:])
        place = found
    assert f'<html lang="{language}">' in text and "Test cell" not in text and "Grade cell" not in text
    assert say("grading.remarks", language) not in text and "import check" not in text  # nor the cell that has it
    for name in NAMES:
        assert f'href="#check_{name}"' in top and f'id="check_{name}"' in notebook


def test_points_penalty_manual_score_and_comment(root):
    top = words(page_of(root, "mixed").read_text("utf-8").split("<h2>Your notebook")[0])
    assert "4.5 / 5 points These points were given by a person." in top
    assert "Comment: Well tried" in top
    late = words(page_of(root, "late").read_text("utf-8"))
    assert "0 of 19 points Points for the answers: 19. Taken off because the work came after the due date: 19." in late
    assert "Taken off" not in words(page_of(root, "mixed").read_text("utf-8"))


def test_nothing_that_somebody_wrote_is_html_or_a_formula_on_a_page(root):
    """Of the error's text, the remark and the comment, which may be Markdown, only words are left; nothing typesets."""
    text = page_of(root, "mixed").read_text("utf-8")
    assert text.count("alert(1)") >= 3
    assert "<em>Well</em> tried" in text and not re.search("<script|<img", text)
    assert "MathJax" not in text and not re.search(r'(src|href)="(?!#)', text)
    assert "default-src 'none'" in text


def test_no_hidden_value_is_in_a_page(root):
    for student in ("mixed", "mixed-korean"):
        text = page_of(root, student).read_text("utf-8")
        assert "0.1234" not in text and "0.5678" not in text


def test_a_notebook_that_an_earlier_version_has_graded_still_has_a_page(root):
    """It has outputs and no metadata of ours: points and links stand above, what was told under the cells."""
    coursedir, config = course(root, root / "submitted")
    with Recorder(LESSON, read_master(LESSON).notebook, coursedir, config) as recorder:
        notebook = nbformat.read(recorder.files("mixed")[0], 4)
        del notebook.metadata[KEY]
        for cell in notebook.cells:
            cell.metadata.pop(KEY, None)
        text = recorder._page("mixed", notebook, recorder.standings()["mixed"])
    top, _, rest = text.partition("<h2>Your notebook</h2>")
    assert "2 / 3 points" in words(top) and "Likely mistake" not in words(top)
    assert "Likely mistake" in words(rest) and "About this submission" in words(rest)
    assert "<script" not in text and "<img" not in text


def test_a_page_of_a_refused_submission_gives_the_reason_once_in_each_language(tmp_path):
    """The name of a student's file is in it, and in nbgrader's comment on every answer, which need not be shown."""
    found = "<img src=x onerror=alert(5)>.ipynb"
    refused = refuse(Lesson(SHORTEST_LESSON), RefusedError("too_deep", file="start_here.ipynb", found=found))
    record_class(tmp_path, SHORTEST_LESSON, {"deep": refused})
    text = (tmp_path / "feedback" / "deep" / SHORTEST_LESSON / "start_here.html").read_text("utf-8")
    for language in LANGUAGES:
        assert words(text).count(say("grading.refused.too_deep", language, file="start_here.ipynb", found=found)) == 1
    assert (
        "<img" not in text
        and "0 of 2 points" in words(text)
        and solution_source(read_master(SHORTEST_LESSON).solution("double")).splitlines()[-1].strip() not in words(text)
    )


def test_an_assignment_of_the_instructors_own_has_nbgraders_page(root):
    """From the same exporter, before and after a page of ours."""
    coursedir, config = course(root, root / "submitted")
    with Recorder(LESSON, read_master(LESSON).notebook, coursedir, config) as recorder:
        ours = page_of(root, "late").read_text("utf-8")
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Homework")])
        names = {"assignment": "homework", "notebook": "homework", "score": 1, "max_score": 2, "late_penalty": 0}
        text, _ = recorder._exporter.from_notebook_node(notebook, {"nbgrader": names, "unique_key": "homework"})
        assert "homework (Score: 1.0 / 2.0)" in text
        assert recorder._page("late", nbformat.read(recorder.files("late")[0], 4), recorder.standings()["late"]) == ours


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_tells_what_it_shows(root, language, monkeypatch):
    monkeypatch.setenv("COURSE_LANGUAGE", language)
    path = report_path(root, LESSON)
    write_report(LESSON, root, path)
    text = path.read_text("utf-8")
    read = words(text)
    assert f'<html lang="{language}">' in text
    assert say("grading.report.finding.late_of_timed", count=STUDENTS + 2, late=3) in read
    assert say("grading.report.excused", count=1) in read
    coursedir, config = course(root, root / "submitted")
    with Recorder(LESSON, read_master(LESSON).notebook, coursedir, config) as recorder:
        scores = [standing.score for standing in recorder.standings().values()]
    share = f"{sum(scores) / len(scores) / 19:.0%}"
    assert say("grading.report.finding.lowest", lesson=LESSON, share=share) in read
    assert "se_block" in read and say(f"se_block.mistake.{MISTAKE}") in read


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_says_how_many_have_no_time_and_rounds_once(tmp_path, language, monkeypatch):
    """One of four has a time, and is late. A median between two marks has three digits behind the point."""
    monkeypatch.setenv("COURSE_LANGUAGE", language)
    graded = graded_submission(Lesson(SHORTEST_LESSON), "en", {"double": None})
    names = ("a", "b", "c", "d")
    record_class(tmp_path, SHORTEST_LESSON, dict.fromkeys(names, graded), DUE, {"a": 1})
    coursedir, _ = course(tmp_path, tmp_path / "submitted")
    notebook = read_master(SHORTEST_LESSON).notebook
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        for student, points in zip(names, (1, 1.25, 1.0, 2), strict=True):
            gradebook.find_grade("check_double", notebook, SHORTEST_LESSON, student).manual_score = points
        gradebook.db.commit()
    write_report(SHORTEST_LESSON, tmp_path, tmp_path / "report.html")
    read = words((tmp_path / "report.html").read_text("utf-8"))
    assert say("grading.report.finding.late_of_timed", count=1, late=1) in read
    assert say("grading.report.untimed", count=3) in read
    assert say("grading.report.finding.half", points="1.12", total="2") in read
    assert say("grading.report.summary", count=4, full=1, mean="1.3", median="1.12", total="2") in read


def test_links_lead_to_pages_and_cells_that_are_there(root):
    path = report_path(root, LESSON)
    write_report(LESSON, root, path)
    links = [html.unescape(link) for link in re.findall(r'href="([^"]*)"', path.read_text("utf-8"))]
    assert len(links) > STUDENTS
    for link in links:
        file, _, cell = link.partition("#")
        target = path.parent / unquote(file)
        assert target.is_file() and ":" not in file and not file.startswith("//")
        assert not cell or f'id="{cell}"' in target.read_text("utf-8")
    assert {unquote(link).split("/")[1] for link in links} >= set(HOSTILE)
    elsewhere = path.parent / "kept" / "here" / "report.html"
    elsewhere.parent.mkdir(parents=True, exist_ok=True)
    write_report(LESSON, root, elsewhere)
    link = re.findall(r'href="([^"#]*)', elsewhere.read_text("utf-8"))[0]
    assert link.startswith("../../feedback/") and (elsewhere.parent / unquote(link)).is_file()


def test_a_student_without_a_page_is_named_without_a_link(root):
    page = page_of(root, "student-3")
    page.rename(page.with_suffix(".kept"))
    try:
        write_report(LESSON, root, report_path(root, LESSON))
    finally:
        page.with_suffix(".kept").rename(page)
    text = report_path(root, LESSON).read_text("utf-8")
    assert ">student-3</th>" in text and "feedback/student-3/" not in text and "feedback/student-4/" in text


def test_lessons_are_linked_where_their_reports_lie(root):
    for lesson in (SHORTEST_LESSON, LESSON):
        report_path(root, lesson).unlink(missing_ok=True)
    write_report(LESSON, root, report_path(root, LESSON))
    text = report_path(root, LESSON).read_text("utf-8")
    assert SHORTEST_LESSON in text and f"report-{SHORTEST_LESSON}.html" not in text
    write_report(SHORTEST_LESSON, root, report_path(root, SHORTEST_LESSON))
    write_report(LESSON, root, report_path(root, LESSON))
    assert f'href="report-{SHORTEST_LESSON}.html"' in report_path(root, LESSON).read_text("utf-8")
    assert "1-autoencoder" not in text


def test_nothing_that_somebody_wrote_is_html_in_a_report(root):
    write_report(LESSON, root, report_path(root, LESSON))
    text = report_path(root, LESSON).read_text("utf-8")
    assert "&lt;script&gt;alert(1)" in text and "&lt;img src=x onerror=alert(3)" in text
    assert not re.search(r"<script|<img|javascript:alert\(4\)\"", text)


def test_points_in_bins():
    bars = charts.points_in_bins([0, 0.5, 2, 19, 18.9, 16], 19)
    assert [(bar.tick, bar.count) for bar in bars if bar.count] == [("0", 2), ("2", 1), ("16", 1), ("18", 2)]
    assert len(bars) == 10 and max(bar.share for bar in bars) == 1
    assert [bar.tick for bar in charts.points_in_bins([1], 2)] == ["0", "1", "2"]
    extra = charts.points_in_bins([25], 19)
    assert extra[-1].tick == "24" and extra[-1].count == 1
    assert all(len(charts.points_in_bins([0], total)) <= charts.MOST_POINT_BINS + 1 for total in range(1, 400))


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("times", "late"),
    [
        ([DUE], 0),  # in time to the minute
        ([DUE + timedelta(seconds=1)], 1),
        ([DUE - 3 * DAY, DUE - HOUR, DUE + 5 * HOUR], 1),
        ([DUE - 400 * DAY, DUE + 400 * DAY], 1),
        ([DUE + 90 * DAY], 1),
        ([DUE - 90 * DAY], 0),
    ],
)
def test_a_time_line_has_its_due_date_between_two_bars(times, late):
    line = charts.time_line(times, DUE, 0, None)
    assert sum(bar.count for bar in line.bars) == len(times) and len(line.bars) <= charts.MOST_TIME_BINS + 1
    assert sum(bar.count for bar in line.bars if bar.late) == line.late == late
    assert [bar.late for bar in line.bars] == sorted(bar.late for bar in line.bars)
    assert line.begin <= line.due <= line.end


def test_a_time_line_without_a_due_date_or_times():
    assert charts.time_line([], DUE, 0, None) is None
    line = charts.time_line([DUE, DUE + 3 * DAY + MINUTE], None, 0, None)
    assert not line.due and not any(bar.late for bar in line.bars) and line.late == 0


@pytest.fixture
def shown(chromium, root):
    """Opens a file of the class in a browser; nothing may be asked of a network, and no script may run."""
    contexts, troubles = [], []

    def opened(path, width=1280, scheme="light"):
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda asked: asked.url.startswith("file:") or troubles.append(asked.url))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: troubles.append(dialog.message))
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not troubles


@pytest.mark.slow
@needs_site
@pytest.mark.parametrize("name", ["mixed", "mixed-korean", "late", "report en", "report ko"])
@pytest.mark.parametrize(("width", "scheme"), sampled([(1280, "dark"), (400, "light")], in_ci=[(400, "light")]))
def test_nothing_keeps_people_from_using_a_page(shown, root, name, width, scheme, monkeypatch):
    from axe_playwright_python.sync_playwright import Axe

    path = page_of(root, name)
    if name.startswith("report"):
        monkeypatch.setenv("COURSE_LANGUAGE", name.split()[1])
        path = root / f"{name}.html"
        write_report(LESSON, root, path)
    page = shown(path, width, scheme)
    for details in page.locator("summary").all()[:2]:
        details.click()
    found = Axe().run(page, options={"preload": False})
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.slow
def test_from_a_mistake_to_the_cell_where_it_was_made(shown, root):
    """By clicks alone, of a student whose name is more than a name: from the report to the check's cell on the page."""
    write_report(LESSON, root, root / "report.html")
    page = shown(root / "report.html")
    page.locator("summary").first.click()
    page.get_by_role("link", name=HOSTILE[4]).first.click()
    page.wait_for_url("**/channel_attention.html#check_se_block")
    assert page.locator("#check_se_block").is_visible()
    page.locator("#check_se_block a").click()
    page.wait_for_url("**#top")
    page.locator(".checks a").first.click()
    assert page.url.endswith("#check_channel_attention")
