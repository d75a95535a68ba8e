"""Draws that the cases of several exercises share: what varies when an answer is graded (`Case.fresh`)."""

from random import Random
from typing import Any


def divisible(draw: Random, *, ratio: int = 0, units: tuple[int, int] = (3, 6), default: int = 0) -> dict[str, Any]:
    """Channels that the ratio divides. The ratio is drawn too, unless it is given: then it is the default.

    Of a ratio that is drawn, the `default` in its place gives other units: who ignores it has to show.
    """
    return _bottleneck(draw, ratio, units, default, lambda ratio: 0)


def not_divisible(draw: Random, ratio: int, units: tuple[int, int]) -> int:
    """Channels that the ratio does not divide: rounding to the nearest integer or up would give one unit more."""
    return ratio * draw.randint(*units) + draw.randint(ratio // 2 + 1, ratio - 1)


def rounded_down(draw: Random, *, ratio: int = 0, units: tuple[int, int] = (1, 3), default: int = 0) -> dict[str, Any]:
    """Channels that are `not_divisible` by the ratio. The rest is as in `divisible`."""
    return _bottleneck(draw, ratio, units, default, lambda ratio: draw.randint(ratio // 2 + 1, ratio - 1))


def at_least_one(draw: Random) -> dict[str, Any]:
    """Fewer channels than the ratio."""
    channels = draw.randint(3, 12)
    return {"channels": channels, "ratio": channels + draw.randint(2, 9)}


def _bottleneck(draw: Random, ratio: int, units: tuple[int, int], default: int, rest: Any) -> dict[str, Any]:
    while True:
        used = ratio or draw.randint(3, 9)
        channels = used * draw.randint(*units) + rest(used)
        if not default or channels // used != max(1, channels // default):
            return {"channels": channels} if ratio else {"channels": channels, "ratio": used}


def distinct(draw: Random, count: int, lowest: int = 3, highest: int = 12) -> tuple[int, ...]:
    """Different numbers, in any order: channels of the stages of a network."""
    return tuple(draw.sample(range(lowest, highest + 1), count))


def image(draw: Random, lowest: int, highest: int, channels: int, *, step: int = 1) -> tuple[int, int, int]:
    """The shape of an image: its height and width are multiples of `step`, from `lowest` to `highest` times it."""
    return step * draw.randint(lowest, highest), step * draw.randint(lowest, highest), channels
