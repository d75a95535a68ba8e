"""What a reader sees in a notebook: a kernel runs the cells, in both languages."""

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from curriculum import messages
from tests.conftest import readers_environment

START = """from autograder import check, hint, progress, start, your_turn
start("3-channel-attention")
import keras
import tensorflow as tf
from keras import layers, ops"""
STUB = """def channel_attention(x, name, ratio=8):
    your_turn("channel_attention")"""
SEED_003 = """def channel_attention(x, name, ratio=8):
    in_channel = x.shape[-1]
    y = layers.GlobalAveragePooling2D()(x)
    y = layers.Reshape(target_shape=(1, 1, in_channel))(y)
    y = layers.Dense(max(1, in_channel // ratio))(y)
    y = tf.nn.relu(y)
    y = layers.Dense(in_channel)(y)
    y = tf.nn.sigmoid(y)
    return layers.multiply([x, y])"""
RIGHT = SEED_003.replace("tf.nn.relu(y)", 'layers.Activation("relu")(y)').replace(
    "tf.nn.sigmoid(y)", 'layers.Activation("sigmoid")(y)'
)
WRONG = RIGHT.replace("layers.Dense(in_channel)(y)", 'layers.Dense(in_channel, activation="relu")(y)')
CHECK = "check(channel_attention)"
BLOCK = """def autoencoder_block(x, filters, name):
    x = layers.Conv2D(filters, 3, padding="same")(x)
    return layers.ReLU()(layers.BatchNormalization()(x))

def attention_block(x, filters, name):
    return channel_attention(autoencoder_block(x, filters, name), name)"""
CELLS = {
    "start": START,
    "check before": CHECK,
    "a slip": RIGHT.replace("(y)\n", "(y\n", 1),
    "check after the first slip": CHECK,
    "another name is missing": "len(chanel_attention)",
    "a misspelt function": "check(chanel_attention)",
    "stub": STUB,
    "stub check": CHECK,
    "stub called": "channel_attention(keras.Input((4, 4, 8)), 'a')",
    "keras 2": SEED_003,
    "keras 2 check": CHECK,
    "wrong": WRONG,
    "wrong check": CHECK,
    "wrong check, drawn": "check(channel_attention, show=True)",
    "block on a wrong part": BLOCK,
    "block on a wrong part check": "check(attention_block)",
    "right": RIGHT,
    "right check": CHECK,
    "right, in another exercise's cell": RIGHT,
    "check of that exercise": "check(se_block)",
    "other name": "mine = channel_attention\nmine.__name__ = 'mine'\ncheck(mine, 'channel_attention')",
    "not a function": "check(channel_attention(keras.Input((4, 4, 8)), 'a'))",
    "softmax, then a slip": WRONG.replace(
        '"relu")(y)\n    y = layers.Dense(in', '"softmax")(y)\n    y = layers.Dense((in'
    ),
    "check after a slip": CHECK,
    "hint": "hint('channel_attention')",
    "hint for nothing": "hint()",
    "hint of a number": "hint('channel_attention', 3)",
    "hint of no number": "hint('channel_attention', 4)",
    "hint for a lesson": "hint('6-cbma')",
    "progress": "progress()",
}


@pytest.fixture(scope="module", params=["en", "ko"])
def shown(request, tmp_path_factory) -> dict[str, str]:
    """What each cell shows, with errors as `error: ...` and stderr as `stderr: ...`."""
    folder = tmp_path_factory.mktemp("kernel")
    more = {"COURSE_LANGUAGE": request.param, "COURSE_PROGRESS": str(folder / "progress.json")}
    notebook = new_notebook(cells=[new_code_cell(source) for source in CELLS.values()])
    client = NotebookClient(notebook, timeout=120, allow_errors=True, kernel_name="python3")
    client.extra_arguments = ["--log-level=ERROR"]
    client.execute(cwd=str(folder), env=readers_environment(more))
    texts = {"language": request.param}
    for name, cell in zip(CELLS, notebook.cells, strict=True):
        texts[name] = "".join(_text(output) for output in cell.outputs)
    return texts


def _text(output) -> str:
    if output.output_type == "error":
        return "error: " + "\n".join(output.traceback) + "\n"
    if output.output_type == "stream":
        return f"stderr: {output.text}" if output.name == "stderr" else output.text
    return output.data.get("text/html", output.data["text/plain"])


