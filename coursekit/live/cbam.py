"""The demo of lesson 6: CBAM's channel and spatial attention, in any order, each of them on or off."""

from functools import cache

import numpy as np

from coursekit.data import CLASS_NAMES
from coursekit.live.demo import Demo, Shown, choices, garment_choice
from coursekit.live.garments import scaled, some_of_each, test_images
from coursekit.live.layer import Function, channel_gates_of, nameless, own_layer, run, spatial_gates_of
from coursekit.live.networks import POCKET_RATIO, split_cbam
from coursekit.live.pictures.cbam import ArrangementFigure, ArrangementState
from coursekit.live.pictures.parts import Answer
from coursekit.live.question import Question, choose
from curriculum.messages import say

COUNTED = 500  # test images whose answers are counted
ORDERS = ("channel_first", "spatial_first", "parallel")
# Which of channel and spatial attention are on.
ON = {"both": (True, True), "channel": (True, False), "spatial": (False, True), "neither": (False, False)}
TRAINED = ("channel_first", "both")
CHANGES = {  # what the question offers: its order, and what is on
    "spatial_first": ("spatial_first", "both"),
    "parallel": ("parallel", "both"),
    "without_channel": ("channel_first", "spatial"),
    "without_spatial": ("channel_first", "channel"),
}


class SplitNetwork:
    """The trained network with the reader's channel and spatial attention in it.

    Args:
        channel, spatial: as in `cbam_arrangement`.
        images: that the mean gates are taken over, (batch, 28, 28, 1).

    Attributes:
        back: from what CBAM gives to probabilities.
        notice: whose attention is at work.
        means: the mean channel gate and the mean spatial gate, in the order they were trained in.
    """

    def __init__(self, channel: Function | None, spatial: Function | None, images: np.ndarray) -> None:
        self._front, channel_part, spatial_part, self.back = split_cbam()
        self._channel, of_channel = own_layer(
            nameless(channel), "cbam_channel_attention", channel_part, ratio=POCKET_RATIO
        )
        self._spatial, of_spatial = own_layer(nameless(spatial), "cbam_spatial_attention", spatial_part)
        self.notice = f"{of_channel} {of_spatial}"
        maps = self.maps(images)
        refined = run(self._channel, maps)
        gates = channel_gates_of(maps, refined), spatial_gates_of(refined, run(self._spatial, refined))
        self.means = gates[0].mean(), gates[1].mean()

    def maps(self, images: np.ndarray) -> np.ndarray:
        """What reaches CBAM, (batch, 14, 14, 16), above 0: no gate could be read from a map that is 0 everywhere."""
        return run(self._front, images) + np.float32(1e-6)

    def attend(self, maps: np.ndarray, order: str, on: str) -> tuple[np.ndarray, ...]:
        """What channel attention reads and gives, the same of spatial attention, and the result; each like `maps`.

        Attention that is off multiplies everything by its mean gate: with gates of 1 the network behind it would get
        other sizes, and answer worse for that reason alone.
        """
        parts = (self._channel, self._spatial)
        channel, spatial = (
            (lambda x, part=part: run(part, x)) if is_on else (lambda x, mean=mean: x * mean)
            for part, is_on, mean in zip(parts, ON[on], self.means, strict=True)
        )
        if order == "spatial_first":
            focused = spatial(maps)
            result = channel(focused)
            return focused, result, maps, focused, result
        refined = channel(maps)
        if order == "channel_first":
            result = spatial(refined)
            return maps, refined, refined, result, result
        focused = spatial(maps)
        return maps, refined, maps, focused, (refined + focused) / 2


