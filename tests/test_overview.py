"""The tables of the guide for teachers say what is in the lessons."""

import re

import pytest

from autograder.authoring import overview
from autograder.authoring.launch import GUIDES_FOR_TEACHERS
from autograder.lessons.effort import effort
from curriculum.exercises import LESSONS, all_names, load
from curriculum.messages import LANGUAGES
from curriculum.paths import REPOSITORY
from curriculum.predictions import PREDICTIONS
from tests.test_documents import rows


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guide_has_the_tables(language):
    file = GUIDES_FOR_TEACHERS[language]
    assert overview.guides()[file] == (REPOSITORY / file).read_text("utf-8")
    assert overview.tables(language) in overview.guides()[file]


def test_every_lesson_and_every_exercise_has_a_row():
    table = rows(overview.tables("en"))
    assert [row[0] for row in table[1 : len(LESSONS) + 1]] == list(LESSONS)
    exercises = table[len(LESSONS) + 2 :]
    assert [row[1].strip("`") for row in exercises] == list(all_names())
    for lesson, name, _, minutes, points in exercises:
        name = name.strip("`")
        assert (lesson, int(minutes), int(points)) == (load(name).lesson, effort(name).minutes, load(name).total)


def test_what_is_counted():
    """Lesson 7 by hand: three layers and a network, two predictions, one block to mend, one demo, one explanation."""
    table = {row[0]: row for row in rows(overview.tables("en"))[1 : len(LESSONS) + 1]}
    assert table["7-bam"][2:6] == ["layer × 3, model × 1", "2", "1", "1"]
    assert table["6-cbam"][10] == "2018" and table["0-start-here"][10] == "–"
    assert table["7-bam"][7:11] == ["0", "1", "✓", "2015–2018"] and table["6-cbam"][8] == "0"
    assert [table[lesson][7] for lesson in ("5-eca", "12-capstone")] == ["1", "2"]
    assert sum(int(table[lesson][3]) for lesson in LESSONS) == len(PREDICTIONS)


def test_the_comparison_with_other_courses_has_this_ones_numbers():
    told = {row[0]: row[1] for row in rows((REPOSITORY / "docs" / "compared.md").read_text("utf-8"))}
    head, *lessons = rows(overview.tables("en"))[: len(LESSONS) + 1]
    counted = {
        name: sum(int(row[place]) for row in lessons)
        for place, name in enumerate(head)
        if re.fullmatch(r"\d+", lessons[0][place])
    }
    expected = {
        "what was counted": len(LESSONS),
        "code to write": len(all_names()),
        "predictions": counted["predict"],
        "code to mend": counted["mend"],
        "design under a budget": counted["design"],
        "in one's own words": counted["explain"],
        "live controls": counted["demos"],
    }
    assert {name: int(re.match(r"\d+", told[name])[0]) for name in expected} == expected
