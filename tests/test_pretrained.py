"""Lesson 13: the published weights where Keras gets them, else a network of the course. Nothing is downloaded."""

import keras
import numpy as np
import pytest
from keras.src.utils import file_utils

from coursekit import weights
from coursekit.pretrained import SUBSTITUTE, VIEWS, open_network, views
from curriculum import messages

GARMENTS = {name: np.full((28, 28), 20 * place, np.uint8) for place, name in enumerate(("Trouser", "Bag"))}

pytestmark = pytest.mark.usefixtures("tensorflow")


@pytest.fixture
def unreachable(monkeypatch):
    def get_file(*arguments, **options):
        raise Exception(f"URL fetch failure on {arguments[1]}: None -- [Errno -2] Name or service not known")

    monkeypatch.setattr(file_utils, "get_file", get_file)


@pytest.fixture
def published(monkeypatch, tmp_path):
    """What Keras would download: weights that are told from others by their values."""
    network = keras.applications.MobileNetV3Large((224, 224, 3), weights=None)
    random = np.random.default_rng(7)
    network.set_weights([random.uniform(0.01, 0.02, weight.shape) for weight in network.weights])
    path = tmp_path / "published.weights.h5"
    network.save_weights(path)
    monkeypatch.setattr(file_utils, "get_file", lambda *arguments, **options: str(path))
    return network


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_without_a_connection_the_courses_network_is_opened_and_said_to_be(unreachable, language, capsys):
    messages.set_language(language)
    opened = open_network(GARMENTS)
    said = capsys.readouterr()
    assert opened.source == "course" and list(opened.pictures) == list(GARMENTS)
    assert opened.network.count_params() == weights.load(SUBSTITUTE).count_params()
    np.testing.assert_allclose(opened.inputs[1], 20 / 255, rtol=1e-6)
    assert opened.network(opened.inputs).shape == opened.inputs.shape
    assert {"en": "could not be downloaded", "ko": "내려받지 못했습니다"}[language] in said.out
    assert "Name or service not known" in said.out and "MobileNetV3" in said.out and not said.err


@pytest.mark.slow
@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_with_a_connection_the_published_weights_are_opened(published, language, capsys):
    messages.set_language(language)
    opened = open_network(GARMENTS)
    assert opened.source == "imagenet" and len(opened.pictures) == len(VIEWS) == len(opened.inputs)
    assert not set(opened.pictures) & set(GARMENTS)
    for own, other in zip(opened.network.weights, published.weights, strict=True):
        np.testing.assert_array_equal(own, other)
    assert {"en": "trained on ImageNet", "ko": "ImageNet으로 학습한"}[language] in capsys.readouterr().out
    assert opened.network(opened.inputs[:1]).shape == (1, 1000)


def test_the_time_that_others_wait_for_an_answer_is_as_before(unreachable):
    import socket

    before = socket.getdefaulttimeout()
    open_network(GARMENTS)
    assert socket.getdefaulttimeout() == before


def test_views_are_squares_of_the_photograph():
    for name, (left, upper, right, lower) in VIEWS.items():
        assert 0 <= left < right <= 512 and 0 <= upper < lower <= 600 and right - left == lower - upper, name
    pictures = views()
    assert all(picture.shape == (224, 224, 3) and picture.dtype == np.uint8 for picture in pictures.values())
    assert all(picture.std() > 20 for picture in pictures.values())  # something is to be seen
