"""The demos of lesson 3: what channel attention lets through."""

from collections.abc import Callable
from functools import cache

import numpy as np

from coursekit import weights
from coursekit.data import CLASS_NAMES
from coursekit.live.demo import Demo, Shown, choices, garment_choice, steps
from coursekit.live.garments import scaled, some_of_each, test_images
from coursekit.live.layer import Function, channel_gates_of, own_layer, run
from coursekit.live.networks import RATIOS, listening_weights, split_autoencoder
from coursekit.live.pictures.channel_attention import (
    GatedMapsFigure,
    GatedMapsState,
    GatesByClassFigure,
    GatesByClassState,
)
from coursekit.live.question import Question, choose
from curriculum.messages import say

RATIO = 8  # the tutorial's
COUNTED = 1_000  # test images whose gates are averaged
OWN = "own"
CHANGES: dict[str, Callable[[np.ndarray], np.ndarray]] = {  # what is done to the gates of all garments, (batch, 16)
    OWN: lambda gates: gates,
    "equal": lambda gates: np.full_like(gates, gates.mean()),
    "inverted": lambda gates: 1 - gates,
    "shuffled": lambda gates: gates[:, np.random.default_rng(0).permutation(gates.shape[1])],
    "swapped": lambda gates: np.roll(gates, 1, axis=0),  # the next garment is of another class
}
OTHERS = [change for change in CHANGES if change != OWN]


class AttendedAutoencoder:
    """The reader's channel attention in the place of the trained autoencoder's last one, for every ratio.

    Args:
        attention: as in `channel_gates`.
        images: (batch, 28, 28, 1).

    Attributes:
        maps: what reaches it, (batch, 14, 14, 16), above 0: no gate could be read from a map that is 0 everywhere.
        back: from gated maps to drawings.
        gates: ratio -> what it multiplies each channel by, (batch, 16), read from what it gets and what it gives.
        notices: ratio -> whose layer is at work.
    """

    def __init__(self, attention: Function | None, images: np.ndarray) -> None:
        front, self.back = split_autoencoder()
        self.maps = run(front, images) + np.float32(1e-6)
        self._layers, self.gates, self.notices = {}, {}, {}
        for ratio in RATIOS:
            trained = weights.load(listening_weights(ratio))
            self._layers[ratio], self.notices[ratio] = own_layer(attention, "channel_attention", trained, ratio=ratio)
            self.gates[ratio] = channel_gates_of(self.maps, self.gated(ratio))

    def gated(self, ratio: int) -> np.ndarray:
        """What the layer makes of the maps."""
        return run(self._layers[ratio], self.maps)


