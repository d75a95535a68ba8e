"""What is handed over where a function belongs, what is checked that is none, and what the layers tell of values."""

import linecache
from functools import cache

import pytest

from autograder.checking.challenge import NOTEBOOK_SEED, Challenge
from autograder.checking.expected import Expected
from autograder.checking.explain import explanation, with_wrong_part
from autograder.checking.judge import Verdict, judge
from autograder.checking.measure import definition, measure
from autograder.lessons.reference import lesson_namespace, reference
from curriculum.exercises import load


def verdict_on(exercise: str, source: str) -> Verdict:
    """The verdict without the usual mistakes."""
    namespace = dict(lesson_namespace(load(exercise).lesson))
    file = f"<cell {hash(source)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec"), namespace)
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


INSIDE = """
def bam_resnet(input_shape, blocks, filters, classes, **options):
    def block(x, width, stride, name):
        return {}
    return resnet(input_shape, blocks, filters, classes, block)
"""
BACKBONE = "def vgg16_cbam(input_shape, backbone=keras.applications.VGG16):\n    base = {}\n    return {}"
BASE = "backbone(weights=None, include_top=False, input_shape=input_shape)"


@pytest.mark.parametrize(
    ("exercise", "source", "key", "told"),
    [
        ("attention_resnet", RESNET.format("attention_residual_block(inputs)"), "result_for_a_function", "brackets"),
        ("vgg16_cbam", BACKBONE.format(BASE, "cbam_block(base)"), "network_for_a_tensor", "network.output"),
        ("vgg16_cbam", BACKBONE.format(BASE, "base * 2"), "network_for_a_tensor", "network.output"),
        ("vgg16_cbam", BACKBONE.format(BASE, "layers.ReLU()(base)"), "network_for_a_tensor", "network.output"),
        ("vgg16_cbam", BACKBONE.format("backbone", "cbam_block(base.output)"), "function_not_called", "brackets"),
        ("vgg16_cbam", BACKBONE.format(BASE.replace(", input_shape=input_shape", ""), "base"), "input_without_shape",
         "input_shape=input_shape"),
    ],
)  # fmt: skip
def test_what_is_handed_on_wrongly_is_named(exercise, source, key, told, tensorflow):
    verdict = verdict_on(exercise, source)
    assert verdict.finding.key == f"problem.{key}"
    assert told in explanation(verdict, "en")[-1]


def test_the_line_shown_is_the_answers_own_and_not_one_of_an_earlier_exercise(tensorflow):
    given = """
def bam_block(x, ratio=16):
    units = x.shape[-1] // ratio
    return layers.Dense(units)(x)
"""
    line = "return bam_block(residual_block(x, width, stride, name), options)"
    verdict = verdict_on("bam_resnet", given + INSIDE.format(line.removeprefix("return ")))
    assert verdict.finding.line == line and verdict.finding.values["inside"] == "bam_block"
    for language in ("en", "ko"):
        assert "bam_block" in explanation(verdict, language)[1] and line in explanation(verdict, language)[1]


def test_an_earlier_exercise_that_is_not_right_does_not_hide_what_is_wrong_here(tensorflow):
    for source, hidden in (("'attention_residual_block'", False), ("attention_residual_block", True)):
        wrong = "    return layers.Conv2D(filters, 3, stride, 'same')(x)\n"
        wrong = f"def attention_residual_block(x, filters, stride, name):\n{wrong}"
        verdict = verdict_on("attention_resnet", wrong + RESNET.format(source))
        lines = explanation(verdict, "en")
        told = with_wrong_part(lines, verdict, "attention_residual_block", "en")
        assert (lines[-1] not in told) == hidden and "check(attention_residual_block)" in told[-1]


@pytest.mark.parametrize("end", ["", "\n    return channel_attention"])
def test_a_stub_that_is_pasted_into_itself_is_named(end, tensorflow):
    inner = "    def channel_attention(x, name, ratio=8):\n        return x"
    verdict = verdict_on("channel_attention", f"def channel_attention(x, name, ratio=8):\n{inner}{end}")
    assert verdict.finding.key == "problem.defined_inside"


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
