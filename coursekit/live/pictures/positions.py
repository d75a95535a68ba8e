"""Lesson 4: gates over an image."""

from collections.abc import Sequence

import numpy as np
from matplotlib.patches import Rectangle

from coursekit.live.pictures.parts import GREY, ClassBars, axes_at
from coursekit.plots.style import PALETTE, sheet, show_image


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
            self.bars = ClassBars(axes_at(self.figure, 7.3, 0.3, 1.3, 2.15), classes, "probability")

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
            right: the class of the image.
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
        self.bars.update(probabilities, right)
