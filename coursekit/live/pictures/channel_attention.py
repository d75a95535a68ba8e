"""Lesson 3: maps and their gates."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.patches import Rectangle

from coursekit.live.pictures.parts import GREY, LEFT, ErrorBars, axes_at, maps_row, mosaic
from coursekit.plots.attention import draw_gates
from coursekit.plots.style import DIVERGING, INK, MUTED, PALETTE, WIDTH, row_label, sheet, show_image
from curriculum.messages import say


@dataclass(frozen=True)
class GatedMapsState:
    """What the figure shows of one image.

    Attributes:
        image, drawing: (28, 28).
        maps, gated: before and behind the gates, (height, width, channels).
        gates, own_gates: those in place and the layer's own, (channels,).
        errors: of the drawing with the layer's own gates and with those in place; mean squared errors × 1,000.
        largest_error: with the worst gates to choose from.
    """

    image: np.ndarray
    drawing: np.ndarray
    maps: np.ndarray
    gated: np.ndarray
    gates: np.ndarray
    own_gates: np.ndarray
    errors: tuple[float, float]
    largest_error: float


class GatedMapsFigure:
    """An image and its drawing; below, each channel's map, its gate, and what the gate lets through.

    Args:
        channels: how many.
    """

    def __init__(self, channels: int) -> None:
        width = WIDTH - LEFT - 0.4
        with sheet("", 3.75 + 2 * width / channels, "none") as self.figure:
            self._draw_images()
            self._draw_gated_maps(channels, width)

    def _draw_images(self) -> None:
        blank = np.zeros((28, 28))
        axes = [axes_at(self.figure, LEFT + 1.92 * place, 0.3, 1.75, 1.75) for place in range(3)]
        self.image, self.drawing = (show_image(ax, blank, **GREY) for ax in axes[:2])
        self.difference = show_image(axes[2], blank, cmap=DIVERGING, vmin=-0.5, vmax=0.5)
        for ax, title in zip(axes, ("image", "drawing", "drawing_minus_image"), strict=True):
            ax.set_title(say(f"picture.{title}"))
        self.difference.axes.set_xlabel(say("picture.too_dark_or_bright"), fontsize=8, color=MUTED)
        beside = axes_at(self.figure, LEFT + 6.7, 0.75, 0.9, 0.8)
        self.errors = ErrorBars(beside, (say("picture.own_gates"), say("picture.shown")), (PALETTE[0], PALETTE[0]))

    def _draw_gated_maps(self, channels: int, width: float) -> None:
        side = width / channels
        self.before = maps_row(axes_at(self.figure, LEFT, 2.35, width, side), channels, say("picture.maps"))
        self.gates_axes = axes_at(self.figure, LEFT, 2.45 + side, width, 0.8)
        self.bars = draw_gates(self.gates_axes, np.ones(channels), channels)
        # The own gates stay marked while others are in their place.
        (self.marks,) = self.gates_axes.plot(range(channels), np.ones(channels), "_", color=INK, markersize=24)
        self.gates_axes.set(xlim=(-0.5, channels - 0.5), xticks=[])
        row_label(self.gates_axes, say("picture.gates_and_own"))
        self.after = maps_row(
            axes_at(self.figure, LEFT, 3.35 + side, width, side), channels, say("picture.maps_times_gates")
        )
        self.after.axes.set(xticks=range(channels))
        self.after.axes.tick_params(length=0)

    def update(self, state: GatedMapsState) -> None:
        """Show another state."""
        self.image.set_data(state.image)
        self.drawing.set_data(state.drawing)
        self.difference.set_data(state.drawing - state.image)
        for picture, shown in ((self.before, state.maps), (self.after, state.gated)):
            picture.set_data(mosaic(shown))
            picture.set_clim(0, state.maps.max())
        for bar, gate in zip(self.bars, state.gates, strict=True):
            bar.set_height(gate)
        self.marks.set_ydata(state.own_gates)
        both = np.concatenate([state.gates, state.own_gates])
        self.gates_axes.set_ylim(min(0, both.min()), max(1, both.max()))
        self.errors.update(state.errors, state.largest_error)


@dataclass(frozen=True)
class GatesByClassState:
    """What the figure shows of one class.

    Attributes:
        means: mean gates, (classes, channels).
        chosen: the class in the frame and the bars.
    """

    means: np.ndarray
    chosen: int


class GatesByClassFigure:
    """Mean gates as a map, a row for each class and a column for each channel; below, how one class differs.

    Args:
        classes: names of the classes.
        channels: how many.
    """

    def __init__(self, classes: Sequence[str], channels: int) -> None:
        left, width = 1.15, WIDTH - 2.15
        with sheet("", 4.6, "none") as self.figure:
            ax = axes_at(self.figure, left, 0.1, width, 2.6)
            self.map = show_image(ax, np.zeros((len(classes), channels)), cmap="viridis", vmin=0, vmax=1, aspect="auto")
            ax.set_yticks(range(len(classes)), classes)
            ax.tick_params(length=0)
            self.classes = ax.get_yticklabels()
            scale = self.figure.colorbar(self.map, cax=axes_at(self.figure, left + width + 0.15, 0.1, 0.15, 2.6))
            scale.set_label(say("picture.mean_gate"))
            self.frame = ax.add_patch(Rectangle((-0.5, -0.5), channels, 1, fill=False, edgecolor="white", linewidth=3))
            self.axes = axes_at(self.figure, left, 2.95, width, 1.2)
            self.bars = self.axes.bar(range(channels), np.zeros(channels), color=PALETTE[0])
            self.axes.axhline(0, color=INK, linewidth=0.8)
            self.axes.set(xlim=(-0.5, channels - 0.5), xticks=range(channels), xlabel=say("picture.channel"))
            self.axes.set_ylabel(say("picture.class_minus_all"))

    def update(self, state: GatesByClassState) -> None:
        """Show another state."""
        self.map.set_data(state.means)
        self.frame.set_y(state.chosen - 0.5)
        for place, name in enumerate(self.classes):
            name.set_fontweight("bold" if place == state.chosen else "normal")
        differences = state.means - state.means.mean(axis=0)
        for bar, difference in zip(self.bars, differences[state.chosen], strict=True):
            bar.set_height(difference)
        largest = np.abs(differences).max() or 1.0
        self.axes.set_ylim(-largest, largest)
