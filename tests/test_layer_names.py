"""Two layers of one name: a message says whether the answer, its loop or an earlier exercise's answer gives it.

And other things whose names a message has to get right: what was returned, and in which layer a weight is.
"""

import linecache

import keras
import numpy as np
import pytest
from keras import layers, ops

from autograder.checking.challenge import Challenge
from autograder.checking.expected import load_expected
from autograder.checking.explain import explanation
from autograder.checking.judge import judge
from autograder.checking.measure import measure
from curriculum.exercises import load
from curriculum.messages import LANGUAGES

BLOCK = """
def autoencoder_block(x, filters, name):
    y = layers.Conv2D(filters, 3, padding="same", name={conv})(x)
    y = layers.BatchNormalization(name={norm})(y)
    return layers.ReLU()(y)
"""
AUTOENCODER = """
def autoencoder(input_shape, filters, block=None):
    block = block or autoencoder_block
    inputs = x = keras.Input(input_shape)
    for stage, width in enumerate(filters):
        x = block(x, width, {down})
        x = layers.MaxPooling2D({pool})(x)
    x = layers.Identity(name="latent")(x)
    for stage, width in enumerate(reversed(filters)):
        x = layers.UpSampling2D()(block(x, width, name={up}))
    return keras.Model(inputs, layers.Conv2D(input_shape[-1], 3, padding="same", activation="sigmoid")(x))
"""
GOOD_BLOCK = BLOCK.format(conv='name + "_conv"', norm="None")
GOOD = {"down": 'f"down_{stage}"', "up": 'f"up_{stage}"', "pool": ""}


def found(exercise, source):
    """What a check finds in an answer that a cell has defined together with what it uses."""
    file = f"<cell {hash(source)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    namespace = {"keras": keras, "layers": layers, "ops": ops, "np": np}
    exec(compile(source, file, "exec"), namespace)
    measured = measure(namespace[exercise], load(exercise), Challenge())
    return judge(load(exercise), measured, load_expected(exercise))


def said(verdict, language="en"):
    return "\n".join(explanation(verdict, language))


