"""Scenes put together from Fashion-MNIST images: what is in them is known exactly."""

import numpy as np

# Orders of the stage's microphones. Scattered: microphone 0 of each speaker, then microphone 1 of each, and so on.
ORDERS = {"beside": np.arange(16), "scattered": np.arange(16).reshape(4, 4).T.ravel()}


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
