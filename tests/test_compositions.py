"""Answers at random: put together from right parts, with one part exchanged, and with two.

Hypothesis draws the parts. It draws the same ones every time, so that a test does not hang on luck, and shows the first
composition that fails: to look for the simplest takes many minutes.
"""

from itertools import combinations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from autograder.authoring.proof import measure_alone
from autograder.checking.challenge import Challenge
from autograder.checking.expected import load_expected
from autograder.checking.explain import explanation
from autograder.checking.judge import Verdict, judge
from curriculum.exercises import load
from tests.compositions import COMPOSITIONS, Part

# Two mistakes that are one which has a name of its own.
TOGETHER = {
    frozenset({"maximum_first", "batch_normalisation_added"}): "as_in_the_authors_code",
    frozenset({"maximum_first", "bias_left_in"}): "maximum_first_with_bias",
    frozenset({"always_three", "bias_left_in"}): "always_three_with_bias",
    frozenset({"normalisation_missing", "normalised_twice"}): "normalised_at_the_end",
    frozenset({"relu_before_addition", "no_last_relu"}): "relu_before_addition_only",
}
# Where a right part has made a layer for the one that is exchanged, nobody takes it: that is told, which is nearer.
LEAVES_A_LAYER = {("residual_block", "shortcut_forgotten")}
SAME_EVERY_TIME = settings(
    max_examples=6,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def verdict_on(name: str, parts: dict[str, Part]) -> Verdict:
    """What the notebook's check says to the answer made of these parts."""
    exercise, expected = load(name), load_expected(name)
    answer = COMPOSITIONS[name].assemble(parts)
    return judge(exercise, measure_alone(answer, exercise, Challenge(expected.seed)), expected)


def right_parts(name: str) -> st.SearchStrategy[dict[str, Part]]:
    """One right part for each step."""
    right = COMPOSITIONS[name].right
    return st.fixed_dictionaries({step: st.sampled_from(parts) for step, parts in right.items()})


def one_wrong(name: str) -> st.SearchStrategy[tuple[str, str]]:
    """A step and a mistake in it."""
    wrong = COMPOSITIONS[name].wrong
    return st.sampled_from([(step, mistake) for step, parts in wrong.items() for mistake in parts])


def two_wrong(name: str) -> st.SearchStrategy[tuple[tuple[str, str], tuple[str, str]]]:
    """Two steps and a mistake in each."""
    wrong = COMPOSITIONS[name].wrong
    return st.sampled_from([((a, x), (b, y)) for a, b in combinations(wrong, 2) for x in wrong[a] for y in wrong[b]])


@pytest.mark.parametrize("name", COMPOSITIONS)
@SAME_EVERY_TIME
@given(data=st.data())
def test_right_parts_are_right_and_a_wrong_one_among_them_is_named(name, data, tensorflow):
    parts = data.draw(right_parts(name))
    verdict = verdict_on(name, parts)
    assert verdict.passed, explanation(verdict)
    step, mistake = data.draw(one_wrong(name))
    verdict = verdict_on(name, parts | {step: COMPOSITIONS[name].wrong[step][mistake]})
    assert not verdict.passed
    if (name, mistake) in LEAVES_A_LAYER and verdict.finding.key == "layers.unused":
        return
    assert verdict.mistake == mistake


@pytest.mark.parametrize("name", COMPOSITIONS)
@SAME_EVERY_TIME
@given(data=st.data())
def test_of_two_mistakes_nothing_untrue_is_told_and_after_one_is_mended_the_other(name, data, tensorflow):
    """No third mistake's name. What else is told is a difference that was measured."""
    wrong = COMPOSITIONS[name].wrong
    parts = data.draw(right_parts(name))
    (first_step, first), (second_step, second) = data.draw(two_wrong(name))
    both = {first_step: wrong[first_step][first], second_step: wrong[second_step][second]}
    verdict = verdict_on(name, parts | both)
    assert not verdict.passed
    assert verdict.mistake in (None, first, second, TOGETHER.get(frozenset({first, second}), first))
    assert len(explanation(verdict, "en")) >= 2
    mended = data.draw(st.sampled_from([first_step, second_step]))
    verdict = verdict_on(name, parts | both | {mended: parts[mended]})
    assert verdict.mistake == (second if mended == first_step else first)
