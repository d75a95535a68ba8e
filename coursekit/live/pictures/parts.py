"""What the figures of several demos are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from coursekit.plots.style import PALE, PALETTE, row_label, show_image
from curriculum.messages import say

LEFT = 0.95  # inches for the names of rows
GREY = {"cmap": "gray", "vmin": 0, "vmax": 1}


def axes_at(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes at a place in inches from the upper left corner. Nothing is laid out anew when they change."""
    across, down = figure.get_size_inches()
    return figure.add_axes((left / across, 1 - (top + height) / down, width / across, height / down))


def mosaic(maps: np.ndarray) -> np.ndarray:
    """Feature maps (height, width, channels) side by side, one gap of nan around each channel."""
    framed = np.pad(maps, ((1, 1), (1, 1), (0, 0)), constant_values=np.nan)
    return np.concatenate(np.moveaxis(framed, -1, 0), axis=1)


def maps_row(ax: Axes, channels: int, label: str) -> AxesImage:
    """An empty picture for a `mosaic` of so many channels, with a name on its left."""
    row_label(ax, label)
    extent = (-0.5, channels - 0.5, 0, 1)
    picture = show_image(ax, np.zeros((1, 1)), cmap="viridis", extent=extent, aspect="auto")
    ax.spines[:].set_visible(False)
    return picture


class ErrorBars:
    """Mean squared errors × 1,000 as bars, with their values.

    Args:
        ax: where they are drawn.
        names: of the errors, from the top.
        colours: of the bars.
        title: what stands above them, if not that they are errors.
    """

    def __init__(self, ax: Axes, names: Sequence[str], colours: Sequence[str], title: str = "") -> None:
        self.axes = ax
        self.bars = ax.barh(names, np.zeros(len(names)), color=colours)
        self.texts = [ax.text(0, row, "", va="center") for row in range(len(names))]
        ax.set(xticks=[], title=title or say("picture.error"))
        ax.tick_params(length=0)
        ax.spines["bottom"].set_visible(False)
        ax.invert_yaxis()

    def update(self, errors: Sequence[float], limit: float) -> None:
        """Show other errors, one for each name, on an axis that ends at `limit`."""
        for bar, text, error in zip(self.bars, self.texts, errors, strict=True):
            bar.set_width(error)
            text.set_x(error)
            text.set_text(f" {error:.1f}")
        self.axes.set_xlim(0, limit)


@dataclass(frozen=True)
class Answer:
    """A network's answer to an image.

    Attributes:
        probabilities: (classes,).
        right: the class of the image.
    """

    probabilities: np.ndarray
    right: int


class ClassBars:
    """The probability of every class as bars; that of the image's own class is blue, and its name bold.

    Args:
        ax: where they are drawn.
        classes: names of the classes.
        title: what stands above the bars, if not that they are probabilities.
    """

    def __init__(self, ax: Axes, classes: Sequence[str], title: str = "") -> None:
        self.axes = ax
        self.bars = ax.barh(classes, np.zeros(len(classes)), color=PALE)
        self.texts = [ax.text(0, row, "", va="center", fontsize=8) for row in range(len(classes))]
        ax.set(xlim=(0, 1), xticks=[], title=title or say("picture.probability"))
        ax.tick_params(length=0, labelsize=9)
        ax.invert_yaxis()

    def update(self, answer: Answer) -> None:
        """Show another answer."""
        names = self.axes.get_yticklabels()
        for place, (bar, text, name, share) in enumerate(
            zip(self.bars, self.texts, names, answer.probabilities, strict=True)
        ):
            bar.set_width(share)
            bar.set_color(PALETTE[0] if place == answer.right else PALE)
            name.set_fontweight("bold" if place == answer.right else "normal")
            text.set_x(share)
            text.set_text(f" {share:.0%}")
