"""Difficulty and minutes are worked out by the formula of effort.py, stand above each exercise, make nothing stale."""

import nbformat
import pytest

from autograder.authoring import launch
from autograder.authoring.freshness import sources_digest
from autograder.lessons import effort
from autograder.lessons.master import Cell, Master
from curriculum.exercises import LESSONS, all_names, load
from curriculum.messages import LANGUAGES
from curriculum.paths import REPOSITORY

ANSWER = '''def {name}(x):
    """Ten words are read in a tenth of a minute."""
    ### BEGIN SOLUTION
    {code}
    ### END SOLUTION'''


@pytest.fixture(autouse=True)
def _worked_out_anew():
    yield
    effort.effort.cache_clear()
    effort.lesson_minutes.cache_clear()


@pytest.fixture
def written(monkeypatch):
    """Let the answers to `double` and `preprocess`, the course's first two exercises, be what a test wants."""

    def write(first, second):
        def master(lesson):
            name, code = ("double", first) if lesson == "0-start-here" else ("preprocess", second)
            return Master(lesson, None, (Cell(1, "code", ANSWER.format(name=name, code=code), solution=name),))

        effort.effort.cache_clear()
        monkeypatch.setattr(effort, "read_master", master)
        return effort.effort("preprocess")

    return write


@pytest.mark.parametrize(
    ("code", "decisions", "difficulty", "exactly"),
    [
        ("return x", 1, 1, 0.1 + 1 / 4 + 2),  # the words, the decisions, the tries
        ("return f(x, axis=-1) + x[0]", 5, 1, 0.1 + 5 / 4 + 2),
        ("y = f(x)\n    return y if y > 0 else -y", 5, 1, 0.1 + 5 / 4 + 2),
        ("return " + " + ".join("x" * 13), 13, 2, 0.1 + 13 / 4 + 4),
        ("return " + " + ".join("x" * 29), 29, 3, 0.1 + 29 / 4 + 6),
    ],
)
def test_minutes_are_of_words_decisions_and_tries(written, code, decisions, difficulty, exactly):
    found = written("return 2 * x", code)
    assert (found.decisions, found.difficulty) == (decisions, difficulty)
    assert found.exactly == pytest.approx(exactly)


def test_a_line_of_an_earlier_answer_is_no_decision(written):
    assert written("y = f(x)\n    return y", "y = f(x)\n    return 2 * y").decisions == 2


def test_a_design_of_ones_own_is_hard():
    assert effort.effort("my_attention").difficulty == 3
    assert effort.effort("my_attention").decisions < effort.HARD


def test_minutes_are_told_in_fives():
    assert [effort.rounded(minutes) for minutes in (0.4, 7.4, 7.6, 62)] == [5, 5, 10, 60]


@pytest.mark.parametrize("lesson", list(LESSONS)[1:])
def test_a_lesson_takes_45_to_90_minutes(lesson):
    assert 45 <= effort.lesson_minutes(lesson) <= 90


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_tells_minutes_above_each_exercise_and_at_its_head(lesson, language):
    cells = nbformat.read(REPOSITORY / launch.notebook_path(lesson, language), 4).cells
    places = {cell.id: place for place, cell in enumerate(cells)}
    for name in LESSONS[lesson]:
        above = cells[places[name] - 1].source
        assert above == effort.heading(name, language)
        assert f"`{name}`" in above and str(effort.effort(name).minutes) in above and str(load(name).total) in above
    unit = {"en": " minutes", "ko": "분"}[language]
    assert f"{effort.lesson_minutes(lesson)}{unit}" in cells[0].source
    assert not [cell.id for cell in cells if effort.MINUTES in cell.source]


def test_every_level_is_used():
    assert {effort.effort(name).difficulty for name in all_names()} == {1, 2, 3}


def test_other_minutes_make_no_exercise_out_of_date(monkeypatch):
    before = {name: sources_digest(name) for name in ("double", "cost")}
    minutes = effort.lesson_minutes("10-self-attention")
    effort.effort.cache_clear()
    effort.lesson_minutes.cache_clear()
    monkeypatch.setattr(effort, "DECISIONS_A_MINUTE", 1)
    assert effort.lesson_minutes("10-self-attention") > minutes
    assert {name: sources_digest(name) for name in before} == before
