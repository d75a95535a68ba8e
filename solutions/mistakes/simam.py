"""Usual wrong answers to `simam`, each under the name by which a check recognises it."""

from keras import layers, ops

POSITIONS = (1, 2)  # the axes of height and width


def _distances(x, axes=POSITIONS):
    """Squared distances from the mean, right unless other axes are given."""
    return (x - ops.mean(x, axis=axes, keepdims=True)) ** 2


def _variance(distances, axes=POSITIONS):
    """Over one position less than there are."""
    count = 1
    for axis in axes:
        count *= distances.shape[axis]
    return ops.sum(distances, axis=axes, keepdims=True) / (count - 1)


def _importance(x, e_lambda):
    distances = _distances(x)
    return distances / (4 * (_variance(distances) + e_lambda)) + 0.5


def all_positions_counted(x, e_lambda=1e-4):
    """The variance over H · W positions, as the paper writes it.

    Source: https://github.com/ZjjConan/SimAM/issues/4
    """
    distances = _distances(x)
    variance = ops.mean(distances, axis=POSITIONS, keepdims=True)
    return x * ops.sigmoid(distances / (4 * (variance + e_lambda)) + 0.5)


def statistics_over_channels_too(x, e_lambda=1e-4):
    """One mean and one variance for the whole map of an image."""
    distances = _distances(x, (1, 2, 3))
    variance = _variance(distances, (1, 2, 3))
    return x * ops.sigmoid(distances / (4 * (variance + e_lambda)) + 0.5)


def statistics_over_channels(x, e_lambda=1e-4):
    """Mean and variance of each position over its channels."""
    distances = _distances(x, (3,))
    return x * ops.sigmoid(distances / (4 * (_variance(distances, (3,)) + e_lambda)) + 0.5)


def statistics_over_the_batch(x, e_lambda=1e-4):
    """Mean and variance over all images of the batch, as in batch normalisation."""
    mean = ops.mean(x, axis=(0, 1, 2), keepdims=True)
    distances = (x - mean) ** 2
    variance = ops.mean(distances, axis=(0, 1, 2), keepdims=True)
    return x * ops.sigmoid(distances / (4 * (variance + e_lambda)) + 0.5)


def half_missing(x, e_lambda=1e-4):
    """Without the + 0.5."""
    return x * ops.sigmoid(_importance(x, e_lambda) - 0.5)


def four_missing(x, e_lambda=1e-4):
    """Without the factor 4."""
    distances = _distances(x)
    return x * ops.sigmoid(distances / (_variance(distances) + e_lambda) + 0.5)


def lambda_outside_the_bracket(x, e_lambda=1e-4):
    """4 · variance + λ: the 4 does not multiply λ."""
    distances = _distances(x)
    return x * ops.sigmoid(distances / (4 * _variance(distances) + e_lambda) + 0.5)


def lambda_missing(x, e_lambda=1e-4):
    """Nothing is added to the variance."""
    distances = _distances(x)
    return x * ops.sigmoid(distances / (4 * _variance(distances)) + 0.5)


def lambda_ignored(x, e_lambda=1e-4):
    """The default is written where `e_lambda` has to stand."""
    return x * ops.sigmoid(_importance(x, 1e-4))


def lambda_as_the_least(x, e_lambda=1e-4):
    """λ is the least that is divided by, instead of being added.

    Source: https://github.com/northBeggar/Plug-and-Play (08-simAM/tensorflow/SimAM.py)
    """
    distances = _distances(x)
    return x * ops.sigmoid(distances / ops.maximum(4 * _variance(distances), e_lambda) + 0.5)


def default_of_the_script(x, e_lambda=4):
    """λ is 4 where nothing is given, as on the authors' command line, where 4 is meant for another block.

    Source: https://github.com/ZjjConan/SimAM (main_imagenet.py)
    """
    return x * ops.sigmoid(_importance(x, e_lambda))


def default_of_the_recipes(x, e_lambda=0.1):
    """λ is 0.1 where nothing is given, as in the authors' recipes for ImageNet.

    Source: https://github.com/ZjjConan/SimAM (README.md)
    """
    return x * ops.sigmoid(_importance(x, e_lambda))


def distances_summed(x, e_lambda=1e-4):
    """The sum of the distances above the line, too: one gate for a whole channel (its ultralytics/nn/modules/simam.py).

    Source: https://github.com/nhatcn/YOLO-LOAMDPMS-Learnable-Occlusion-Aware-and-Depth-Point-wise-Multi-Scale-Channel-Attention
    """
    distances = _distances(x)
    together = ops.sum(distances, axis=POSITIONS, keepdims=True)
    return x * ops.sigmoid(together / (4 * (_variance(distances) + e_lambda)) + 0.5)


def energy_not_inverted(x, e_lambda=1e-4):
    """The energy itself: what stands out has the least of it, and would get the smallest gate."""
    distances = _distances(x)
    variance = _variance(distances)
    return x * ops.sigmoid(4 * (variance + e_lambda) / (distances + 2 * variance + 2 * e_lambda))


def deviation_for_variance(x, e_lambda=1e-4):
    """The standard deviation in the variance's place."""
    distances = _distances(x)
    return x * ops.sigmoid(distances / (4 * (ops.sqrt(_variance(distances)) + e_lambda)) + 0.5)


def distance_not_squared(x, e_lambda=1e-4):
    """The distance from the mean, not squared."""
    distances = _distances(x)
    return x * ops.sigmoid(ops.sqrt(distances) / (4 * (_variance(distances) + e_lambda)) + 0.5)


def mean_not_subtracted(x, e_lambda=1e-4):
    """Squares of x instead of squared distances from the mean."""
    squares = x**2
    return x * ops.sigmoid(squares / (4 * (_variance(squares) + e_lambda)) + 0.5)


def batch_normalised(x, e_lambda=1e-4):
    """Means and variances by a batch normalisation layer, which learns and remembers."""
    normalised = layers.BatchNormalization(epsilon=e_lambda, center=False, scale=False)(x)
    return x * ops.sigmoid(normalised**2 / 4 + 0.5)


def sigmoid_missing(x, e_lambda=1e-4):
    """No sigmoid."""
    return x * _importance(x, e_lambda)


def gates_returned(x, e_lambda=1e-4):
    """The gates instead of x times them."""
    return ops.sigmoid(_importance(x, e_lambda))


def distances_gated(x, e_lambda=1e-4):
    """The gates multiply x minus its mean."""
    return (x - ops.mean(x, axis=POSITIONS, keepdims=True)) * ops.sigmoid(_importance(x, e_lambda))


def x_added(x, e_lambda=1e-4):
    """x is added to the result."""
    return x + x * ops.sigmoid(_importance(x, e_lambda))
