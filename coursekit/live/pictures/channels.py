"""Lesson 3: maps and their gates."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from coursekit.live.pictures.parts import GREY, LEFT, axes_at, mosaic
from coursekit.plots.attention import draw_gates
from coursekit.plots.style import DIVERGING, INK, MUTED, PALETTE, WIDTH, row_label, sheet, show_image


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


class GatesByClass:
    """Mean gates as a map, a row for each class and a column for each channel; below, how one class differs."""

    def __init__(self, classes: Sequence[str], channels: int) -> None:
        left, width = 1.15, WIDTH - 2.15
        with sheet("", 4.6, "none") as self.figure:
            ax = axes_at(self.figure, left, 0.1, width, 2.6)
            self.map = show_image(ax, np.zeros((len(classes), channels)), cmap="viridis", vmin=0, vmax=1, aspect="auto")
            ax.set_yticks(range(len(classes)), classes)
            ax.tick_params(length=0)
            self.classes = ax.get_yticklabels()
            scale = self.figure.colorbar(self.map, cax=axes_at(self.figure, left + width + 0.15, 0.1, 0.15, 2.6))
            scale.set_label("mean gate")
            self.frame = ax.add_patch(Rectangle((-0.5, -0.5), channels, 1, fill=False, edgecolor="white", linewidth=3))
            self.axes = axes_at(self.figure, left, 2.95, width, 1.2)
            self.bars = self.axes.bar(range(channels), np.zeros(channels), color=PALETTE[0])
            self.axes.axhline(0, color=INK, linewidth=0.8)
            self.axes.set(xlim=(-0.5, channels - 0.5), xticks=range(channels), xlabel="channel")
            self.axes.set_ylabel("class − all classes")

    def update(self, means: np.ndarray, chosen: int) -> None:
        """Show another state.

        Args:
            means: mean gates, (classes, channels).
            chosen: the class in the frame and the bars.
        """
        self.map.set_data(means)
        self.frame.set_y(chosen - 0.5)
        for place, name in enumerate(self.classes):
            name.set_fontweight("bold" if place == chosen else "normal")
        differences = means - means.mean(axis=0)
        for bar, difference in zip(self.bars, differences[chosen], strict=True):
            bar.set_height(difference)
        largest = np.abs(differences).max() or 1.0
        self.axes.set_ylim(-largest, largest)
