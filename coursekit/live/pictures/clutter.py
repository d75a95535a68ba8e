"""Lesson 8: masks over a scene, and the opinions that are joined."""

from collections.abc import Sequence

import numpy as np
from matplotlib.patches import Rectangle

from coursekit.live.pictures.parts import GREY, ClassBars, axes_at
from coursekit.plots.style import MUTED, PALETTE, sheet, show_image

SCENE = (-0.5, 27.5, 27.5, -0.5)  # where a map of any size is drawn over it


class InTheClutter:
    """A scene, one head's masks over it, how the answer depends on the place; below, the hypotheses and the answers.

    Args:
        classes: their names.
        sides: height and width of each module's masks.
    """

    def __init__(self, classes: Sequence[str], sides: Sequence[int]) -> None:
        side, below = 1.9, 3.0
        with sheet("", 5.3, "none") as self.figure:
            axes = [axes_at(self.figure, 0.1 + (side + 0.1) * place, 0.3, side, side) for place in range(3)]
            self.scenes = [show_image(ax, np.zeros((28, 28)), **GREY) for ax in axes]
            titles = ["scene", *(f"module {n}, {size} × {size}" for n, size in enumerate(sides, start=1))]
            for ax, title in zip(axes, titles, strict=True):
                ax.set_title(title)
            self.masks = [ax.imshow(np.zeros((1, 1)), cmap="plasma", vmin=0, vmax=1, extent=SCENE) for ax in axes[1:]]
            axes[0].set_xlabel("dashed: the garment's square", fontsize=8, color=MUTED)
            # Dark and light dashes in turn: seen on every ground.
            self.frames = [
                ax.add_patch(Rectangle((0, 0), 14, 14, fill=False, edgecolor=colour, linestyle=style))
                for ax in axes
                for colour, style in (("black", "-"), ("white", (0, (4, 4))))
            ]
            ax = axes_at(self.figure, 6.7, 0.3, 1.6, 1.6)
            self.places = show_image(ax, np.zeros((15, 15)), cmap="viridis", vmin=0, vmax=1)
            ax.set(title="right class at each place", xlabel="column", ylabel="row")
            ax.set(xticks=[0, 7, 14], yticks=[0, 7, 14])
            (self.here,) = ax.plot([0], [0], "s", color="none", markeredgecolor="white", markersize=8)
            (self.centre,) = ax.plot([0], [0], "x", color="black", markersize=5)
            scale = self.figure.colorbar(self.places, cax=axes_at(self.figure, 8.37, 0.3, 0.1, 1.6))
            scale.set_label("probability")
            ax = axes_at(self.figure, 0.85, below, 1.1, 1.1)
            names = [f"module {n}" for n in range(1, len(sides) + 1)] + ["last layer"]
            self.gates = ax.barh(names, np.zeros(len(names)), color=PALETTE[1])
            self.says = [ax.text(0, row, "", va="center", fontsize=9) for row in range(len(names))]
            ax.set(xlim=(0, 1), xticks=[], title="gate, and what each says alone (bold: right)")
            ax.title.set_horizontalalignment("left")
            ax.title.set_x(0)
            ax.tick_params(length=0)
            ax.invert_yaxis()
            look = "In both modules, yellow is where the head looks\nmost. Each mask is drawn up to its own maximum."
            ax.annotate(look, (0, -0.25), xycoords="axes fraction", va="top", fontsize=8, color=MUTED)
            self.together, self.last = (
                ClassBars(axes_at(self.figure, left, below, 1.25, 2.15), classes, title)
                for left, title in ((4.85, "all joined"), (7.3, "last layer alone"))
            )

    def update(
        self,
        scene: np.ndarray,
        corner: tuple[int, int],
        masks: Sequence[np.ndarray],
        looked: Sequence[float],
        places: np.ndarray,
    ) -> None:
        """Show another scene.

        Args:
            scene: (28, 28).
            corner: row and column of the garment's upper left corner.
            masks: of one head in each module, (side, side); drawn up to its own maximum.
            looked: which share of each lies on the garment's square.
            places: the right class' probability with the garment at each place, (rows, columns).
        """
        for picture in self.scenes:
            picture.set_data(scene)
        for picture, mask, share in zip(self.masks, masks, looked, strict=True):
            scaled = mask / max(mask.max(), 1e-9)
            picture.set_data(scaled)
            picture.set_alpha(0.75 * scaled)
            picture.axes.set_xlabel(f"{share:.0%} on the garment (even: 25%)", fontsize=8, color=MUTED)
        row, column = corner
        for frame in self.frames:
            frame.set_xy((column - 0.5, row - 0.5))
        self.places.set_data(places)
        for mark in (self.here, self.centre):
            mark.set_data([column], [row])

    def update_answers(self, gates: np.ndarray, alone: np.ndarray, together: np.ndarray, right: int) -> None:
        """Show other answers.

        Args:
            gates: (hypotheses,).
            alone: each hypothesis' probabilities, (hypotheses, classes); the last is the last layer's.
            together: the joint answer's, (classes,).
            right: the garment's class.
        """
        classes = [name.get_text() for name in self.together.axes.get_yticklabels()]
        for bar, text, gate, own in zip(self.gates, self.says, gates, alone, strict=True):
            bar.set_width(gate)
            text.set_x(gate)
            text.set_text(f" {gate:.2f}: {classes[own.argmax()]} {own.max():.0%}")
            text.set_fontweight("bold" if own.argmax() == right else "normal")
        self.together.update(together, right)
        self.last.update(alone[-1], right)
