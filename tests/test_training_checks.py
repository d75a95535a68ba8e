"""What one call to infer does not show: training, gradients, two blocks in one network, and unusual inputs.

Every wrong answer here gives the right outputs on ordinary inputs. It must be refused, and told what is the matter.
"""

from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

from autograder.checking.challenge import Challenge
from autograder.checking.diagnosis import would_show_mistakes
from autograder.checking.expected import load_expected
from autograder.checking.explain import explanation
from autograder.checking.judge import Verdict, judge
from autograder.checking.measure import measure
from autograder.checking.measurement import Measurement
from autograder.lessons.reference import lesson_namespace, reference
from curriculum.exercises import load


def verdict_on(exercise: str, answer) -> Verdict:
    asked = load(exercise)
    return judge(asked, measure(answer, asked, Challenge()), load_expected(exercise))


def assert_refused(exercise: str, answer, key: str) -> Verdict:
    """Refused for this reason, in at most six lines of both languages, and not for all points."""
    verdict = verdict_on(exercise, answer)
    assert not verdict.passed
    assert verdict.finding.key == key, explanation(verdict, "en")
    assert verdict.points < verdict.exercise.total
    for language in ("en", "ko"):
        assert 2 <= len(explanation(verdict, language)) <= 5
    return verdict


def bottleneck(x, ratio=8, first="relu", last="sigmoid", last_start="glorot_uniform", **options):
    channels = x.shape[-1]
    squeezed = ops.mean(x, (1, 2), keepdims=True)
    hidden = layers.Dense(max(1, channels // ratio), activation=first, **options)(squeezed)
    return layers.Dense(channels, activation=last, **({"kernel_initializer": last_start} | options))(hidden)


def convolved(x, filters, name, normalise=None, **options):
    y = layers.Conv2D(filters, 3, padding="same")(x)
    return layers.ReLU()((normalise or layers.BatchNormalization(**options))(y))


def positions(x, kernel_size=7):
    return layers.Conv2D(1, kernel_size, padding="same", activation="sigmoid")(x)


# Gradients that are cut


class Straight(layers.Layer):
    """Says of itself that it has no slope."""

    def call(self, x):
        @tf.custom_gradient
        def without_slope(values):
            return tf.identity(values), lambda upstream: tf.zeros_like(upstream)

        return without_slope(x)


class ThroughNumpy(layers.Layer):
    """Leaves TensorFlow on the way."""

    def call(self, x):
        back = tf.numpy_function(np.tanh, [x], tf.float32)
        return tf.ensure_shape(back, x.shape)


CUT = {
    "gates": (
        "channel_attention",
        lambda x, name, ratio=8: x * ops.stop_gradient(bottleneck(x, ratio)),
        "to_no_weight",
    ),
    "gates by a slope of 0": (
        "se_block",
        lambda inputs, ratio=4: inputs * Straight()(bottleneck(inputs, ratio)),
        "to_no_weight",
    ),
    "gates in a Lambda": (
        "spatial_attention",
        lambda x, name, kernel_size=7: layers.Multiply()(
            [x, layers.Lambda(lambda m: tf.stop_gradient(m))(positions(x, kernel_size))]
        ),
        "to_no_weight",
    ),
    "the input": (
        "spatial_attention",
        lambda x, name, kernel_size=7: positions(ops.stop_gradient(x), kernel_size) * x,
        "partly_to_x",
    ),
    "all ways of the input": (
        "se_block",
        lambda inputs, ratio=4: (lambda x: x * bottleneck(x, ratio))(ops.stop_gradient(inputs)),
        "not_to_x",
    ),
    "the squeeze": (
        "channel_attention",
        lambda x, name, ratio=8: x * bottleneck(ops.stop_gradient(x), ratio),
        "partly_to_x",
    ),
    "a tanh by NumPy": (
        "global_gates",
        lambda features, count: ops.softmax(
            ThroughNumpy()(layers.BatchNormalization()(layers.Dense(count, use_bias=False)(ops.mean(features, (1, 2)))))
        ),
        "to_no_weight",
    ),
    "both kernels start at 0": (
        "channel_attention",
        lambda x, name, ratio=8: x * bottleneck(x, ratio, kernel_initializer="zeros"),
        "starts_dead",
    ),
}


@pytest.mark.parametrize("name", CUT)
def test_a_gradient_that_is_cut_is_noticed(name, tensorflow):
    exercise, answer, key = CUT[name]
    verdict = assert_refused(exercise, answer, f"gradient.{key}")
    assert verdict.right["shape"]


def test_a_last_kernel_may_start_at_zero(tensorflow):
    def answer(x, name, ratio=8):
        return x * bottleneck(x, ratio, last_start="zeros")

    assert verdict_on("channel_attention", answer).passed


@pytest.mark.parametrize("seed", range(12))
def test_a_silent_start_is_no_dead_one(seed, tensorflow):
    """Of two units in front of a kernel of zeros both are silent for all images now and then. That is chance."""

    def answer(x, name, ratio=8):
        return x * bottleneck(x, x.shape[-1] // 2, last_start="zeros")

    keras.utils.set_random_seed(seed)
    cases = measure(answer, load("channel_attention"), Challenge()).cases
    assert [case.trained.traits for case in cases if case.trained] == [(), ()]


# Weights of one shape that stand in for each other


class Positions(layers.Layer):
    """Self-attention whose three projections may be mixed up."""

    def __init__(self, heads, key_dim, uses):
        super().__init__()
        self.heads, self.key_dim, self.uses = heads, key_dim, uses
        self.projections = [layers.Dense(heads * key_dim) for _ in range(3)]
        self.back = None

    def build(self, shape):
        for projection in self.projections:
            projection.build(shape)
        self.back = layers.Dense(shape[-1])
        self.back.build((*shape[:-1], self.heads * self.key_dim))

    def call(self, x):
        height, width = x.shape[1:3]
        split = (-1, height * width, self.heads, self.key_dim)
        query, key, value = (ops.reshape(self.projections[use](x), split) for use in self.uses)
        weights = ops.softmax(ops.einsum("bqhd,bkhd->bhqk", query, key) / self.key_dim**0.5)
        mixed = ops.reshape(ops.einsum("bhqk,bkhd->bqhd", weights, value), (-1, height, width, split[2] * split[3]))
        return x + self.back(mixed)


@pytest.mark.parametrize("uses", [(0, 0, 1), (0, 1, 1), (0, 1, 0), (2, 2, 2)])
def test_a_projection_in_anothers_place_is_noticed(uses, tensorflow):
    verdict = assert_refused(
        "self_attention", lambda x, heads, key_dim: Positions(heads, key_dim, uses)(x), "gradient.unreached"
    )
    assert "dense layer" in explanation(verdict, "en")[0]


@pytest.mark.parametrize("uses", [(0, 1, 2), (1, 0, 2), (2, 1, 0)])
def test_projections_may_have_any_order(uses, tensorflow):
    assert verdict_on("self_attention", lambda x, heads, key_dim: Positions(heads, key_dim, uses)(x)).passed


def test_a_convolution_that_runs_twice_is_noticed(tensorflow):
    class Twice(layers.Layer):
        def __init__(self, ratio, dilation):
            super().__init__()
            self.ratio, self.dilation = ratio, dilation

        def build(self, shape):
            units = max(1, shape[-1] // self.ratio)
            wide = [layers.Conv2D(units, 3, padding="same", dilation_rate=self.dilation) for _ in range(2)]
            self.steps = [layers.Conv2D(units, 1), *wide]
            self.normalise = [layers.BatchNormalization() for _ in range(3)]
            self.last = layers.Conv2D(1, 1)
            self.steps[0].build(shape)
            for layer in (*wide, *self.normalise, self.last):
                layer.build((*shape[:-1], units))

        def call(self, x):
            for step, normalise in zip((0, 1, 1), self.normalise, strict=True):
                x = ops.relu(normalise(self.steps[step](x)))
            return self.last(x)

    assert_refused("bam_spatial_gate", lambda x, ratio=16, dilation=4: Twice(ratio, dilation)(x), "gradient.unreached")


# What differs only in training


class OnlyInferring(layers.Layer):
    def call(self, x, gates, training=None):
        return x if training else x * gates


class NeverByTheBatch(layers.Layer):
    def __init__(self):
        super().__init__()
        self.inner = layers.BatchNormalization()

    def call(self, x):
        return self.inner(x, training=False)


class StopsInTraining(layers.Layer):
    def call(self, x, training=None):
        if training:
            raise RuntimeError("only when it trains")
        return x


IN_TRAINING = {
    "dropout": (
        "se_block",
        lambda inputs, ratio=4: inputs * layers.Dropout(0.4)(bottleneck(inputs, ratio)),
        "not_the_same",
    ),
    "noise": (
        "spatial_attention",
        lambda x, name, kernel_size=7: x * positions(layers.GaussianNoise(0.5)(x), kernel_size),
        "not_the_same",
    ),
    "spatial dropout": (
        "cbam_spatial_attention",
        lambda inputs, kernel_size=7: layers.SpatialDropout2D(0.5)(
            reference("cbam_spatial_attention")(inputs, kernel_size)
        ),
        "not_the_same",
    ),
    "no gates": (
        "channel_attention",
        lambda x, name, ratio=8: OnlyInferring()(x, bottleneck(x, ratio)),
        "not_the_same",
    ),
    "weights of attention dropped": (
        "self_attention",
        lambda x, heads, key_dim: x + layers.MultiHeadAttention(heads, key_dim, dropout=0.5)(x, x),
        "not_the_same",
    ),
    "dropout behind normalisation": (
        "autoencoder_block",
        lambda x, filters, name: layers.Dropout(0.2)(convolved(x, filters, name)),
        "differs",
    ),
    "never by the batch": (
        "autoencoder_block",
        lambda x, filters, name: convolved(x, filters, name, NeverByTheBatch()),
        "frozen",
    ),
    "an error": (
        "autoencoder_block",
        lambda x, filters, name: StopsInTraining()(convolved(x, filters, name)),
        "stopped",
    ),
    "momentum 1": (
        "autoencoder_block",
        lambda x, filters, name: convolved(x, filters, name, momentum=1.0),
        "statistics_stay",
    ),
    "PyTorch's momentum": (
        "autoencoder_block",
        lambda x, filters, name: convolved(x, filters, name, momentum=0.9),
        "statistics",
    ),
}


@pytest.mark.parametrize("name", IN_TRAINING)
def test_what_differs_only_in_training_is_noticed(name, tensorflow):
    exercise, answer, key = IN_TRAINING[name]
    assert_refused(exercise, answer, f"training.{key}")


# What training does besides, and where it starts


class Penalised(layers.Layer):
    def call(self, x):
        self.add_loss(ops.mean(x))
        return x


def starting(weight, **options):
    """The gates of channel attention whose kernels, and biases where given, start with such values."""
    return lambda x, name, ratio=8: x * bottleneck(x, ratio, kernel_initializer=weight, **options)


TRAITS = {
    "a regularised kernel": (
        "channel_attention",
        lambda x, name, ratio=8: x * bottleneck(x, ratio, kernel_regularizer="l2"),
        "training.regularised",
    ),
    "a regularised bias": (
        "spatial_attention",
        lambda x, name, kernel_size=7: (
            x * layers.Conv2D(1, kernel_size, padding="same", activation="sigmoid", bias_regularizer="l1")(x)
        ),
        "training.regularised",
    ),
    "an activity that is regularised": (
        "channel_attention",
        lambda x, name, ratio=8: x * bottleneck(x, ratio, activity_regularizer="l1"),
        "training.adds_a_loss",
    ),
    "a layer that adds a loss": (
        "autoencoder_block",
        lambda x, filters, name: Penalised()(convolved(x, filters, name)),
        "training.adds_a_loss",
    ),
    "a constraint": (
        "channel_attention",
        lambda x, name, ratio=8: x * bottleneck(x, ratio, kernel_constraint="non_neg"),
        "training.constrained",
    ),
    "a constraint on batch normalisation": (
        "autoencoder_block",
        lambda x, filters, name: convolved(x, filters, name, gamma_constraint="non_neg"),
        "training.constrained",
    ),
    "told to train": (
        "autoencoder_block",
        lambda x, filters, name: layers.ReLU()(
            layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same")(x), training=True)
        ),
        "training.always",
    ),
    "a part that is told to train": (
        "autoencoder_block",
        lambda x, filters, name: keras.Sequential(
            [layers.Conv2D(filters, 3, padding="same"), layers.BatchNormalization(), layers.ReLU()]
        )(x, training=True),
        "training.always",
    ),
    "zeros by a constant": ("channel_attention", starting(keras.initializers.Constant(0.0)), "gradient.starts_dead"),
    "zeros below a ReLU": (
        "channel_attention",
        lambda x, name, ratio=8: (
            x
            * layers.Dense(x.shape[-1], activation="sigmoid")(
                layers.Dense(max(1, x.shape[-1] // ratio), activation="relu", kernel_initializer="zeros")(
                    ops.mean(x, (1, 2), keepdims=True)
                )
            )
        ),
        "gradient.starts_dead",
    ),
    "a kernel of zeros in front of a normalisation": (
        "autoencoder_block",
        lambda x, filters, name: layers.ReLU()(
            layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same", kernel_initializer="zeros")(x))
        ),
        "gradient.starts_dead",
    ),
    "a scale of zeros": (
        "autoencoder_block",
        lambda x, filters, name: convolved(x, filters, name, gamma_initializer="zeros"),
        "gradient.starts_dead",
    ),
    "ones": ("channel_attention", starting("ones"), "gradient.starts_alike"),
    "one value": ("channel_attention", starting(keras.initializers.Constant(0.05)), "gradient.starts_alike"),
    "a convolution of ones": (
        "autoencoder_block",
        lambda x, filters, name: layers.ReLU()(
            layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same", kernel_initializer="ones")(x))
        ),
        "gradient.starts_alike",
    ),
}


@pytest.mark.parametrize("name", TRAITS)
def test_what_training_does_besides_is_noticed(name, tensorflow):
    exercise, answer, key = TRAITS[name]
    assert_refused(exercise, answer, key)


@pytest.mark.parametrize("start", ["he_normal", "lecun_uniform", "orthogonal", "truncated_normal", "random_uniform"])
def test_kernels_may_start_at_random_in_any_way(start, tensorflow):
    assert verdict_on("channel_attention", starting(start)).passed


def test_biases_of_several_heads_may_start_at_one_value(tensorflow):
    def answer(x, heads, key_dim):
        return x + layers.MultiHeadAttention(heads, key_dim, bias_initializer="ones")(x, x)

    assert verdict_on("self_attention", answer).passed


def test_a_residual_branch_may_start_at_zero(tensorflow):
    def answer(x, filters, stride, name):
        y = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
        y = layers.ReLU()(layers.BatchNormalization()(y))
        y = layers.BatchNormalization(gamma_initializer="zeros")(
            layers.Conv2D(filters, 3, padding="same", use_bias=False)(y)
        )
        if stride != 1 or x.shape[-1] != filters:
            x = layers.BatchNormalization()(layers.Conv2D(filters, 1, strides=stride, use_bias=False)(x))
        return layers.ReLU()(layers.Add()([y, x]))

    assert verdict_on("residual_block", answer).passed


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: OnlyInferring()(x, bottleneck(x)),
        lambda x: x * ops.stop_gradient(bottleneck(x)),
        lambda x: x * bottleneck(x) + 0 * layers.Conv2D(x.shape[-1], 1)(x),
    ],
)
def test_a_design_of_ones_own_has_to_train_too(answer, tensorflow):
    verdict = verdict_on("my_attention", answer)
    assert not verdict.passed and verdict.finding.key in ("parameters.no_gradient", "gradient.unreached")


def test_a_design_of_ones_own_may_drop_and_normalise(tensorflow):
    def answer(x):
        return x * layers.Dropout(0.2)(
            layers.Activation("sigmoid")(layers.BatchNormalization()(bottleneck(x, last=None)))
        )

    assert verdict_on("my_attention", answer).passed


# Two in one network, or two networks

NETWORKS = {}


def kept_network(exercise):
    """A network that is made once for each size of images."""

    def answer(input_shape, **options):
        if (exercise, input_shape) not in NETWORKS:
            NETWORKS[exercise, input_shape] = reference(exercise)(input_shape, **options)
        return NETWORKS[exercise, input_shape]

    return answer


def kept_classifier(input_shape, blocks, filters, classes, block=None):
    options = {"block": block} if block else {}
    network = reference("resnet")(input_shape, blocks, filters, classes, **options)
    pooled = network.layers[-2].output
    head = NETWORKS.setdefault((classes, pooled.shape[-1]), layers.Dense(classes, activation="softmax"))
    return keras.Model(network.input, head(pooled))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        *((name, kept_network(name)) for name in ("autoencoder", "attention_autoencoder", "resnet", "bam_resnet")),
        *((name, kept_network(name)) for name in ("attention_resnet", "my_network", "vgg16_cbam")),
        ("resnet", kept_classifier),
    ],
)
def test_networks_that_share_weights_are_noticed(exercise, answer, tensorflow):
    assert_refused(exercise, answer, "twice.shared")


# What a softmax that is certain would hide


def bam_of_any_combination(input_shape, blocks, filters, classes, **options):
    known = lesson_namespace("7-bam")

    def block(x, width, stride, name):
        if stride == 2:
            x = known["bam_block"](x, **(options | {"combine": "product"}))
        return known["residual_block"](x, width, stride, name)

    return known["resnet"](input_shape, blocks, filters, classes, block)


def test_an_argument_that_does_not_reach_the_block_is_noticed_behind_a_softmax(tensorflow):
    verdict = verdict_on("bam_resnet", bam_of_any_combination)
    assert not verdict.passed and verdict.finding.key.startswith("outputs.")


@pytest.mark.parametrize("exercise", ["resnet", "bam_resnet", "attention_resnet"])
def test_no_class_is_certain_in_the_notebooks_cases(exercise, tensorflow):
    asked = load(exercise)
    right = measure(reference(exercise), asked, Challenge())
    assert would_show_mistakes(right)
    certain = replace(right.cases[0], outputs=(np.eye(2, dtype=np.float32),))
    assert not would_show_mistakes(replace(right, cases=(certain, *right.cases[1:])))


# Defaults that no case leaves out


def other_backbone(input_shape, backbone=keras.applications.VGG19):
    return reference("vgg16_cbam")(input_shape, backbone)


def backbone_by_none(input_shape, backbone=None):
    return reference("vgg16_cbam")(input_shape, backbone or keras.applications.VGG16)


def test_another_default_network_is_noticed(tensorflow):
    verdict = assert_refused("vgg16_cbam", other_backbone, "problem.other_default")
    assert "VGG19" in explanation(verdict, "en")[0]
    assert verdict_on("vgg16_cbam", backbone_by_none).passed


# Two blocks

OUTSIDE = layers.Conv2D(1, 7, padding="same", use_bias=False, activation="sigmoid")
KEPT = {}


def one_convolution(inputs, convolution):
    return inputs * convolution(
        ops.concatenate([ops.mean(inputs, -1, keepdims=True), ops.max(inputs, -1, keepdims=True)], -1)
    )


def kept_by_size(inputs, kernel_size=7):
    layer = KEPT.setdefault(
        kernel_size, layers.Conv2D(1, kernel_size, padding="same", use_bias=False, activation="sigmoid")
    )
    return one_convolution(inputs, layer)


def kept_gates(inputs, ratio=4):
    channels = inputs.shape[-1]
    first, second = KEPT.setdefault(
        (channels, ratio), (layers.Dense(max(1, channels // ratio), "relu"), layers.Dense(channels, "sigmoid"))
    )
    return inputs * second(first(ops.mean(inputs, (1, 2), keepdims=True)))


def made_outside(inputs, ratio=8):
    return one_convolution(reference("cbam_channel_attention")(inputs, ratio), OUTSIDE)


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [("cbam_spatial_attention", kept_by_size), ("se_block", kept_gates), ("cbam_block", made_outside)],
)
def test_weights_that_two_calls_share_are_noticed(exercise, answer, tensorflow):
    KEPT.clear()
    verdict = assert_refused(exercise, answer, "twice.shared")
    assert verdict.credit["parameters"] == 0 and verdict.right["outputs"]


def named_gates(x, prefix, ratio):
    squeezed = layers.GlobalAveragePooling2D(keepdims=True, name=f"{prefix}pool")(x)
    hidden = layers.Dense(max(1, x.shape[-1] // ratio), activation="relu")(squeezed)
    return x * layers.Dense(x.shape[-1], activation="sigmoid")(hidden)


@pytest.mark.parametrize(
    ("exercise", "answer", "key"),
    [
        ("channel_attention", lambda x, name, ratio=8: named_gates(x, "", ratio), "names"),
        (
            "spatial_attention",
            lambda x, name, kernel_size=7: layers.Multiply(name="out")([x, positions(x, kernel_size)]),
            "names",
        ),
        (
            "autoencoder_block",
            lambda x, filters, name: layers.Activation("linear", name="end")(convolved(x, filters, name)),
            "names",
        ),
        ("se_block", lambda inputs, ratio=4: named_gates(inputs, "se_", ratio), "fixed_names"),
        (
            "self_attention",
            lambda x, heads, key_dim: x + layers.MultiHeadAttention(heads, key_dim, name="mha")(x, x),
            "fixed_names",
        ),
    ],
)
def test_names_that_do_not_fit_twice_are_noticed(exercise, answer, key, tensorflow):
    verdict = assert_refused(exercise, answer, f"twice.{key}")
    assert "used 2 times" in explanation(verdict, "en")[0]


def test_names_that_begin_with_the_blocks_own_fit_twice(tensorflow):
    assert verdict_on("channel_attention", lambda x, name, ratio=8: named_gates(x, f"{name}_", ratio)).passed


# Inputs that show what ordinary ones hide


@pytest.mark.parametrize("exercise", ["channel_attention", "se_block"])
@pytest.mark.parametrize(
    "first", ["relu6", layers.ReLU(6.0), lambda x: ops.clip(x, 0, 6), lambda x: ops.minimum(ops.relu(x), 6)]
)
def test_relu6_is_noticed_and_named(exercise, first, tensorflow):
    answers = {
        "channel_attention": lambda x, name, ratio=8: x * bottleneck(x, ratio, first),
        "se_block": lambda inputs, ratio=4: inputs * bottleneck(inputs, ratio, first),
    }
    if isinstance(first, layers.Layer):  # else its one name would be there twice
        first = layers.ReLU(6.0).call
    verdict = verdict_on(exercise, answers[exercise])
    assert not verdict.passed and verdict.mistake == "relu6_for_relu"


@pytest.mark.parametrize("seed", range(5))
def test_relu6_and_an_epsilon_are_noticed_under_other_challenges(seed, tensorflow):
    def small_epsilon(features, count):
        scores = layers.Dense(count, use_bias=False)(ops.mean(features, (1, 2)))
        return ops.softmax(ops.tanh(layers.BatchNormalization(epsilon=1e-5)(scores)))

    def clipped(x, ratio=16):
        hidden = layers.Dense(max(1, x.shape[-1] // ratio))(ops.mean(x, (1, 2), keepdims=True))
        return layers.Dense(x.shape[-1])(ops.relu6(layers.BatchNormalization()(hidden)))

    for exercise, answer in (("global_gates", small_epsilon), ("bam_channel_gate", clipped)):
        asked, challenge = load(exercise), Challenge(seed)
        expected = replace(
            load_expected(exercise), seed=seed, reference=measure(reference(exercise), asked, challenge), mistakes={}
        )
        assert not judge(asked, measure(answer, asked, challenge), expected).passed


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (lambda images: images[..., None].astype("float32") / np.max(images), "own_maximum"),
        (
            lambda images: np.stack([one / one.max() for one in images])[..., None].astype("float32"),
            "maximum_of_each_image",
        ),
        (
            lambda images: ((images - np.min(images)) / np.ptp(images)).astype("float32")[..., None],
            "from_minimum_to_maximum",
        ),
    ],
)
def test_bytes_without_0_and_255_show_a_scale_of_ones_own(answer, mistake):
    assert verdict_on("preprocess", answer).mistake == mistake


@pytest.mark.parametrize("exercise", ["spatial_attention", "cbam_spatial_attention", "stacked_spatial_attention"])
def test_a_kernel_is_odd_and_the_task_says_so(exercise):
    """Zeros put around by hand are "same" padding for odd kernels only, so nothing else is asked for."""
    assert "an odd number" in reference(exercise).__doc__
    for case in load(exercise).cases:
        assert case.arguments.get("kernel_size", 7) % 2 == 1


# The capstone's network


def network(input_shape, classes, attention, middle, end=None):
    image = keras.Input(input_shape)
    x = middle(layers.Conv2D(8, 3, padding="same", activation="relu")(image), attention)
    x = (end or layers.GlobalAveragePooling2D())(x)
    return keras.Model(image, layers.Dense(classes, activation="softmax")(x))


WITHOUT_EFFECT = [
    lambda x, attention: x + 0 * attention(x),
    lambda x, attention: x + ops.stop_gradient(attention(x)),
    lambda x, attention: x + ops.round(ops.sigmoid(attention(x))),
]


@pytest.mark.parametrize("middle", WITHOUT_EFFECT)
def test_an_attention_without_effect_is_noticed(middle, tensorflow):
    verdict = verdict_on(
        "my_network",
        lambda input_shape, classes, attention=None: network(
            input_shape, classes, attention or lesson_namespace("12-capstone")["my_attention"], middle
        ),
    )
    assert not verdict.passed
    assert verdict.finding.key in ("parameters.argument_without_effect", "gradient.unreached")


def test_a_network_is_tried_on_large_and_on_odd_images(tensorflow):
    attention = lesson_namespace("12-capstone")["my_attention"]

    def answer(middle, end=None):
        return lambda input_shape, classes, attention=attention: network(input_shape, classes, attention, middle, end)

    flat = verdict_on("my_network", answer(lambda x, attention: layers.MaxPooling2D(2)(attention(x)), layers.Flatten()))
    assert flat.passed  # few parameters a class: 81,930 are within the budget even for 64 × 64
    wide = verdict_on(
        "my_network",
        answer(
            lambda x, attention: layers.MaxPooling2D(4)(attention(x)),
            lambda x: layers.Dense(64, activation="relu")(layers.Flatten()(x)),
        ),
    )
    assert wide.finding.key == "parameters.over_budget" and wide.finding.case.shape == (2, 64, 64, 3)
    halves = verdict_on(
        "my_network",
        answer(lambda x, attention: x + layers.UpSampling2D(2)(layers.MaxPooling2D(2)(attention(x)))),
    )
    assert halves.finding.key.startswith("problem") and halves.finding.case.shape == (2, 17, 19, 2)


# Right is right


class Normalisation(layers.Layer):
    """Batch normalisation by hand, its weights called as one likes."""

    def __init__(self, names, shape=lambda channels: (channels,)):
        super().__init__()
        self.names, self.form = names, shape

    def build(self, shape):
        form = self.form(shape[-1])
        starts = ("ones", "zeros", "zeros", "ones")
        self.kept = [
            self.add_weight(shape=form, initializer=start, trainable=number < 2, name=name)
            for number, (name, start) in enumerate(zip(self.names, starts, strict=True))
        ]

    def call(self, x, training=False):
        scale, shift, mean, variance = self.kept
        if training:
            batch = ops.moments(x, axes=[0, 1, 2])
            for old, new in zip((mean, variance), batch, strict=True):
                old.assign(0.99 * old + 0.01 * ops.reshape(new, old.shape))
            mean, variance = batch
        return scale * (x - mean) / ops.sqrt(variance + 1e-3) + shift


@pytest.mark.parametrize(
    "normalise",
    [
        lambda: Normalisation(("gamma", "beta", "moving_mean", "moving_variance")),
        lambda: Normalisation(("weight", "bias", "running_mean", "running_var")),
        lambda: Normalisation((None,) * 4),
        lambda: Normalisation(("a", "b", "c", "d"), lambda channels: (1, 1, 1, channels)),
    ],
)
def test_batch_normalisation_by_hand_is_right(normalise, tensorflow):
    verdict = verdict_on("autoencoder_block", lambda x, filters, name: convolved(x, filters, name, normalise()))
    assert verdict.passed, explanation(verdict)


class OutputsFirst(layers.Layer):
    """A dense layer as PyTorch stores it."""

    def __init__(self, units):
        super().__init__()
        self.units = units

    def build(self, shape):
        self.matrix = self.add_weight(shape=(self.units, shape[-1]))
        self.shift = self.add_weight(shape=(self.units,))

    def call(self, x):
        return ops.einsum("...i,oi->...o", x, self.matrix) + self.shift


def linear_gates(x, ratio, layer):
    hidden = ops.relu(layer(max(1, x.shape[-1] // ratio))(ops.mean(x, (1, 2), keepdims=True)))
    return x * ops.sigmoid(layer(x.shape[-1])(hidden))


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        ("se_block", lambda inputs, ratio=4: linear_gates(inputs, ratio, OutputsFirst)),
        ("channel_attention", lambda x, name, ratio=8: linear_gates(x, ratio, OutputsFirst)),
        (
            "self_attention",
            lambda x, heads, key_dim: projected(
                x,
                heads,
                key_dim,
                lambda: layers.Reshape((*x.shape[1:3], heads, key_dim))(OutputsFirst(heads * key_dim)(x)),
            ),
        ),
        *(
            (
                "self_attention",
                lambda x, heads, key_dim, form=form: projected(
                    x,
                    heads,
                    key_dim,
                    lambda: layers.EinsumDense(form, (*x.shape[1:3], heads, key_dim), bias_axes="hd")(x),
                ),
            )
            for form in ("bijc,hcd->bijhd", "bijc,chd->bijhd", "bijc,hdc->bijhd")
        ),
    ],
)
def test_a_weight_may_be_stored_in_any_order(exercise, answer, tensorflow):
    verdict = verdict_on(exercise, answer)
    assert verdict.passed, explanation(verdict)


def projected(x, heads, key_dim, project):
    height, width, channels = x.shape[1:]
    query, key, value = (ops.reshape(project(), (-1, height * width, heads, key_dim)) for _ in range(3))
    weights = ops.softmax(ops.einsum("bqhd,bkhd->bhqk", query, key) / key_dim**0.5)
    mixed = ops.reshape(ops.einsum("bhqk,bkhd->bqhd", weights, value), (-1, height, width, heads * key_dim))
    return x + layers.Dense(channels)(mixed)


def fused(x, heads, key_dim):
    parts = iter(ops.split(layers.Dense(3 * heads * key_dim)(x), 3, axis=-1))
    return projected(x, heads, key_dim, lambda: next(parts))


def keys_and_values_fused(x, heads, key_dim):
    both = ops.split(layers.Dense(2 * heads * key_dim)(x), 2, axis=-1)
    parts = iter([layers.Dense(heads * key_dim)(x), *both])
    return projected(x, heads, key_dim, lambda: next(parts))


def kernel_cut_in_two(inputs, kernel_size=7):
    def half(t):
        return layers.Conv2D(1, kernel_size, padding="same", use_bias=False)(t)

    maps = ops.mean(inputs, -1, keepdims=True), ops.max(inputs, -1, keepdims=True)
    return inputs * ops.sigmoid(sum(map(half, maps)))


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        ("self_attention", fused),
        ("self_attention", keys_and_values_fused),
        ("cbam_spatial_attention", kernel_cut_in_two),
    ],
)
def test_weights_that_are_divided_otherwise_are_not_called_wrong(exercise, answer, tensorflow):
    verdict = verdict_on(exercise, answer)
    assert verdict.finding.key == "outputs.stored_otherwise" and verdict.mistake is None
    assert "could work as well" in explanation(verdict, "en")[0]
    assert "맞을 수 있지만" in explanation(verdict, "ko")[0]


@pytest.mark.parametrize(
    "options",
    [{"pooling": None}, {"name": "base"}, {"classes": 10, "classifier_activation": None}, {"input_tensor": None}],
)
def test_a_backbone_takes_what_those_of_keras_take(options, tensorflow):
    attention = lesson_namespace("6-cbam")

    def answer(input_shape, backbone=keras.applications.VGG16):
        images = keras.Input(input_shape)
        features = backbone(include_top=False, weights=None, input_shape=input_shape, **options)(images)
        gated = attention["cbam_channel_attention"](features)
        return keras.Model(images, attention["stacked_spatial_attention"](gated))

    assert verdict_on("vgg16_cbam", answer).passed


@pytest.mark.parametrize("name", ["VGG16", "ResNet50"])
def test_a_network_that_is_always_the_same_is_told(name, tensorflow):
    def answer(input_shape, backbone=None):
        return getattr(keras.applications, name)(include_top=False, weights=None, input_shape=(32, 32, 3))

    assert verdict_on("vgg16_cbam", answer).finding.key == "problem.network_of_applications"


@pytest.mark.parametrize(
    ("setting", "left", "usual"),
    [
        ("set_dtype_policy", "mixed_float16", "float32"),
        ("set_dtype_policy", "float64", "float32"),
        ("set_image_data_format", "channels_first", "channels_last"),
        ("set_floatx", "float64", "float32"),
    ],
)
def test_a_setting_that_is_left_on_is_told(setting, left, usual, tensorflow):
    change = getattr(keras.config, setting)
    change(left)
    try:
        verdicts = [verdict_on(exercise, reference(exercise)) for exercise in ("se_block", "residual_block")]
    finally:
        change(usual)
    for verdict in verdicts:
        assert verdict.finding.key == "problem.setting"
        told = "\n".join(explanation(verdict, "en"))
        assert left in told and f'("{usual}")' in told


@pytest.mark.parametrize("policy", ["mixed_float16", "float16", "mixed_bfloat16"])
def test_a_layer_of_another_type_is_told(policy, tensorflow):
    def answer(inputs, ratio=4):
        return inputs * ops.cast(bottleneck(inputs, ratio, dtype=policy), "float32")

    assert_refused("se_block", answer, "outputs.layer_type")


# What crosses from an untrusted process


def test_what_training_shows_survives_packing(tensorflow):
    measured = measure(lambda inputs, ratio=4: linear_gates(inputs, ratio, OutputsFirst), load("se_block"), Challenge())
    copy = Measurement.unpack(measured.pack())
    for own, other in zip((*measured.cases, *measured.transposed), (*copy.cases, *copy.transposed), strict=True):
        assert own.twice == other.twice and own.other_type == other.other_type
        assert (own.trained is None) == (other.trained is None)
        for name, array in own.trained.arrays().items() if own.trained else ():
            assert np.array_equal(array, other.trained.arrays()[name])
    assert any(case.trained for case in copy.transposed)
    assert len(copy.transposed) == len(load("se_block").cases)
    assert measured.cases[0].twice.parameters == 2 * measured.cases[0].count(True)


@pytest.mark.parametrize(
    "forged",
    [
        lambda trained: None,
        lambda trained: replace(trained, weights=trained.weights[:-1]),
        lambda trained: replace(trained, inputs=()),
        lambda trained: replace(trained, outputs=(np.array(["no"]),)),
        lambda trained: replace(trained, moved=np.ones((2, 2))),
    ],
)
def test_a_forged_run_is_no_measurement(forged, tensorflow):
    expected = load_expected("se_block")
    cases = tuple(replace(case, trained=case.trained and forged(case.trained)) for case in expected.reference.cases)
    with pytest.raises(ValueError):
        judge(load("se_block"), Measurement("se_block", cases), expected)


@pytest.mark.parametrize(
    "forged",
    [
        lambda trained: replace(trained, weights=np.full_like(trained.weights, np.nan)),
        lambda trained: replace(trained, weights=np.ones_like(trained.weights)),
        lambda trained: replace(trained, inputs=tuple(np.full_like(one, np.inf) for one in trained.inputs)),
        lambda trained: replace(trained, outputs=tuple(np.full_like(one, np.nan) for one in trained.outputs)),
    ],
)
def test_a_run_with_other_numbers_is_wrong(forged, tensorflow):
    expected = load_expected("se_block")
    cases = tuple(replace(case, trained=case.trained and forged(case.trained)) for case in expected.reference.cases)
    assert not judge(load("se_block"), Measurement("se_block", cases), expected).passed
