"""Lesson 11: what four blocks make of one raised value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from coursekit.live.pictures.parts import axes_at
from coursekit.plots.style import DIVERGING, PALETTE, row_label, sheet, show_image
from curriculum.messages import say

ACROSS, GAP, LEFT, TOP = 1.35, 0.1, 1.3, 0.35  # inches: of a map, between maps, to the first one


@dataclass(frozen=True)
class OneValueState:
    """What the figure shows of one raised value.

    Attributes:
        maps: the channel with the raised value, and another one, (side, side, 2).
        changes: for each block how much the value changes both behind it, (side, side, 2); each of the
            two channels is drawn up to its largest.
        here: row and column of the raised value.
    """

    maps: np.ndarray
    changes: Mapping[str, np.ndarray]
    here: tuple[int, int]


class OneValueFigure:
    """Two channels, the one with the raised value above; beside them what changes in each behind every block.

    Args:
        side: height and width of the maps.
        blocks: their names.
    """

    def __init__(self, side: int, blocks: Sequence[str]) -> None:
        step = ACROSS + GAP
        with sheet("", 3.45, "none") as self.figure:
            axes = [
                [axes_at(self.figure, LEFT + across * step, TOP + down * step, ACROSS, ACROSS) for across in range(5)]
                for down in range(2)
            ]
            empty = np.zeros((side, side))
            self.maps = [show_image(row[0], empty, cmap="gray", vmin=0, vmax=1) for row in axes]
            self.changes = {
                name: [show_image(row[1 + at], empty, cmap=DIVERGING, vmin=-1, vmax=1) for row in axes]
                for at, name in enumerate(blocks)
            }
            for ax, name in zip(axes[0], ("before_the_blocks", *blocks), strict=True):
                ax.set_title(say(f"picture.{name}"), fontsize=9)
            for row, name in zip(axes, ("raised_channel", "other_channel"), strict=True):
                row_label(row[0], say(f"picture.{name}"))
            self.crosses = [
                ax.plot([0], [0], "x", color=colour, markersize=7, markeredgewidth=width)[0]
                for row in axes
                for ax in row
                for colour, width in (("white", 3.0), (PALETTE[1], 1.5))
            ]
            beside = axes_at(self.figure, LEFT + 5 * step, TOP, 0.1, step + ACROSS)
            scale = self.figure.colorbar(self.changes[blocks[0]][0], cax=beside, ticks=(-1, 0, 1))
            scale.ax.set_yticklabels(["−", "0", "+"])
            scale.ax.set_title(say("picture.change"), fontsize=8)

    def update(self, state: OneValueState) -> None:
        """Show another state."""
        largest = max(state.maps.max(), 1e-9)
        for at, picture in enumerate(self.maps):
            picture.set_data(state.maps[..., at] / largest)
        for name, pictures in self.changes.items():
            for at, picture in enumerate(pictures):
                change = state.changes[name][..., at]
                picture.set_data(change / max(np.abs(change).max(), 1e-9))
        row, column = state.here
        for cross in self.crosses:
            cross.set_data([column], [row])
