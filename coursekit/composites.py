"""Images composed of Fashion-MNIST images, so that what is in them is known exactly: scenes and cluttered pictures."""

import numpy as np

# Orders of the stage's microphones. Scattered: microphone 0 of each speaker, then microphone 1 of each, and so on.
ORDERS = {"beside": np.arange(16), "scattered": np.arange(16).reshape(4, 4).T.ravel()}

SCRAPS = 8  # in a picture in the clutter
SCRAP_SIDE = 6


def on_stage(images: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Four speakers, each heard by four microphones, of which one gives static.

    Args:
        images: (4 * batch, 28, 28) uint8; four in a row are the speakers of one scene.
        seed: draws how loudly each speaks, which microphones are broken, and how loud their static is.

    Returns:
        What is heard, (batch, 14, 14, 16), a speaker's microphones beside each other; what is said, (batch, 14, 14, 4).
    """
    rng = np.random.default_rng(seed)
    small = images[: len(images) // 4 * 4, ::2, ::2] / np.float32(255)
    said = small.reshape(-1, 4, 14, 14).transpose(0, 2, 3, 1)
    said = said * rng.uniform(0.2, 1, (len(said), 1, 1, 4)).astype("float32")
    heard = np.repeat(said, 4, axis=-1)
    static = heard.mean(axis=(1, 2), keepdims=True) * rng.uniform(0, 6, heard.shape).astype("float32")
    broken = np.arange(4) == rng.integers(4, size=(len(said), 4, 1))
    return np.where(broken.reshape(-1, 1, 1, 16), static, heard), said


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
    """Every other pixel of every other row: (batch, 28, 28) to (batch, 14, 14), of any dtype."""
    return images[:, ::2, ::2]


def scraps(small: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A black picture with squares cut out of garments, at random places.

    Args:
        small: the garments, (batch, 14, 14).
        rng: draws garments and places.

    Returns:
        (28, 28), of the garments' dtype.
    """
    picture = np.zeros((28, 28), small.dtype)
    for _ in range(SCRAPS):
        (row, column), (down, across) = rng.integers(0, 23, 2), rng.integers(0, 9, 2)
        scrap = small[rng.integers(len(small)), down : down + SCRAP_SIDE, across : across + SCRAP_SIDE]
        picture[row : row + SCRAP_SIDE, column : column + SCRAP_SIDE] = scrap
    return picture


def put(picture: np.ndarray, garment: np.ndarray, corner: tuple[int, int]) -> np.ndarray:
    """A copy of a picture with a garment on it; where they overlap, the brighter value is kept.

    Args:
        picture: (28, 28).
        garment: (14, 14).
        corner: row and column of its upper left corner, from 0 to 14.
    """
    (top, left), together = corner, picture.copy()
    window = together[top : top + 14, left : left + 14]
    np.maximum(window, garment, out=window)
    return together
