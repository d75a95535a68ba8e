"""The test images that the demos show."""

import io
from contextlib import redirect_stdout
from functools import cache

import numpy as np

from coursekit.data import CLASS_NAMES, fashion_mnist_source, load_fashion_mnist


@cache
def test_images() -> tuple[np.ndarray, np.ndarray]:
    """All test images, (count, 28, 28) uint8, and their labels, (count,).

    The line that says where they are from is left out, for a lesson has printed it before; that they are not
    Fashion-MNIST is said again.
    """
    with redirect_stdout(io.StringIO()) as said:
        _, test = load_fashion_mnist()
    if fashion_mnist_source() == "stand-in":
        print(said.getvalue())
    return test


def scaled(images: np.ndarray) -> np.ndarray:
    """(batch, 28, 28) uint8 as networks take them: (batch, 28, 28, 1) float32 from 0 to 1."""
    return images[..., np.newaxis] / np.float32(255)


def some_of_each(of_each: int) -> tuple[np.ndarray, list[str]]:
    """The first test images of every class: one of each, then another of each, and so on.

    Returns:
        (10 * of_each, 28, 28, 1) float32 from 0 to 1, and a name for each.
    """
    images, labels = test_images()
    places = np.stack([np.flatnonzero(labels == label)[:of_each] for label in range(len(CLASS_NAMES))], axis=1).ravel()
    names = [CLASS_NAMES[labels[place]] for place in places]
    if of_each > 1:
        names = [f"{name} {1 + number // len(CLASS_NAMES)}" for number, name in enumerate(names)]
    return scaled(images[places]), names
