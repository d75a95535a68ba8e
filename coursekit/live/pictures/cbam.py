"""Lesson 6: channel and spatial attention of CBAM."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coursekit.live.pictures.parts import GREY, Answer, ClassBars, axes_at, maps_row, mosaic
from coursekit.plots.attention import draw_gates
from coursekit.plots.style import PALETTE, WIDTH, row_label, sheet, show_image
from curriculum.messages import say

LEFT = 1.2  # inches for the names of rows and the numbers beside them


@dataclass(frozen=True)
class ArrangementState:
    """What the figure shows of one image.

    Attributes:
        image: (28, 28).
        channel_reads, channel_gives: the maps before and behind channel attention, (height, width, channels).
        channel_gates: (channels,).
        spatial_reads: the maps before spatial attention, (height, width, channels).
        spatial_gates: (height, width).
        titles: what stands above channel attention and above spatial attention.
        answer: of the network.
    """

    image: np.ndarray
    channel_reads: np.ndarray
    channel_gives: np.ndarray
    channel_gates: np.ndarray
    spatial_reads: np.ndarray
    spatial_gates: np.ndarray
    titles: tuple[str, str]
    answer: Answer


class ArrangementFigure:
    """What channel and spatial attention read, and the gates that they give.

    Above: the maps that channel attention reads, averages and maxima, gates, and what it gives. Below: the same of
    spatial attention, its gates over the image, and the probability of every class.

    Args:
        channels: of the maps.
        classes: names of the classes.
    """

    def __init__(self, channels: int, classes: Sequence[str]) -> None:
        width = WIDTH - LEFT - 0.45
        with sheet("", 5.65, "none") as self.figure:
            self._draw_channel_attention(channels, width)
            self._draw_spatial_attention(3.25 + width / channels, classes)

    def _draw_channel_attention(self, channels: int, width: float) -> None:
        side, limits = width / channels, (-0.5, channels - 0.5)
        self.read = maps_row(axes_at(self.figure, LEFT, 0.3, width, side), channels, say("picture.reads"))
        self.channel_title = self.read.axes.set_title("", loc="left", fontweight="bold")
        self.squeezed = axes_at(self.figure, LEFT, 0.4 + side, width, 0.65)
        self.averages = self.squeezed.bar(range(channels), np.zeros(channels), color=PALETTE[0])
        (self.maxima,) = self.squeezed.plot(range(channels), np.zeros(channels), "D", color=PALETTE[1])
        self.squeezed.set(xlim=limits, xticks=[])
        row_label(self.squeezed, say("picture.average_and_maximum"))
        self.gates_axes = axes_at(self.figure, LEFT, 1.2 + side, width, 0.65)
        self.gates = draw_gates(self.gates_axes, np.ones(channels), channels)
        self.gates_axes.set(xlim=limits, xticks=[])
        row_label(self.gates_axes, say("picture.channel_gates"))
        self.given = maps_row(axes_at(self.figure, LEFT, 1.95 + side, width, side), channels, say("picture.gives"))
        self.given.axes.set_xticks(range(channels))
        self.given.axes.tick_params(length=0)

    def _draw_spatial_attention(self, top: float, classes: Sequence[str]) -> None:
        side, blank = 1.5, np.zeros((14, 14))
        axes = [axes_at(self.figure, 0.1 + (side + 0.12) * place, top, side, side) for place in range(4)]
        self.pooled = [show_image(ax, blank, cmap="viridis") for ax in axes[:2]]
        self.spatial = show_image(axes[2], blank, cmap="plasma", vmin=0, vmax=1)
        self.image = show_image(axes[3], np.zeros((28, 28)), **GREY)
        extent = (-0.5, 27.5, 27.5, -0.5)
        self.overlay = axes[3].imshow(blank, cmap="plasma", vmin=0, vmax=1, extent=extent, interpolation="bilinear")
        names = ("average", "maximum", "spatial_gates", "gates_over_image")
        for ax, name in zip(axes, names, strict=True):
            ax.set_title(say(f"picture.{name}"))
        self.spatial_title = axes[0].text(
            0, 1.19, "", transform=axes[0].transAxes, fontsize=10, fontweight="bold", va="bottom"
        )
        under = axes_at(self.figure, 0.1 + 2 * (side + 0.12), top + side + 0.08, side, 0.08)
        scale = self.figure.colorbar(self.spatial, cax=under, orientation="horizontal")
        scale.set_ticks([0, 0.5, 1], labels=[say("picture.shut"), "0.5", say("picture.open")])
        self.probabilities = ClassBars(axes_at(self.figure, 7.5, top, 1.1, side), classes)

    def update(self, state: ArrangementState) -> None:
        """Show another state."""
        for title, text in zip((self.channel_title, self.spatial_title), state.titles, strict=True):
            title.set_text(text)
        self._update_channel_attention(state)
        pooled = state.spatial_reads.mean(axis=-1), state.spatial_reads.max(axis=-1)
        for picture, shown in zip(self.pooled, pooled, strict=True):
            picture.set_data(shown)
            picture.set_clim(0, shown.max())
        self.spatial.set_data(state.spatial_gates)
        self.image.set_data(state.image)
        self.overlay.set_data(state.spatial_gates)
        self.overlay.set_alpha(0.7 * np.clip(state.spatial_gates, 0, 1))
        self.probabilities.update(state.answer)

    def _update_channel_attention(self, state: ArrangementState) -> None:
        reads, gates = state.channel_reads, state.channel_gates
        brightest = np.percentile(reads, 99)  # next to a single value that is brighter, the maps would be dark
        for picture, maps in ((self.read, reads), (self.given, state.channel_gives)):
            picture.set_data(mosaic(maps))
            picture.set_clim(0, brightest)
        for bar, average in zip(self.averages, reads.mean(axis=(0, 1)), strict=True):
            bar.set_height(average)
        largest = reads.max(axis=(0, 1))
        self.maxima.set_ydata(largest)
        self.squeezed.set_ylim(0, 1.15 * largest.max())
        for bar, gate in zip(self.gates, gates, strict=True):
            bar.set_height(gate)
        self.gates_axes.set_ylim(min(0, gates.min()), max(1, gates.max()))
