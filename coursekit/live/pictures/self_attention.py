"""Lesson 10: what one position of a map depends on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from coursekit.live.pictures.parts import GREY, axes_at
from coursekit.plots.style import LINE_STYLES, MUTED, PALE, PALETTE, sheet, show_image
from curriculum.messages import say

LineStyle = str | tuple[int, tuple[int, ...]]  # a name, or an offset and the lengths of dashes and gaps
KINDS = ("convolution", "soft_mask", "self_attention")


@dataclass(frozen=True)
class ReceptiveFieldsState:
    """What the figure shows of one position.

    Attributes:
        image: (28, 28).
        here: row and column of the position that looks.
        maps: what it depends on, by convolution, mask and self-attention, (side, side); drawn up to their maxima.
        shares: of each of these and of an even look, what comes from each distance from 0 on, (side,).
    """

    image: np.ndarray
    here: tuple[int, int]
    maps: Sequence[np.ndarray]
    shares: Sequence[np.ndarray]


class ReceptiveFieldsFigure:
    """An image with the position that looks; what it depends on, in three ways; below, the shares by distance.

    Args:
        side: height and width of the maps.
    """

    def __init__(self, side: int) -> None:
        self.step = 28 / side
        with sheet("", 4.55, "none") as self.figure:
            self._draw_maps(side)
            self._draw_lines(side)

    def _draw_maps(self, side: int) -> None:
        across, grid = 1.9, (-0.5, 27.5, 27.5, -0.5)  # inches; where a map lies over the image
        axes = [axes_at(self.figure, 0.1 + (across + 0.11) * place, 0.3, across, across) for place in range(4)]
        self.image = show_image(axes[0], np.zeros((28, 28)), **GREY)
        self.maps = [
            show_image(ax, np.zeros((side, side)), cmap="viridis", vmin=0, vmax=1, extent=grid) for ax in axes[1:]
        ]
        for ax, title in zip(axes, ("who_looks", *KINDS), strict=True):
            ax.set_title(say(f"picture.{title}"))
        # Dark and light dashes in turn: seen on every ground.
        self.here = _frames(axes, self.step, (("black", "-"), ("white", (0, (2, 2)))))
        self.near = _frames(axes, 3 * self.step, (("white", (0, (4, 4))),))
        self.centres = [ax.plot([0], [0], "x", color=PALETTE[1], markersize=7)[0] for ax in axes]
        axes[0].set_xlabel(say("picture.cross"), fontsize=8, color=MUTED)
        scale = self.figure.colorbar(self.maps[0], cax=axes_at(self.figure, 8.2, 0.3, 0.1, across))
        scale.set_label(say("picture.influence"))

    def _draw_lines(self, side: int) -> None:
        ax = axes_at(self.figure, 0.95, 2.85, 5.2, 1.2)
        distances = range(1, side)
        looks = zip((*KINDS, "even"), (*PALETTE[1:3], PALETTE[0], PALE), "s^oD", LINE_STYLES, strict=True)
        self.lines = [
            ax.plot(distances, np.zeros(side - 1), style, color=colour, marker=marker, label=say(f"picture.{name}"))[0]
            for name, colour, marker, style in looks
        ]
        ax.set(xlim=(0.8, side - 0.8), ylim=(-0.03, 1.05), xticks=distances)
        ax.set(xlabel=say("picture.distance"), ylabel=say("picture.influence_share"))
        ax.yaxis.set_major_formatter("{x:.0%}")
        ax.grid(axis="y")
        ax.legend(loc="upper left", bbox_to_anchor=(1.05, 1.1), frameon=False)

    def update(self, state: ReceptiveFieldsState) -> None:
        """Show another state."""
        self.image.set_data(state.image)
        top, left = (self.step * place - 0.5 for place in state.here)
        for frame in self.here:
            frame.set_xy((left, top))
        for frame in self.near:
            frame.set_xy((left - self.step, top - self.step))
        for cross in self.centres:
            cross.set_data([left + self.step / 2], [top + self.step / 2])
        for picture, seen, share in zip(self.maps, state.maps, state.shares, strict=False):
            picture.set_data(seen / max(seen.max(), 1e-9))
            picture.axes.set_xlabel(say("picture.beyond", share=share[2:].sum()), fontsize=8, color=MUTED)
        for line, share in zip(self.lines, state.shares, strict=True):
            line.set_ydata(share[1:])


def _frames(axes: Sequence[Axes], size: float, looks: Sequence[tuple[str, LineStyle]]) -> list[Rectangle]:
    """Square frames of one size in all axes, for each look (colour, line style) one."""
    return [
        ax.add_patch(Rectangle((0, 0), size, size, fill=False, edgecolor=colour, linestyle=style))
        for ax in axes
        for colour, style in looks
    ]
