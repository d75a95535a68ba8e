"""Made-up scenes of Fashion-MNIST that lessons train on."""

import numpy as np

SCRAPS = 8  # in a picture
SCRAP_SIDE = 6


def in_clutter(images: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Each garment at half its size, at a random place, among scraps of other garments.

    Args:
        images: (batch, 28, 28), uint8.
        seed: of the places and scraps.

    Returns:
        pictures, (batch, 28, 28), uint8; the garments' upper left corners, (batch, 2).
    """
    rng = np.random.default_rng(seed)
    small = half_size(images)
    corners = rng.integers(0, 15, (len(images), 2))
    pictures = [put(scraps(small, rng), *both) for both in zip(small, corners, strict=True)]
    return np.array(pictures), corners


def half_size(images: np.ndarray) -> np.ndarray:
    """Every other pixel of every other row: (batch, 28, 28) to (batch, 14, 14)."""
    return images[:, ::2, ::2]


def scraps(small: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A black picture, (28, 28), with squares cut out of garments (batch, 14, 14) at random places."""
    picture = np.zeros((28, 28), small.dtype)
    for _ in range(SCRAPS):
        (row, column), (down, across) = rng.integers(0, 23, 2), rng.integers(0, 9, 2)
        scrap = small[rng.integers(len(small)), down : down + SCRAP_SIDE, across : across + SCRAP_SIDE]
        picture[row : row + SCRAP_SIDE, column : column + SCRAP_SIDE] = scrap
    return picture


def put(picture: np.ndarray, garment: np.ndarray, corner: tuple[int, int]) -> np.ndarray:
    """A copy of the picture with a garment (14, 14) at this upper left corner; where both are, the brighter is seen."""
    (top, left), together = corner, picture.copy()
    window = together[top : top + 14, left : left + 14]
    np.maximum(window, garment, out=window)
    return together
