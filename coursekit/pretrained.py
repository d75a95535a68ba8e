"""A network that people use, with the weights it was published with, and pictures to show it.

Without a network connection, one of the course's own takes its place, with garments to show it.
"""

import io
import socket
from collections.abc import Mapping
from contextlib import redirect_stdout
from typing import Literal, NamedTuple

import keras
import numpy as np
from matplotlib import cbook
from matplotlib.image import imread

from coursekit import weights
from curriculum.messages import say
from curriculum.quiet import silent_stderr

__all__ = ["Opened", "last_opened", "open_network", "substitute", "views"]

# Of the photograph that comes with matplotlib: left, upper, right and lower edge in pixels; all are square.
VIEWS = {
    "portrait": (0, 44, 512, 556),
    "cap": (150, 0, 370, 220),
    "face": (160, 130, 370, 340),
    "flag": (0, 60, 140, 200),
    "collar": (180, 330, 340, 490),
    "ribbons": (315, 430, 465, 580),
}
SIDE = 224  # pixels: what the network was trained on
SUBSTITUTE = "autoencoder-channel"
TIMEOUT_S = 20  # a firewall that swallows packets would otherwise keep the lesson waiting for minutes


class Opened(NamedTuple):
    """A trained network and what it is shown.

    Attributes:
        network: in it, gates.
        pictures: name -> picture as it is drawn, (height, width) or (height, width, 3), uint8.
        inputs: the same pictures as the network takes them, in the same order, float32.
        source: whether the weights are the published ones, for ImageNet, or the course's own, for Fashion-MNIST.
    """

    network: keras.Model
    pictures: dict[str, np.ndarray]
    inputs: np.ndarray
    source: Literal["imagenet", "course"]


_last: Opened | None = None


def last_opened() -> Opened | None:
    """What `open_network` has opened last, for the demo that follows it; None before."""
    return _last


def substitute(garments: Mapping[str, np.ndarray]) -> Opened:
    """The course's own network with gates, and garments, name -> (28, 28) uint8, to show it."""
    inputs = np.stack(list(garments.values()))[..., np.newaxis] / np.float32(255)
    return Opened(weights.load(SUBSTITUTE), dict(garments), inputs, "course")


def views() -> dict[str, np.ndarray]:
    """Six square views of one photograph, (224, 224, 3) uint8, by their names in the reader's language.

    A portrait of Grace Hopper, US Navy, 1984, in the public domain; from
    https://commons.wikimedia.org/wiki/File:Grace_Hopper.jpg, as it comes with matplotlib.
    """
    photograph = imread(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False))
    found = {}
    for name, (left, upper, right, lower) in VIEWS.items():
        part = photograph[upper:lower, left:right].astype("float32")
        resized = keras.ops.image.resize(part, (SIDE, SIDE), antialias=True)
        found[say(f"pretrained.view.{name}")] = np.clip(np.round(np.array(resized)), 0, 255).astype("uint8")
    return found


def open_network(garments: Mapping[str, np.ndarray]) -> Opened:
    """MobileNetV3-Large with its weights for ImageNet, and views of a photograph. Says what was opened.

    Keras downloads the weights once, about 22 MB, or takes them from its cache. Where it cannot, an autoencoder that
    the course has trained on Fashion-MNIST takes the network's place, and `garments` that of the photograph.

    Args:
        garments: name -> image, (28, 28) uint8.
    """
    global _last
    print(say("pretrained.loading"), flush=True)
    network = _published()
    if isinstance(network, str):
        frame = "=" * 78
        print(frame, say("pretrained.course", reason=network), frame, sep="\n")
        _last = substitute(garments)
    else:
        print(say("pretrained.imagenet"))
        pictures = views()
        _last = Opened(network, pictures, np.stack(list(pictures.values())).astype("float32"), "imagenet")
    return _last


def _published() -> keras.Model | str:
    """MobileNetV3-Large with its weights for ImageNet, or why Keras has none."""
    timeout = socket.getdefaulttimeout()
    socket.setdefaulttimeout(TIMEOUT_S)
    try:
        with silent_stderr(), redirect_stdout(io.StringIO()):  # Keras' progress bar would fill a page
            return keras.applications.MobileNetV3Large((SIDE, SIDE, 3), weights="imagenet")
    except Exception as error:  # without network Keras raises a plain Exception
        return str(error).partition("\n")[0] or type(error).__name__
    finally:
        socket.setdefaulttimeout(timeout)
