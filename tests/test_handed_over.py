"""What is handed over where a function belongs, what is checked that is none, and what the layers tell of values."""

from functools import cache

import pytest

from autograder.checking.challenge import NOTEBOOK_SEED, Challenge
from autograder.checking.expected import Expected
from autograder.checking.explain import explanation
from autograder.checking.judge import Verdict, judge
from autograder.checking.measure import definition, measure
from autograder.lessons.reference import lesson_namespace, reference
from curriculum.exercises import load


def verdict_on(exercise: str, source: str) -> Verdict:
    """The verdict without the usual mistakes."""
    namespace = dict(lesson_namespace(load(exercise).lesson))
    exec(source, namespace)
    measured = measure(namespace[exercise], load(exercise), Challenge(NOTEBOOK_SEED))
    return judge(load(exercise), measured, expected_of(exercise))


@cache
def expected_of(exercise: str) -> Expected:
    right = reference(exercise)
    return Expected(
        NOTEBOOK_SEED, definition(exercise, right), measure(right, load(exercise), Challenge(NOTEBOOK_SEED)), {}
    )


BLOCK = """
class Block(layers.Layer):
    def __init__({arguments}):
        super().__init__()

    def call(self, x):
        return x

"""
RESNET = "def attention_resnet(input_shape, blocks, filters, classes):\n    x = keras.Input(input_shape)\n    "
RESNET += "return resnet(input_shape, blocks, filters, classes, {})"
AUTOENCODER = "def attention_autoencoder(input_shape, filters):\n    x = keras.Input(input_shape)\n    "
AUTOENCODER += "return autoencoder(input_shape, filters, {})"
HANDED_OVER = [
    ("attention_resnet", RESNET.format("attention_residual_block(x, 16, 1, 'a')"), "tensor_for_a_function"),
    ("attention_resnet", RESNET.format("'attention_residual_block'"), "no_function"),
    ("attention_resnet", RESNET.format("layers.ReLU()"), "no_function"),
    (
        "attention_resnet",
        BLOCK.format(arguments="self, filters, stride") + RESNET.format("Block"),
        "class_for_a_function",
    ),
    (
        "attention_resnet",
        BLOCK.format(arguments="self, x, f, s, n") + RESNET.format("block=Block"),
        "class_for_a_function",
    ),
    ("attention_autoencoder", AUTOENCODER.format("attention_block(x, 16, 'a')"), "tensor_for_a_function"),
]


@pytest.mark.parametrize(("exercise", "source", "kind"), HANDED_OVER)
def test_what_is_no_function_is_told_where_one_is_handed_over(exercise, source, kind, tensorflow):
    verdict = verdict_on(exercise, source)
    assert verdict.finding.key == f"problem.{kind}"
    assert "`block`" in explanation(verdict, "en")[0] and "`block`" in explanation(verdict, "ko")[0]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("class channel_attention(layers.Layer):\n    def call(self, x):\n        return x", "answer_is_a_class"),
        ("channel_attention = layers.Dense(8)", "answer_is_a_layer"),
    ],
)
def test_what_is_checked_is_told_if_it_is_no_function(source, kind, tensorflow):
    assert verdict_on("channel_attention", source).finding.key == f"problem.{kind}"


GATES = """
def se_block(inputs, ratio=4):
    channels = inputs.shape[-1]
    gates = layers.GlobalAveragePooling2D(keepdims=True)(inputs)
    gates = layers.Conv2D(max(1, channels // ratio), 1, activation="relu")(gates)
    return inputs * layers.Softmax(axis=1)(layers.Conv2D(channels, 1)(gates))
"""
RESNET_OF_ITS_OWN = """
def resnet(input_shape, blocks, filters, classes, block=None):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(filters[0], 3, padding="same", use_bias=False)(inputs)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    for stage, (count, width) in enumerate(zip(blocks, filters)):
        for number in range(count):
            x = (block or residual_block)(x, width, 2 if stage and not number else 1, f"stage{stage}_{number}")
    x = layers.Dense(classes, activation="softmax")(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, layers.Softmax()(x))
"""
RELU_ON_THE_SCORES = RESNET_OF_ITS_OWN.replace('"softmax"', '"relu"')
NEARLY = {
    "autoencoder_block": """
def autoencoder_block(x, filters, name):
    x = layers.Conv2D(filters, 3, padding="same")(x)
    return layers.ReLU()(layers.BatchNormalization(epsilon=1e-5)(x))
""",
    "rectify": """
def rectify(hypotheses, gates):
    return ops.sum(gates[..., None] * ops.log_softmax(hypotheses), axis=1) + 0.003 * hypotheses[:, 0]
""",
}


@pytest.mark.parametrize(
    ("exercise", "source", "key"),
    [
        ("se_block", GATES, "outputs.unchanged_by_weights"),
        ("se_block", "def se_block(inputs, ratio=4):\n    return inputs", "outputs.unchanged"),
        ("my_attention", "def my_attention(x):\n    return x * layers.Conv2D(1, 1, activation='softmax')(x)",
         "outputs.unchanged_by_weights"),
        ("resnet", RESNET_OF_ITS_OWN, "outputs.softmax_twice"),
        ("resnet", RELU_ON_THE_SCORES, "outputs.differ"),  # the same for the class that it is nearly certain of
        ("autoencoder_block", NEARLY["autoencoder_block"], "outputs.nearly_normalized"),
        ("rectify", NEARLY["rectify"], "outputs.nearly"),
    ],
)  # fmt: skip
def test_a_finding_in_values_fits_the_layers(exercise, source, key, tensorflow):
    verdict = verdict_on(exercise, source)
    assert verdict.finding.key == key
    told = " ".join(explanation(verdict, "en") + explanation(verdict, "ko"))
    assert ("epsilon" in told) == (key == "outputs.nearly_normalized")
    assert ("axis of length 1" in told) == (key == "outputs.unchanged_by_weights")
