"""The demo of lesson 8: a garment put anywhere among scraps, and what every head and hypothesis makes of it."""

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import keras
import numpy as np

from coursekit.composites import half_size, put, scraps
from coursekit.data import CLASS_NAMES
from coursekit.live.demo import Demo, Shown, garment_choice, slider, steps
from coursekit.live.garments import some_of_each, test_images
from coursekit.live.layer import own_network, run
from coursekit.live.networks import RECTIFIED, opened_rectified
from coursekit.live.pictures.attend_and_rectify import HypothesesFigure, HypothesesState
from coursekit.live.pictures.parts import Answer
from coursekit.live.question import Question, choose
from curriculum.messages import say

HEADS, CLASSES, FILTERS = 4, len(CLASS_NAMES), (16, 32)  # of the trained network
PLACES = 28 - 14 + 1  # rows, and columns, where a garment's upper left corner can be
CORNERS = [(row, column) for row in range(PLACES) for column in range(PLACES)]
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


class Answers:
    """What a network says of every garment at every place, so that a move only has to look it up.

    The arrays are indexed by the garment, then by the place in CORNERS.

    Args:
        network: as `opened_rectified`.
        images: the garments, (garments, 28, 28, 1).

    Attributes:
        pictures: (garments, places, 28, 28).
        gates: of the hypotheses, (garments, places, hypotheses).
        alone: each hypothesis' probabilities, (garments, places, hypotheses, classes).
        together: those of the joint answer, (garments, places, classes).
        masks: of each module, (garments, places, side, side, heads).
        shares: which share of each mask lies on the garment, of each module, (garments, places, heads).
    """

    def __init__(self, network: keras.Model, images: np.ndarray) -> None:
        background = scraps(half_size(test_images()[0][:OTHERS]), np.random.default_rng(0)) / np.float32(255)
        pictures = [put(background, garment, corner) for garment in half_size(images[..., 0]) for corner in CORNERS]
        scores, hypotheses, gates, *masks = run(network, np.array(pictures)[..., np.newaxis])
        together, alone = (np.array(keras.ops.softmax(found)) for found in (scores, hypotheses))
        corners = np.tile(CORNERS, (len(images), 1))
        self.pictures, self.gates, self.alone, self.together = map(_by_garment, (pictures, gates, alone, together))
        self.masks = [_by_garment(of_module) for of_module in masks]
        self.shares = [_by_garment(on_garment(of_module, corners)) for of_module in masks]


def _by_garment(found: Any) -> np.ndarray:
    """(garments * places, ...) to (garments, places, ...)."""
    array = np.asarray(found)
    return array.reshape(-1, len(CORNERS), *array.shape[1:])


def _recognised_at(probabilities: np.ndarray, garment: int) -> int:
    """At how many of the places (places, classes) the garment is taken for what it is."""
    return int((probabilities.argmax(axis=1) == garment).sum())


class MasksAndHypotheses:
    """What `masks_and_hypotheses` shows."""

    def __init__(self, rectified_network: Build | None) -> None:
        images, self.names = some_of_each(1)
        network, self._notice = _network(rectified_network)
        self.answers = Answers(network, images)
        self.picture = HypothesesFigure(CLASS_NAMES, [found.shape[2] for found in self.answers.masks])
        self.controls = {
            "garment": garment_choice(self.names, "Pullover"),
            "row": slider("row", 0, PLACES - 1, 3),
            "column": slider("column", 0, PLACES - 1, 3),
            "head": steps("head", range(1, HEADS + 1), 1),
        }

    def notice(self) -> str:
        """Whose network is at work."""
        return self._notice

    def show(self, garment: int, row: int, column: int, head: int) -> Shown:
        """Show a garment with its upper left corner at `row` and `column`, and the masks of one head, from 1 on."""
        state = self._state(garment, (row, column), head - 1)
        self.picture.update(state)
        answer, last = state.together.probabilities, state.alone[LAST]
        first, second = state.shares
        values = {"garment": self.names[garment], "row": row, "column": column, "head": head}
        values |= {"seen": CLASS_NAMES[answer.argmax()], "share": answer.max(), "own": answer[garment]}
        values |= {"last": CLASS_NAMES[last.argmax()], "last_share": last.max(), "last_own": last[garment]}
        values |= {"first_looks": first, "second_looks": second, "places": len(CORNERS)}
        values["found"] = _recognised_at(self.answers.together[garment], garment)
        values["last_found"] = _recognised_at(self.answers.alone[garment, :, LAST], garment)
        listed = ", ".join(
            f"{gate:.2f} {CLASS_NAMES[own.argmax()]} {own.max():.0%}"
            for gate, own in zip(state.gates, state.alone, strict=True)
        )
        finding = say("live.masks_and_hypotheses.finding", **values)
        return Shown(finding, say("live.masks_and_hypotheses.alt", **values, hypotheses=listed))

    def _state(self, garment: int, corner: tuple[int, int], head: int) -> HypothesesState:
        answers, this = self.answers, (garment, CORNERS.index(corner))
        return HypothesesState(
            image=answers.pictures[this],
            corner=corner,
            masks=[found[this][..., head] for found in answers.masks],
            shares=[found[this][head] for found in answers.shares],
            places=answers.together[garment, :, garment].reshape(PLACES, PLACES),
            gates=answers.gates[this],
            alone=answers.alone[this],
            together=Answer(answers.together[this], garment),
        )

    def question(self) -> Question:
        """Which head of the second module has most of its mask on the garment."""
        options = {say("live.masks_and_hypotheses.head", head=head): head for head in range(1, HEADS + 1)}
        text = say("live.masks_and_hypotheses.question", count=len(self.names))
        return choose(text, options, self.head_on_garment, self.why)

    @cached_property
    def means(self) -> np.ndarray:
        """How much of each head's mask in the second module lies on the garment, on average, (heads,)."""
        return self.answers.shares[1].reshape(-1, HEADS).mean(axis=0)

    def head_on_garment(self) -> int:
        """The head, counted from 1, with the largest of these means."""
        return 1 + int(self.means.argmax())

    def why(self) -> str:
        """What the answer rests on, in the reader's language."""
        listed = ", ".join(f"{head}: {share:.0%}" for head, share in enumerate(self.means, start=1))
        return say("live.masks_and_hypotheses.why", shares=listed)


def masks_and_hypotheses(rectified_network: Build | None = None) -> Demo:
    """A garment at any place among scraps: where the heads look, what the hypotheses say, and the joint answer.

    Args:
        rectified_network: called as `rectified_network(heads, classes, filters)`; without it, the trained one.
    """
    return Demo(MasksAndHypotheses(rectified_network))
