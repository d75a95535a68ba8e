"""Every message that speaks of a line shows it, whichever it is and in both languages."""

import re

import pytest

from autograder.checking.diagnosis import Finding
from autograder.checking.explain import explanation, out_of_date
from autograder.checking.judge import Verdict
from autograder.checking.runs import CellRun, Stale
from curriculum import messages
from curriculum.exercises import load
from tests.test_messages import placeholders, sentences

EXERCISE = load("channel_attention")
LINE = "y = layers.Dense(8)(gates)"
SPEAKS_OF_A_LINE = re.compile(r"\b(?:that|this|the following|a marked) line\b|\b[그이] 줄(?![어었이여])")
PROBLEMS = [f"problem.{kind}" for kind in messages.catalogue("en")["finding"]["problem"]]
PROBLEMS += [f"problem.{kind}" for kind in messages.catalogue("en")["error"]]


def told(key: str, language: str, line: str) -> list[str]:
    """What is said of a problem, its values filled in."""
    kind = key.removeprefix("problem.")
    catalogue = messages.catalogue(language)
    texts = catalogue["finding"]["problem"].get(kind) or catalogue["error"][kind]
    values = {name: "…" for text in texts.values() for name in placeholders(text)}
    finding = Finding(key, values | {"exercise": EXERCISE.name}, EXERCISE.cases[0], line)
    return explanation(Verdict(EXERCISE, (frozenset(EXERCISE.points),) * len(EXERCISE.cases), finding), language)


@pytest.mark.parametrize("language", messages.LANGUAGES)
@pytest.mark.parametrize("key", PROBLEMS)
def test_the_line_is_shown_if_it_is_known_and_not_spoken_of_if_not(key, language):
    shown = messages.say("check.at_line", language, line=LINE)
    assert shown in told(key, language, LINE)
    without = "\n".join(told(key, language, ""))
    assert LINE not in without and messages.say("check.at_line", language, line="").strip() not in without
    if SPEAKS_OF_A_LINE.search(without):
        assert "your_turn(" in without  # the sentence itself holds the line


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_no_other_sentence_of_a_check_speaks_of_a_line(language):
    said = sentences(messages.catalogue(language))
    areas = {"check", "weights", "progress", "start", *messages.catalogue("en")} - {"live", "training", "trained"}
    speaking = {key for key, text in said.items() if key.split(".")[0] in areas and SPEAKS_OF_A_LINE.search(text)}
    with_a_line = {"finding.problem.not_written.next", "finding.problem.raised.next"}
    assert speaking <= with_a_line
    assert len(speaking) >= 2


@pytest.mark.parametrize("language", messages.LANGUAGES)
@pytest.mark.parametrize("line", [LINE, ""])
@pytest.mark.parametrize("error", ["SyntaxError: invalid syntax", ""])
def test_an_answer_that_is_gone_has_its_line_shown_if_it_is_known(language, line, error):
    said = out_of_date("double", Stale("two", CellRun(2, "a", "", frozenset(), error, line)), language)
    assert (messages.say("check.at_line", language, line=line) in said) == bool(line)
    assert not SPEAKS_OF_A_LINE.search("\n".join(said))
    assert error in said[0] and "two" in said[0] and len(said) <= 5
