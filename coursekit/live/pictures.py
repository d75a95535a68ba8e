"""The figures of the live demos: drawn once, after that only what has changed is given to them."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from coursekit.plots.attention import draw_gates
from coursekit.plots.style import DIVERGING, INK, MUTED, PALE, PALETTE, WIDTH, row_label, sheet, show_image

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


class GatedMaps:
    """An image and its drawing; below, each channel's map, its gate, and what the gate lets through."""

    def __init__(self, channels: int) -> None:
        blank = np.zeros((28, 28))
        width = WIDTH - LEFT - 0.4
        side = width / channels
        with sheet("", 3.75 + 2 * side, "none") as self.figure:
            side_by_side = [axes_at(self.figure, LEFT + 1.92 * place, 0.3, 1.75, 1.75) for place in range(3)]
            self.image, self.drawing = (show_image(ax, blank, **GREY) for ax in side_by_side[:2])
            self.difference = show_image(side_by_side[2], blank, cmap=DIVERGING, vmin=-0.5, vmax=0.5)
            for ax, title in zip(side_by_side, ("image", "drawing", "drawing − image"), strict=True):
                ax.set_title(title)
            self.difference.axes.set_xlabel("orange: too dark, purple: too bright", fontsize=8, color=MUTED)
            self._draw_error()
            self.before = self._draw_maps(axes_at(self.figure, LEFT, 2.35, width, side), channels, "maps")
            self.gates_axes = axes_at(self.figure, LEFT, 2.45 + side, width, 0.8)
            self.bars = draw_gates(self.gates_axes, np.ones(channels), channels)
            # The own gates stay marked while others are in their place.
            (self.marks,) = self.gates_axes.plot(range(channels), np.ones(channels), "_", color=INK, markersize=24)
            self.gates_axes.set(xlim=(-0.5, channels - 0.5), xticks=[])
            row_label(self.gates_axes, "gates\n— own")
            self.after = self._draw_maps(
                axes_at(self.figure, LEFT, 3.35 + side, width, side), channels, "maps\n× gates"
            )
            self.after.axes.set(xticks=range(channels))
            self.after.axes.tick_params(length=0)

    def _draw_error(self) -> None:
        ax = axes_at(self.figure, LEFT + 6.7, 0.75, 0.9, 0.8)
        self.error_bars = ax.barh(["own gates", "shown"], [0, 0], color=PALETTE[0])
        self.error_texts = [ax.text(0, row, "", va="center") for row in range(2)]
        ax.set(xticks=[], title="error × 1,000")
        ax.tick_params(length=0)
        ax.spines["bottom"].set_visible(False)
        ax.invert_yaxis()

    def _draw_maps(self, ax: Axes, channels: int, label: str) -> AxesImage:
        row_label(ax, label)
        extent = (-0.5, channels - 0.5, 0, 1)
        picture = show_image(ax, np.zeros((1, 1)), cmap="viridis", vmin=0, vmax=1, extent=extent, aspect="auto")
        ax.spines[:].set_visible(False)
        return picture

    def update(
        self,
        image: np.ndarray,
        drawing: np.ndarray,
        maps: np.ndarray,
        gated: np.ndarray,
        gates: np.ndarray,
        own_gates: np.ndarray,
        errors: tuple[float, float, float],
    ) -> None:
        """Show another state.

        Args:
            image, drawing: (28, 28).
            maps, gated: before and behind the gates, (height, width, channels).
            gates, own_gates: those in place and the layer's own, (channels,).
            errors: of the drawing with its own gates, with those in place, and with the worst to choose from.
        """
        self.image.set_data(image)
        self.drawing.set_data(drawing)
        self.difference.set_data(drawing - image)
        for picture, shown in ((self.before, maps), (self.after, gated)):
            picture.set_data(mosaic(shown))
            picture.set_clim(0, maps.max())
        for bar, gate in zip(self.bars, gates, strict=True):
            bar.set_height(gate)
        self.marks.set_ydata(own_gates)
        both = np.concatenate([gates, own_gates])
        self.gates_axes.set_ylim(min(0, both.min()), max(1, both.max()))
        for bar, text, error in zip(self.error_bars, self.error_texts, errors, strict=False):
            bar.set_width(error)
            text.set_x(error)
            text.set_text(f" {error:.1f}")
        self.error_texts[0].axes.set_xlim(0, errors[2])


class WhereItLooks:
    """An image with its cover, the gates, both together, and the probability of every class."""

    def __init__(self, classes: Sequence[str]) -> None:
        blank = np.zeros((28, 28))
        side = 1.95
        with sheet("", 2.7, "none") as self.figure:
            places = [axes_at(self.figure, 0.1 + (side + 0.1) * place, 0.3, side, side) for place in range(3)]
            self.images = [show_image(places[0], blank, **GREY), show_image(places[2], blank, **GREY)]
            self.gates = show_image(places[1], blank, cmap="plasma", vmin=0, vmax=1)
            self.overlay = places[2].imshow(blank, cmap="plasma", vmin=0, vmax=1, interpolation="bilinear")
            for ax, title in zip(places, ("image", "gates", "gates over the image"), strict=True):
                ax.set_title(title)
            scale = self.figure.colorbar(
                self.gates, cax=axes_at(self.figure, 2.15, 2.33, side, 0.08), orientation="horizontal"
            )
            scale.set_ticks([0, 0.5, 1], labels=["0 shut", "0.5", "1 open"])
            # The outline tells a cover from a dark garment.
            self.covers = [ax.add_patch(Rectangle((0, 0), 0, 0, fill=False, linestyle="--")) for ax in places[::2]]
            for cover in self.covers:
                cover.set_edgecolor(PALETTE[4])
            ax = axes_at(self.figure, 7.3, 0.3, 1.3, 2.15)
            self.bars = ax.barh(classes, np.zeros(len(classes)), color=PALE)
            self.texts = [ax.text(0, row, "", va="center", fontsize=8) for row in range(len(classes))]
            ax.set(xlim=(0, 1), xticks=[], title="probability")
            ax.tick_params(length=0, labelsize=9)
            ax.invert_yaxis()

    def update(
        self,
        image: np.ndarray,
        gates: np.ndarray,
        probabilities: np.ndarray,
        right: int,
        cover: tuple[int, int, int],
    ) -> None:
        """Show another state.

        Args:
            image, gates: (28, 28).
            probabilities: (classes,).
            right: the class of the image; its bar is blue, and its name bold.
            cover: row, column and size of the black square.
        """
        for picture in self.images:
            picture.set_data(image)
        self.gates.set_data(gates)
        self.overlay.set_data(gates)
        self.overlay.set_alpha(0.7 * np.clip(gates, 0, 1))
        row, column, size = cover
        for outline in self.covers:
            outline.set_bounds(column - 0.5, row - 0.5, size, size)
        names = self.texts[0].axes.get_yticklabels()
        for place, (bar, text, name, share) in enumerate(zip(self.bars, self.texts, names, probabilities, strict=True)):
            bar.set_width(share)
            bar.set_color(PALETTE[0] if place == right else PALE)
            name.set_fontweight("bold" if place == right else "normal")
            text.set_x(share)
            text.set_text(f" {share:.0%}")
