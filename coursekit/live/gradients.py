"""The demo of lesson 2: what depth does to the gradients of a plain network, and what shortcuts change."""

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import keras
import numpy as np

from coursekit import weights
from coursekit.live.demo import Demo, Shown, choices, steps
from coursekit.live.garments import scaled, test_images
from coursekit.live.layer import own_network
from coursekit.live.pictures.gradients import GradientsFigure, GradientsState
from coursekit.live.question import Question, choose
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
SHALLOWER, DEEPEST = DEPTHS[-2:]


def gradient_norms(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Norm of the loss' gradient for each 3×3 convolution, in the order of the layers: the nearest to the image first.

    As in training, batch normalisation uses the mean and variance of these images.

    Args:
        model: from images to probabilities, (batch, classes).
        images: (batch, 28, 28, 1), from 0 to 1.
        labels: (batch,).

    Returns:
        (convolutions,).
    """
    import tensorflow as tf

    kernels = [weight.value for weight in model.trainable_weights if tuple(weight.shape[:2]) == (3, 3)]
    with tf.GradientTape() as tape:
        probabilities = model(images, training=True)
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, probabilities))
    return np.array([tf.norm(gradient).numpy() for gradient in tape.gradient(loss, kernels)])


class Depths:
    """What `depths` shows."""

    def __init__(self, resnet: Build | None, plain_block: Build | None, residual_block: Build | None) -> None:
        blocks = {"plain": plain_block, "residual": residual_block}
        # (depth, when) -> kind -> norms, (convolutions,).
        self.norms = {(depth, when): {} for depth in DEPTHS for when in WHEN}
        self.notices: dict[int, str] = {}
        for kind in KINDS:
            for depth in DEPTHS:
                self._measure(resnet, depth, kind, blocks[kind])
        self.accuracies = {kind: [weights.measured(_name(depth, kind))["metric"] for depth in DEPTHS] for kind in KINDS}
        every = np.concatenate([found for of_kind in self.norms.values() for found in of_kind.values()])
        self.picture = GradientsFigure(self.accuracies, DEPTHS, (every.min(), every.max()))
        self.controls = {
            "depth": steps("depth", DEPTHS, DEEPEST),
            "when": choices("when", {say(f"live.depths.{when}_training"): when for when in WHEN}, "before"),
        }

    def _measure(self, resnet: Build | None, depth: int, kind: str, block: Build | None) -> None:
        """The norms of one network, before and after training."""
        images, labels = (found[:IMAGES] for found in test_images())
        build = resnet and partial(resnet, SHAPE, ((depth - 2) // 6,) * 3, FILTERS, CLASSES, block=block)
        network = own_network(build, "resnet", _name(depth, kind))
        self.notices[depth] = network.notice  # of the residual network, which comes last
        self.norms[depth, "after"][kind] = gradient_norms(network.trained, scaled(images), labels)
        keras.utils.set_random_seed(0)
        self.norms[depth, "before"][kind] = gradient_norms(network.untrained(), scaled(images), labels)

    def _growth(self, depth: int, kind: str, when: str) -> float:
        """How many times as large the gradient is at the first convolution as at the last, to two digits."""
        found = self.norms[depth, when][kind]
        return float(f"{found[0] / found[-1]:.2g}")

    def notice(self) -> str:
        """Whose networks of the chosen depth are at work."""
        return self.notices[self.controls["depth"].value]

    def show(self, depth: int, when: str) -> Shown:
        """Show the gradients of both networks of one depth, before or after training."""
        place = DEPTHS.index(depth)
        self.picture.update(GradientsState(self.norms[depth, when], place))
        values = {"depth": depth} | {kind: self._growth(depth, kind, when) for kind in KINDS}
        values |= {f"{kind}_accuracy": found[place] for kind, found in self.accuracies.items()}
        return Shown(say(f"live.depths.{when}", **values), say("live.depths.alt", **values))

    def question(self) -> Question:
        """Which change makes the gradient of the deepest plain network grow least."""
        values = {"deepest": DEEPEST, "fewer": SHALLOWER}
        options = {say(f"live.depths.{change}", **values): change for change in self.changes}
        return choose(say("live.depths.question", **values), options, self.least_growth, self.why)

    @cached_property
    def changes(self) -> dict[str, float]:
        """What is changed about the deepest plain network before training -> how much its gradient grows then."""
        return {
            "shallower": self._growth(SHALLOWER, "plain", "before"),
            "shortcuts": self._growth(DEEPEST, "residual", "before"),
            "training": self._growth(DEEPEST, "plain", "after"),
        }

    def least_growth(self) -> str:
        """The change with which the gradient grows least."""
        return min(self.changes, key=self.changes.get)

    def why(self) -> str:
        """What the answer rests on, in the reader's language."""
        unchanged = self._growth(DEEPEST, "plain", "before")
        return say("live.depths.why", unchanged=unchanged, fewer=SHALLOWER, **self.changes)


def depths(resnet: Build | None = None, plain_block: Build | None = None, residual_block: Build | None = None) -> Demo:
    """The gradients of plain and residual networks of several depths, before and after training.

    Args:
        resnet: called as `resnet(input_shape, blocks, filters, classes, block=block)`; without it, the course's.
        plain_block: what it is called with for a plain network.
        residual_block: what it is called with for a residual network.
    """
    return Demo(Depths(resnet, plain_block, residual_block))
