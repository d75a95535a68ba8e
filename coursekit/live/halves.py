"""The demo of lesson 6: CBAM's two halves, in any order, each of them on or off."""

from functools import cache

import numpy as np

from coursekit.data import CLASS_NAMES
from coursekit.live.demo import Demo, Shown, choices
from coursekit.live.garments import scaled, some_of_each, test_images
from coursekit.live.layer import Function, nameless, own_layer, run
from coursekit.live.networks import POCKET_RATIO, split_cbam
from coursekit.live.pictures.halves import Halves
from coursekit.live.question import choose
from curriculum.messages import say

COUNTED = 500  # test images whose answers are counted
ORDERS = ("which_first", "where_first", "side_by_side")
ON = {"both": (True, True), "which": (True, False), "where": (False, True), "neither": (False, False)}
CHANGES = {  # what the question offers: its order, and which halves are on
    "where_first": ("where_first", "both"),
    "side_by_side": ("side_by_side", "both"),
    "without_which": ("which_first", "where"),
    "without_where": ("which_first", "which"),
}


class Cut:
    """The trained network with the reader's two halves in it.

    Attributes:
        notice: whose halves are at work.
        means: the mean gate of the channel half and of the spatial half, in the order they were trained in.
    """

    def __init__(self, channel: Function | None, spatial: Function | None, images: np.ndarray) -> None:
        self.front, which, where, self.back = split_cbam()
        self.which, of_which = own_layer(nameless(channel), "cbam_channel_attention", which, ratio=POCKET_RATIO)
        self.where, of_where = own_layer(nameless(spatial), "cbam_spatial_attention", where)
        self.notice = f"{of_which} {of_where}"
        maps = self.maps(images)
        refined = run(self.which, maps)
        self.means = channel_gates(maps, refined).mean(), spatial_gates(refined, run(self.where, refined)).mean()

    def maps(self, images: np.ndarray) -> np.ndarray:
        """What reaches CBAM, (batch, 14, 14, 16)."""
        return run(self.front, images) + np.float32(1e-6)  # a gate on nothing could not be read

    def attend(self, maps: np.ndarray, order: str, on: str) -> tuple[np.ndarray, ...]:
        """What the channel half reads and gives, the same of the spatial half, and the result; each shaped as `maps`.

        A half that is off multiplies everything by its mean gate: with gates of 1 the network behind it would get other
        sizes, and answer worse for that reason alone.
        """
        halves = (self.which, self.where)
        which, where = (
            (lambda x, half=half: run(half, x)) if is_on else (lambda x, mean=mean: x * mean)
            for half, is_on, mean in zip(halves, ON[on], self.means, strict=True)
        )
        if order == "where_first":
            there = where(maps)
            result = which(there)
            return there, result, maps, there, result
        chosen = which(maps)
        if order == "which_first":
            result = where(chosen)
            return maps, chosen, chosen, result, result
        there = where(maps)
        return maps, chosen, maps, there, (chosen + there) / 2


def channel_gates(maps: np.ndarray, gated: np.ndarray) -> np.ndarray:
    """What each channel has been multiplied by, (batch, channels)."""
    return (maps * gated).sum(axis=(1, 2)) / ((maps**2).sum(axis=(1, 2)) + 1e-9)


def spatial_gates(maps: np.ndarray, gated: np.ndarray) -> np.ndarray:
    """What each position has been multiplied by, (batch, height, width)."""
    return (maps * gated).sum(axis=-1) / ((maps**2).sum(axis=-1) + 1e-9)


def which_then_where(
    cbam_channel_attention: Function | None = None, cbam_spatial_attention: Function | None = None
) -> Demo:
    """What the reader's two halves of CBAM read and give in a trained network, in any order, each of them on or off.

    Args:
        cbam_channel_attention: called as `cbam_channel_attention(inputs, ratio=ratio)`; without it, the trained one.
        cbam_spatial_attention: called as `cbam_spatial_attention(inputs)`; without it, the trained one.
    """
    images, names = some_of_each(1)
    counted, labels = (found[:COUNTED] for found in test_images())
    cut = Cut(cbam_channel_attention, cbam_spatial_attention, scaled(counted))
    maps, counted_maps = cut.maps(images), cut.maps(scaled(counted))
    picture = Halves(maps.shape[-1], CLASS_NAMES)

    @cache
    def states(order: str, on: str) -> tuple[np.ndarray, ...]:
        """Of all garments: what `Cut.attend` gives, and the probabilities, (garments, classes)."""
        found = cut.attend(maps, order, on)
        return *found[:-1], run(cut.back, found[-1])

    @cache
    def accuracy(order: str, on: str) -> float:
        """Of the whole network on the counted test images."""
        *_, result = cut.attend(counted_maps, order, on)
        return float(np.mean(run(cut.back, result).argmax(axis=1) == labels))

    def show(garment: int, order: str, on: str) -> Shown:
        *halves, all_probabilities = states(order, on)
        read, given, seen, left = (found[[garment]] for found in halves)
        probabilities = all_probabilities[garment]
        of_channels, of_places = channel_gates(read, given)[0], spatial_gates(seen, left)[0]
        picture.update(
            images[garment, ..., 0],
            (read[0], given[0], of_channels),
            (seen[0], of_places),
            _titles(order, on),
            probabilities,
            garment,
        )
        values = {"garment": names[garment], "seen": CLASS_NAMES[int(probabilities.argmax())]}
        values |= {"share": probabilities.max(), "own": probabilities[garment], "count": len(counted)}
        values |= {"accuracy": accuracy(order, on), "trained": accuracy("which_first", "both")}
        values |= {"order": say(f"live.halves.{order}"), "on": say(f"live.halves.{on}")}
        values |= {"low": of_places.min(), "high": of_places.max()}
        numbers = ", ".join(f"{channel}: {gate:.2f}" for channel, gate in enumerate(of_channels))
        finding = "trained" if (order, on) == ("which_first", "both") else "changed"
        return Shown(
            say(f"live.which_then_where.{finding}", **values),
            say("live.which_then_where.alt", **values, numbers=numbers),
        )

    def least() -> str:
        return max(CHANGES, key=lambda change: accuracy(*CHANGES[change]))

    def why() -> str:
        found = {say(f"live.which_then_where.{change}"): accuracy(*state) for change, state in CHANGES.items()}
        listed = ", ".join(f"{name} {value:.0%}" for name, value in found.items())
        return say("live.which_then_where.why", trained=accuracy("which_first", "both"), accuracies=listed)

    controls = {
        "garment": choices("garment", {name: place for place, name in enumerate(names)}, names.index("Sneaker")),
        "order": choices("order", {say(f"live.halves.{order}"): order for order in ORDERS}, "which_first"),
        "on": choices("halves", {say(f"live.halves.{on}"): on for on in ON}, "both"),
    }
    options = {say(f"live.which_then_where.{change}"): change for change in CHANGES}
    question = choose(say("live.which_then_where.question", count=len(counted)), options, least, why)
    return Demo(picture.figure, show, controls, question, lambda: cut.notice)


def _titles(order: str, on: str) -> tuple[str, str]:
    """What stands above the two halves of the picture."""
    turns = {
        "which_first": ("First: which channels? Reads F", "Then: where? Reads F′, what the first half gives"),
        "where_first": ("Then: which channels? Reads F′, what the spatial half gives", "First: where? Reads F"),
        "side_by_side": ("At once: which channels? Reads F", "At once: where? Reads F"),
    }
    which, where = (
        title if is_on else f"{title} (off: all gates equal)" for title, is_on in zip(turns[order], ON[on], strict=True)
    )
    return which, where
