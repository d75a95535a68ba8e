"""Lesson 7: the two branches of BAM."""

from collections.abc import Sequence

import numpy as np
from matplotlib.patches import Rectangle

from coursekit.live.pictures.parts import GREY, LEFT, ClassBars, axes_at
from coursekit.plots.style import DIVERGING, INK, MUTED, PALE, PALETTE, sheet, show_image


class Branches:
    """An image, one channel's map, the spatial scores, the channel's gates, and the map raised by them; below, the
    channel scores and the probability of every class.

    Args:
        side: of the maps.
        channels: how many scores one branch gives.
        classes: names of the classes.
    """

    def __init__(self, side: int, channels: int, classes: Sequence[str]) -> None:
        length, gap, blank = 1.62, 0.165, np.zeros((side, side))
        with sheet("", 4.8, "none") as self.figure:
            places = [axes_at(self.figure, 0.1 + (length + gap) * place, 0.3, length, length) for place in range(5)]
            self.image = show_image(places[0], np.zeros((28, 28)), **GREY)
            self.before = show_image(places[1], blank, cmap="viridis")
            self.scores = show_image(places[2], blank, cmap=DIVERGING)
            self.gates = show_image(places[3], blank, cmap="plasma", vmin=0, vmax=1)
            self.after = show_image(places[4], blank, cmap="viridis")
            titles = ("image", "map of the channel", "spatial scores", "gates of the channel", "map × (1 + gates)")
            for ax, title in zip(places, titles, strict=True):
                ax.set_title(title)
            for place, picture in enumerate((self.before, self.scores, self.gates, self.after), 1):
                under = axes_at(self.figure, 0.25 + (length + gap) * place, 2.0, length - 0.3, 0.08)
                self.figure.colorbar(picture, cax=under, orientation="horizontal")
            self.taps = [
                places[2].add_patch(Rectangle((0, 0), 1, 1, fill=False, edgecolor=INK, visible=False))
                for _ in range(side * side)
            ]
            notes = {
                2: "squares: what the score\nin the middle depends on",
                3: "0: shut, value as it is\n1: open, value doubled",
            }
            for place, note in notes.items():
                ax = places[place]
                ax.text(0.5, -0.26, note, transform=ax.transAxes, fontsize=8, color=MUTED, va="top", ha="center")
            self.axes = axes_at(self.figure, LEFT, 3.0, 5.4, 1.3)
            self.bars = self.axes.bar(range(channels), np.zeros(channels), color=PALE)
            self.axes.axhline(0, color=INK, linewidth=0.8)
            self.axes.set(xlim=(-0.5, channels - 0.5), xticks=range(channels), xlabel="channel", ylabel="channel score")
            self.probabilities = ClassBars(axes_at(self.figure, 7.5, 2.75, 1.1, 1.5), classes)

    def update(
        self,
        image: np.ndarray,
        maps: tuple[np.ndarray, np.ndarray],
        scores: tuple[np.ndarray, np.ndarray],
        gates: np.ndarray,
        taps: np.ndarray,
        channel: int,
        probabilities: np.ndarray,
        right: int,
        accuracy: str,
    ) -> None:
        """Show another state.

        Args:
            image: (28, 28).
            maps: the channel's, before and after, (height, width).
            scores: of the channels, (channels,), and of the positions, (height, width).
            gates: the channel's, (height, width).
            taps: on which positions the score in the middle depends, bool, (height, width).
            channel: the chosen one.
            probabilities: (classes,).
            right: the class of the image.
            accuracy: what stands below the probabilities.
        """
        self.image.set_data(image)
        for picture, shown in zip((self.before, self.after), maps, strict=True):
            picture.set_data(shown)
            picture.set_clim(0, max(2 * maps[0].max(), 1e-6))  # one scale for both: a gate raises to at most twice
        of_channels, of_places = scores
        self.scores.set_data(of_places)
        largest = max(np.abs(of_places).max(), 1e-6)
        self.scores.set_clim(-largest, largest)
        self.gates.set_data(gates)
        self._frame(taps)
        names = self.axes.get_xticklabels()
        for place, (bar, name, score) in enumerate(zip(self.bars, names, of_channels, strict=True)):
            bar.set_height(score)
            bar.set_color(PALETTE[0] if place == channel else PALE)
            name.set_fontweight("bold" if place == channel else "normal")
        self.axes.set_ylim(min(-1, 1.1 * of_channels.min()), max(1, 1.1 * of_channels.max()))
        self.probabilities.update(probabilities, right)
        self.probabilities.axes.set_xlabel(accuracy, fontsize=9)

    def _frame(self, taps: np.ndarray) -> None:
        places = np.argwhere(taps)
        for number, patch in enumerate(self.taps):
            patch.set_visible(number < len(places))
            if number < len(places):
                row, column = places[number]
                patch.set_bounds(column - 0.4, row - 0.4, 0.8, 0.8)
