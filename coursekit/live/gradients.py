"""The demo of lesson 2: what depth does to the gradients of a plain network, and what shortcuts change."""

from collections.abc import Callable
from functools import partial
from typing import Any

import keras
import numpy as np

from coursekit import weights
from coursekit.live.demo import Demo, Shown, choices, steps
from coursekit.live.garments import scaled, test_images
from coursekit.live.layer import own_network
from coursekit.live.pictures.gradients import Gradients
from coursekit.live.question import choose
from curriculum.messages import say

KINDS = ("plain", "residual")
WHEN = ("before", "after")  # training
SHAPE, FILTERS, CLASSES = (28, 28, 1), (8, 16, 32), 10
IMAGES = 32  # that gradients are taken from

Build = Callable[..., Any]


def _name(depth: int, kind: str) -> str:
    """The name of the trained network."""
    return f"resnet-{depth}-{kind}"


# Those of the depth experiment, as far as their trained networks are there.
DEPTHS = tuple(depth for depth in (8, 20, 44) if {_name(depth, kind) for kind in KINDS} <= set(weights.names()))


def gradient_norms(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Norm of the loss' gradient for each 3×3 convolution, in the order of the layers: the nearest to the image first.

    As in training, batch normalisation uses the mean and variance of these images.
    """
    import tensorflow as tf

    kernels = [weight.value for weight in model.trainable_weights if tuple(weight.shape[:2]) == (3, 3)]
    with tf.GradientTape() as tape:
        probabilities = model(images, training=True)
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, probabilities))
    return np.array([tf.norm(gradient).numpy() for gradient in tape.gradient(loss, kernels)])


def depths(resnet: Build | None = None, plain_block: Build | None = None, residual_block: Build | None = None) -> Demo:
    """The gradients of plain and residual networks of several depths, before and after training.

    Args:
        resnet: called as `resnet(input_shape, blocks, filters, classes, block=block)`; without it, the course's.
        plain_block, residual_block: the blocks it is called with.
    """
    images, labels = (found[:IMAGES] for found in test_images())
    norms: dict[tuple[int, str], dict[str, np.ndarray]] = {(depth, when): {} for depth in DEPTHS for when in WHEN}
    accuracies: dict[str, list[float]] = {}
    notices = {}
    for kind, block in (("plain", plain_block), ("residual", residual_block)):
        accuracies[kind] = [weights.measured(_name(depth, kind))["metric"] for depth in DEPTHS]
        for depth in DEPTHS:
            arguments = (SHAPE, ((depth - 2) // 6,) * 3, FILTERS, CLASSES)
            build = resnet and partial(resnet, *arguments, block=block)
            network = own_network(build, "resnet", _name(depth, kind))
            notices[depth] = network.notice  # of the residual network, which comes last
            norms[depth, "after"][kind] = gradient_norms(network.trained, scaled(images), labels)
            keras.utils.set_random_seed(0)
            norms[depth, "before"][kind] = gradient_norms(network.untrained(), scaled(images), labels)
    every = np.concatenate([found for of_kind in norms.values() for found in of_kind.values()])
    picture = Gradients(accuracies, DEPTHS, (every.min(), every.max()))

    def growth(depth: int, kind: str, when: str) -> float:
        """How many times as large the gradient is at the first convolution as at the last."""
        found = norms[depth, when][kind]
        return float(found[0] / found[-1])

    def show(depth: int, when: str) -> Shown:
        place = DEPTHS.index(depth)
        picture.update(norms[depth, when], place)
        values = {"depth": depth, "plain": growth(depth, "plain", when), "residual": growth(depth, "residual", when)}
        values |= {f"{kind}_accuracy": found[place] for kind, found in accuracies.items()}
        return Shown(say(f"live.depths.{when}", **values), say("live.depths.alt", **values))

    shallower, deepest = DEPTHS[-2:]
    # What is changed about the deepest plain network before training -> how much its gradient grows then.
    changes = {
        "shallower": growth(shallower, "plain", "before"),
        "shortcuts": growth(deepest, "residual", "before"),
        "training": growth(deepest, "plain", "after"),
    }

    def why() -> str:
        unchanged = growth(deepest, "plain", "before")
        return say("live.depths.why", unchanged=unchanged, fewer=shallower, **changes)

    controls = {
        "depth": steps("depth", DEPTHS, deepest),
        "when": choices("when", {say(f"live.depths.{when}_training"): when for when in WHEN}, "before"),
    }
    values = {"deepest": deepest, "fewer": shallower}
    options = {say(f"live.depths.{change}", **values): change for change in changes}
    question = choose(say("live.depths.question", **values), options, lambda: min(changes, key=changes.get), why)
    return Demo(picture.figure, show, controls, question, lambda: notices[controls["depth"].value])
