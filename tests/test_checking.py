"""Checks accept right answers, refuse wrong ones, and say what is wrong."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from autograder.authoring.reference import MISTAKES_FOLDER, lesson_namespace, mistakes, reference, right_answers
from autograder.checking.challenge import Challenge
from autograder.checking.expected import load_expected
from autograder.checking.explain import explanation, summary
from autograder.checking.judge import Verdict, judge
from autograder.checking.measure import measure
from autograder.checking.measurement import Measurement
from autograder.exercises import all_names, load

NAMED = [(exercise, name) for exercise in all_names() for name in sorted(mistakes(exercise))]
RIGHT = [(exercise, name) for exercise in all_names() for name in sorted(right_answers(exercise))]


def verdict_on(exercise: str, answer, seed: int | None = None) -> Verdict:
    """Check an answer as a notebook does, or against another challenge as grading does."""
    asked = load(exercise)
    if seed is None:
        expected = load_expected(exercise)
        return judge(asked, measure(answer, asked, Challenge()), expected.reference, expected.mistakes)
    challenge = Challenge(seed)
    return judge(asked, measure(answer, asked, challenge), measure(reference(exercise), asked, challenge))


@pytest.mark.parametrize("exercise", all_names())
def test_the_reference_passes(exercise, tensorflow):
    verdict = verdict_on(exercise, reference(exercise))
    assert verdict.passed, explanation(verdict)
    assert verdict.points == load(exercise).total


@pytest.mark.parametrize(("exercise", "name"), RIGHT)
@pytest.mark.parametrize("seed", [None, 7])
def test_another_right_answer_passes(exercise, name, seed, tensorflow):
    verdict = verdict_on(exercise, right_answers(exercise)[name], seed)
    assert verdict.passed, explanation(verdict)


@pytest.mark.parametrize(("exercise", "name"), NAMED)
def test_a_usual_mistake_is_refused_and_named(exercise, name, tensorflow):
    verdict = verdict_on(exercise, mistakes(exercise)[name])
    assert not verdict.passed
    assert verdict.mistake == name
    assert 2 <= len(explanation(verdict, "ko")) <= 5 and len(explanation(verdict, "en")) <= 5


@pytest.mark.parametrize(("exercise", "name"), NAMED)
def test_a_usual_mistake_is_refused_under_another_challenge(exercise, name, tensorflow):
    assert not verdict_on(exercise, mistakes(exercise)[name], seed=11).passed


def test_there_are_mistakes_and_right_answers_to_try():
    assert {path.stem for path in MISTAKES_FOLDER.glob("*.py")} == set(all_names())
    assert len(NAMED) >= 4 * len(all_names())
    assert sum(exercise == "channel_attention" for exercise, _ in RIGHT) >= 7
    assert all(
        sum(found == exercise for found, _ in NAMED) >= 8 for exercise in ("channel_attention", "spatial_attention")
    )


def test_partial_credit_for_shape_and_parameters(tensorflow):
    verdict = verdict_on("channel_attention", mistakes("channel_attention")["relu_on_second_dense"])
    assert verdict.right == {"shape": True, "parameters": True, "outputs": False}
    assert verdict.points == 3
    assert summary(verdict, "en").startswith("✗ channel_attention: 3 of 5 points.")


# Answers that are no answers.


def fails(x, name, ratio=8):
    raise RuntimeError("on purpose")


def wrong_arguments(x):
    return x


def exits(x, name, ratio=8):
    raise SystemExit(0)


def enormous(x, name, ratio=8):
    import keras

    return keras.layers.Dense(x.shape[-1])(keras.layers.Dense(6_000_000)(x))


def disconnected(x, name, ratio=8):
    import keras

    return keras.Input(x.shape[1:])


def tensorflow_function(x, name, ratio=8):
    import tensorflow as tf

    return tf.nn.relu(x)


def numpy_function(x, name, ratio=8):
    return np.mean(x, axis=(1, 2))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (fails, "raised"),
        (exits, "raised"),
        (wrong_arguments, "arguments"),
        (enormous, "too_many_parameters"),
        (disconnected, "not_connected"),
        (tensorflow_function, "tensorflow_function"),
        (numpy_function, "numpy_function"),
        (lambda x, name, ratio=8: None, "returned_nothing"),
        (lambda x, name, ratio=8: 3, "not_a_feature_map"),
        (lambda x, name, ratio=8: [x], "not_a_feature_map"),
        (lambda x, name, ratio=8: np.ones((1, 2)), "not_a_feature_map"),
        (lambda x, name, ratio=8: undefined_name, "unknown_name"),  # noqa: F821  undefined on purpose
    ],
)
def test_a_broken_answer_gets_its_own_message(answer, kind, tensorflow):
    verdict = verdict_on("channel_attention", answer)
    assert verdict.points == 0
    assert verdict.finding.key == f"problem.{kind}"
    for language in ("en", "ko"):
        lines = explanation(verdict, language)
        assert 2 <= len(lines) <= 5
        assert not any("{" in line or "Traceback" in line for line in lines)


def test_the_students_own_line_is_shown(tensorflow):
    assert verdict_on("channel_attention", tensorflow_function).finding.line == "return tf.nn.relu(x)"
    assert verdict_on("channel_attention", fails).finding.line == 'raise RuntimeError("on purpose")'


def test_an_input_that_is_changed_is_seen():
    def doubles_in_place(x):
        x *= 2
        return x

    assert verdict_on("double", doubles_in_place).finding.key == "problem.input_changed"


def test_not_finite_is_said():
    assert verdict_on("double", lambda x: 2 * x + np.float32("nan")).finding.key == "outputs.not_finite"


# The two halves of a check.


def test_a_measurement_survives_packing(tensorflow):
    measured = measure(reference("autoencoder_block"), load("autoencoder_block"), Challenge())
    copy = Measurement.unpack(measured.pack())
    assert copy.cases[0].weights == measured.cases[0].weights
    assert np.array_equal(copy.cases[1].output, measured.cases[1].output)
    broken = measure(fails, load("channel_attention"), Challenge())
    assert Measurement.unpack(broken.pack()) == broken


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no archive", b"\x80\x04cos\nsystem\n", b"x" * 1000])
def test_bytes_that_are_no_measurement_are_refused(data):
    with pytest.raises(ValueError, match="Not a measurement"):
        Measurement.unpack(data)


def test_weights_do_not_depend_on_how_a_layer_is_written():
    challenge = Challenge()
    dense, convolution = challenge.weight((16, 2)), challenge.weight((1, 1, 16, 2))
    assert np.array_equal(dense, convolution[0, 0])
    assert not np.array_equal(dense, challenge.weight((2, 16)).T)
    assert not np.array_equal(challenge.weight((16,)), challenge.weight((16,), "beta"))
    assert not np.array_equal(dense, Challenge(1).weight((16, 2)))


def test_checks_need_no_solutions():
    """What a student's machine runs must not import the masters."""
    for module in ("autograder.checking.notebook", "autograder.checking.progress", "coursekit.experiments"):
        path = Path(importlib.util.find_spec(module).origin)
        assert "authoring" not in path.read_text("utf-8")


def test_given_blocks_are_the_earlier_lessons_own():
    assert lesson_namespace("4-spatial-attention")["channel_attention"].__code__.co_names == (
        reference("channel_attention").__code__.co_names
    )
