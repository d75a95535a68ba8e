"""A run's own challenge judges as the notebook's does: no right answer fails, every mistake loses the same points."""

import pytest

from autograder.authoring.reference import mistakes, reference, right_answers
from autograder.checking.challenge import Challenge
from autograder.checking.expected import Expected, load_expected
from autograder.checking.judge import judge
from autograder.checking.measure import measure
from autograder.exercises import all_names, load
from autograder.grading.inside.fresh import varied


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 5787244882769494851])  # under the second, a ResNet is certain of one class
@pytest.mark.parametrize("name", all_names())
def test_a_fresh_challenge_judges_alike(name, seed, tensorflow):
    exercise = load(name)
    fresh, challenge = varied(exercise, seed), Challenge(seed)
    expected = Expected(seed, "", measure(reference(name), fresh, challenge), {})
    assert not [case for case in expected.reference.cases if case.problem], seed
    for answer, function in right_answers(name).items():
        verdict = judge(fresh, measure(function, fresh, challenge), expected)
        assert verdict.passed, (seed, answer, verdict.finding)
    known = load_expected(name)
    for mistake, function in mistakes(name).items():
        public = judge(exercise, measure(function, exercise, Challenge()), known)
        verdict = judge(fresh, measure(function, fresh, challenge), expected)
        assert verdict.right == public.right, (seed, mistake)


def test_functions_of_numbers_are_asked_for_further_numbers():
    exercise = load("eca_kernel_size")
    known, further = exercise.cases, varied(exercise, 3).cases[len(exercise.cases) :]
    assert varied(exercise, 3).cases[: len(known)] == known
    for case, other in zip(known, further, strict=True):
        before, after = (dict(each.arguments) for each in (case, other))
        channels = before.pop("channels")
        assert channels <= after.pop("channels") <= 4 * channels
        assert before == after
    assert further != varied(exercise, 4).cases[len(known) :]