class CbamArrangement:
    """What `cbam_arrangement` shows."""

    def __init__(self, channel: Function | None, spatial: Function | None) -> None:
        self.images, self.names = some_of_each(1)
        counted, self.labels = (found[:COUNTED] for found in test_images())
        self.network = SplitNetwork(channel, spatial, scaled(counted))
        self.maps, self.counted_maps = self.network.maps(self.images), self.network.maps(scaled(counted))
        self.attended, self.accuracy = cache(self._attended), cache(self._accuracy)
        self.picture = ArrangementFigure(self.maps.shape[-1], CLASS_NAMES)
        self.controls = {
            "garment": garment_choice(self.names, "Sneaker"),
            "order": choices(
                "order", {say(f"live.cbam_arrangement.order.{order}"): order for order in ORDERS}, TRAINED[0]
            ),
            "on": choices("halves", {say(f"live.cbam_arrangement.on.{on}"): on for on in ON}, TRAINED[1]),
        }

    def _attended(self, order: str, on: str) -> tuple[np.ndarray, ...]:
        """Of all garments: what `SplitNetwork.attend` gives, and the probabilities, (garments, classes)."""
        found = self.network.attend(self.maps, order, on)
        return *found[:-1], run(self.network.back, found[-1])

    def _accuracy(self, order: str, on: str) -> float:
        """Of the whole network on the counted test images."""
        *_, result = self.network.attend(self.counted_maps, order, on)
        return float(np.mean(run(self.network.back, result).argmax(axis=1) == self.labels))

    def notice(self) -> str:
        """Whose channel and spatial attention are at work."""
        return self.network.notice

    def show(self, garment: int, order: str, on: str) -> Shown:
        """Show a garment with channel and spatial attention in one of ORDERS, those of ON at work."""
        state = self._state(garment, order, on)
        self.picture.update(state)
        probabilities = state.answer.probabilities
        seen = probabilities.argmax()
        values = {"garment": self.names[garment], "seen": CLASS_NAMES[int(seen)]}
        values |= {"share": probabilities[seen], "own": probabilities[garment], "count": len(self.labels)}
        values |= {"accuracy": self.accuracy(order, on), "trained": self.accuracy(*TRAINED)}
        values |= {"order": _order(order), "on": _on(on)}
        values |= {"low": state.spatial_gates.min(), "high": state.spatial_gates.max()}
        numbers = ", ".join(f"{channel}: {gate:.2f}" for channel, gate in enumerate(state.channel_gates))
        finding = "trained" if (order, on) == TRAINED else "changed"
        return Shown(
            say(f"live.cbam_arrangement.{finding}", **values),
            say("live.cbam_arrangement.alt", **values, numbers=numbers),
        )

    def _state(self, garment: int, order: str, on: str) -> ArrangementState:
        *maps, probabilities = self.attended(order, on)
        channel_reads, channel_gives, spatial_reads, spatial_gives = (found[[garment]] for found in maps)
        return ArrangementState(
            image=self.images[garment, ..., 0],
            channel_reads=channel_reads[0],
            channel_gives=channel_gives[0],
            channel_gates=channel_gates_of(channel_reads, channel_gives)[0],
            spatial_reads=spatial_reads[0],
            spatial_gates=spatial_gates_of(spatial_reads, spatial_gives)[0],
            titles=_titles(order, on),
            answer=Answer(probabilities[garment], garment),
        )

    def question(self) -> Question:
        """Which of CHANGES costs the fewest right answers."""
        options = {_change(change): change for change in CHANGES}
        text = say("live.cbam_arrangement.question", count=len(self.labels))
        return choose(text, options, self.cheapest_change, self.why)

    def cheapest_change(self) -> str:
        """The change that leaves the most right answers."""
        return max(CHANGES, key=lambda change: self.accuracy(*CHANGES[change]))

    def why(self) -> str:
        """What the answer rests on, in the reader's language."""
        listed = ", ".join(f"{_change(change)} {self.accuracy(*of):.0%}" for change, of in CHANGES.items())
        return say("live.cbam_arrangement.why", trained=self.accuracy(*TRAINED), accuracies=listed)


def _order(order: str) -> str:
    return say(f"live.cbam_arrangement.order.{order}")


def _on(on: str) -> str:
    return say(f"live.cbam_arrangement.on.{on}")


def _change(change: str) -> str:
    return say(f"live.cbam_arrangement.change.{change}")


def _titles(order: str, on: str) -> tuple[str, str]:
    """What stands above channel attention and above spatial attention."""
    titles = (say(f"picture.{order}.{which}") for which in ("channel", "spatial"))
    channel, spatial = (
        title if is_on else say("picture.off", title=title) for title, is_on in zip(titles, ON[on], strict=True)
    )
    return channel, spatial


def cbam_arrangement(
    cbam_channel_attention: Function | None = None, cbam_spatial_attention: Function | None = None
) -> Demo:
    """What the reader's two halves of CBAM read and give in a trained network, in any order, each of them on or off.

    Args:
        cbam_channel_attention: called as `cbam_channel_attention(inputs, ratio=ratio)`; without it, the trained one.
        cbam_spatial_attention: called as `cbam_spatial_attention(inputs)`; without it, the trained one.
    """
    return Demo(CbamArrangement(cbam_channel_attention, cbam_spatial_attention))
