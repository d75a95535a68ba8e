"""What the figures of several demos are made of."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

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
