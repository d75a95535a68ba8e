"""The demo of lesson 7: what BAM's two branches say of one channel, and what comes of it."""

from functools import cache

import keras
import numpy as np

from coursekit.data import CLASS_NAMES
from coursekit.live.demo import Demo, Shown, choices, slider, steps
from coursekit.live.garments import scaled, some_of_each, test_images
from coursekit.live.layer import Function, nameless, own_layer, run
from coursekit.live.networks import POCKET_RATIO, split_bam
from coursekit.live.pictures.branches import Branches
from coursekit.live.question import choose
from curriculum.messages import say

COUNTED = 500  # test images whose answers and gates are counted
DILATIONS = (1, 2, 4, 6)  # the paper's
DILATION = 4  # in training
COMBINE = {"sum": np.add, "product": np.multiply}
HALF = (0.45, 0.55)  # wins so near to one half are nobody's


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


def two_branches(bam_channel_gate: Function | None = None, bam_spatial_gate: Function | None = None) -> Demo:
    """What the reader's two branches of BAM say of one channel of a garment, and the gates that come of it.

    Args:
        bam_channel_gate: called as `bam_channel_gate(x, ratio=ratio)`; without it, the trained one.
        bam_spatial_gate: called as `bam_spatial_gate(x, ratio=ratio, dilation=dilation)`; without it, the trained one.
    """
    images, names = some_of_each(1)
    counted, labels = (found[:COUNTED] for found in test_images())
    front, trained, _, back = split_bam(DILATION)
    # The garments to choose from come first, then those that are counted.
    maps, first = run(front, np.concatenate([images, scaled(counted)])), len(images)
    _, rows, _, channels = maps.shape
    layer, of_channel = own_layer(nameless(bam_channel_gate), "bam_channel_gate", trained, ratio=POCKET_RATIO)
    channel_scores = run(layer, maps)
    picture = Branches(rows, channels, CLASS_NAMES)

    @cache
    def branch(dilation: int) -> tuple[np.ndarray, np.ndarray, str]:
        """Scores of the positions, (batch, 14, 14, 1), the taps in the middle, and whose branches are at work."""
        arguments = {"ratio": POCKET_RATIO, "dilation": dilation}
        trained = split_bam(dilation)[2]
        layer, notice = own_layer(nameless(bam_spatial_gate), "bam_spatial_gate", trained, **arguments)
        return run(layer, maps), taps(layer), f"{of_channel} {notice}"

    for dilation in DILATIONS:  # now, so that no move has to wait for it
        branch(dilation)

    @cache
    def gated(combine: str, dilation: int) -> tuple[np.ndarray, np.ndarray]:
        """A gate for every value, (batch, 14, 14, 16), and the probabilities, (batch, 10)."""
        gates = keras.ops.convert_to_numpy(keras.ops.sigmoid(COMBINE[combine](channel_scores, branch(dilation)[0])))
        return gates, run(back, maps * (1 + gates))

    @cache
    def accuracy(combine: str, dilation: int) -> float:
        """Of the whole network on the counted test images."""
        return float(np.mean(gated(combine, dilation)[1][first:].argmax(axis=1) == labels))

    def show(garment: int, channel: int, combine: str, dilation: int) -> Shown:
        all_gates, all_probabilities = gated(combine, dilation)
        gates, probabilities = all_gates[garment, ..., channel], all_probabilities[garment]
        spatial_scores, read, _ = branch(dilation)
        before, spatial = maps[garment, ..., channel], spatial_scores[garment, ..., 0]
        of_channels = channel_scores[garment, 0, 0]
        score = of_channels[channel]
        picture.update(
            images[garment, ..., 0],
            (before, before * (1 + gates)),
            (of_channels, spatial),
            gates,
            read,
            channel,
            probabilities,
            garment,
            f"right on {accuracy(combine, dilation):.0%}\nof {len(counted)} test images",
        )
        apart, won = who_wins(score, spatial)
        values = {"garment": names[garment], "channel": channel, "score": score, "dilation": dilation}
        values |= {"combine": say(f"live.two_branches.{combine}"), "taps": read.sum(), "count": len(counted)}
        values |= {"positions": spatial.size, "apart": apart.sum(), "won": won.sum(), "mean": gates.mean()}
        values |= {"noes": np.sum((spatial < 0) & (score < 0)), "low": spatial.min(), "high": spatial.max()}
        values |= {"seen": CLASS_NAMES[int(probabilities.argmax())], "share": probabilities.max()}
        values |= {"own": probabilities[garment], "accuracy": accuracy(combine, dilation)}
        numbers = ", ".join(f"{place}: {value:+.1f}" for place, value in enumerate(of_channels))
        return Shown(
            say(f"live.two_branches.by_{combine}", **values), say("live.two_branches.alt", **values, numbers=numbers)
        )

    def scores() -> tuple[np.ndarray, np.ndarray]:
        """Of the counted images, as trained: the channels' and the positions'."""
        return channel_scores[first:], branch(DILATION)[0][first:]

    @cache
    def wins() -> tuple[float, float]:
        """Of all gates, the share where the signs differ; of these, the share where the spatial score wins."""
        apart, won = who_wins(*scores())
        return float(apart.mean()), float(won.sum() / max(apart.sum(), 1))

    def winner() -> str:
        _, won = wins()
        return "channel" if won < HALF[0] else "spatial" if won > HALF[1] else "nobody"

    def why() -> str:
        apart, won = wins()
        channel, spatial = (float(np.abs(found).mean()) for found in scores())
        return say("live.two_branches.why", apart=apart, won=won, channel=channel, spatial=spatial)

    controls = {
        "garment": choices("garment", {name: place for place, name in enumerate(names)}, names.index("Sneaker")),
        "channel": slider("channel", 0, channels - 1, 0),
        "combine": choices("combine", {say(f"live.two_branches.{way}"): way for way in COMBINE}, "sum"),
        "dilation": steps("dilation", DILATIONS, DILATION),
    }
    options = {say(f"live.two_branches.{who}"): who for who in ("channel", "spatial", "nobody")}
    values = {"count": len(counted), "dilation": DILATION}
    question = choose(say("live.two_branches.question", **values), options, winner, why)
    return Demo(picture.figure, show, controls, question, lambda: branch(controls["dilation"].value)[2])
