"""The demo of lesson 8: a garment put anywhere among scraps, and what every head and hypothesis makes of it."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import keras
import numpy as np

from coursekit.data import CLASS_NAMES
from coursekit.live.demo import Demo, Shown, choices, slider, steps
from coursekit.live.garments import some_of_each, test_images
from coursekit.live.layer import own_network, run
from coursekit.live.networks import RECTIFIED, opened_rectified
from coursekit.live.pictures.clutter import InTheClutter
from coursekit.live.question import choose
from coursekit.scenes import half_size, put, scraps
from curriculum.messages import say

HEADS, CLASSES, FILTERS = 4, len(CLASS_NAMES), (16, 32)  # of the trained network
PLACES = 28 - 14 + 1  # rows, and columns, where a garment's upper left corner can be
OTHERS = 1_000  # test images that the scraps are cut out of
LAST = -1  # the hypothesis of the last layer, behind those of the modules

Build = Callable[..., Any]


def _network(rectified_network: Build | None) -> tuple[keras.Model, str]:
    """The network at work with all it works out, and a sentence that says whose it is."""
    trained = opened_rectified()
    build = rectified_network and partial(rectified_network, HEADS, CLASSES, FILTERS)
    own = own_network(build, "rectified_network", RECTIFIED)
    if len(own.trained.outputs) == 1:  # the trained one, with its scores only
        return trained, own.notice
    if [output.shape for output in own.trained.outputs] != [output.shape for output in trained.outputs]:
        return trained, say("live.other_network_in_parts", exercise="rectified_network")
    return own.trained, own.notice


def on_garment(masks: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Which share of each mask lies on the garment.

    Args:
        masks: (batch, side, side, heads); each sums to 1 over height and width.
        corners: the garments' upper left corners in pictures of 28 × 28, (batch, 2).

    Returns:
        (batch, heads).
    """
    side = masks.shape[1]
    middles = (np.arange(side) + 0.5) * 28 / side
    inside = (corners[:, :, None] <= middles) & (middles < corners[:, :, None] + 14)  # (batch, row or column, side)
    return np.einsum("bh,bw,bhwk->bk", inside[:, 0], inside[:, 1], masks)


def in_the_clutter(rectified_network: Build | None = None) -> Demo:
    """A garment at any place among scraps: where the heads look, what the hypotheses say, and the joint answer.

    Args:
        rectified_network: called as `rectified_network(heads, classes, filters)`; without it, the trained one.
    """
    images, names = some_of_each(1)
    network, notice = _network(rectified_network)
    background = scraps(half_size(test_images()[0][:OTHERS]), np.random.default_rng(0)) / np.float32(255)
    places = [(row, column) for row in range(PLACES) for column in range(PLACES)]
    # Every garment at every place: a move then only looks up what the network said.
    scenes = np.array([put(background, garment, place) for garment in half_size(images[..., 0]) for place in places])
    corners, right = np.tile(places, (len(images), 1)), np.repeat(np.arange(len(images)), len(places))
    scores, hypotheses, gates, *masks = run(network, scenes[..., np.newaxis])
    together, alone = (np.array(keras.ops.softmax(found)) for found in (scores, hypotheses))
    shares = [on_garment(of_module, corners) for of_module in masks]
    picture = InTheClutter(CLASS_NAMES, [found.shape[1] for found in masks])

    def at_places(probabilities: np.ndarray, garment: int) -> int:
        """At how many of the places (places, classes) the garment is taken for what it is."""
        return int((probabilities.argmax(axis=1) == garment).sum())

    def show(garment: int, row: int, column: int, head: int) -> Shown:
        this = garment * len(places) + places.index((row, column))
        of_garment = right == garment
        looked = [found[this, head - 1] for found in shares]
        picture.update(
            scenes[this],
            (row, column),
            [found[this, ..., head - 1] for found in masks],
            looked,
            together[of_garment, garment].reshape(PLACES, PLACES),
        )
        picture.update_answers(gates[this], alone[this], together[this], garment)
        answer, last = together[this], alone[this, LAST]
        values = {"garment": names[garment], "row": row, "column": column, "head": head}
        values |= {"seen": CLASS_NAMES[answer.argmax()], "share": answer.max(), "own": answer[garment]}
        values |= {"last": CLASS_NAMES[last.argmax()], "last_share": last.max(), "last_own": last[garment]}
        values |= {"first_looks": looked[0], "second_looks": looked[1], "places": len(places)}
        values |= {
            "found": at_places(together[of_garment], garment),
            "last_found": at_places(alone[of_garment, LAST], garment),
        }
        said = zip(gates[this], alone[this], strict=True)
        listed = ", ".join(f"{gate:.2f} {CLASS_NAMES[own.argmax()]} {own.max():.0%}" for gate, own in said)
        finding = say("live.in_the_clutter.finding", **values)
        return Shown(finding, say("live.in_the_clutter.alt", **values, hypotheses=listed))

    @cache
    def means() -> np.ndarray:
        """How much of each head's mask in the second module lies on the garment, on average, (heads,)."""
        return shares[1].mean(axis=0)

    def why() -> str:
        listed = ", ".join(f"{head}: {share:.0%}" for head, share in enumerate(means(), start=1))
        return say("live.in_the_clutter.why", shares=listed)

    controls = {
        "garment": choices("garment", {name: place for place, name in enumerate(names)}, names.index("Pullover")),
        "row": slider("row", 0, PLACES - 1, 3),
        "column": slider("column", 0, PLACES - 1, 3),
        "head": steps("head", range(1, HEADS + 1), 1),
    }
    options = {say("live.in_the_clutter.head", head=head): head for head in range(1, HEADS + 1)}
    question = choose(
        say("live.in_the_clutter.question", count=len(images)), options, lambda: 1 + int(means().argmax()), why
    )
    return Demo(picture.figure, show, controls, question, lambda: notice)
