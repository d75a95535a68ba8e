"""The trained networks: they are the lessons' networks, and go into any right network, however it is written."""

import json
from functools import partial

import keras
import numpy as np
import pytest

from autograder.lessons.reference import lesson_namespace, mistakes, right_answers
from coursekit import weights
from coursekit.training import IMAGE_SHAPE
from curriculum import messages
from curriculum.paths import weights_folder
from experiments.train_weights import CARD, NETWORKS, RESULTS, builder, with_card
from tests.conftest import needs_dataset

TRAINED = [name for name in NETWORKS if name in weights.names()]
DEEP = {"resnet-44-plain", "resnet-44-residual"}  # each takes some seconds to build

pytestmark = pytest.mark.usefixtures("tensorflow")


def images(model: keras.Model) -> np.ndarray:
    return np.random.default_rng(5).uniform(size=(2, *model.input_shape[1:])).astype("float32")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in DEEP else []) for name in TRAINED]
)
def test_a_trained_network_is_the_one_that_the_reference_answers_build(name):
    trained, own = weights.load(name), weights.load_into(builder(name)(), name)
    assert [type(layer) for layer in trained.layers] == [type(layer) for layer in own.layers]
    np.testing.assert_array_equal(own(images(trained)), trained(images(trained)))


def autoencoder(build):
    return build(IMAGE_SHAPE, (16, 32))


def residual_network(block):
    return lesson_namespace("2-resnet")["resnet"](IMAGE_SHAPE, (1, 1, 1), (8, 16, 32), 10, block=block)


ANSWERS = {"autoencoder": ("autoencoder", autoencoder), "residual_block": ("resnet-8-residual", residual_network)}


@pytest.mark.slow
@pytest.mark.parametrize("exercise", ANSWERS)
def test_every_right_answer_takes_the_weights(exercise):
    name, build = ANSWERS[exercise]
    trained = weights.load(name)
    expected = trained(images(trained))
    for answer, function in right_answers(exercise).items():
        model = weights.load_into(build(function), name)
        np.testing.assert_allclose(model(images(trained)), expected, atol=1e-4, err_msg=answer)


@pytest.mark.parametrize(
    ("exercise", "mistake", "words"),
    [
        ("autoencoder", "average_pooling", "computes something else"),
        ("autoencoder", "decoder_not_reversed", "do not fit your network"),
        ("autoencoder", "output_returned", "a keras.Model. Received: KerasTensor"),
        ("residual_block", "no_last_relu", "computes something else"),
    ],
)
def test_a_wrong_answer_is_refused_and_keeps_its_own_values(exercise, mistake, words):
    name, build = ANSWERS[exercise]
    model = build(mistakes(exercise)[mistake])
    before = model.get_weights() if isinstance(model, keras.Model) else []
    with pytest.raises(weights.WeightsError) as refused:
        weights.load_into(model, name)
    assert words in str(refused.value)
    assert refused.value._render_traceback_() == [str(refused.value)]
    after = model.get_weights() if isinstance(model, keras.Model) else []
    assert all(map(np.array_equal, before, after))


def test_a_network_that_does_not_run_is_refused_in_the_readers_language():
    class Broken(keras.Model):
        def call(self, images):
            raise ZeroDivisionError

    messages.set_language("ko")
    with pytest.raises(weights.WeightsError, match="ZeroDivisionError 오류로 멈춥니다"):
        weights.load_into(Broken(), "autoencoder")


@pytest.mark.parametrize("call", [weights.load, weights.measured, partial(weights.load_into, None)])
def test_an_unknown_name_is_told_with_those_that_exist(call):
    with pytest.raises(ValueError, match=r"expected one of .*autoencoder.* received 'autoencoders'"):
        call("autoencoders")


def test_float16_is_all_that_saving_changes(tmp_path, monkeypatch):
    model = builder("autoencoder")()
    weights.save(model, tmp_path, "mine")
    monkeypatch.setattr(weights, "weights_folder", lambda: tmp_path)
    loaded = weights.load("mine")
    assert weights.names() == ("mine",)
    for before, after in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(before.astype("float16"), after)
    new = weights.load("mine", trained=False)
    assert not np.array_equal(new.get_weights()[0], loaded.get_weights()[0])


def test_the_card_is_what_was_measured_and_names_every_trained_network():
    results = json.loads(RESULTS.read_text("utf-8"))
    text = CARD.read_text("utf-8")
    assert text == with_card(text, results), "mend it with `python experiments/train_weights.py`"
    assert set(results) == set(TRAINED)
    for name, found in results.items():
        assert (weights_folder() / f"{name}.npz").stat().st_size == found["bytes"]
        low, high = found["interval"]
        assert low < found["metric"] < high
        assert abs(found["metric"] - found["metric in float32"]) < (high - low) / 4, "float16 costs too much"


def test_all_files_together_are_small():
    assert sum(path.stat().st_size for path in weights_folder().glob("*.npz")) < 3_000_000


@needs_dataset
def test_the_quality_on_the_card_can_be_measured_again():
    from coursekit.data import load_fashion_mnist
    from experiments.train_weights import quality

    _, (images, labels) = load_fashion_mnist()
    some = images[:1_000], labels[:1_000]
    error, low, high = quality(weights.load("autoencoder"), (None, some), "reconstruction")
    assert abs(error - weights.measured("autoencoder")["metric"]) < high - low