OF_THE_BLOCK = {
    "a name": ('"conv"', "None", 'name="conv"'),
    "the other name": ('name + "_conv"', "'norm'", "name='norm'"),
    "a name of other things": ('f"conv_{filters}"', "None", 'name=f"conv_{filters}"'),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", OF_THE_BLOCK)
def test_the_next_exercise_is_not_blamed_for_the_names_of_an_earlier_one(kind, language):
    conv, norm, shown = OF_THE_BLOCK[kind]
    verdict = found("autoencoder", BLOCK.format(conv=conv, norm=norm) + AUTOENCODER.format(**GOOD))
    text = said(verdict, language)
    assert verdict.finding.key == "problem.duplicate_names_of" and verdict.mistake is None
    assert "autoencoder_block" in text and shown in text.splitlines()[1]


@pytest.mark.parametrize(
    ("change", "kind", "line"),
    [
        ({"down": '"down"'}, "duplicate_names_in_loop", 'x = block(x, width, "down")'),
        ({"up": '"up"'}, "duplicate_names_in_loop", 'name="up"'),
        ({"pool": 'name="pool"'}, "duplicate_names_in_loop", 'name="pool"'),
        ({"down": '"down" + "_block"'}, "duplicate_names_in_loop", '"down" + "_block"'),
        ({"down": 'f"stage_{stage}"', "up": 'f"stage_{stage}"'}, "duplicate_names", 'f"stage_{stage}"'),
        ({"down": "str(stage)", "up": "str(stage)"}, "duplicate_names", "return keras.Model("),
    ],
)
def test_a_name_of_the_answers_own_loop_is_shown(change, kind, line):
    verdict = found("autoencoder", GOOD_BLOCK + AUTOENCODER.format(**(GOOD | change)))
    assert verdict.finding.key == f"problem.{kind}"
    assert line in verdict.finding.line and f"In your code: {verdict.finding.line}" in said(verdict)


def test_a_name_of_the_answers_own_helper_is_not_another_exercises():
    source = """
def convolved(x, filters):
    return layers.Conv2D(filters, 1, name="conv")(x)
def channel_attention(x, name, ratio=8):
    gates = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gates = convolved(gates, max(1, x.shape[-1] // ratio))
    return layers.Multiply()([x, convolved(gates, x.shape[-1])])
"""
    verdict = found("channel_attention", source)
    assert verdict.finding.key == "problem.duplicate_names" and 'name="conv"' in verdict.finding.line


def test_names_come_through_several_exercises():
    """cbam_block uses two answers; the one whose layers keep their names is told."""
    source = """
def cbam_channel_attention(inputs, ratio=8):
    return inputs * layers.Dense(inputs.shape[-1], activation="sigmoid")(ops.mean(inputs, (1, 2), keepdims=True))
def cbam_spatial_attention(inputs, kernel_size=7):
    return inputs * layers.Conv2D(1, 1, activation="sigmoid", name="where")(inputs)
def cbam_block(inputs, ratio=8):
    x = cbam_spatial_attention(cbam_channel_attention(inputs, ratio))
    return cbam_spatial_attention(x)
"""
    verdict = found("cbam_block", source)
    assert verdict.finding.key == "problem.duplicate_names_of"
    assert verdict.finding.values["other"] == "cbam_spatial_attention" and 'name="where"' in verdict.finding.line


RETURNED = {
    "keras.Model(x, layers.Conv2D(filters, 3)(x))": "returned a keras.Model",
    "keras.Sequential([layers.Conv2D(filters, 3), layers.ReLU()])": "returned a keras.Model",
    "layers.ReLU()": "the ReLU layer itself was returned",
    "layers.BatchNormalization()": "of type BatchNormalization",
    "None": "returned None",
    "(x, x)": "tuple of length 2",
    "np.ones(3)": "a NumPy array of shape",
}


@pytest.mark.parametrize("returned", RETURNED)
def test_what_was_returned_gets_a_true_name(returned):
    verdict = found("autoencoder_block", f"def autoencoder_block(x, filters, name):\n    return {returned}")
    assert RETURNED[returned] in said(verdict)
    assert ("ReLU layer itself" in said(verdict)) == (returned == "layers.ReLU()")


def test_weights_are_those_of_the_layers_that_the_answer_has():
    source = """
def mobilenet_se(x):
    gates = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gates = {first}(gates)
    return layers.Multiply()([x, {second}(gates)])
"""
    dense = {"first": "layers.Dense(7, 'relu')", "second": "layers.Dense(x.shape[-1], activation='hard_sigmoid')"}
    text = said(found("mobilenet_se", source.format(**dense)))
    assert "the kernel of the first dense layer is 72×7 instead of 72×24" in text and "convolution" not in text
    convolutions = {
        key: value.replace("Dense(", "Conv2D(").replace("7, ", "7, 1, activation=").replace("[-1],", "[-1], 1,")
        for key, value in dense.items()
    }
    text = said(found("mobilenet_se", source.format(**convolutions)))
    assert "the kernel of the first convolution is 1×1×72×7 instead of 1×1×72×24" in text and "dense" not in text


BRANCH = """
    y = layers.BatchNormalization()(layers.Conv2D(filters, 3, stride, padding="same", use_bias=False)(x))
    y = layers.Conv2D(filters, 3, padding="same", use_bias=False)(layers.ReLU()(y))
    y = layers.BatchNormalization()(y)
"""
SHORTCUT = """
    s = x
    if stride != 1 or x.shape[-1] != filters:
        s = layers.BatchNormalization()(layers.Conv2D(filters, 1, stride, use_bias=False)(x))
"""


@pytest.mark.parametrize(("steps", "number"), [(BRANCH + SHORTCUT, "third"), (SHORTCUT + BRANCH, "first")])
def test_layers_are_counted_as_the_code_makes_them(steps, number):
    start, end = (
        "def residual_block(x, filters, stride, name):\n",
        "    return layers.ReLU()(y + ops.stop_gradient(s))\n",
    )
    verdict = found("residual_block", start + steps + end)
    assert verdict.finding.key == "gradient.unreached"
    assert f"the scale (gamma) (12) of the {number} batch normalisation" in said(verdict)
