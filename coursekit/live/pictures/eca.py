"""Lesson 5: microphones, their gates, and what is heard of the speakers."""

from dataclasses import dataclass

import numpy as np
from matplotlib.ticker import MaxNLocator

from coursekit.live.pictures.parts import GREY, ErrorBars, axes_at, mosaic
from coursekit.plots.attention import draw_gates
from coursekit.plots.style import INK, PALE, PALETTE, row_label, sheet, show_image
from curriculum.messages import say

MICROPHONES, SPEAKERS = 16, 4


@dataclass(frozen=True)
class MicrophonesState:
    """What the figure shows of one scene.

    Attributes:
        averages, gates: of each microphone, in the order in which they reach the layer, (16,).
        broken: which of them give static, bool, (16,).
        speakers: whom each of them stands before, (16,).
        said, heard: (14, 14, 4).
        errors: without gates, with these weights, and the smallest on the sliders.
    """

    averages: np.ndarray
    gates: np.ndarray
    broken: np.ndarray
    speakers: np.ndarray
    said: np.ndarray
    heard: np.ndarray
    errors: tuple[float, float, float]


class MicrophonesFigure:
    """The average and the gate of each microphone; beside them the speakers as said and as heard, and the errors."""

    def __init__(self) -> None:
        with sheet("", 3.5, "none") as self.figure:
            self._draw_microphones()
            self._draw_speakers()
            self._draw_errors()

    def _draw_microphones(self) -> None:
        places = [axes_at(self.figure, 0.75, top, 4.5, 1.2) for top in (0.3, 1.85)]
        self.bars = [
            places[0].bar(range(MICROPHONES), np.ones(MICROPHONES)),
            draw_gates(places[1], np.ones(MICROPHONES), MICROPHONES),
        ]
        (self.crosses,) = places[0].plot([], [], "x", color=INK)
        places[0].set(xlim=(-0.5, MICROPHONES - 0.5), xticks=[])
        places[0].yaxis.set_major_locator(MaxNLocator(3))
        places[0].set_title(say("picture.microphones"))
        places[1].set(xlim=(-0.5, MICROPHONES - 0.5), xticks=range(MICROPHONES), yticks=[0, 0.5, 1])
        places[1].tick_params(axis="x", length=0)
        places[1].set_title(say("picture.its_gate"))
        places[1].set_xlabel(say("picture.in_front"))
        self.averages_axes, self.gates_axes = places

    def _draw_speakers(self) -> None:
        extent = (-0.5, SPEAKERS - 0.5, 0, 1)
        self.images = []
        for top, name in ((0.3, "said"), (1.1, "heard")):
            ax = axes_at(self.figure, 5.9, top, 3, 0.75)
            self.images.append(show_image(ax, np.zeros((1, 1)), extent=extent, aspect="auto", **GREY))
            ax.spines[:].set_visible(False)
            row_label(ax, say(f"picture.{name}"))
        self.images[0].axes.xaxis.tick_top()
        self.images[0].axes.set_xticks(
            range(SPEAKERS), [say("picture.speaker", speaker=speaker) for speaker in range(SPEAKERS)]
        )
        self.images[0].axes.tick_params(length=0, labelsize=9)

    def _draw_errors(self) -> None:
        ax = axes_at(self.figure, 6.6, 2.25, 1.75, 0.95)
        names = [say(f"picture.{name}") for name in ("no_gates", "these_weights", "best_weights")]
        self.errors = ErrorBars(ax, names, (PALE, PALE, PALE), say("picture.error_of_scenes"))
        self.errors.bars[1].set_color(PALETTE[0])
        ax.get_yticklabels()[1].set_fontweight("bold")

    def update(self, state: MicrophonesState) -> None:
        """Show another state."""
        for bars, heights in zip(self.bars, (state.averages, state.gates), strict=True):
            for bar, height, off in zip(bars, heights, state.broken, strict=True):
                bar.set_height(height)
                bar.set(facecolor=PALETTE[1] if off else PALETTE[0], edgecolor="white", hatch="////" if off else "")
        self.crosses.set_data(np.flatnonzero(state.broken), state.averages[state.broken] + 0.1 * state.averages.max())
        self.averages_axes.set_ylim(0, 1.2 * state.averages.max())
        self.gates_axes.set_ylim(min(0, state.gates.min()), max(1, state.gates.max()))
        self.gates_axes.set_xticklabels(state.speakers)
        brightest = state.said.max(axis=(0, 1))  # a soft speaker is to be seen too
        for image, shown in zip(self.images, (state.said, state.heard), strict=True):
            image.set_data(mosaic(shown / brightest))
        self.errors.update(state.errors, max(state.errors))
