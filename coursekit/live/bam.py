"""The demo of lesson 7: what BAM's two branches say of one channel, and what comes of it."""

from functools import cache, cached_property

import keras
import numpy as np

from coursekit.data import CLASS_NAMES
from coursekit.live.demo import Demo, Shown, choices, garment_choice, slider, steps
from coursekit.live.garments import scaled, some_of_each, test_images
from coursekit.live.layer import Function, nameless, own_layer, run
from coursekit.live.networks import POCKET_RATIO, split_bam
from coursekit.live.pictures.bam import BranchesFigure, BranchesState, Scores
from coursekit.live.pictures.parts import Answer
from coursekit.live.question import Question, choose
from curriculum.messages import say

COUNTED = 500  # test images whose answers and gates are counted
DILATIONS = (1, 2, 4, 6)  # the paper's
DILATION = 4  # in training
COMBINE = {"sum": np.add, "product": np.multiply}
HALF = (0.45, 0.55)  # with a share of wins so near to one half, neither branch wins more often


def taps(spatial_gate: keras.Model) -> np.ndarray:
    """On which positions of the map the score in its middle depends, bool, (height, width)."""
    import tensorflow as tf

    _, rows, columns, channels = spatial_gate.input_shape
    # Many maps: in each of them some ReLUs are silent.
    maps = tf.random.stateless_normal((64, rows, columns, channels), (0, 0))
    with tf.GradientTape() as tape:
        tape.watch(maps)
        score = tf.reduce_sum(spatial_gate(maps)[:, rows // 2, columns // 2])
    gradient = tape.gradient(score, maps, unconnected_gradients="zero")
    return np.abs(gradient).max(axis=(0, 3)) > 0


def who_wins(channel: np.ndarray, spatial: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For scores that are broadcast: where their signs differ, and where of those the sum has the spatial score's."""
    apart = channel * spatial < 0
    return apart, apart & (np.abs(spatial) > np.abs(channel))


class Branches:
    """The trained network with the reader's two branches of BAM in it, run on the shown and the counted garments.

    Args:
        channel_gate, spatial_gate: as in `bam_branches`.
        images: to choose from, (shown, 28, 28, 1).

    Attributes:
        shown: how many images come first in the arrays below; the counted test images follow.
        labels: classes of the counted images, (counted,).
        maps: what reaches BAM, (batch, 14, 14, 16).
        channel_scores: (batch, 1, 1, 16).
        gates: of (combine, dilation), cached: a gate for every value of the maps, (batch, 14, 14, 16).
        probabilities: of (combine, dilation), cached: (batch, 10).
        spatial: of a dilation, cached: the spatial scores, (batch, 14, 14, 1), the positions that the score in the
            middle depends on, bool, (14, 14), and whose branches are at work.
    """

    def __init__(self, channel_gate: Function | None, spatial_gate: Function | None, images: np.ndarray) -> None:
        counted, self.labels = (found[:COUNTED] for found in test_images())
        front, trained, _, self._back = split_bam(DILATION)
        self.shown = len(images)
        self.maps = run(front, np.concatenate([images, scaled(counted)]))
        layer, self._notice = own_layer(nameless(channel_gate), "bam_channel_gate", trained, ratio=POCKET_RATIO)
        self.channel_scores = run(layer, self.maps)
        self._spatial_gate = spatial_gate
        self.spatial, self.gates, self.probabilities = map(cache, (self._spatial, self._gates, self._probabilities))
        for dilation in DILATIONS:  # now, so that no move has to wait for it
            self.spatial(dilation)

    def _spatial(self, dilation: int) -> tuple[np.ndarray, np.ndarray, str]:
        arguments = {"ratio": POCKET_RATIO, "dilation": dilation}
        trained = split_bam(dilation)[2]
        layer, notice = own_layer(nameless(self._spatial_gate), "bam_spatial_gate", trained, **arguments)
        return run(layer, self.maps), taps(layer), f"{self._notice} {notice}"

    def _gates(self, combine: str, dilation: int) -> np.ndarray:
        scores = COMBINE[combine](self.channel_scores, self.spatial(dilation)[0])
        return keras.ops.convert_to_numpy(keras.ops.sigmoid(scores))

    def _probabilities(self, combine: str, dilation: int) -> np.ndarray:
        return run(self._back, self.maps * (1 + self.gates(combine, dilation)))

    def accuracy(self, combine: str, dilation: int) -> float:
        """Of the whole network on the counted test images."""
        answers = self.probabilities(combine, dilation)[self.shown :].argmax(axis=1)
        return float(np.mean(answers == self.labels))

    def counted_scores(self) -> tuple[np.ndarray, np.ndarray]:
        """Of the counted images, with the dilation of training: the channels' scores and the positions'."""
        return self.channel_scores[self.shown :], self.spatial(DILATION)[0][self.shown :]

    @cached_property
    def wins(self) -> tuple[float, float]:
        """Of all gates, the share where the signs differ; of these, the share where the spatial score wins."""
        apart, won = who_wins(*self.counted_scores())
        return float(apart.mean()), float(won.sum() / max(apart.sum(), 1))


class BamBranches:
    """What `bam_branches` shows."""

    def __init__(self, channel_gate: Function | None, spatial_gate: Function | None) -> None:
        self.images, self.names = some_of_each(1)
        self.branches = Branches(channel_gate, spatial_gate, self.images)
        _, rows, _, channels = self.branches.maps.shape
        self.picture = BranchesFigure(rows, channels, CLASS_NAMES, len(self.branches.labels))
        self.controls = {
            "garment": garment_choice(self.names, "Sneaker"),
            "channel": slider("channel", 0, channels - 1, 0),
            "combine": choices("combine", {say(f"live.bam_branches.{way}"): way for way in COMBINE}, "sum"),
            "dilation": steps("dilation", DILATIONS, DILATION),
        }

    def notice(self) -> str:
        """Whose branches are at work with the chosen dilation."""
        return self.branches.spatial(self.controls["dilation"].value)[2]

    def show(self, garment: int, channel: int, combine: str, dilation: int) -> Shown:
        """Show one channel of a garment, with the scores combined in one way and the spatial branch at one dilation."""
        state = self._state(garment, channel, combine, dilation)
        self.picture.update(state)
        values = self._numbers(state) | {
            "garment": self.names[garment],
            "combine": say(f"live.bam_branches.{combine}"),
            "dilation": dilation,
        }
        numbers = ", ".join(f"{place}: {value:+.1f}" for place, value in enumerate(state.scores.channel))
        return Shown(
            say(f"live.bam_branches.by_{combine}", **values), say("live.bam_branches.alt", **values, numbers=numbers)
        )

    def _state(self, garment: int, channel: int, combine: str, dilation: int) -> BranchesState:
        branches = self.branches
        spatial, read, _ = branches.spatial(dilation)
        return BranchesState(
            image=self.images[garment, ..., 0],
            map=branches.maps[garment, ..., channel],
            scores=Scores(branches.channel_scores[garment, 0, 0], spatial[garment, ..., 0], read),
            gates=branches.gates(combine, dilation)[garment, ..., channel],
            channel=channel,
            answer=Answer(branches.probabilities(combine, dilation)[garment], garment),
            accuracy=branches.accuracy(combine, dilation),
        )

    def _numbers(self, state: BranchesState) -> dict[str, object]:
        """What the sentences say of a state."""
        spatial, score = state.scores.spatial, state.scores.channel[state.channel]
        probabilities = state.answer.probabilities
        apart, won = who_wins(score, spatial)
        values = {"channel": state.channel, "score": score, "taps": state.scores.taps.sum()}
        values |= {"count": len(self.branches.labels), "accuracy": state.accuracy}
        values |= {"positions": spatial.size, "apart": apart.sum(), "won": won.sum(), "mean": state.gates.mean()}
        values |= {"noes": np.sum((spatial < 0) & (score < 0)), "low": spatial.min(), "high": spatial.max()}
        values |= {"seen": CLASS_NAMES[int(probabilities.argmax())], "share": probabilities.max()}
        return values | {"own": probabilities[state.answer.right]}

    def question(self) -> Question:
        """Which branch has its way more often where the signs of the scores differ."""
        options = {say(f"live.bam_branches.{who}"): who for who in ("channel", "spatial", "nobody")}
        values = {"count": len(self.branches.labels), "dilation": DILATION}
        return choose(say("live.bam_branches.question", **values), options, self.winner, self.why)

    def winner(self) -> str:
        """Whose sign the sum has more often where the signs differ; nobody's if it is near one half."""
        _, won = self.branches.wins
        return "channel" if won < HALF[0] else "spatial" if won > HALF[1] else "nobody"

    def why(self) -> str:
        """What the answer rests on, in the reader's language."""
        apart, won = self.branches.wins
        channel, spatial = (float(np.abs(found).mean()) for found in self.branches.counted_scores())
        return say("live.bam_branches.why", apart=apart, won=won, channel=channel, spatial=spatial)


def bam_branches(bam_channel_gate: Function | None = None, bam_spatial_gate: Function | None = None) -> Demo:
    """What the reader's two branches of BAM say of one channel of a garment, and the gates that come of it.

    Args:
        bam_channel_gate: called as `bam_channel_gate(x, ratio=ratio)`; without it, the trained one.
        bam_spatial_gate: called as `bam_spatial_gate(x, ratio=ratio, dilation=dilation)`; without it, the trained one.
    """
    return Demo(BamBranches(bam_channel_gate, bam_spatial_gate))
