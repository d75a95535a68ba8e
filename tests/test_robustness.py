"""Whatever is handed to `check`, it answers in one short, true message, and the kernel stays usable."""

import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

from autograder.checking import notebook
from autograder.lessons.reference import reference
from curriculum import messages

TEN_MILLION, MORE_THAN_THE_MEMORY = 10_000_000, 10**11


class MakesLayersInCall(layers.Layer):
    """A layer whose sublayer is made at the first call, where Keras loses it."""

    def call(self, x):
        return layers.Dense(x.shape[-1])(x)


class MakesWeightsInCall(layers.Layer):
    """A layer whose weights are made at the first call."""

    def call(self, x):
        return x * self.add_weight(shape=(x.shape[-1],))


class KeepsVariableOfTensorFlow(layers.Layer):
    """A layer whose weight Keras knows nothing of."""

    def build(self, shape):
        self.scale = tf.Variable(tf.fill([shape[-1]], 0.5))

    def call(self, x):
        return x * self.scale


def dense(x, units):
    return layers.Dense(x.shape[-1])(layers.Dense(units // x.shape[-1])(x))


def right(x, name, ratio=8):
    return reference("channel_attention")(x, name, ratio)


def raises(x, name, ratio=8):
    raise RuntimeError("on purpose")


def exits(x, name, ratio=8):
    raise SystemExit(0)


def endless(x, name, ratio=8):
    return endless(x, name, ratio)


def for_one_size(x, name, ratio=8):
    return layers.Reshape((8, 8, 64))(right(x, name, ratio))


def input_missing(name, ratio=8):
    return name


def argument_missing(x, name):
    return x


def argument_renamed(x, name, r=8):
    return right(x, name, r)


def argument_too_many(x, name, ratio, kernel_size):
    return right(x, name, ratio)


# What an answer does -> the finding, and words of the message.
BROKEN = {
    "raises": (raises, "problem.raised", "RuntimeError: on purpose"),
    "exits": (exits, "problem.raised", "SystemExit"),
    "calls itself": (endless, "problem.recursion", "calls itself"),
    "name unknown": (lambda x, name, ratio=8: unknown, "problem.unknown_name", "'unknown'"),  # noqa: F821  undefined on purpose
    "None": (lambda x, name, ratio=8: None, "problem.returned_nothing", "returned None"),
    "number": (lambda x, name, ratio=8: 3, "problem.not_a_feature_map", "of type int"),
    "list": (lambda x, name, ratio=8: [x, x], "problem.returned_list", "a list of length 2"),
    "NumPy array": (lambda x, name, ratio=8: np.ones((2, 3)), "problem.returned_numpy", "shape (2, 3)"),
    "TensorFlow tensor": (lambda x, name, ratio=8: tf.ones(3), "problem.not_a_feature_map", "of type EagerTensor"),
    "layer": (lambda x, name, ratio=8: layers.Dense(3), "problem.not_a_feature_map", "of type Dense"),
    "NumPy function": (
        lambda x, name, ratio=8: np.mean(x, axis=(1, 2)),
        "problem.numpy_function_of",
        "the NumPy function np.mean",
    ),
    "TensorFlow function": (lambda x, name, ratio=8: tf.nn.relu(x), "problem.tensorflow_function_of", "tf.nn.relu"),
    "another input": (lambda x, name, ratio=8: keras.Input(x.shape[1:]), "problem.not_connected", "not come from"),
    "NaN": (lambda x, name, ratio=8: right(x, name, ratio) * float("nan"), "outputs.not_finite", "not numbers"),
    "float16": (lambda x, name, ratio=8: ops.cast(right(x, name, ratio), "float16"), "shape.dtype", "float16"),
    "another rank": (
        lambda x, name, ratio=8: layers.Flatten()(right(x, name, ratio)),
        "shape.too_few_axes",
        "2 instead of 4",
    ),
    "ten million parameters": (
        lambda x, name, ratio=8: dense(x, TEN_MILLION),
        "problem.too_many_parameters",
        "parameters, far more than",
    ),
    "more parameters than memory": (
        lambda x, name, ratio=8: dense(x, MORE_THAN_THE_MEMORY),
        "problem.too_many_parameters",
        "far more than",
    ),
    "layers in call": (lambda x, name, ratio=8: MakesLayersInCall()(x), "parameters.none", "Keras finds none"),
    "weights in call": (lambda x, name, ratio=8: MakesWeightsInCall()(x), "problem.state_in_call", "call method"),
    "hidden variable": (lambda x, name, ratio=8: KeepsVariableOfTensorFlow()(x), "parameters.none", "finds none"),
    "one size only": (for_one_size, "problem.cannot_reshape", "Right for channel_attention(x[2, 8, 8, 64])"),
    "input missing": (input_missing, "problem.arguments", "channel_attention(name, ratio=8)"),
    "argument missing": (argument_missing, "problem.arguments", "It should be channel_attention(x, name, ratio=8)"),
    "argument renamed": (argument_renamed, "problem.arguments", "channel_attention(x, name, r=8)"),
    "argument too many": (argument_too_many, "problem.arguments", "ratio, kernel_size)"),
}


def message(answer, exercise: str, language: str, capsys) -> str:
    """What a reader sees: the printed lines and the error."""
    messages.set_language(language)
    with pytest.raises(notebook.CheckFailed) as failed:
        notebook.check(answer, exercise)
    return capsys.readouterr().out + "\n".join(failed.value._render_traceback_())


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_answer_gets_its_own_message(name, capsys):
    answer, key, words = BROKEN[name]
    english, korean = (message(answer, "channel_attention", language, capsys) for language in ("en", "ko"))
    assert words in english
    keys = (f"finding.{key}.what", f"error.{key.removeprefix('problem.')}.what")
    sentence = next(filter(None, (messages.sentence(one, "ko") for one in keys)))
    assert sentence.split("{")[-1].split("}")[-1].strip() in korean
    for text in (english, korean):
        assert 3 <= len(text.splitlines()) <= 6
        assert "Traceback" not in text and "{" not in text
    notebook.check(right, "channel_attention")  # the kernel is none the worse for it


def test_an_input_that_is_changed_is_said(capsys):
    def doubles_in_place(x):
        x *= 2
        return x

    assert "changed the array" in message(doubles_in_place, "double", "en", capsys)
    assert "입력으로 받은 배열의 값이 바뀌었습니다" in message(doubles_in_place, "double", "ko", capsys)


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_megabytes_that_are_printed_are_cut(stream, capsys):
    import sys

    def talks(x):
        print("é" * 3_000_000, file=getattr(sys, stream))
        return 2 * x

    notebook.check(talks, "double")
    printed = capsys.readouterr()
    assert len(printed.out) < 2_000 and not printed.err
    assert "more characters that your code printed" in printed.out and "all 2 points" in printed.out


def test_what_an_answer_prints_is_shown(capsys):
    notebook.check(lambda x: print("look:", x.shape) or 2 * x, "double")
    assert "look: (" in capsys.readouterr().out


@pytest.mark.parametrize("category", [DeprecationWarning, FutureWarning, RuntimeWarning, UserWarning])
def test_a_warning_refuses_no_right_answer(category, capsys):
    """Libraries warn of what will change; even where somebody has made errors of warnings, the answer is right."""

    def warns(x):
        warnings.warn("on purpose", category, stacklevel=1)
        return 2 * x

    with warnings.catch_warnings(action="error"):
        notebook.check(warns, "double")
    assert not capsys.readouterr().err


def test_weights_described_by_a_failed_answer_are_not_made_later():
    """Keras would make them with the next network's, and fill the memory then."""

    def describes_and_fails(x, name, ratio=8):
        dense(x, MORE_THAN_THE_MEMORY)
        raise RuntimeError("on purpose")

    with pytest.raises(notebook.CheckFailed):
        notebook.check(describes_and_fails, "channel_attention")
    notebook.check(right, "channel_attention")
