"""Lesson 9: a trunk, its mask, and what several of them make of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coursekit.live.pictures.parts import GREY, axes_at
from coursekit.plots.style import DIVERGING, INK, LINE_STYLES, MUTED, PALETTE, sheet, show_image
from curriculum.messages import say

RULES = ("naive", "residual")
TITLES = ("image", "trunk", "mask", "after_modules")


@dataclass(frozen=True)
class MaskedTrunkState:
    """What the figure shows of one channel.

    Attributes:
        image: (28, 28).
        trunk: the channel's features, (side, side).
        mask: the channel's gates, (side, side).
        result: the features after the chosen number of modules, (side, side); drawn on the trunk's scale.
        left: of each of RULES, the channel's strength after 0, 1, … modules as a share of the first, (modules + 1,).
        modules: the chosen number.
    """

    image: np.ndarray
    trunk: np.ndarray
    mask: np.ndarray
    result: np.ndarray
    left: Sequence[np.ndarray]
    modules: int


class MaskedTrunkFigure:
    """An image, one channel of the trunk, its mask, and the trunk after several masks; below, what is left by module.

    Args:
        side: height and width of the maps.
        modules: how many at most.
    """

    def __init__(self, side: int, modules: int) -> None:
        with sheet("", 4.6, "none") as self.figure:
            self._draw_maps(side)
            self._draw_lines(modules)

    def _draw_maps(self, side: int) -> None:
        across, blank = 1.9, np.zeros((side, side))
        axes = [axes_at(self.figure, 0.1 + (across + 0.35) * place, 0.3, across, across) for place in range(4)]
        self.image = show_image(axes[0], np.zeros((28, 28)), **GREY)
        self.trunk, self.result = (show_image(axes[place], blank, cmap=DIVERGING) for place in (1, 3))
        self.mask = show_image(axes[2], blank, cmap="plasma", vmin=0, vmax=1)
        for ax, title in zip(axes, TITLES, strict=True):
            ax.set_title(say(f"picture.{title}"))
        for place, picture in enumerate((self.trunk, self.mask, self.result), 1):
            under = axes_at(self.figure, 0.25 + (across + 0.35) * place, 2.28, across - 0.3, 0.08)
            self.figure.colorbar(picture, cax=under, orientation="horizontal")

    def _draw_lines(self, modules: int) -> None:
        ax = axes_at(self.figure, 1.15, 2.95, 5.0, 1.15)  # letters of any language fit left of it
        counts = range(modules + 1)
        self.lines = [
            ax.plot(counts, np.ones(modules + 1), style, color=colour, marker=marker, label=say(f"picture.{rule}"))[0]
            for rule, colour, marker, style in zip(RULES, PALETTE, "so", LINE_STYLES, strict=False)
        ]
        ax.axhline(1, color=MUTED, linewidth=0.8)
        self.chosen = ax.axvline(0, color=INK, linestyle=":")
        ax.set(yscale="log", ylim=(1e-5, 1000), xticks=counts, xlabel=say("picture.modules"))
        ax.set_ylabel(say("picture.strength"))
        ax.set_yticks([1e-4, 1e-2, 1, 100], ["0.01%", "1%", "100%", "10,000%"])
        ax.minorticks_off()
        ax.legend(loc="upper left", bbox_to_anchor=(1.05, 1.1), frameon=False)

    def update(self, state: MaskedTrunkState) -> None:
        """Show another state."""
        self.image.set_data(state.image)
        self.mask.set_data(state.mask)
        largest = max(np.abs(state.trunk).max(), 1e-6)
        for picture, shown in ((self.trunk, state.trunk), (self.result, state.result)):
            picture.set_data(shown)
            picture.set_clim(-largest, largest)
        for line, left in zip(self.lines, state.left, strict=True):
            line.set_ydata(np.maximum(left, 1e-6))
        self.chosen.set_xdata([state.modules, state.modules])
