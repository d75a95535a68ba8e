"""Answers that students design: what each property catches, that chance is forgiven, and that lies do not help."""

from dataclasses import replace

import numpy as np
import pytest
from keras import layers, ops

from autograder.checking.challenge import (
    NEGATED,
    OTHER_CHANNEL,
    OTHER_CORNER,
    Challenge,
    other_channel,
    other_corner,
)
from autograder.checking.expected import load_expected
from autograder.checking.judge import judge
from autograder.checking.measure import definition, measure
from autograder.checking.measurement import CaseResult, Measurement
from curriculum.exercises import load


def verdict(answer, name="my_attention"):
    return judge(load(name), measure(answer, load(name), Challenge()), load_expected(name))


def found(answer, name="my_attention") -> str:
    return verdict(answer, name).finding.key


def test_related_maps_differ_only_where_they_should():
    case = load("my_attention").cases[0]
    maps = Challenge(5).inputs(case, 0)
    first = maps[0]
    assert 0 < (first == 0).mean() < 0.3
    np.testing.assert_array_equal(maps[NEGATED], -first)
    for number, place in ((OTHER_CHANNEL, other_channel), (OTHER_CORNER, other_corner)):
        changed = np.zeros(first.shape, bool)
        changed[place(maps.shape)] = True
        np.testing.assert_array_equal(maps[number][~changed], first[~changed])
        assert (maps[number][changed] != first[changed]).mean() > 0.9


@pytest.mark.parametrize(
    ("answer", "finding"),
    [
        (lambda x: x, "outputs.unchanged"),
        (lambda x: x * layers.BatchNormalization()(x), None),  # scaled by its own value
        (lambda x: x + layers.Conv2D(x.shape[-1], 1)(x), "outputs.not_gated"),
        (lambda x: x * ops.sigmoid(ops.mean(x, axis=0, keepdims=True)), None),
        (lambda x: x[:, ::2], "shape.differs"),
        (lambda x: x * ops.sigmoid(ops.mean(x, axis=(1, 2), keepdims=True)), "parameters.nothing_to_train"),
        (lambda x: x * layers.Conv2D(x.shape[-1], 5, padding="same")(x), "parameters.over_budget"),
        (
            lambda x: x * ops.round(layers.Conv2D(1, 1, activation="sigmoid")(x)),
            "parameters.no_gradient",
        ),
    ],
)
def test_what_is_missing_is_named(answer, finding, tensorflow):
    told = verdict(answer)
    assert not told.passed
    assert finding is None or told.finding.key == finding


def test_a_gate_that_sees_only_its_own_value_is_an_activation(tensorflow):
    assert found(lambda x: x * ops.sigmoid(layers.DepthwiseConv2D(1)(x))) == "outputs.own_value"


def test_a_gate_from_the_batch_is_noticed(tensorflow):
    def mixed(x):
        return x * layers.Dense(x.shape[-1], activation="sigmoid")(ops.mean(x, axis=(0, 1, 2), keepdims=True))

    assert found(mixed) == "outputs.batch_mixed"


def test_silent_relus_in_one_case_are_forgiven_and_in_all_are_not(tensorflow):
    exercise = load("my_attention")
    measured = measure(lambda x: x * layers.Conv2D(1, 1, activation="sigmoid")(x), exercise, Challenge())
    inputs = [Challenge().inputs(case, number) for number, case in enumerate(exercise.cases)]

    def silenced(count: int) -> Measurement:
        """As if all gates were a half in some cases."""
        cases = tuple(
            replace(case, outputs=(0.5 * x, 0.5 * x[:1])) if number < count else case
            for number, (case, x) in enumerate(zip(measured.cases, inputs, strict=True))
        )
        return replace(measured, cases=cases)

    expected = load_expected("my_attention")
    assert judge(exercise, silenced(2), expected).passed
    assert judge(exercise, silenced(3), expected).finding.key == "outputs.one_gate"


def test_the_attention_that_is_handed_over_must_be_used(tensorflow):
    import keras

    def alone(input_shape, classes, attention=None):
        image = keras.Input(input_shape)
        x = layers.GlobalAveragePooling2D()(layers.Conv2D(8, 3)(image))
        return keras.Model(image, layers.Dense(classes, activation="softmax")(x))

    assert found(alone, "my_network") == "parameters.argument_unused"
    # Only one case hands one over, and yet it counts for all: three points of six are lost, not one tenth of them.
    assert verdict(alone, "my_network").credit["parameters"] == 0


def classified(activation, *steps):
    """A classifier with two softmaxes at most, and what lies between them."""
    import keras

    def answer(input_shape, classes, attention=lambda x: x):
        image = keras.Input(input_shape)
        x = attention(layers.Conv2D(8, 3, activation="relu")(image))
        x = layers.Dense(classes, activation=activation)(layers.GlobalAveragePooling2D()(x))
        for step in steps:
            x = step(x)
        return keras.Model(image, x)

    return answer


TWICE = {
    "a layer": ("softmax", layers.Softmax()),
    "an operation": ("softmax", ops.softmax),
    "a division": ("softmax", lambda x: ops.exp(x) / ops.sum(ops.exp(x), axis=-1, keepdims=True)),
    "a sigmoid in front": ("sigmoid", ops.softmax),
    "three": ("softmax", ops.softmax, ops.softmax),
}


@pytest.mark.parametrize("kind", TWICE)
def test_a_softmax_of_something_limited_is_noticed(kind, tensorflow):
    assert found(classified(*TWICE[kind]), "my_network") == "outputs.limited"


@pytest.mark.parametrize(
    "steps", [(None, lambda x: 0.1 * x, ops.softmax), ("softmax",), ("tanh", lambda x: 5 * x, ops.softmax)]
)
def test_a_softmax_of_logits_of_any_size_is_right(steps, tensorflow):
    assert verdict(classified(*steps), "my_network").passed


def test_measurements_of_another_form_are_refused():
    """A forged measurement of a design is no measurement, or is judged like any other."""
    exercise = load("my_attention")
    one_output = CaseResult(None, (np.zeros((4, 6, 8, 16), np.float32),))
    with pytest.raises(ValueError, match="unpack"):
        judge(exercise, Measurement("my_attention", (one_output,) * 3), load_expected("my_attention"))


def test_a_definition_names_functions_and_not_their_addresses():
    def inner():
        pass

    def answer(x, block=inner, ratio=8):
        pass

    assert definition("answer", answer).startswith("answer(x, block=")
    assert " at 0x" not in definition("answer", answer)


def test_multi_head_attention_has_the_values_of_dense_layers(tensorflow):
    """Else Keras' own layer would be a wrong answer to `self_attention`."""
    import keras

    from autograder.checking.values import values_of

    x = keras.Input((2, 3, 6))
    dense = keras.Model(x, layers.Dense(8)(x))
    einsum = keras.Model(x, layers.EinsumDense("bijc,chd->bijhd", (None, None, 2, 4), bias_axes="hd")(x))
    inputs = np.ones((1, 2, 3, 6), np.float32)
    for model in (dense, einsum):
        for weight, value in values_of(model, Challenge(3)):
            weight.assign(value)
    np.testing.assert_allclose(np.array(einsum(inputs)).reshape(1, 2, 3, 8), np.array(dense(inputs)), rtol=1e-5)
