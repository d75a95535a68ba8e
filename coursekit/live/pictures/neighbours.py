"""Lesson 5: microphones, their gates, and what is heard of the speakers."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from coursekit.live.pictures.parts import GREY, axes_at, mosaic
from coursekit.plots.attention import draw_gates
from coursekit.plots.style import INK, PALE, PALETTE, row_label, sheet, show_image

MICROPHONES, SPEAKERS = 16, 4


class Stage:
    """The average and the gate of each microphone; beside them the speakers as said and as heard, and the errors."""

    def __init__(self) -> None:
        left, width = 0.75, 4.5
        with sheet("", 3.5, "none") as self.figure:
            places = [axes_at(self.figure, left, top, width, 1.2) for top in (0.3, 1.85)]
            self.bars = [
                places[0].bar(range(MICROPHONES), np.ones(MICROPHONES)),
                draw_gates(places[1], np.ones(MICROPHONES), MICROPHONES),
            ]
            (self.crosses,) = places[0].plot([], [], "x", color=INK)
            places[0].set(xlim=(-0.5, MICROPHONES - 0.5), xticks=[])
            places[0].yaxis.set_major_locator(MaxNLocator(3))
            places[0].set_title("average of each microphone; hatched, with ×: broken")
            places[1].set(xlim=(-0.5, MICROPHONES - 0.5), xticks=range(MICROPHONES), yticks=[0, 0.5, 1])
            places[1].tick_params(axis="x", length=0)
            places[1].set_title("its gate: 0 shut, 1 open")
            places[1].set_xlabel("speaker in front of the microphone")
            self.averages_axes, self.gates_axes = places
            extent = (-0.5, SPEAKERS - 0.5, 0, 1)
            self.images = []
            for top, name in ((0.3, "said"), (1.1, "heard")):
                ax = axes_at(self.figure, 5.9, top, 3, 0.75)
                self.images.append(show_image(ax, np.zeros((1, 1)), extent=extent, aspect="auto", **GREY))
                ax.spines[:].set_visible(False)
                row_label(ax, name)
            self.images[0].axes.xaxis.tick_top()
            self.images[0].axes.set_xticks(range(SPEAKERS), [f"speaker {speaker}" for speaker in range(SPEAKERS)])
            self.images[0].axes.tick_params(length=0, labelsize=9)
            ax = axes_at(self.figure, 6.6, 2.25, 1.75, 0.95)
            self.error_bars = ax.barh(["no gates", "these weights", "best weights"], [0] * 3, color=PALE)
            self.error_bars[1].set_color(PALETTE[0])
            self.error_texts = [ax.text(0, row, "", va="center") for row in range(3)]
            ax.get_yticklabels()[1].set_fontweight("bold")
            ax.set(xticks=[], title="error × 1,000, all scenes")
            ax.tick_params(length=0)
            ax.spines["bottom"].set_visible(False)
            ax.invert_yaxis()

    def update(
        self,
        averages: np.ndarray,
        gates: np.ndarray,
        broken: np.ndarray,
        speakers: np.ndarray,
        said: np.ndarray,
        heard: np.ndarray,
        errors: tuple[float, float, float],
    ) -> None:
        """Show another state.

        Args:
            averages, gates: of each microphone, in the order in which they reach the layer, (16,).
            broken: which of them give static, (16,).
            speakers: whom each of them stands before, (16,).
            said, heard: (14, 14, 4).
            errors: without gates, with these weights, and the smallest on the sliders.
        """
        for bars, heights in zip(self.bars, (averages, gates), strict=True):
            for bar, height, off in zip(bars, heights, broken, strict=True):
                bar.set_height(height)
                bar.set(facecolor=PALETTE[1] if off else PALETTE[0], edgecolor="white", hatch="////" if off else "")
        self.crosses.set_data(np.flatnonzero(broken), averages[broken] + 0.1 * averages.max())
        self.averages_axes.set_ylim(0, 1.2 * averages.max())
        self.gates_axes.set_ylim(min(0, gates.min()), max(1, gates.max()))
        self.gates_axes.set_xticklabels(speakers)
        brightest = said.max(axis=(0, 1))  # a soft speaker is to be seen too
        for image, shown in zip(self.images, (said, heard), strict=True):
            image.set_data(mosaic(shown / brightest))
        for bar, text, error in zip(self.error_bars, self.error_texts, errors, strict=True):
            bar.set_width(error)
            text.set_x(error)
            text.set_text(f" {error:.1f}")
        self.error_texts[0].axes.set_xlim(0, max(errors))
