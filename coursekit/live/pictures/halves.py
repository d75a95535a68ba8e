"""Lesson 6: the two halves of CBAM."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage

from coursekit.live.pictures.parts import GREY, ClassBars, axes_at, mosaic
from coursekit.plots.attention import draw_gates
from coursekit.plots.style import PALETTE, WIDTH, row_label, sheet, show_image

LEFT = 1.2  # inches for the names of rows and the numbers beside them


class Halves:
    """Above: the maps that the channel half reads, averages and maxima, gates, and what it gives. Below: the same of
    the spatial half, its gates over the image, and the probability of every class.
    """

    def __init__(self, channels: int, classes: Sequence[str]) -> None:
        width = WIDTH - LEFT - 0.45
        side = width / channels
        with sheet("", 5.65, "none") as self.figure:
            self.read = self._draw_maps(axes_at(self.figure, LEFT, 0.3, width, side), channels, "reads")
            self.which_title = self.read.axes.set_title("", loc="left", fontweight="bold")
            self.squeezed = axes_at(self.figure, LEFT, 0.4 + side, width, 0.65)
            self.averages = self.squeezed.bar(range(channels), np.zeros(channels), color=PALETTE[0])
            (self.maxima,) = self.squeezed.plot(range(channels), np.zeros(channels), "D", color=PALETTE[1])
            self.squeezed.set(xlim=(-0.5, channels - 0.5), xticks=[])
            row_label(self.squeezed, "▮ average\n◆ maximum")
            self.gates_axes = axes_at(self.figure, LEFT, 1.2 + side, width, 0.65)
            self.gates = draw_gates(self.gates_axes, np.ones(channels), channels)
            self.gates_axes.set(xlim=(-0.5, channels - 0.5), xticks=[])
            row_label(self.gates_axes, "channel\ngates")
            self.given = self._draw_maps(axes_at(self.figure, LEFT, 1.95 + side, width, side), channels, "gives")
            self.given.axes.set_xticks(range(channels))
            self.given.axes.tick_params(length=0)
            self._draw_where(3.25 + side, classes)

    def _draw_maps(self, ax: Axes, channels: int, label: str) -> AxesImage:
        row_label(ax, label)
        extent = (-0.5, channels - 0.5, 0, 1)
        picture = show_image(ax, np.zeros((1, 1)), cmap="viridis", extent=extent, aspect="auto")
        ax.spines[:].set_visible(False)
        return picture

    def _draw_where(self, top: float, classes: Sequence[str]) -> None:
        side, blank = 1.5, np.zeros((14, 14))
        places = [axes_at(self.figure, 0.1 + (side + 0.12) * place, top, side, side) for place in range(4)]
        self.pooled = [show_image(ax, blank, cmap="viridis") for ax in places[:2]]
        self.spatial = show_image(places[2], blank, cmap="plasma", vmin=0, vmax=1)
        self.image = show_image(places[3], np.zeros((28, 28)), **GREY)
        extent = (-0.5, 27.5, 27.5, -0.5)
        self.overlay = places[3].imshow(blank, cmap="plasma", vmin=0, vmax=1, extent=extent, interpolation="bilinear")
        names = ("average of channels", "maximum of channels", "spatial gates", "gates over the image")
        for ax, name in zip(places, names, strict=True):
            ax.set_title(name)
        self.where_title = places[0].text(
            0, 1.19, "", transform=places[0].transAxes, fontsize=10, fontweight="bold", va="bottom"
        )
        under = axes_at(self.figure, 0.1 + 2 * (side + 0.12), top + side + 0.08, side, 0.08)
        scale = self.figure.colorbar(self.spatial, cax=under, orientation="horizontal")
        scale.set_ticks([0, 0.5, 1], labels=["0 shut", "0.5", "1 open"])
        self.probabilities = ClassBars(axes_at(self.figure, 7.5, top, 1.1, side), classes)

    def update(
        self,
        image: np.ndarray,
        which: tuple[np.ndarray, np.ndarray, np.ndarray],
        where: tuple[np.ndarray, np.ndarray],
        titles: tuple[str, str],
        probabilities: np.ndarray,
        right: int,
    ) -> None:
        """Show another state.

        Args:
            image: (28, 28).
            which: what the channel half reads and gives, (height, width, channels), and its gates, (channels,).
            where: what the spatial half reads, (height, width, channels), and its gates, (height, width).
            titles: of the two halves.
            probabilities: (classes,).
            right: the class of the image.
        """
        read, given, channel_gates = which
        self.which_title.set_text(titles[0])
        self.where_title.set_text(titles[1])
        brightest = np.percentile(read, 99)  # next to a single value that is brighter, the maps would be dark
        for picture, maps in ((self.read, read), (self.given, given)):
            picture.set_data(mosaic(maps))
            picture.set_clim(0, brightest)
        self._squeezed(read)
        for bar, gate in zip(self.gates, channel_gates, strict=True):
            bar.set_height(gate)
        self.gates_axes.set_ylim(min(0, channel_gates.min()), max(1, channel_gates.max()))
        seen, spatial_gates = where
        for picture, pooled in zip(self.pooled, (seen.mean(axis=-1), seen.max(axis=-1)), strict=True):
            picture.set_data(pooled)
            picture.set_clim(0, pooled.max())
        self.spatial.set_data(spatial_gates)
        self.image.set_data(image)
        self.overlay.set_data(spatial_gates)
        self.overlay.set_alpha(0.7 * np.clip(spatial_gates, 0, 1))
        self.probabilities.update(probabilities, right)

    def _squeezed(self, maps: np.ndarray) -> None:
        largest = maps.max(axis=(0, 1))
        for bar, average in zip(self.averages, maps.mean(axis=(0, 1)), strict=True):
            bar.set_height(average)
        self.maxima.set_ydata(largest)
        self.squeezed.set_ylim(0, 1.15 * largest.max())
