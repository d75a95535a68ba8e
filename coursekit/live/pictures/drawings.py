"""Lesson 1: what an autoencoder draws."""

from collections.abc import Sequence

import numpy as np

from coursekit.live.pictures.parts import GREY, axes_at, mosaic
from coursekit.plots.style import DIVERGING, MUTED, PALE, PALETTE, WIDTH, sheet, show_image


class LatentWalk:
    """Two garments, the drawing between them, both laid over each other; below, the whole walk as a strip of film.

    Args:
        percents: where on the way the pictures of the film are.
    """

    def __init__(self, percents: Sequence[int]) -> None:
        steps = len(percents)
        blank = np.zeros((28, 28))
        side, gap = 1.65, 0.13
        titles = ("start", "drawing", "end", "start and end\nlaid over each other", "drawing minus\nlaid over")
        with sheet("", 3.95, "none") as self.figure:
            places = [
                axes_at(self.figure, 0.1 + (side + gap) * place, 0.45, side, side) for place in range(len(titles))
            ]
            for ax, title in zip(places, titles, strict=True):
                ax.set_title(title)
            self.start, self.drawing, self.end, self.both = (show_image(ax, blank, **GREY) for ax in places[:4])
            self.difference = show_image(places[4], blank, cmap=DIVERGING, vmin=-0.5, vmax=0.5)
            places[4].set_xlabel("orange: too dark\npurple: too bright", fontsize=8, color=MUTED)
            width = WIDTH - 0.2
            self.strip = axes_at(self.figure, 0.1, 2.6, width, width / steps)
            self.strip.set_title("the whole walk, in % of the way from start to end", loc="left", y=1.12)
            extent = (-0.5, steps - 0.5, 0, 1)
            self.film = show_image(self.strip, np.zeros((1, 1)), extent=extent, aspect="auto", **GREY)
            self.strip.spines[:].set_visible(False)
            self.strip.set_xticks(range(steps), [f"{percent} %" for percent in percents])
            self.strip.tick_params(length=0)
            (self.here,) = self.strip.plot([0], [1.06], "v", color=PALETTE[1], markersize=11, clip_on=False)

    def update(
        self, start: np.ndarray, end: np.ndarray, drawing: np.ndarray, both: np.ndarray, film: np.ndarray
    ) -> None:
        """Show another state: images (28, 28) and the film (steps, 28, 28)."""
        for picture, image in ((self.start, start), (self.end, end), (self.drawing, drawing), (self.both, both)):
            picture.set_data(image)
        self.difference.set_data(drawing - both)
        self.film.set_data(mosaic(np.moveaxis(film, 0, -1)))

    def mark(self, place: float) -> None:
        """Point at a place of the film, counted in its pictures from 0."""
        self.here.set_xdata([place])


class Disturbed:
    """A clean image, the disturbed one, what is drawn of it, how far that is off, and the errors as bars."""

    def __init__(self) -> None:
        blank = np.zeros((28, 28))
        side, gap = 1.65, 0.13
        with sheet("", 2.35, "none") as self.figure:
            places = [axes_at(self.figure, 0.1 + (side + gap) * place, 0.3, side, side) for place in range(4)]
            for ax, title in zip(places, ("clean", "disturbed", "redrawn", "redrawn − clean"), strict=True):
                ax.set_title(title)
            self.clean, self.shown, self.drawing = (show_image(ax, blank, **GREY) for ax in places[:3])
            self.difference = show_image(places[3], blank, cmap=DIVERGING, vmin=-0.5, vmax=0.5)
            places[3].set_xlabel("orange: too dark, purple: too bright", fontsize=8, color=MUTED)
            ax = axes_at(self.figure, 7.95, 0.5, 0.6, 1.2)
            self.bars = ax.barh(["disturbed", "redrawn", "clean\nredrawn"], [0, 0, 0], color=[PALE, PALETTE[0], PALE])
            self.texts = [ax.text(0, row, "", va="center") for row in range(3)]
            ax.set(xticks=[], title="error × 1,000")
            ax.tick_params(length=0, labelsize=9)
            ax.spines["bottom"].set_visible(False)
            ax.invert_yaxis()

    def update(self, clean: np.ndarray, shown: np.ndarray, drawing: np.ndarray, errors: list[float]) -> None:
        """Show another state.

        Args:
            clean, shown, drawing: (28, 28).
            errors: of what is shown, of the drawing, and of the drawing of the clean image.
        """
        self.clean.set_data(clean)
        self.shown.set_data(shown)
        self.drawing.set_data(drawing)
        self.difference.set_data(drawing - clean)
        for bar, text, error in zip(self.bars, self.texts, errors, strict=True):
            bar.set_width(error)
            text.set_x(error)
            text.set_text(f" {error:.1f}")
        self.texts[0].axes.set_xlim(0, max(errors))
