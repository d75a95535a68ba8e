"""Lesson 8: masks over a picture, and the hypotheses that are joined."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.patches import Rectangle

from coursekit.live.pictures.parts import GREY, Answer, ClassBars, axes_at
from coursekit.plots.style import MUTED, PALETTE, sheet, show_image
from curriculum.messages import say

EXTENT = (-0.5, 27.5, 27.5, -0.5)  # where a map of any size is drawn over the picture
TOP_OF_ANSWERS = 3.0  # inches


@dataclass(frozen=True)
class HypothesesState:
    """What the figure shows of one picture.

    Attributes:
        image: (28, 28).
        corner: row and column of the garment's upper left corner.
        masks: of one head in each module, (side, side); drawn up to its own maximum.
        shares: which share of each lies on the garment's square.
        places: the right class' probability with the garment at each place, (rows, columns).
        gates: (hypotheses,).
        alone: each hypothesis' probabilities, (hypotheses, classes); the last is the last layer's.
        together: the joint answer.
    """

    image: np.ndarray
    corner: tuple[int, int]
    masks: Sequence[np.ndarray]
    shares: Sequence[float]
    places: np.ndarray
    gates: np.ndarray
    alone: np.ndarray
    together: Answer


class HypothesesFigure:
    """A picture, one head's masks over it, how the answer depends on the place; below, the hypotheses and the answers.

    Args:
        classes: their names.
        sides: height and width of each module's masks.
    """

    def __init__(self, classes: Sequence[str], sides: Sequence[int]) -> None:
        self.classes = classes
        with sheet("", 5.3, "none") as self.figure:
            self._draw_masks(sides)
            self._draw_places()
            self._draw_hypotheses(
                [*(say("picture.module", number=n) for n in range(1, len(sides) + 1)), say("picture.last_layer")]
            )
            self.together, self.last = (
                ClassBars(axes_at(self.figure, left, TOP_OF_ANSWERS, 1.25, 2.15), classes, title)
                for left, title in ((4.85, say("picture.all_joined")), (7.3, say("picture.last_layer_alone")))
            )

    def _draw_masks(self, sides: Sequence[int]) -> None:
        side = 1.9
        axes = [axes_at(self.figure, 0.1 + (side + 0.1) * place, 0.3, side, side) for place in range(3)]
        self.images = [show_image(ax, np.zeros((28, 28)), **GREY) for ax in axes]
        modules = (say("picture.module_of_size", number=n, size=size) for n, size in enumerate(sides, start=1))
        titles = [say("picture.scene"), *modules]
        for ax, title in zip(axes, titles, strict=True):
            ax.set_title(title)
        self.masks = [ax.imshow(np.zeros((1, 1)), cmap="plasma", vmin=0, vmax=1, extent=EXTENT) for ax in axes[1:]]
        axes[0].set_xlabel(say("picture.dashed"), fontsize=8, color=MUTED)
        # Dark and light dashes in turn: seen on every ground.
        self.frames = [
            ax.add_patch(Rectangle((0, 0), 14, 14, fill=False, edgecolor=colour, linestyle=style))
            for ax in axes
            for colour, style in (("black", "-"), ("white", (0, (4, 4))))
        ]

    def _draw_places(self) -> None:
        ax = axes_at(self.figure, 6.7, 0.3, 1.6, 1.6)
        self.places = show_image(ax, np.zeros((15, 15)), cmap="viridis", vmin=0, vmax=1)
        ax.set(title=say("picture.places"), xlabel=say("picture.column"), ylabel=say("picture.row"))
        ax.set(xticks=[0, 7, 14], yticks=[0, 7, 14])
        (self.here,) = ax.plot([0], [0], "s", color="none", markeredgecolor="white", markersize=8)
        (self.centre,) = ax.plot([0], [0], "x", color="black", markersize=5)
        scale = self.figure.colorbar(self.places, cax=axes_at(self.figure, 8.37, 0.3, 0.1, 1.6))
        scale.set_label(say("picture.probability"))

    def _draw_hypotheses(self, names: Sequence[str]) -> None:
        ax = axes_at(self.figure, 0.85, TOP_OF_ANSWERS, 1.1, 1.1)
        self.gates = ax.barh(names, np.zeros(len(names)), color=PALETTE[1])
        self.answers = [ax.text(0, row, "", va="center", fontsize=9) for row in range(len(names))]
        ax.set(xlim=(0, 1), xticks=[], title=say("picture.gate_and_answer"))
        ax.title.set_horizontalalignment("left")
        ax.title.set_x(0)
        ax.tick_params(length=0)
        ax.invert_yaxis()
        look = say("picture.look")
        ax.annotate(look, (0, -0.25), xycoords="axes fraction", va="top", fontsize=8, color=MUTED)

    def update(self, state: HypothesesState) -> None:
        """Show another state."""
        for picture in self.images:
            picture.set_data(state.image)
        for picture, mask, share in zip(self.masks, state.masks, state.shares, strict=True):
            scaled = mask / max(mask.max(), 1e-9)
            picture.set_data(scaled)
            picture.set_alpha(0.75 * scaled)
            picture.axes.set_xlabel(say("picture.on_garment", share=share), fontsize=8, color=MUTED)
        row, column = state.corner
        for frame in self.frames:
            frame.set_xy((column - 0.5, row - 0.5))
        self.places.set_data(state.places)
        for mark in (self.here, self.centre):
            mark.set_data([column], [row])
        self._update_hypotheses(state)
        self.together.update(state.together)
        self.last.update(Answer(state.alone[-1], state.together.right))

    def _update_hypotheses(self, state: HypothesesState) -> None:
        for bar, text, gate, own in zip(self.gates, self.answers, state.gates, state.alone, strict=True):
            bar.set_width(gate)
            text.set_x(gate)
            text.set_text(f" {gate:.2f}: {self.classes[own.argmax()]} {own.max():.0%}")
            text.set_fontweight("bold" if own.argmax() == state.together.right else "normal")
