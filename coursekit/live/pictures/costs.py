"""Lesson 12: what attention costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10

import numpy as np
from matplotlib.ticker import NullLocator

from coursekit.live.pictures.parts import axes_at
from coursekit.plots.style import INK, MUTED, PALE, PALETTE, sheet
from curriculum.messages import network_name, say

STYLES = {"--": "– –", ":": "· · ·"}  # of lines, and what stands for them in a label
FEWEST = 1  # where the axis begins: a layer with nothing to count has no bar


@dataclass(frozen=True)
class CostsState:
    """What the figure shows.

    Attributes:
        costs: layer -> its cost; a layer that is missing has no bar.
        what: the map that they are counted on.
        number: what is counted.
        budgets: whose -> at most so many; two of them or none.
    """

    costs: dict[str, int]
    what: str
    number: str
    budgets: dict[str, int]


class CostsFigure:
    """A bar for each layer on a logarithmic axis, and lines where budgets end.

    Args:
        layers: their names; the first is what the others are compared with, the last is the reader's.
    """

    def __init__(self, layers: Sequence[str]) -> None:
        self.layers = layers
        with sheet("", 3.3, "none") as self.figure:
            self.axes = axes_at(self.figure, 2.0, 0.75, 5.9, 2.0)
            self.bars = self.axes.barh(
                list(map(network_name, layers)), np.zeros(len(layers)), 0.7, left=FEWEST, color=PALETTE[0]
            )
            self.bars[0].set(facecolor=PALE, edgecolor="white", hatch="////")
            self.bars[-1].set_color(PALETTE[1])
            self.texts = [self.axes.text(FEWEST, row, "", va="center") for row in range(len(layers))]
            for text in self.texts:
                text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1})
            self.axes.get_yticklabels()[-1].set_fontweight("bold")
            self.axes.set(xscale="log")
            self.axes.xaxis.set_minor_locator(NullLocator())
            self.axes.tick_params(axis="y", length=0)
            self.axes.grid(axis="x")
            self.axes.invert_yaxis()
            self.what = self.axes.set_title("", loc="left", y=1.2)
            # The labels stand at two heights, for the lines may be close to each other.
            self.lines = [self.axes.axvline(FEWEST, color=INK, linestyle=style) for style in STYLES]
            above = {"transform": self.axes.get_xaxis_transform(), "ha": "center", "fontsize": 9, "color": MUTED}
            self.labels = [self.axes.text(FEWEST, height, "", **above) for height in (1.02, 1.11)]

    def update(self, state: CostsState) -> None:
        """Show another state."""
        for name, bar, text in zip(self.layers, self.bars, self.texts, strict=True):
            count = state.costs.get(name, 0)
            end = max(count, FEWEST)
            bar.set_width(end - FEWEST)
            text.set_x(1.1 * end)
            text.set_text(f"{count:,}" if name in state.costs else "–")
        most = max(*state.costs.values(), *state.budgets.values())
        self.axes.set_xlim(FEWEST, 10 ** ceil(log10(most) + 0.1))
        self.axes.set_xlabel(say("picture.log_scale", number=state.number))
        self.what.set_text(state.what)
        self._update_budgets(state.budgets)

    def _update_budgets(self, budgets: dict[str, int]) -> None:
        for line, label in zip(self.lines, self.labels, strict=True):
            line.set_visible(bool(budgets))
            label.set_visible(bool(budgets))
        for line, label, mark, (whose, count) in zip(
            self.lines, self.labels, STYLES.values(), budgets.items(), strict=False
        ):
            line.set_xdata([count, count])
            label.set_x(count)
            label.set_text(say("picture.at_most", mark=mark, whose=whose, count=count))
