"""The demo of lesson 9: what is left of a feature map after several masks, by M · T and by (1 + M) · T."""

from functools import cached_property

import numpy as np

from coursekit.live.demo import Demo, Shown, choices, garment_choice, slider
from coursekit.live.garments import some_of_each
from coursekit.live.layer import Function, nameless, own_layer, run
from coursekit.live.networks import split_residual_attention
from coursekit.live.pictures.residual_attention import MaskedTrunkFigure, MaskedTrunkState
from coursekit.live.question import Question, choose
from curriculum.messages import say

MODULES = 6  # at most
SHARES = (0.1, 0.3, 0.5, 0.7, 0.9)  # to choose from
FACTORS = {"naive": lambda mask: mask, "residual": lambda mask: 1 + mask}  # what each module multiplies the trunk by


def strengths(trunk: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """The root mean square of a channel after 0, 1, … modules with the same factors, as a share of the first.

    Args:
        trunk: one channel, (height, width).
        factor: of the same shape.

    Returns:
        (MODULES + 1,); all 0 for a channel that is 0 everywhere.
    """
    found = np.array([np.sqrt(np.mean((trunk * factor**modules) ** 2)) for modules in range(MODULES + 1)])
    return found / max(found[0], 1e-9)


class MaskedTrunk:
    """What `masked_trunk` shows."""

    def __init__(self, soft_mask: Function | None) -> None:
        self.images, self.names = some_of_each(1)
        front, trained, trunk = split_residual_attention()
        layer, self._notice = own_layer(nameless(soft_mask), "soft_mask", trained)
        maps = run(front, self.images)
        self.masks, self.trunks = run(layer, maps), run(trunk, maps)
        _, side, _, channels = self.masks.shape
        self.picture = MaskedTrunkFigure(side, MODULES)
        self.controls = {
            "garment": garment_choice(self.names, "Sneaker"),
            "channel": slider("channel", 0, channels - 1, 5),
            "combine": choices("combine", {say(f"picture.{rule}"): rule for rule in FACTORS}, "naive"),
            "modules": slider("modules", 0, MODULES, 2),
        }

    def notice(self) -> str:
        """Whose mask is at work."""
        return self._notice

    def show(self, garment: int, channel: int, combine: str, modules: int) -> Shown:
        """Show one channel of a garment's trunk, its mask, and what so many modules make of it."""
        gates, features = self.masks[garment, ..., channel], self.trunks[garment, ..., channel]
        left = {rule: strengths(features, factor(gates)) for rule, factor in FACTORS.items()}
        result = features * FACTORS[combine](gates) ** modules
        self.picture.update(
            MaskedTrunkState(self.images[garment, ..., 0], features, gates, result, list(left.values()), modules)
        )
        values = {"garment": self.names[garment], "channel": channel, "modules": modules}
        values |= {"low": gates.min(), "high": gates.max(), "rule": say(f"picture.{combine}")}
        values |= {rule: shares[modules] for rule, shares in left.items()}
        largest = {"before": np.abs(features).max(), "after": np.abs(result).max()}
        return Shown(say("live.masked_trunk.finding", **values), say("live.masked_trunk.alt", **values, **largest))

    def question(self) -> Question:
        """Which share of all gates is nearer to shut than to open."""
        options = {say("live.masked_trunk.share", share=share): share for share in SHARES}
        return choose(say("live.masked_trunk.question", count=len(self.images)), options, self.nearest_share, self.why)

    @cached_property
    def below_half(self) -> float:
        """The share of the gates of all garments that are below one half."""
        return float(np.mean(self.masks < 0.5))

    def nearest_share(self) -> float:
        """Of the shares to choose from, the nearest to that of the gates below one half."""
        return min(SHARES, key=lambda share: abs(share - self.below_half))

    def why(self) -> str:
        """What the answer rests on, in the reader's language."""
        low, high = np.quantile(self.masks, (0.1, 0.9))
        return say("live.masked_trunk.why", share=self.below_half, mean=self.masks.mean(), low=low, high=high)


def masked_trunk(soft_mask: Function | None = None) -> Demo:
    """What the reader's `soft_mask` makes of a trunk's features, by M · T and by (1 + M) · T.

    Args:
        soft_mask: called as `soft_mask(x)`; without it, the trained one.
    """
    return Demo(MaskedTrunk(soft_mask))
