"""Lesson 4: gates over an image."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.patches import Rectangle

from coursekit.live.pictures.parts import GREY, Answer, ClassBars, axes_at
from coursekit.plots.style import PALETTE, sheet, show_image
from curriculum.messages import say


@dataclass(frozen=True)
class SpatialGatesState:
    """What the figure shows of one image.

    Attributes:
        image, gates: (28, 28).
        answer: of the network.
        cover: row, column and size of the black square.
    """

    image: np.ndarray
    gates: np.ndarray
    answer: Answer
    cover: tuple[int, int, int]


class SpatialGatesFigure:
    """An image with its cover, the gates, both together, and the probability of every class.

    Args:
        classes: names of the classes.
    """

    def __init__(self, classes: Sequence[str]) -> None:
        blank = np.zeros((28, 28))
        side = 1.95
        with sheet("", 2.7, "none") as self.figure:
            axes = [axes_at(self.figure, 0.1 + (side + 0.1) * place, 0.3, side, side) for place in range(3)]
            self.images = [show_image(axes[0], blank, **GREY), show_image(axes[2], blank, **GREY)]
            self.gates = show_image(axes[1], blank, cmap="plasma", vmin=0, vmax=1)
            self.overlay = axes[2].imshow(blank, cmap="plasma", vmin=0, vmax=1, interpolation="bilinear")
            for ax, title in zip(axes, ("image", "gates", "gates_over_image"), strict=True):
                ax.set_title(say(f"picture.{title}"))
            scale = self.figure.colorbar(
                self.gates, cax=axes_at(self.figure, 2.15, 2.33, side, 0.08), orientation="horizontal"
            )
            scale.set_ticks([0, 0.5, 1], labels=[say("picture.shut"), "0.5", say("picture.open")])
            # The outline tells a cover from a dark garment and from the background, which are black as it is.
            looks = {"fill": False, "edgecolor": PALETTE[1], "linestyle": "--"}
            self.covers = [ax.add_patch(Rectangle((0, 0), 0, 0, **looks)) for ax in axes[::2]]
            self.probabilities = ClassBars(axes_at(self.figure, 7.3, 0.3, 1.3, 2.15), classes)

    def update(self, state: SpatialGatesState) -> None:
        """Show another state."""
        for picture in self.images:
            picture.set_data(state.image)
        self.gates.set_data(state.gates)
        self.overlay.set_data(state.gates)
        self.overlay.set_alpha(0.7 * np.clip(state.gates, 0, 1))
        row, column, size = state.cover
        for outline in self.covers:
            outline.set_bounds(column - 0.5, row - 0.5, size, size)
        self.probabilities.update(state.answer)
