"""Lesson 1: what an autoencoder draws."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coursekit.live.pictures.parts import GREY, ErrorBars, axes_at, mosaic
from coursekit.plots.style import DIVERGING, MUTED, PALE, PALETTE, WIDTH, sheet, show_image
from curriculum.messages import say

SIDE, GAP = 1.65, 0.13  # inches: of an image, and what lies between two


@dataclass(frozen=True)
class LatentWalkState:
    """What the figure shows of a walk.

    Attributes:
        start, end, drawing: (28, 28).
        both: start and end laid over each other, (28, 28).
        film: drawings of the whole walk, (steps, 28, 28).
        place: where the drawing is in the film, counted in its pictures from 0.
    """

    start: np.ndarray
    end: np.ndarray
    drawing: np.ndarray
    both: np.ndarray
    film: np.ndarray
    place: float


class LatentWalkFigure:
    """Two garments, the drawing between them, both laid over each other; below, the whole walk as a strip of film.

    Args:
        percents: where on the way the pictures of the film are.
    """

    def __init__(self, percents: Sequence[int]) -> None:
        titles = [say(f"picture.{title}") for title in ("start", "drawing", "end", "laid_over", "minus_laid_over")]
        with sheet("", 3.95, "none") as self.figure:
            axes = _image_axes(self.figure, titles, 0.45)
            self.start, self.drawing, self.end, self.both = (
                show_image(ax, np.zeros((28, 28)), **GREY) for ax in axes[:4]
            )
            self.difference = show_image(axes[4], np.zeros((28, 28)), cmap=DIVERGING, vmin=-0.5, vmax=0.5)
            axes[4].set_xlabel(say("picture.too_dark"), fontsize=8, color=MUTED)
            self._draw_film(percents)

    def _draw_film(self, percents: Sequence[int]) -> None:
        steps, width = len(percents), WIDTH - 0.2
        strip = axes_at(self.figure, 0.1, 2.6, width, width / steps)
        strip.set_title(say("picture.walk"), loc="left", y=1.12)
        self.film = show_image(strip, np.zeros((1, 1)), extent=(-0.5, steps - 0.5, 0, 1), aspect="auto", **GREY)
        strip.spines[:].set_visible(False)
        strip.set_xticks(range(steps), [say("picture.percent", percent=percent) for percent in percents])
        strip.tick_params(length=0)
        (self.here,) = strip.plot([0], [1.06], "v", color=PALETTE[1], markersize=11, clip_on=False)

    def update(self, state: LatentWalkState) -> None:
        """Show another state."""
        self.start.set_data(state.start)
        self.end.set_data(state.end)
        self.drawing.set_data(state.drawing)
        self.both.set_data(state.both)
        self.difference.set_data(state.drawing - state.both)
        self.film.set_data(mosaic(np.moveaxis(state.film, 0, -1)))
        self.here.set_xdata([state.place])


@dataclass(frozen=True)
class DisturbedState:
    """What the figure shows of one image.

    Attributes:
        clean, shown, drawing: the image, the disturbed image and what is drawn of it, (28, 28).
        errors: of what is shown, of the drawing, and of the drawing of the clean image; times 1,000.
    """

    clean: np.ndarray
    shown: np.ndarray
    drawing: np.ndarray
    errors: tuple[float, float, float]


class DisturbedFigure:
    """A clean image, the disturbed one, what is drawn of it, how far that is off, and the errors as bars."""

    def __init__(self) -> None:
        blank = np.zeros((28, 28))
        clean, disturbed, redrawn, difference, clean_redrawn = (
            say(f"picture.{name}") for name in ("clean", "disturbed", "redrawn", "redrawn_minus_clean", "clean_redrawn")
        )
        with sheet("", 2.35, "none") as self.figure:
            axes = _image_axes(self.figure, (clean, disturbed, redrawn, difference), 0.3)
            self.clean, self.shown, self.drawing = (show_image(ax, blank, **GREY) for ax in axes[:3])
            self.difference = show_image(axes[3], blank, cmap=DIVERGING, vmin=-0.5, vmax=0.5)
            axes[3].set_xlabel(say("picture.too_dark_or_bright"), fontsize=8, color=MUTED)
            beside = axes_at(self.figure, 7.95, 0.5, 0.55, 1.2)
            self.errors = ErrorBars(beside, (disturbed, redrawn, clean_redrawn), (PALE, PALETTE[0], PALE))
            beside.tick_params(labelsize=9)

    def update(self, state: DisturbedState) -> None:
        """Show another state."""
        self.clean.set_data(state.clean)
        self.shown.set_data(state.shown)
        self.drawing.set_data(state.drawing)
        self.difference.set_data(state.drawing - state.clean)
        self.errors.update(state.errors, max(state.errors))


def _image_axes(figure: Figure, titles: Sequence[str], top: float) -> list[Axes]:
    """A row of square axes from the left edge, one for each title."""
    axes = [axes_at(figure, 0.1 + (SIDE + GAP) * place, top, SIDE, SIDE) for place in range(len(titles))]
    for ax, title in zip(axes, titles, strict=True):
        ax.set_title(title)
    return axes
