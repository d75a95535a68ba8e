"""Lesson 2: gradients by layer."""

from dataclasses import dataclass

import numpy as np
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from coursekit.live.pictures.parts import axes_at
from coursekit.plots.style import PALETTE, sheet
from curriculum.messages import network_name, say


@dataclass(frozen=True)
class GradientsState:
    """What the figure shows of two networks of one depth.

    Attributes:
        norms: plain or residual -> (convolutions,), the nearest to the image first.
        depth: which of the depths they belong to, from 0.
    """

    norms: dict[str, np.ndarray]
    depth: int


class GradientsFigure:
    """Gradient norms by layer, plain against residual; beside them, the accuracy of each depth after training.

    Args:
        accuracies: plain or residual -> (depths,).
        depths: the networks' numbers of layers.
        limits: the smallest and the largest norm of all, so that every state has the same scale.
    """

    def __init__(
        self, accuracies: dict[str, list[float]], depths: tuple[int, ...], limits: tuple[float, float]
    ) -> None:
        with sheet("", 3.3, "none") as self.figure:
            self._draw_norms(limits)
            self._draw_accuracies(accuracies, depths)

    def _draw_norms(self, limits: tuple[float, float]) -> None:
        self.axes = axes_at(self.figure, 0.95, 0.3, 4.4, 2.45)
        self.lines = {
            kind: self.axes.plot([], [], style, color=colour, marker=marker, markersize=4, label=network_name(kind))[0]
            for (kind, style, colour, marker) in (
                ("plain", "--", PALETTE[1], "s"),
                ("residual", "-", PALETTE[0], "o"),
            )
        }
        self.axes.set(xlabel=say("picture.convolutions"))
        self.axes.set_ylabel(say("picture.gradient_norm"))
        self.axes.set(yscale="log", ylim=(0.8 * limits[0], 1.25 * limits[1]))
        self.axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        self.axes.yaxis.set_major_formatter("{x:g}")
        self.axes.yaxis.set_minor_formatter(NullFormatter())
        self.axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        self.axes.grid(axis="y")
        self.axes.legend(loc="upper left", frameon=False)

    def _draw_accuracies(self, accuracies: dict[str, list[float]], depths: tuple[int, ...]) -> None:
        ax = axes_at(self.figure, 6.55, 0.3, 2.2, 2.45)
        rows = np.arange(len(depths))
        self.bars = []
        for offset, (kind, values) in zip((-0.2, 0.2), accuracies.items(), strict=True):
            bars = ax.barh(rows + offset, values, 0.36, color=self.lines[kind].get_color())
            ax.bar_label(bars, [f" {network_name(kind)} {value:.0%}" for value in values], fontsize=8)
            self.bars.append(bars)
        ax.set_yticks(rows, [network_name(f"{depth} layers") for depth in depths])
        ax.set(xlim=(0, 1.35), xticks=[0, 0.5, 1], title=say("picture.accuracy"))
        ax.xaxis.set_major_formatter("{x:.0%}")
        ax.tick_params(axis="y", length=0)
        ax.invert_yaxis()
        self.names = ax.get_yticklabels()

    def update(self, state: GradientsState) -> None:
        """Show another state."""
        for kind, line in self.lines.items():
            norms = state.norms[kind]
            line.set_data(np.arange(1, 1 + len(norms)), norms[::-1])
        self.axes.set_xlim(0.5, len(state.norms["plain"]) + 0.5)
        for bars in self.bars:
            for place, bar in enumerate(bars):
                bar.set_alpha(1 if place == state.depth else 0.35)
        for place, name in enumerate(self.names):
            name.set_fontweight("bold" if place == state.depth else "normal")
