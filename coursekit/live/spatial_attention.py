"""The demo of lesson 4: where spatial attention looks."""

from functools import cached_property

import keras
import numpy as np

from coursekit.data import CLASS_NAMES
from coursekit.live.demo import Demo, Shown, garment_choice, slider, steps
from coursekit.live.garments import some_of_each
from coursekit.live.layer import Function, own_layer, run, spatial_gates_of
from coursekit.live.networks import KERNEL_SIZES, split_lookout
from coursekit.live.pictures.parts import Answer
from coursekit.live.pictures.spatial_attention import SpatialGatesFigure, SpatialGatesState
from coursekit.live.question import Question, choose
from curriculum.messages import say

KERNEL_SIZE = 7  # the tutorial's
CLOTH = 0.1  # a brighter pixel is cloth, as in the lesson
RIM = 3  # pixels from the background, as in the lesson


class Lookouts:
    """The trained `lookout` of lesson 4 for every kernel size, with the reader's spatial attention in it.

    Attributes:
        notices: kernel size -> whose layer is at work.
    """

    def __init__(self, attention: Function | None) -> None:
        self._parts, self.notices = {}, {}
        for size in KERNEL_SIZES:
            front, trained, back = split_lookout(size)
            layer, self.notices[size] = own_layer(attention, "spatial_attention", trained, kernel_size=size)
            self._parts[size] = front, layer, back

    def look(self, images: np.ndarray, kernel_size: int) -> tuple[np.ndarray, np.ndarray]:
        """What it sees in images (batch, 28, 28, 1).

        Returns:
            Gates (batch, 28, 28), read from what the layer gets and what it gives, and probabilities (batch, 10).
        """
        front, layer, back = self._parts[kernel_size]
        maps = run(front, images)
        gated = run(layer, maps)
        return spatial_gates_of(maps, gated), run(back, gated)


def rim_and_core(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where images (batch, 28, 28, 1) show cloth near the background, and where cloth further in: (batch, 28, 28)."""
    cloth = images > CLOTH
    background = np.array(keras.ops.max_pool(np.float32(~cloth), 2 * RIM + 1, 1, "same")) > 0
    return (cloth & background)[..., 0], (cloth & ~background)[..., 0]


def mean_where(gates: np.ndarray, part: np.ndarray) -> float:
    """The mean gate of a part of the picture; 0 if there is no such part."""
    return float(gates[part].mean()) if part.any() else 0.0


class SpatialGates:
    """What `spatial_gates` shows."""

    def __init__(self, attention: Function | None) -> None:
        self.images, self.names = some_of_each(1)
        self.lookouts = Lookouts(attention)
        self.picture = SpatialGatesFigure(CLASS_NAMES)
        self.controls = {
            "garment": garment_choice(self.names, "Pullover"),
            "kernel_size": steps("kernel_size", KERNEL_SIZES, KERNEL_SIZE),
            "size": slider("size", 0, 20, 0),
            "row": slider("row", 0, 27, 2),
            "column": slider("column", 0, 27, 0),
        }

    def notice(self) -> str:
        """Whose layer is at work with the chosen kernel size."""
        return self.lookouts.notices[self.controls["kernel_size"].value]

    def show(self, garment: int, kernel_size: int, size: int, row: int, column: int) -> Shown:
        """Show a garment with a black square of `size` pixels over it, from `row` and `column` on."""
        image = self.images[[garment]]
        image[:, row : row + size, column : column + size] = 0
        (gates,), (probabilities,) = self.lookouts.look(image, kernel_size)
        rim, core = (mean_where(gates, part[0]) for part in rim_and_core(image))
        answer = Answer(probabilities, garment)
        self.picture.update(SpatialGatesState(image[0, ..., 0], gates, answer, cover=(row, column, size)))
        guess = int(probabilities.argmax())
        values = {"garment": self.names[garment], "seen": CLASS_NAMES[guess]}
        values |= {"share": probabilities[guess], "own": probabilities[garment]}
        values |= {"mean": gates.mean(), "rim": rim, "core": core, "kernel_size": kernel_size}
        values |= {"row": row, "column": column, "size": size}
        cover = say(f"live.spatial_gates.{'cover' if size else 'no_cover'}", **values)
        return Shown(say("live.spatial_gates.finding", **values), say("live.spatial_gates.alt", **values, cover=cover))

    def question(self) -> Question:
        """For which kernel size the gates on the rim are furthest above those inside."""
        options = {f"k = {size}": size for size in KERNEL_SIZES}
        text = say("live.spatial_gates.question", count=len(self.images))
        return choose(text, options, self.kernel_with_most_rim, self.why)

    @cached_property
    def differences(self) -> dict[int, float]:
        """Kernel size -> how much more open the gates are on the rim than in the core, all garments taken together."""
        parts = rim_and_core(self.images)
        found = {}
        for size in KERNEL_SIZES:
            gates, _ = self.lookouts.look(self.images, size)
            rim, core = (mean_where(gates, part) for part in parts)
            found[size] = rim - core
        return found

    def kernel_with_most_rim(self) -> int:
        """The kernel size with the largest of these differences."""
        return max(self.differences, key=self.differences.get)

    def why(self) -> str:
        """What the answer rests on, in the reader's language."""
        listed = ", ".join(f"k = {size}: {difference:+.2f}" for size, difference in self.differences.items())
        return say("live.spatial_gates.why", differences=listed)


def spatial_gates(spatial_attention: Function | None = None) -> Demo:
    """The gates of the reader's `spatial_attention` over a garment, part of which can be covered.

    Args:
        spatial_attention: called as `spatial_attention(x, name, kernel_size=kernel_size)`; without it, the trained one.
    """
    return Demo(SpatialGates(spatial_attention))
