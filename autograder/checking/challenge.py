"""What a check feeds to an answer: inputs and weight values, both drawn from one seed."""

import zlib
from dataclasses import dataclass
from types import EllipsisType

import numpy as np

from curriculum.exercises import Case

Place = tuple[int | slice | EllipsisType, ...]  # an index of a map's axes

# The seed of the checks in notebooks, whose reference outputs are shipped in data/expected. Grading draws its own.
NOTEBOOK_SEED = 2024


@dataclass(frozen=True)
class Challenge:
    """Inputs and weight values, the same for everyone who has the seed."""

    seed: int = NOTEBOOK_SEED

    def _generator(self, *key: object) -> np.random.Generator:
        return np.random.default_rng([self.seed, zlib.crc32(repr(key).encode())])

    def inputs(self, case: Case, number: int) -> np.ndarray:
        """The input of a case: bytes, or feature maps whose channels have means and spreads of their own.

        With equal means, a squeeze over the wrong axis or a maximum for an average could go unnoticed.
        """
        if not case.shape:
            return np.zeros(0, case.dtype)
        generator = self._generator("input", number)
        if case.dtype == "uint8":
            return generator.integers(*case.bytes, case.shape, dtype=np.uint8)
        features = case.scale * _features(generator, case.shape, case.softmax_axes.get("", ()))
        features = features.astype(case.dtype)
        if case.scale > 1:  # every unit is far above 0 for one of two images, where ReLU6 is cut off
            features[1::2] = -features[: len(features) - 1 : 2]
        return _related(features, generator) if case.related else features

    def extra_inputs(self, case: Case, number: int) -> dict[str, np.ndarray]:
        """The extra inputs of a case, by the names of their parameters."""
        return {
            name: _features(self._generator("input", number, name), shape, case.softmax_axes.get(name, ())).astype(
                case.dtype
            )
            for name, shape in case.extra_inputs.items()
        }

    def weight(self, shape: tuple[int, ...], role: str = "weight") -> np.ndarray:
        """The value of a weight, float32: it depends only on the role and on the shape without its ones.

        So neither the order in which layers are made nor their names matter, nor whether a dense layer is written as
        `Dense` (channels, units) or as a 1x1 `Conv2D` (1, 1, channels, units).
        """
        squeezed = tuple(length for length in shape if length != 1)
        generator = self._generator("weight", role, squeezed)
        if role == "gamma":
            values = generator.uniform(0.5, 1.5, squeezed)
        elif role == "moving_variance":  # some of them small enough for the epsilon beside them to be seen
            low, high = np.log((0.1, 1.5))
            values = np.exp(generator.uniform(low, high, squeezed))
        elif len(squeezed) < 2:
            values = 0.5 * generator.standard_normal(squeezed)
        elif len(squeezed) == 2:
            # Glorot and Bengio (2010): strong enough to move a gate, too weak to push a softmax to 0 and 1.
            values = np.sqrt(1 / squeezed[0]) * generator.standard_normal(squeezed)
        else:
            # He et al. (2015): keeps signals near 1 through many layers. Of three lengths, none is known to be the
            # outputs', as in a k x k convolution to one channel, so all of them count as inputs.
            inputs = np.prod(squeezed) if len(squeezed) == 3 else np.prod(squeezed[:-1])
            values = np.sqrt(2 / inputs) * generator.standard_normal(squeezed)
        return np.asarray(values, np.float32).reshape(shape)


# What lies where in a batch of related maps, beside the map itself, which is the first.
NEGATED, OTHER_CHANNEL, OTHER_CORNER = 1, 2, 3
SHARE_OF_ZEROS = 0.1


def other_channel(shape: tuple[int, ...]) -> Place:
    """Where the map OTHER_CHANNEL differs from the first: in all of its middle channel."""
    return (..., shape[-1] // 2)


def other_corner(shape: tuple[int, ...]) -> Place:
    """Where the map OTHER_CORNER differs from the first: in the upper left quarter of its height and width."""
    return (slice(shape[1] // 2), slice(shape[2] // 2))


def _related(features: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """One map with some zeros in it, and three changes of it; what follows them in the batch stays as it is."""
    features[0][generator.random(features.shape[1:]) < SHARE_OF_ZEROS] = 0
    features[NEGATED] = -features[0]
    for number, place in ((OTHER_CHANNEL, other_channel), (OTHER_CORNER, other_corner)):
        new = features[number][place(features.shape)].copy()
        features[number] = features[0]
        features[number][place(features.shape)] = new
    return features


def _features(generator: np.random.Generator, shape: tuple[int, ...], softmax_axes: tuple[int, ...]) -> np.ndarray:
    """A feature map; along `softmax_axes`, the softmax of a steeper one."""
    means, spreads = generator.uniform(-1, 1, shape[-1]), generator.uniform(0.5, 1.5, shape[-1])
    values = means + spreads * generator.standard_normal(shape)
    if not softmax_axes:
        return values
    # Steeper, so that a few places have most of the share, as learned masks do.
    exponentials = np.exp(2 * values)
    softmax: np.ndarray = exponentials / exponentials.sum(axis=softmax_axes, keepdims=True)
    return softmax
