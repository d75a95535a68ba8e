"""What the networks are compared on: garments as they are, and pictures where attention should help, or should not.

The predictions were written before any of these trainings was run; they stay as they are, whatever comes out. Each says
what would count against it. Differences are in points of accuracy, to the plain network.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from coursekit.composites import half_size, in_clutter
from coursekit.training import Data

CHANNELS, NOISY = 8, 4
FEW = 1_000


def garments(data: Data, seed: int) -> Data:
    """Fashion-MNIST as it is.

    Prediction: no block differs from the plain network by more than 0.5 points. A garment in the middle of a black
    square leaves nothing to look away from. The wider network and the one trained longer gain as much as any block.
    Against it: a block whose interval lies above 0 in the comparison with its wider network.
    The larger network of `larger` gets to 93.5 to 94.5 %, and the differences are no larger there: what is missing at
    92 % is width and resolution, not attention.
    """
    (images, labels), (test_images, test_labels) = data
    return (images[..., np.newaxis], labels), (test_images[..., np.newaxis], test_labels)


def few(data: Data, seed: int) -> Data:
    """A thousand training images, others for each seed.

    Prediction: no block helps, and blocks with the most weights of their own, spatial attention and CBAM, do worse by
    up to 1 point: gates have to be learnt from the same images. As the seeds draw the images, the pairs are correlated,
    by 0.3 or more, and here the paired interval is the narrower one. Against it: SE or ECA ahead of the plain network.
    """
    (images, labels), test = garments(data, seed)
    chosen = np.random.default_rng([seed, FEW]).permutation(len(images))[:FEW]
    return (images[chosen], labels[chosen]), test


def clutter(data: Data, seed: int) -> Data:
    """Each garment at half its size, anywhere, among scraps of other garments; the same pictures for every seed.

    Prediction: spatial gates help, by 0.5 to 2 points: spatial attention, CBAM and BAM, because the mean over all
    positions before the last layer counts scraps and garment alike. SE and ECA, whose gates are the same everywhere,
    gain less than half of that. Against it: the wider network gains as much, or SE as much as CBAM.
    """
    return tuple((in_clutter(images, place)[0][..., np.newaxis], labels) for place, (images, labels) in enumerate(data))  # type: ignore[return-value]


def framed(data: Data, seed: int) -> Data:
    """Four garments at half their size, one with a frame; its class is asked for; the same pictures for every seed.

    Prediction: the largest gain of all, 2 points or more, for the blocks whose spatial gates see as far as the frame,
    spatial attention, CBAM and BAM; none for SE and ECA beyond 0.5. What is asked for is a place, and multiplying by a
    map of places is what these blocks add. Against it: the plain network, whose convolutions see 4x4 to 15x15 pixels
    around each, does as well.
    """
    return tuple((_framed(images, place), labels) for place, (images, labels) in enumerate(data))  # type: ignore[return-value]


def _framed(images: np.ndarray, seed: int) -> np.ndarray:
    """(batch, 28, 28, 1) uint8: the image itself in one quarter, framed, and three others of the batch."""
    rng = np.random.default_rng(seed)
    small, count = half_size(images), len(images)
    pictures = np.zeros((count, 2, 2, 14, 14), np.uint8)
    places = rng.integers(4, size=count)
    for place in range(4):
        own = places == place
        pictures[:, place // 2, place % 2] = np.where(own[:, None, None], small, small[rng.integers(count, size=count)])
        quarter = pictures[own, place // 2, place % 2]
        quarter[:, [0, -1]] = quarter[:, :, [0, -1]] = 255
        pictures[own, place // 2, place % 2] = quarter
    return pictures.transpose(0, 1, 3, 2, 4).reshape(count, 28, 28, 1)


def channels(data: Data, seed: int) -> Data:
    """The garment in eight channels, of which noise has replaced four, others in each image.

    Prediction: channel attention helps: SE, CBAM and BAM by 0.5 to 2 points over the plain network. A convolution's
    weights are the same for all images, but which channels are noise differs. Noise has the garment's own grey values,
    so its texture tells it: behind a convolution and a ReLU, a noisy channel's mean is another one. ECA gains less, for
    channels that are neighbours behind the first convolution have nothing to do with each other. Spatial attention
    gains nothing. Against it: the first convolution mixes the eight before any gate stands in the way. If no block
    gains, that is why, and a gate on the input itself would be the next experiment.
    """
    return tuple((_noisy(images, place), labels) for place, (images, labels) in enumerate(data))  # type: ignore[return-value]


def _noisy(images: np.ndarray, seed: int) -> np.ndarray:
    """(batch, 28, 28, 8) uint8; a noisy channel has the image's own pixels in another order, so its mean and spread."""
    rng = np.random.default_rng(seed)
    several = np.repeat(images[..., np.newaxis], CHANNELS, axis=-1)
    for picture in several:
        for channel in rng.permutation(CHANNELS)[:NOISY]:
            picture[..., channel] = rng.permutation(picture[..., channel].ravel()).reshape(28, 28)
    return several


@dataclass(frozen=True)
class Setting:
    """Pictures to compare on.

    Attributes:
        make: (Fashion-MNIST, seed) to the same with pictures (batch, 28, 28, channels), uint8.
        drawn: whether every seed has pictures of its own.
    """

    make: Callable[[Data, int], Data]
    drawn: bool = False
