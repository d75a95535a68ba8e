"""Checks accept right answers, refuse wrong ones, and say what is wrong."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from autograder.checking.challenge import NOTEBOOK_SEED, Challenge
from autograder.checking.expected import Expected, load_expected
from autograder.checking.explain import explanation, summary
from autograder.checking.judge import Verdict, credit, judge
from autograder.checking.measure import measure
from autograder.checking.measurement import CaseResult, Measurement
from autograder.lessons.reference import lesson_namespace, mistakes, reference, right_answers
from curriculum.exercises import Case, all_names, load

# Three an exercise, which other Pythons try, too: tests/test_proof.py tries every answer under a run's challenge.
RIGHT = [(exercise, name) for exercise in all_names() for name in sorted(right_answers(exercise))[:3]]


def verdict_on(exercise: str, answer, seed: int = NOTEBOOK_SEED) -> Verdict:
    """Check an answer as a notebook does, or against another challenge as grading does."""
    asked = load(exercise)
    expected = load_expected(exercise) if seed == NOTEBOOK_SEED else reference_only(exercise, seed)
    return judge(asked, measure(answer, asked, Challenge(seed)), expected)


@cache
def reference_only(exercise: str, seed: int) -> Expected:
    """What is expected under another challenge, without the usual mistakes."""
    asked = load(exercise)
    return Expected(seed, "", measure(reference(exercise), asked, Challenge(seed)), {})


@pytest.mark.slow
@pytest.mark.parametrize(("exercise", "name"), RIGHT)
def test_a_right_answer_passes_under_another_challenge(exercise, name, tensorflow):
    verdict = verdict_on(exercise, right_answers(exercise)[name], seed=7)
    assert verdict.passed, explanation(verdict)


def test_partial_credit_for_shape_and_parameters(tensorflow):
    verdict = verdict_on("channel_attention", mistakes("channel_attention")["relu_on_second_dense"])
    assert verdict.right == {"shape": True, "parameters": True, "outputs": False}
    assert verdict.points == 3
    assert summary(verdict, "en").startswith("✗ channel_attention: 3 of 5 points.")


def without_at_least_one(x, name, ratio=8):
    """As all five sources write it: nothing keeps the bottleneck of a narrow map from having no units."""
    from keras import layers

    channels = x.shape[-1]
    gate = layers.GlobalAveragePooling2D()(x)
    gate = layers.Dense(channels // ratio, activation="relu")(gate)
    gate = layers.Dense(channels, activation="sigmoid")(gate)
    return x * layers.Reshape((1, 1, channels))(gate)


def test_one_call_that_fails_does_not_take_what_is_right_in_the_others(tensorflow):
    verdict = verdict_on("channel_attention", without_at_least_one)
    assert [case.shape[-1] for case in verdict.exercise.cases if case not in verdict.right_cases] == [12]
    assert verdict.credit == {"shape": 0.8, "parameters": 1.6, "outputs": 1.6}
    assert verdict.points == 4 and not verdict.passed
    told = explanation(verdict, "en")
    assert "Right in 4 of 5 calls. What is right in most of the calls keeps that share of its points." in told
    assert len([summary(verdict, "en"), *told]) <= 6
    assert "5번 가운데 4번" in "\n".join(explanation(verdict, "ko"))


def right_for(shapes):
    def answer(x):
        return 2 * x if x.shape in shapes else x + 5

    return answer


@pytest.mark.parametrize(("shapes", "points"), [([(2, 3)], 1.0), ([(2, 3), (1,)], 1.6), ([], 1.0)])
def test_only_what_is_right_in_most_calls_earns_its_share(shapes, points, tensorflow):
    assert verdict_on("double", right_for(shapes)).points == points


@pytest.mark.parametrize(
    ("points", "share", "earned"),
    [(2, 1, 2), (2, 4 / 5, 1.6), (3, 0.7, 2.1), (1, 2 / 3, 0.6), (3, 14 / 15, 2.8), (2, 1 / 2, 0), (5, 0, 0)],
)
def test_credit_is_the_share_rounded_down(points, share, earned):
    assert credit(points, share) == earned


def fails(x, name, ratio=8):
    raise RuntimeError("on purpose")


def tensorflow_function(x, name, ratio=8):
    import tensorflow as tf

    return tf.nn.relu(x)


def test_the_students_own_line_is_shown(tensorflow):
    assert verdict_on("channel_attention", tensorflow_function).finding.line == "return tf.nn.relu(x)"
    assert verdict_on("channel_attention", fails).finding.line == 'raise RuntimeError("on purpose")'


# Several inputs and several returned values.


def test_a_function_of_two_inputs_is_measured_and_shown_as_called(tensorflow):
    verdict = verdict_on("head_gates", mistakes("head_gates")["tanh_missing"])
    assert verdict.mistake == "tanh_missing"
    assert "head_gates(x[2, 5, 7, 6], masks[2, 5, 7, 4])" in explanation(verdict, "en")[0]
    assert verdict_on("head_gates", lambda z: z).finding.key == "problem.arguments"


def test_each_returned_value_is_judged_and_named(tensorflow):
    attention_head, right = reference("attention_head"), reference("attention_module")

    def flat_masks(z, heads, classes):
        return right(z, heads, classes)[0], attention_head(z, heads) * 0

    def scaled(z, heads, classes):
        hypothesis, masks = right(z, heads, classes)
        return hypothesis, 2 * masks

    assert verdict_on("attention_module", flat_masks).finding.key.startswith("parameters")
    verdict = verdict_on("attention_module", scaled)
    assert verdict.right == {"shape": True, "parameters": True, "outputs": False}
    assert verdict.finding.output == 1 and verdict.finding.key == "outputs.scaled"
    assert explanation(verdict, "en")[0].startswith("`masks` of attention_module(")
    assert explanation(verdict, "ko")[0].startswith("attention_module(")


@pytest.mark.parametrize(
    ("wrapped", "key"),
    [
        (lambda both: both[0], "problem.returned_too_few"),
        (lambda both: (*both, both[0]), "problem.returned_too_many"),
        (lambda both: None, "problem.returned_none"),
        (lambda both: (both[0], 1), "problem.not_a_feature_map"),
    ],
)
def test_another_number_of_returned_values_is_told(wrapped, key, tensorflow):
    right = reference("attention_module")
    verdict = verdict_on("attention_module", lambda z, heads, classes: wrapped(right(z, heads, classes)))
    assert verdict.finding.key == key and verdict.points == 0


def test_several_returned_values_survive_packing(tensorflow):
    measured = measure(reference("attention_module"), load("attention_module"), Challenge())
    copy = Measurement.unpack(measured.pack())
    assert [len(case.outputs) for case in copy.cases] == [2, 2]
    assert np.array_equal(copy.cases[0].outputs[1], measured.cases[0].outputs[1])


def test_a_measurement_with_fewer_values_than_asked_for_earns_nothing(tensorflow):
    asked, expected = load("attention_module"), reference_only("attention_module", 5)
    cases = tuple(replace(case, outputs=case.outputs[:1]) for case in expected.reference.cases)
    verdict = judge(asked, Measurement("attention_module", cases), expected)
    assert verdict.points == 0 and verdict.finding.key == "problem.no_result"


def test_inputs_that_are_shares_sum_to_one():
    case = Case((2, 5, 7, 6), extra_inputs={"masks": (2, 5, 7, 4)}, softmax_axes={"masks": (1, 2)})
    masks = Challenge().extra_inputs(case, 0)["masks"]
    np.testing.assert_allclose(masks.sum(axis=(1, 2)), 1, rtol=1e-5)
    assert masks.min() > 0 and Challenge().inputs(case, 0).min() < 0


def test_any_integer_is_an_integer_and_a_float_is_none():
    def verdict(make):
        return verdict_on(
            "eca_kernel_size", lambda channels, b=1, gamma=2: make(reference("eca_kernel_size")(channels, b, gamma))
        )

    for accepted in (int, np.int32, np.uint8, np.int64, np.asarray):
        assert verdict(accepted).passed
    for refused in (float, np.float32, lambda size: np.asarray(float(size))):
        assert verdict(refused).mistake == "not_an_integer"
        assert verdict(refused).finding.values["received"] == "5.0"
    for refused in (str, lambda size: size == 5, lambda size: [size], lambda size: np.array([size])):
        assert verdict(refused).finding.key in ("problem.not_a_number", "problem.returned_list")
    told = explanation(verdict(lambda size: size + 2), "en")[0]
    assert told == "eca_kernel_size(channels=512) gives another number than it should. Expected 5, yours 7."


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


def test_a_layers_type_without_the_layer_is_no_measurement():
    forged = Measurement("double", (CaseResult(other_type=("float16",)),))
    with pytest.raises(ValueError, match="Not a measurement"):
        Measurement.unpack(forged.pack())


def test_weights_do_not_depend_on_how_a_layer_is_written():
    challenge = Challenge()
    dense, convolution = challenge.weight((16, 2)), challenge.weight((1, 1, 16, 2))
    assert np.array_equal(dense, convolution[0, 0])
    assert not np.array_equal(dense, challenge.weight((2, 16)).T)
    assert not np.array_equal(challenge.weight((16,)), challenge.weight((16,), "beta"))
    assert not np.array_equal(dense, Challenge(1).weight((16, 2)))


def test_given_blocks_are_the_earlier_lessons_own():
    assert lesson_namespace("4-spatial-attention")["channel_attention"].__code__.co_names == (
        reference("channel_attention").__code__.co_names
    )


def test_numbers_that_would_print_alike_are_told_with_more_digits(tensorflow):
    """ "1 times the right values" and two equal ranges of gates would contradict the verdict."""
    from keras import layers, ops

    told = verdict_on("double", lambda x: x * 2.0006)
    assert told.finding.key == "outputs.scaled" and told.finding.values["factor"] == "1.0003"

    def nearly(x, name, ratio=8):
        units = max(1, x.shape[-1] // ratio)
        hidden = layers.Dense(units, activation="relu")(ops.mean(x, axis=(1, 2), keepdims=True))
        return x * ops.sigmoid(1.0005 * layers.Dense(x.shape[-1])(hidden))

    values = verdict_on("channel_attention", nearly).finding.values
    assert f"{float(values['low']):.3g}" == f"{float(values['expected_low']):.3g}"
    assert (values["low"], values["high"]) != (values["expected_low"], values["expected_high"])


def test_gates_that_all_images_share_are_said_to_be_shared(tensorflow):
    from keras import layers, ops

    def gated(squeeze, activation="sigmoid"):
        def answer(x, name, ratio=8):
            hidden = layers.Dense(max(1, x.shape[-1] // ratio), activation="relu")(squeeze(x))
            return x * layers.Dense(x.shape[-1], activation=activation)(hidden)

        return answer

    whole = gated(lambda x: ops.mean(x, axis=(0, 1, 2), keepdims=True))
    assert verdict_on("channel_attention", whole).mistake == "batch_squeezed"
    doubled = gated(lambda x: 2 * ops.mean(x, axis=(0, 1, 2), keepdims=True))
    assert verdict_on("channel_attention", doubled).finding.key == "gates.same_for_all"
    doubled = gated(lambda x: 2 * ops.mean(x, axis=(1, 2), keepdims=True))
    assert verdict_on("channel_attention", doubled).finding.key == "gates.differ"


def test_a_layer_whose_result_is_not_used_is_not_told_as_missing(tensorflow):
    from keras import layers

    def norm_unused(x, filters, name):
        x = layers.Conv2D(filters, 3, padding="same")(x)
        layers.BatchNormalization()(x)
        return layers.ReLU()(x)

    def relu_unused(x, filters, name):
        x = layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same")(x))
        layers.ReLU()(x)
        return x

    def norm_missing(x, filters, name):
        return layers.ReLU()(layers.Conv2D(filters, 3, padding="same")(x))

    for answer, layer in ((norm_unused, "layers.BatchNormalization"), (relu_unused, "layers.ReLU")):
        verdict = verdict_on("autoencoder_block", answer)
        assert verdict.mistake is None and verdict.finding.key == "layers.unused"
        assert layer in explanation(verdict, "en")[0] and layer in explanation(verdict, "ko")[0]
    assert verdict_on("autoencoder_block", norm_missing).mistake == "no_batch_norm"
    assert not measure(norm_missing, load("autoencoder_block"), Challenge()).cases[0].unused

    def right_with_a_layer_unused(x, filters, name):
        relu_unused(x, filters, name)
        return reference("autoencoder_block")(x, filters, name)

    assert verdict_on("autoencoder_block", right_with_a_layer_unused).passed


def test_filters_and_kernel_size_that_have_changed_places(tensorflow):
    from keras import layers

    def swapped(x, filters, name):
        return layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(3, filters, padding="same")(x)))

    verdict = verdict_on("autoencoder_block", swapped)
    assert verdict.finding.key == "layers.swapped" and verdict.finding.values["filters"] == 3
    assert "layers.Conv2D(16, 3)" in explanation(verdict, "en")[-1]


def test_points_for_names_are_not_lost_without_a_word(tensorflow):
    from keras import layers

    def answer(x, name, ratio=8):
        squeezed = layers.GlobalMaxPooling2D(keepdims=True, name="squeeze")(x)
        hidden = layers.Dense(max(1, x.shape[-1] // ratio), activation="relu")(squeezed)
        return 0.9 * x * layers.Dense(x.shape[-1], activation="softmax")(hidden)

    verdict = verdict_on("channel_attention", answer)
    assert verdict.finding.key == "gates.differ" and verdict.right["parameters"] is False
    for language, start in (("en", "Also, and this costs points"), ("ko", "따로 점수를 잃은 곳도")):
        told = explanation(verdict, language)
        assert sum(line.startswith(start) for line in told) == 1 and not told[-1].startswith(start)


def test_a_named_layer_inside_of_another_network_is_said_to_be_there(tensorflow):
    import keras
    from keras import layers

    def answer(input_shape, filters, block=None):
        whole = reference("autoencoder")(input_shape, filters)
        x = inputs = keras.Input(input_shape)
        encoder = keras.Model(whole.inputs, whole.get_layer("latent").output)
        x = encoder(inputs)
        for width in reversed(filters):
            x = layers.UpSampling2D()(layers.Conv2D(width, 3, padding="same")(x))
        return keras.Model(inputs, layers.Conv2D(input_shape[-1], 3, padding="same", activation="sigmoid")(x))

    verdict = verdict_on("autoencoder", answer)
    assert verdict.mistake is None and verdict.finding.key == "shape.layer_inside"
