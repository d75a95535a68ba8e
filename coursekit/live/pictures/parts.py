"""What the figures of several demos are made of."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coursekit.plots.style import PALE, PALETTE

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


class ClassBars:
    """The probability of every class as bars; that of the image's own class is blue, and its name bold."""

    def __init__(self, ax: Axes, classes: Sequence[str], title: str = "probability") -> None:
        self.axes = ax
        self.bars = ax.barh(classes, np.zeros(len(classes)), color=PALE)
        self.texts = [ax.text(0, row, "", va="center", fontsize=8) for row in range(len(classes))]
        ax.set(xlim=(0, 1), xticks=[], title=title)
        ax.tick_params(length=0, labelsize=9)
        ax.invert_yaxis()

    def update(self, probabilities: np.ndarray, right: int) -> None:
        """Show other probabilities (classes,) of an image of the class `right`."""
        names = self.axes.get_yticklabels()
        for place, (bar, text, name, share) in enumerate(zip(self.bars, self.texts, names, probabilities, strict=True)):
            bar.set_width(share)
            bar.set_color(PALETTE[0] if place == right else PALE)
            name.set_fontweight("bold" if place == right else "normal")
            text.set_x(share)
            text.set_text(f" {share:.0%}")