class ChannelGates:
    """What `channel_gates` shows."""

    def __init__(self, attention: Function | None) -> None:
        self.images, self.names = some_of_each(2)
        self.network = AttendedAutoencoder(attention, self.images)
        self.drawings = cache(self._drawings)
        self.picture = GatedMapsFigure(self.network.maps.shape[-1])
        self.changes = {change: say(f"live.gates.{change}") for change in CHANGES}
        self.controls = {
            "garment": garment_choice(self.names, "Ankle boot 1"),
            "ratio": steps("ratio", RATIOS, RATIO),
            "change": choices("gates", {name: change for change, name in self.changes.items()}, OWN),
        }

    def _drawings(self, ratio: int, change: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Gates, gated maps and drawings of all garments."""
        gates = CHANGES[change](self.network.gates[ratio])
        # Its own output is shown as it is, even if the layer does something else than to multiply channels.
        gated = self.network.gated(ratio) if change == OWN else self.network.maps * gates[:, None, None]
        return gates, gated, run(self.network.back, gated)

    def _errors(self, ratio: int, change: str) -> np.ndarray:
        """Mean squared error of every drawing, times 1,000."""
        return 1_000 * np.mean((self.drawings(ratio, change)[2] - self.images) ** 2, axis=(1, 2, 3))

    def _cost(self, ratio: int, change: str) -> float:
        """By what share a change raises the mean error."""
        return self._errors(ratio, change).mean() / self._errors(ratio, OWN).mean() - 1

    def notice(self) -> str:
        """Whose layer is at work at the chosen ratio."""
        return self.network.notices[self.controls["ratio"].value]

    def show(self, garment: int, ratio: int, change: str) -> Shown:
        """Show a garment with its gates changed in one of CHANGES."""
        state = self._state(garment, ratio, change)
        self.picture.update(state)
        own, error = state.errors
        values = {"garment": self.names[garment], "gates": self.changes[change], "error": error, "own": own}
        values |= {"count": len(self.images), "cost": self._cost(ratio, change)}
        numbers = ", ".join(f"{channel}: {gate:.2f}" for channel, gate in enumerate(state.gates))
        finding = say(f"live.channel_gates.{'own' if change == OWN else 'changed'}", **values)
        return Shown(finding, say("live.channel_gates.alt", **values, numbers=numbers))

    def _state(self, garment: int, ratio: int, change: str) -> GatedMapsState:
        gates, gated, drawn = (found[garment] for found in self.drawings(ratio, change))
        errors = {which: self._errors(ratio, which)[garment] for which in CHANGES}
        return GatedMapsState(
            image=self.images[garment, ..., 0],
            drawing=drawn[..., 0],
            maps=self.network.maps[garment],
            gated=gated,
            gates=gates,
            own_gates=self.network.gates[ratio][garment],
            errors=(errors[OWN], errors[change]),
            largest_error=max(errors.values()),
        )

    def question(self) -> Question:
        """Which change raises the mean error least."""
        options = {self.changes[change]: change for change in OTHERS}
        text = say("live.channel_gates.question", count=len(self.images))
        return choose(text, options, self.cheapest_change, self.why)

    def cheapest_change(self) -> str:
        """The change that raises the mean error least, at the chosen ratio."""
        return min(OTHERS, key=lambda change: self._cost(self.controls["ratio"].value, change))

    def why(self) -> str:
        """What the answer rests on, in the reader's language."""
        costs = {self.changes[change]: self._cost(self.controls["ratio"].value, change) for change in OTHERS}
        listed = ", ".join(f"{name} {value:+.0%}" for name, value in sorted(costs.items(), key=lambda item: item[1]))
        return say("live.channel_gates.why", costs=listed)


def channel_gates(channel_attention: Function | None = None) -> Demo:
    """Feature maps, the gates of the reader's `channel_attention` and the drawing that comes of them.

    Args:
        channel_attention: called as `channel_attention(x, name, ratio=ratio)`; without it, the trained one.
    """
    return Demo(ChannelGates(channel_attention))


class GatesByClass:
    """What `gates_by_class` shows."""

    def __init__(self, attention: Function | None) -> None:
        images, labels = (found[:COUNTED] for found in test_images())
        network = AttendedAutoencoder(attention, scaled(images))
        self.notices, self.count = network.notices, len(images)
        # Ratio -> mean gates of each class, (classes, channels).
        self.means = {
            ratio: np.stack([gates[labels == label].mean(axis=0) for label in range(len(CLASS_NAMES))])
            for ratio, gates in network.gates.items()
        }
        self.picture = GatesByClassFigure(CLASS_NAMES, network.maps.shape[-1])
        classes = [(name, label) for label, name in enumerate(CLASS_NAMES)]
        self.controls = {
            "label": steps("class", classes, CLASS_NAMES.index("Bag")),
            "ratio": steps("ratio", RATIOS, RATIO),
        }

    def _distances(self, ratio: int) -> np.ndarray:
        """How far the mean gates of each class lie from those of all classes, on average over the channels."""
        means = self.means[ratio]
        return np.abs(means - means.mean(axis=0)).mean(axis=1)

    def notice(self) -> str:
        """Whose layer is at work at the chosen ratio."""
        return self.notices[self.controls["ratio"].value]

    def show(self, label: int, ratio: int) -> Shown:
        """Show the mean gates of every class, and how those of one class differ."""
        means = self.means[ratio]
        self.picture.update(GatesByClassState(means, label))
        values = {"name": CLASS_NAMES[label], "distance": self._distances(ratio)[label], "count": self.count}
        values |= {"low": means.min(), "high": means.max(), "ratio": ratio}
        numbers = ", ".join(f"{channel}: {gate:.2f}" for channel, gate in enumerate(means[label]))
        return Shown(
            say("live.gates_by_class.finding", **values), say("live.gates_by_class.alt", **values, numbers=numbers)
        )

    def question(self) -> Question:
        """The gates of which class lie farthest from those of all classes."""
        options = {name: label for label, name in enumerate(CLASS_NAMES)}
        return choose(say("live.gates_by_class.question"), options, self.farthest, self.why)

    def farthest(self) -> int:
        """The class whose mean gates lie farthest from those of all classes, at the chosen ratio."""
        return int(self._distances(self.controls["ratio"].value).argmax())

    def why(self) -> str:
        """What the answer rests on, in the reader's language."""
        found = self._distances(self.controls["ratio"].value)
        values = {"name": CLASS_NAMES[found.argmax()], "distance": found.max(), "others": np.median(found)}
        return say("live.gates_by_class.why", **values)


def gates_by_class(channel_attention: Function | None = None) -> Demo:
    """The mean gates of every class, from the reader's `channel_attention`.

    Args:
        channel_attention: called as `channel_attention(x, name, ratio=ratio)`; without it, the trained one.
    """
    return Demo(GatesByClass(channel_attention))
