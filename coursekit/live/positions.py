"""The demo of lesson 4: where spatial attention looks."""

from functools import cache

import keras
import numpy as np

from coursekit.data import CLASS_NAMES
from coursekit.live.demo import Demo, Shown, choices, slider, steps
from coursekit.live.garments import some_of_each
from coursekit.live.layer import Function, own_layer, run
from coursekit.live.networks import KERNEL_SIZES, split_lookout
from coursekit.live.pictures.positions import WhereItLooks
from coursekit.live.question import choose
from curriculum.messages import say

KERNEL_SIZE = 7  # the tutorial's
CLOTH = 0.1  # a brighter pixel is cloth, as in the lesson
RIM = 3  # pixels from the background, as in the lesson


class Lookouts:
    """The trained lookout of every kernel size, with the reader's spatial attention in it."""

    def __init__(self, attention: Function | None) -> None:
        self.parts, self.notices = {}, {}
        for size in KERNEL_SIZES:
            front, trained, back = split_lookout(size)
            layer, self.notices[size] = own_layer(attention, "spatial_attention", trained, kernel_size=size)
            self.parts[size] = front, layer, back

    def look(self, images: np.ndarray, kernel_size: int) -> tuple[np.ndarray, np.ndarray]:
        """What it sees in images (batch, 28, 28, 1).

        Returns:
            Gates (batch, 28, 28), read from what the layer gets and what it gives, and probabilities (batch, 10).
        """
        front, layer, back = self.parts[kernel_size]
        maps = run(front, images)
        seen = run(layer, maps)
        return (maps * seen).sum(axis=-1) / ((maps**2).sum(axis=-1) + 1e-9), run(back, seen)


def rim_and_core(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where images (batch, 28, 28, 1) show cloth near the background, and where cloth further in: (batch, 28, 28)."""
    cloth = images > CLOTH
    background = np.array(keras.ops.max_pool(np.float32(~cloth), 2 * RIM + 1, 1, "same")) > 0
    return (cloth & background)[..., 0], (cloth & ~background)[..., 0]


def mean_where(gates: np.ndarray, part: np.ndarray) -> float:
    """The mean gate of a part of the picture; 0 if there is no such part."""
    return float(gates[part].mean()) if part.any() else 0.0


def where_it_looks(spatial_attention: Function | None = None) -> Demo:
    """The gates of the reader's `spatial_attention` over a garment, part of which can be covered.

    Args:
        spatial_attention: called as `spatial_attention(x, name, kernel_size=kernel_size)`; without it, the trained one.
    """
    images, names = some_of_each(1)
    lookouts = Lookouts(spatial_attention)
    picture = WhereItLooks(CLASS_NAMES)

    def covered(garment: int, row: int, column: int, size: int) -> np.ndarray:
        """The garment with a black square over it, (1, 28, 28, 1)."""
        image = images[[garment]]
        image[:, row : row + size, column : column + size] = 0
        return image

    def show(garment: int, kernel_size: int, size: int, row: int, column: int) -> Shown:
        image = covered(garment, row, column, size)
        (gates,), (probabilities,) = lookouts.look(image, kernel_size)
        rim, core = (mean_where(gates, part[0]) for part in rim_and_core(image))
        picture.update(image[0, ..., 0], gates, probabilities, garment, (row, column, size))
        guess = int(probabilities.argmax())
        values = {
            "garment": names[garment],
            "seen": CLASS_NAMES[guess],
            "share": probabilities[guess],
            "own": probabilities[garment],
        }
        values |= {"mean": gates.mean(), "rim": rim, "core": core, "kernel_size": kernel_size}
        values |= {"row": row, "column": column, "size": size}
        cover = say(f"live.where_it_looks.{'cover' if size else 'no_cover'}", **values)
        return Shown(
            say("live.where_it_looks.finding", **values), say("live.where_it_looks.alt", **values, cover=cover)
        )

    @cache
    def differences() -> dict[int, float]:
        """Kernel size -> how much more open the gates are on the rim than in the core, all garments taken together."""
        parts = rim_and_core(images)
        found = {}
        for size in KERNEL_SIZES:
            gates, _ = lookouts.look(images, size)
            rim, core = (mean_where(gates, part) for part in parts)
            found[size] = rim - core
        return found

    def widest() -> int:
        return max(differences(), key=differences().get)

    def why() -> str:
        listed = ", ".join(f"k = {size}: {difference:+.2f}" for size, difference in differences().items())
        return say("live.where_it_looks.why", differences=listed)

    controls = {
        "garment": choices("garment", {name: place for place, name in enumerate(names)}, names.index("Pullover")),
        "kernel_size": steps("kernel_size", KERNEL_SIZES, KERNEL_SIZE),
        "size": slider("size", 0, 20, 0),
        "row": slider("row", 0, 27, 2),
        "column": slider("column", 0, 27, 0),
    }
    options = {f"k = {size}": size for size in KERNEL_SIZES}
    question = choose(say("live.where_it_looks.question", count=len(images)), options, widest, why)
    return Demo(picture.figure, show, controls, question, lambda: lookouts.notices[controls["kernel_size"].value])
