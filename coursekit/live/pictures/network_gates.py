"""Lesson 13: one layer of gates of a network, for one picture."""

from dataclasses import dataclass

import numpy as np

from coursekit.live.pictures.parts import axes_at
from coursekit.plots.style import MUTED, PALETTE, WIDTH, sheet, show_image
from curriculum.messages import say

SIDE, TOP, LEFT = 1.9, 0.4, 0.2  # inches: of the picture and the map, and where they begin
ROOM = 0.05  # above and below the gates


@dataclass(frozen=True)
class NetworkGatesState:
    """What the figure shows of one layer and one picture.

    Attributes:
        image: (height, width) or (height, width, 3), uint8.
        map: of the channel that the picture opens most beyond the mean, (height, width).
        means: the gates' means over all pictures, in rising order, (channels,).
        gates: those of the picture, in the same order.
        marked: the place of that channel in this order.
    """

    image: np.ndarray
    map: np.ndarray
    means: np.ndarray
    gates: np.ndarray
    marked: int


class NetworkGatesFigure:
    """A picture, the map of one channel, and the gates of all."""

    def __init__(self) -> None:
        with sheet("", 2.8, "none") as self.figure:
            blank = np.zeros((2, 2))
            image, map_ = (axes_at(self.figure, LEFT + place * (SIDE + 0.15), TOP, SIDE, SIDE) for place in range(2))
            self.image = show_image(image, blank, cmap="gray", vmin=0, vmax=255)
            self.map = show_image(map_, blank, cmap="viridis")
            image.set_title(say("picture.image"), fontsize=9)
            map_.set_title(say("picture.map_of_marked"), fontsize=9)
            left = LEFT + 2 * SIDE + 0.95
            self.axes = axes_at(self.figure, left, TOP, WIDTH - left - 0.2, SIDE)
            (self.dots,) = self.axes.plot([], [], "o", color=PALETTE[1], markersize=3, markeredgewidth=0, alpha=0.7)
            (self.line,) = self.axes.plot([], [], color=PALETTE[0], linewidth=2)
            (self.mark,) = self.axes.plot([], [], "D", color=PALETTE[4], markersize=7, markerfacecolor="none")
            self.axes.set(ylabel=say("figure.gate"), xlabel=say("figure.by_openness"))
            lines = (self.line, self.dots, self.mark)
            names = ("mean_of_pictures", "this_picture", "marked_channel")
            self.axes.legend(
                lines, [say(f"picture.{name}") for name in names], loc="lower center", bbox_to_anchor=(0.5, 1),
                ncols=3, frameon=False, fontsize=8, labelcolor=MUTED, handletextpad=0.4, columnspacing=1,
            )  # fmt: skip

    def update(self, state: NetworkGatesState) -> None:
        """Show another state."""
        for picture, shown in ((self.image, state.image), (self.map, state.map)):
            height, width = shown.shape[:2]
            picture.set_data(shown)
            picture.set_extent((-0.5, width - 0.5, height - 0.5, -0.5))
        self.map.set_clim(state.map.min(), max(state.map.max(), state.map.min() + 1e-9))
        places = np.arange(len(state.gates))
        self.line.set_data(places, state.means)
        self.dots.set_data(places, state.gates)
        self.mark.set_data([state.marked], [state.gates[state.marked]])
        both = np.concatenate([state.means, state.gates])
        margin = max(1, 0.02 * len(places))
        self.axes.set(
            xlim=(-margin, len(places) - 1 + margin), ylim=(min(0, both.min()) - ROOM, max(1, both.max()) + ROOM)
        )
