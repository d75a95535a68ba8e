"""Lesson 7: the two branches of BAM."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.patches import Rectangle

from coursekit.live.pictures.parts import GREY, LEFT, Answer, ClassBars, axes_at
from coursekit.plots.style import DIVERGING, INK, MUTED, PALE, PALETTE, sheet, show_image
from curriculum.messages import say

LENGTH, GAP = 1.62, 0.165  # inches: side of an image, and what lies between two
TITLES = ("image", "map_of_channel", "spatial_scores", "gates_of_channel", "raised_map")
NOTES = {2: "squares", 3: "shut_and_open"}  # place of an image -> what stands below it


@dataclass(frozen=True)
class Scores:
    """What the two branches say of one image.

    Attributes:
        channel: (channels,).
        spatial: (height, width).
        taps: on which positions the spatial score in the middle depends, bool, (height, width).
    """

    channel: np.ndarray
    spatial: np.ndarray
    taps: np.ndarray


@dataclass(frozen=True)
class BranchesState:
    """What the figure shows of one channel.

    Attributes:
        image: (28, 28).
        map: the channel's, as it reaches BAM, (height, width).
        scores: of the two branches.
        gates: the channel's, (height, width).
        channel: the chosen one.
        answer: of the network.
        accuracy: of the network on the counted images, from 0 to 1.
    """

    image: np.ndarray
    map: np.ndarray
    scores: Scores
    gates: np.ndarray
    channel: int
    answer: Answer
    accuracy: float


class BranchesFigure:
    """How both branches raise one channel's map.

    Above: an image, the channel's map, the spatial scores, the channel's gates, and the map raised by them. Below: the
    channel scores and the probability of every class.

    Args:
        side: height and width of the maps.
        channels: how many scores the channel branch gives.
        classes: names of the classes.
        counted: how many images the accuracy is counted on.
    """

    def __init__(self, side: int, channels: int, classes: Sequence[str], counted: int) -> None:
        self.counted = counted
        with sheet("", 4.8, "none") as self.figure:
            self._draw_maps(side)
            self.axes = axes_at(self.figure, LEFT, 3.0, 5.4, 1.3)
            self.bars = self.axes.bar(range(channels), np.zeros(channels), color=PALE)
            self.axes.axhline(0, color=INK, linewidth=0.8)
            self.axes.set(xlim=(-0.5, channels - 0.5), xticks=range(channels), xlabel=say("picture.channel"))
            self.axes.set_ylabel(say("picture.channel_score"))
            self.probabilities = ClassBars(axes_at(self.figure, 7.5, 2.75, 1.1, 1.5), classes)

    def _draw_maps(self, side: int) -> None:
        blank = np.zeros((side, side))
        axes = [axes_at(self.figure, 0.1 + (LENGTH + GAP) * place, 0.3, LENGTH, LENGTH) for place in range(len(TITLES))]
        self.image = show_image(axes[0], np.zeros((28, 28)), **GREY)
        self.before = show_image(axes[1], blank, cmap="viridis")
        self.scores = show_image(axes[2], blank, cmap=DIVERGING)
        self.gates = show_image(axes[3], blank, cmap="plasma", vmin=0, vmax=1)
        self.after = show_image(axes[4], blank, cmap="viridis")
        for ax, title in zip(axes, TITLES, strict=True):
            ax.set_title(say(f"picture.{title}"))
        for place, picture in enumerate((self.before, self.scores, self.gates, self.after), 1):
            under = axes_at(self.figure, 0.25 + (LENGTH + GAP) * place, 2.0, LENGTH - 0.3, 0.08)
            self.figure.colorbar(picture, cax=under, orientation="horizontal")
        self.taps = [
            axes[2].add_patch(Rectangle((0, 0), 1, 1, fill=False, edgecolor=INK, visible=False))
            for _ in range(side * side)
        ]
        below = {"fontsize": 8, "color": MUTED, "va": "top", "ha": "center"}
        for place, note in NOTES.items():
            axes[place].text(0.5, -0.26, say(f"picture.{note}"), transform=axes[place].transAxes, **below)

    def update(self, state: BranchesState) -> None:
        """Show another state."""
        self.image.set_data(state.image)
        for picture, shown in ((self.before, state.map), (self.after, state.map * (1 + state.gates))):
            picture.set_data(shown)
            picture.set_clim(0, max(2 * state.map.max(), 1e-6))  # one scale: a gate at most doubles a value
        spatial = state.scores.spatial
        self.scores.set_data(spatial)
        largest = max(np.abs(spatial).max(), 1e-6)
        self.scores.set_clim(-largest, largest)
        self.gates.set_data(state.gates)
        self._update_taps(state.scores.taps)
        self._update_channel_scores(state.scores.channel, state.channel)
        self.probabilities.update(state.answer)
        accuracy = say("picture.right_on", share=state.accuracy, count=self.counted)
        self.probabilities.axes.set_xlabel(accuracy, fontsize=9)

    def _update_taps(self, taps: np.ndarray) -> None:
        places = np.argwhere(taps)
        for number, patch in enumerate(self.taps):
            patch.set_visible(number < len(places))
            if number < len(places):
                row, column = places[number]
                patch.set_bounds(column - 0.4, row - 0.4, 0.8, 0.8)

    def _update_channel_scores(self, scores: np.ndarray, chosen: int) -> None:
        names = self.axes.get_xticklabels()
        for place, (bar, name, score) in enumerate(zip(self.bars, names, scores, strict=True)):
            bar.set_height(score)
            bar.set_color(PALETTE[0] if place == chosen else PALE)
            name.set_fontweight("bold" if place == chosen else "normal")
        self.axes.set_ylim(min(-1, 1.1 * scores.min()), max(1, 1.1 * scores.max()))