def test_nothing_on_stderr_and_no_traceback(shown):
    assert "Traceback" in shown["another name is missing"]
    for name, text in shown.items() - {("another name is missing", shown["another name is missing"])}:
        assert "stderr:" not in text, (name, text)
        assert "Traceback" not in text, (name, text)
        assert ".py" not in text, (name, text)


def test_start_says_in_one_line_what_is_ready(shown):
    assert shown["start"].count("\n") == 1
    assert "TensorFlow 2." in shown["start"] and "Keras 3." in shown["start"]
    assert ("준비 완료" in shown["start"]) == (shown["language"] == "ko")


@pytest.mark.parametrize("name", ["stub check", "stub called", "keras 2 check", "wrong check", "not a function"])
def test_errors_are_short_and_name_the_exercise_or_the_cause(shown, name):
    text = shown[name]
    assert "error: " in text
    assert len(text.strip().splitlines()) <= 6
    assert "channel_attention" in text or "check(" in text
    assert any("가" <= letter <= "힣" for letter in text) == (shown["language"] == "ko")


def test_of_an_answer_that_is_not_there_it_is_said_why(shown):
    language, exercise = shown["language"], "channel_attention"
    assert shown["check before"] == f"error: {messages.say('check.not_defined', language, exercise=exercise)}\n"
    after = shown["check after the first slip"]
    said = messages.say("check.stopped.first", language, name=exercise, error="SyntaxError: '(' was never closed")
    assert after.startswith(f"error: {said}") and "in_channel))(y\n" in after
    assert "NameError" in shown["another name is missing"]
    values = {"name": "chanel_attention", "meant": "channel_attention"}
    assert shown["a misspelt function"] == f"error: {messages.say('check.misspelt_function', language, **values)}\n"


def test_an_answer_that_was_pasted_into_the_next_exercises_cell_is_named(shown):
    values = {"exercise": "se_block", "defined": "channel_attention"}
    told = messages.say("check.defines_another", shown["language"], **values)
    assert shown["check of that exercise"] == f"error: {told}\n"


def test_keras_2_code_is_told_what_to_change(shown):
    text = shown["keras 2 check"]
    assert "y = tf.nn.relu(y)" in text and "ops.relu" in text


def test_a_named_mistake_is_told_its_name(shown):
    assert messages.say("channel_attention.mistake.relu_on_second_dense", shown["language"]) in shown["wrong check"]


def test_what_is_wrong_in_an_earlier_exercise_is_to_be_mended_there(shown):
    values = {"exercise": "attention_block", "part": "channel_attention"}
    step = messages.say("check.part_first", shown["language"], **values)
    assert shown["block on a wrong part check"].strip().endswith(step)


def test_a_picture_comes_on_request(shown):
    assert "<img" in shown["wrong check, drawn"] and "<img" not in shown["wrong check"]
    assert (
        messages.say("channel_attention.mistake.relu_on_second_dense", shown["language"]) in shown["wrong check, drawn"]
    )


def test_right_answers_pass_under_any_name(shown):
    assert shown["right check"].startswith("✓ channel_attention") and "error" not in shown["right check"]
    assert shown["other name"].startswith("✓ channel_attention")


def test_a_verdict_never_speaks_of_an_answer_that_is_gone(shown):
    assert "SyntaxError" in shown["softmax, then a slip"]
    text = shown["check after a slip"]
    assert text.startswith(messages.say("check.stale", shown["language"], exercise="channel_attention"))
    assert "SyntaxError" in text and "Dense((in" in text and "softmax" not in text.replace('"softmax")(y)', "")


def test_hint_takes_nothing_and_says_what_was_meant(shown):
    assert "channel_attention" in shown["hint for nothing"] and "2" in shown["hint for nothing"]
    assert '"6-cbam"' in shown["hint for a lesson"] and len(shown["hint for a lesson"].splitlines()) == 1


def test_hint_and_progress(shown):
    assert "1" in shown["hint"] and "error" not in shown["hint"]
    assert "✓ `channel_attention`" in shown["progress"] and "5/5" in shown["progress"]


def test_a_hint_is_also_given_by_its_number(shown):
    told = messages.say("channel_attention.hint_3", shown["language"])
    values = {"exercise": "channel_attention", "step": 3, "hint": told}
    assert shown["hint of a number"] == messages.say("check.hint", shown["language"], **values) + "\n"
    assert shown["hint of no number"] == f"error: {messages.say('check.no_such_hint', shown['language'], received=4)}\n"
