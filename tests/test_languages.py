"""One release for readers of every language: either notebook of a lesson is handed in, and the right one is graded."""

import json
from pathlib import Path

import pytest

from autograder.grading import submission_file
from autograder.grading.demo import submission
from autograder.lessons.files import write_instructor_notebooks
from curriculum.messages import current_language, in_language
from tests.conftest import needs_sandbox, run_nbgrader
from tests.test_grading import FILE, LESSON, MASTER, RIGHT, TOTAL, WRONG, grade, page

KOREAN = f"{in_language(MASTER.notebook, 'ko')}.ipynb"
COURSE = "cnn-attention-course"


def hand_in(root, student, **notebooks):
    folder = root / "submitted" / student / LESSON
    folder.mkdir(parents=True)
    for language, text in notebooks.items():
        (folder / {"en": FILE, "ko": KOREAN}[language]).write_text(text, "utf-8")


BLANK = {language: submission(MASTER, language, {}) for language in ("en", "ko")}
ANSWERED = {language: submission(MASTER, language, RIGHT) for language in ("en", "ko")}
MISTAKEN = {language: submission(MASTER, language, WRONG) for language in ("en", "ko")}


@needs_sandbox
def test_the_notebook_with_the_answers_is_graded(tmp_path, sandbox):
    hand_in(tmp_path, "english", en=ANSWERED["en"], ko=BLANK["ko"])
    hand_in(tmp_path, "korean", en=BLANK["en"], ko=ANSWERED["ko"])
    hand_in(tmp_path, "korean-alone", ko=ANSWERED["ko"])
    hand_in(tmp_path, "korean-mistaken", en=BLANK["en"], ko=MISTAKEN["ko"])
    hand_in(tmp_path, "both", en=ANSWERED["en"], ko=MISTAKEN["ko"])
    hand_in(tmp_path, "nothing", **BLANK)
    hand_in(tmp_path, "broken", en="{", ko=ANSWERED["ko"])
    hand_in(tmp_path, "broken-blank", en="{", ko=BLANK["ko"])
    graded = grade(tmp_path)
    assert {student: outcome.points for student, outcome in graded.items()} == {
        **dict.fromkeys(("english", "korean", "korean-alone", "both", "broken"), TOTAL),
        **dict.fromkeys(("nothing", "broken-blank"), 0),
        "korean-mistaken": graded["korean-mistaken"].points,
    }
    assert graded["korean-mistaken"].points < TOTAL
    assert "더했습니다" in page(tmp_path, "korean-mistaken")
    for student in ("english", "korean", "korean-alone", "nothing"):
        assert not graded[student].note, student
    assert "answers are in the notebook of another language, too (ko)" in page(tmp_path, "both")
    assert "no JSON" in page(tmp_path, "broken-blank")
    # what is handed in again in the other notebook is graded again
    (tmp_path / "submitted" / "nothing" / LESSON / KOREAN).write_text(ANSWERED["ko"], "utf-8")
    again = grade(tmp_path)
    assert again["nothing"].points == TOTAL
    assert [student for student, outcome in again.items() if not outcome.unchanged] == ["nothing"]


def test_what_is_opened(tmp_path):
    (tmp_path / KOREAN).write_text("{}")
    assert submission_file.load(tmp_path, MASTER.notebook) == (b"{}",)
    (tmp_path / "mine.ipynb").write_text("1")  # the only one there is, besides
    assert submission_file.load(tmp_path, MASTER.notebook) == (b"1", b"{}")
    (tmp_path / FILE).write_text("2")
    assert submission_file.load(tmp_path, MASTER.notebook) == (b"2", b"{}")
    assert submission_file.other_notebooks(tmp_path, MASTER.notebook) == ["mine.ipynb"]
    (tmp_path / KOREAN).unlink()
    (tmp_path / KOREAN).symlink_to(tmp_path / FILE)
    with pytest.raises(submission_file.RefusedError, match="not_a_file"):
        submission_file.load(tmp_path, MASTER.notebook)


def test_a_fetched_notebook_speaks_its_language(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_LANGUAGE", raising=False)
    monkeypatch.chdir(tmp_path)
    for name, language in ((KOREAN, "ko"), (f"course/{LESSON}/{KOREAN}", "ko"), (FILE, "en")):
        monkeypatch.setenv("JPY_SESSION_NAME", name)
        monkeypatch.setenv("LANG", "C.UTF-8")
        assert current_language() == language


@pytest.mark.slow
@needs_sandbox
def test_one_assignment_in_the_exchange_for_both(tmp_path):
    """Released once; one student works in English, another in Korean; both are graded and get their feedback."""
    exchange, root = tmp_path / "exchange", tmp_path / "course"
    write_instructor_notebooks([LESSON])
    exchange.mkdir()
    exchange.chmod(0o777)
    root.mkdir()
    settings = (
        "from autograder.grading.config import configure\nc = get_config()\nconfigure(c)\n"
        f"c.Exchange.root = {str(exchange)!r}\nc.CourseDirectory.course_id = {COURSE!r}\n"
    )
    (root / "nbgrader_config.py").write_text(settings)

    def nbgrader(folder: Path, *arguments: str) -> None:
        done = run_nbgrader(folder, *arguments)
        assert done.returncode == 0, done.stderr

    nbgrader(root, "generate_assignment", LESSON)
    nbgrader(root, "release_assignment", LESSON)
    answers = {"kim": (KOREAN, "ko", RIGHT), "lee": (FILE, "en", RIGHT), "park": (KOREAN, "ko", WRONG)}
    for student, (name, language, answered) in answers.items():
        home = tmp_path / student
        home.mkdir()
        (home / "nbgrader_config.py").write_text(f"{settings}c.Exchange.cache = {str(home / 'cache')!r}\n")
        nbgrader(home, "fetch_assignment", LESSON)
        assert {FILE, KOREAN} <= {path.name for path in (home / LESSON).iterdir()}
        assert json.loads((home / LESSON / KOREAN).read_text("utf-8"))["metadata"]["course"]["language"] == "ko"
        (home / LESSON / name).write_text(submission(MASTER, language, answered), "utf-8")
        nbgrader(home, "submit", LESSON, "--student", student)
    nbgrader(root, "collect", LESSON)
    nbgrader(root, "autograde", LESSON)
    outcomes = grade(root)  # the other entrance finds nothing left to do
    assert all(outcome.unchanged for outcome in outcomes.values())
    assert outcomes["kim"].points == outcomes["lee"].points == TOTAL > outcomes["park"].points
    nbgrader(root, "generate_feedback", LESSON)
    nbgrader(root, "release_feedback", LESSON)
    nbgrader(tmp_path / "park", "fetch_feedback", LESSON, "--student", "park")
    english, korean = sorted((tmp_path / "park" / LESSON / "feedback").rglob("*.html"))  # of each notebook handed in
    assert "더했습니다" in english.read_text("utf-8") == korean.read_text("utf-8")
    assert "feedback already fetched" in run_nbgrader(tmp_path / "park", "list", "--cached").stderr
    nbgrader(root, "generate_assignment", LESSON)  # once more, after there are submissions
