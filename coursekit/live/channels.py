"""The demos of lesson 3: what channel attention lets through."""

from functools import cache

import numpy as np

from coursekit import weights
from coursekit.data import CLASS_NAMES
from coursekit.live.demo import Demo, Shown, choices, steps
from coursekit.live.garments import scaled, some_of_each, test_images
from coursekit.live.layer import Function, gates_of, own_layer, run
from coursekit.live.networks import RATIOS, listening_weights, split_autoencoder
from coursekit.live.pictures.channels import GatedMaps, GatesByClass
from coursekit.live.question import choose
from curriculum.messages import say

RATIO = 8  # the tutorial's
COUNTED = 1_000  # test images whose gates are averaged
CHANGES = {  # what is done to gates (batch, channels); one class follows the other along the batch
    "own": lambda gates: gates,
    "equal": lambda gates: np.full_like(gates, gates.mean()),
    "inverted": lambda gates: 1 - gates,
    "shuffled": lambda gates: gates[:, np.random.default_rng(0).permutation(gates.shape[1])],
    "swapped": lambda gates: np.roll(gates, 1, axis=0),
}


class Listening:
    """The reader's channel attention in the place of the trained autoencoder's last one, for every ratio.

    Attributes:
        maps: what reaches it, (batch, 14, 14, 16).
        gates: ratio -> what it multiplies each channel by, (batch, 16), read from what it gets and what it gives.
        notices: ratio -> whose layer is at work.
    """

    def __init__(self, attention: Function | None, images: np.ndarray) -> None:
        front, self.back = split_autoencoder()
        self.maps = run(front, images) + np.float32(1e-6)  # a gate on nothing could not be read
        self.layers, self.gates, self.notices = {}, {}, {}
        for ratio in RATIOS:
            trained = weights.load(listening_weights(ratio))
            self.layers[ratio], self.notices[ratio] = own_layer(attention, "channel_attention", trained, ratio=ratio)
            self.gates[ratio] = gates_of(self.maps, self.gated(ratio))

    def gated(self, ratio: int) -> np.ndarray:
        """What the layer makes of the maps."""
        return run(self.layers[ratio], self.maps)


def channel_gates(channel_attention: Function | None = None) -> Demo:
    """Feature maps, the gates of the reader's `channel_attention` and the drawing that comes of them.

    Args:
        channel_attention: called as `channel_attention(x, name, ratio=ratio)`; without it, the trained one.
    """
    images, names = some_of_each(2)
    listening = Listening(channel_attention, images)
    shown = {change: say(f"live.gates.{change}") for change in CHANGES}

    @cache
    def drawings(ratio: int, change: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Gates, gated maps and drawings of all garments."""
        gates = CHANGES[change](listening.gates[ratio])
        # Its own output is shown as it is, even if the layer does something else than to multiply channels.
        gated = listening.gated(ratio) if change == "own" else listening.maps * gates[:, None, None]
        return gates, gated, run(listening.back, gated)

    def errors(ratio: int, change: str) -> np.ndarray:
        """Mean squared error of every drawing, times 1,000."""
        return 1_000 * np.mean((drawings(ratio, change)[2] - images) ** 2, axis=(1, 2, 3))

    def cost(ratio: int, change: str) -> float:
        """By what share a change raises the mean error."""
        return errors(ratio, change).mean() / errors(ratio, "own").mean() - 1

    def show(garment: int, ratio: int, change: str) -> Shown:
        gates, gated, drawn = (found[garment] for found in drawings(ratio, change))
        of_each = {which: errors(ratio, which)[garment] for which in CHANGES}
        own, now = of_each["own"], of_each[change]
        picture.update(
            images[garment, ..., 0],
            drawn[..., 0],
            listening.maps[garment],
            gated,
            gates,
            listening.gates[ratio][garment],
            (own, now, max(of_each.values())),
        )
        values = {"garment": names[garment], "gates": shown[change], "error": now, "own": own}
        values |= {"count": len(images), "cost": cost(ratio, change)}
        numbers = ", ".join(f"{channel}: {gate:.2f}" for channel, gate in enumerate(gates))
        finding = say(f"live.channel_gates.{'own' if change == 'own' else 'changed'}", **values)
        return Shown(finding, say("live.channel_gates.alt", **values, numbers=numbers))

    def least() -> str:
        return min(list(CHANGES)[1:], key=lambda change: cost(controls["ratio"].value, change))

    def why() -> str:
        ratio = controls["ratio"].value
        costs = {shown[change]: cost(ratio, change) for change in list(CHANGES)[1:]}
        listed = ", ".join(f"{name} {value:+.0%}" for name, value in sorted(costs.items(), key=lambda item: item[1]))
        return say("live.channel_gates.why", costs=listed)

    picture = GatedMaps(listening.maps.shape[-1])
    controls = {
        "garment": choices("garment", {name: place for place, name in enumerate(names)}, names.index("Ankle boot 1")),
        "ratio": steps("ratio", RATIOS, RATIO),
        "change": choices("gates", {name: change for change, name in shown.items()}, "own"),
    }
    options = {name: change for change, name in shown.items() if change != "own"}
    question = choose(say("live.channel_gates.question", count=len(images)), options, least, why)
    return Demo(picture.figure, show, controls, question, lambda: listening.notices[controls["ratio"].value])


def gates_by_class(channel_attention: Function | None = None) -> Demo:
    """The mean gates of every class, from the reader's `channel_attention`.

    Args:
        channel_attention: called as `channel_attention(x, name, ratio=ratio)`; without it, the trained one.
    """
    images, labels = (found[:COUNTED] for found in test_images())
    listening = Listening(channel_attention, scaled(images))
    picture = GatesByClass(CLASS_NAMES, listening.maps.shape[-1])

    @cache
    def means(ratio: int) -> np.ndarray:
        """Mean gates of each class, (classes, channels)."""
        gates = listening.gates[ratio]
        return np.stack([gates[labels == label].mean(axis=0) for label in range(len(CLASS_NAMES))])

    def distances(ratio: int) -> np.ndarray:
        """How far the mean gates of each class lie from those of all classes, on average over the channels."""
        return np.abs(means(ratio) - means(ratio).mean(axis=0)).mean(axis=1)

    def show(label: int, ratio: int) -> Shown:
        picture.update(means(ratio), label)
        values = {"name": CLASS_NAMES[label], "distance": distances(ratio)[label], "count": len(images)}
        values |= {"low": means(ratio).min(), "high": means(ratio).max(), "ratio": ratio}
        numbers = ", ".join(f"{channel}: {gate:.2f}" for channel, gate in enumerate(means(ratio)[label]))
        return Shown(
            say("live.gates_by_class.finding", **values), say("live.gates_by_class.alt", **values, numbers=numbers)
        )

    def farthest() -> int:
        return int(distances(controls["ratio"].value).argmax())

    def why() -> str:
        found = distances(controls["ratio"].value)
        values = {"name": CLASS_NAMES[found.argmax()], "distance": found.max(), "others": np.median(found)}
        return say("live.gates_by_class.why", **values)

    controls = {
        "label": steps("class", [(name, label) for label, name in enumerate(CLASS_NAMES)], CLASS_NAMES.index("Bag")),
        "ratio": steps("ratio", RATIOS, RATIO),
    }
    options = {name: label for label, name in enumerate(CLASS_NAMES)}
    question = choose(say("live.gates_by_class.question"), options, farthest, why)
    return Demo(picture.figure, show, controls, question, lambda: listening.notices[controls["ratio"].value])
