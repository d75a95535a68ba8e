"""The usual wrong answers to `cost`.

Each changes what the right numbers are made of; `_cost` has them all.
"""


def _cost(block, height, width, channels, ratio=16, **wrong):
    """The right numbers, but for what `wrong` says."""
    positions = wrong.get("positions", height * width)
    units = wrong.get("units", max(1, channels // ratio))
    bias = wrong.get("bias", 1)
    normalisation = wrong.get("normalisation", 2)
    pair = 2 * channels * units
    pair_bias = bias * (units + channels)
    convolutions = channels * units + 2 * wrong.get("kernel", 9) * units**2 + units
    pairs = positions**2 if wrong.get("squared", True) else positions
    bam_bias = pair_bias + bias * (3 * units + 1) + normalisation * 4 * units
    stretched = wrong.get("convolved", positions)
    return {
        "se": (pair + pair_bias, pair * wrong.get("slid", 1)),
        "spatial": (49 * channels + bias, 49 * channels * stretched),
        "cbam": (
            wrong.get("held", 1) * (pair + pair_bias) + 98 + wrong.get("cbam_bias", 0),
            wrong.get("runs", 2) * pair * wrong.get("slid", 1) + 98 * stretched,
        ),
        "bam": (pair + convolutions + bam_bias, pair * wrong.get("slid", 1) + convolutions * stretched),
        "self_attention": (
            wrong.get("projections", 4) * (channels**2 + bias * channels),
            wrong.get("projections", 4) * channels**2 * positions + wrong.get("products", 2) * channels * pairs,
        ),
    }[block]


def biases_forgotten(block, height, width, channels, ratio=16):
    """Weights without biases."""
    return _cost(block, height, width, channels, ratio, bias=0)


def bias_in_cbams_convolution(block, height, width, channels, ratio=16):
    """CBAM's 7×7 convolution with a bias."""
    return _cost(block, height, width, channels, ratio, cbam_bias=1)


def normalisation_forgotten(block, height, width, channels, ratio=16):
    """BAM's batch normalisation has no parameters."""
    return _cost(block, height, width, channels, ratio, normalisation=0)


def moving_statistics_counted(block, height, width, channels, ratio=16):
    """The running means and variances are counted as parameters."""
    return _cost(block, height, width, channels, ratio, normalisation=4)


def dense_layers_held_twice(block, height, width, channels, ratio=16):
    """CBAM's dense layers counted once for the mean and once for the maximum."""
    return _cost(block, height, width, channels, ratio, held=2)


def dense_layers_run_once(block, height, width, channels, ratio=16):
    """CBAM's dense layers run once."""
    return _cost(block, height, width, channels, ratio, runs=1)


def convolution_used_once(block, height, width, channels, ratio=16):
    """A convolution's weights counted once instead of once for each position."""
    return _cost(block, height, width, channels, ratio, convolved=1)


def dense_at_every_position(block, height, width, channels, ratio=16):
    """The dense layers of squeeze-and-excitation run at every position."""
    return _cost(block, height, width, channels, ratio, slid=height * width)


def pairs_not_squared(block, height, width, channels, ratio=16):
    """One score for each position instead of one for each pair."""
    return _cost(block, height, width, channels, ratio, squared=False)


def mixing_forgotten(block, height, width, channels, ratio=16):
    """The scores are counted, the mixing of the values is not."""
    return _cost(block, height, width, channels, ratio, products=1)


def products_forgotten(block, height, width, channels, ratio=16):
    """Only layers with weights are counted.

    Source: https://github.com/autoliuweijie/FastBERT/issues/14
    """
    return _cost(block, height, width, channels, ratio, products=0)


def last_projection_forgotten(block, height, width, channels, ratio=16):
    """Queries, keys and values, but not the dense layer at the end."""
    return _cost(block, height, width, channels, ratio, projections=3)


def one_by_one_convolutions(block, height, width, channels, ratio=16):
    """BAM's 3×3 convolutions counted as 1×1."""
    return _cost(block, height, width, channels, ratio, kernel=1)


def height_only(block, height, width, channels, ratio=16):
    """A square map is taken for granted."""
    return _cost(block, height, width, channels, ratio, positions=height**2)


def ratio_ignored(block, height, width, channels, ratio=16):
    """Always 16."""
    return _cost(block, height, width, channels, 16)


def minimum_forgotten(block, height, width, channels, ratio=16):
    """A bottleneck of channels // ratio units, even if that is 0."""
    return _cost(block, height, width, channels, ratio, units=channels // ratio)


def divided_to_a_float(block, height, width, channels, ratio=16):
    """`/` where `//` is meant."""
    return _cost(block, height, width, channels, ratio, units=max(1, channels / ratio))


def exchanged(block, height, width, channels, ratio=16):
    """(multiply_adds, parameters)."""
    return _cost(block, height, width, channels, ratio)[::-1]


def parameters_only(block, height, width, channels, ratio=16):
    """One number."""
    return _cost(block, height, width, channels, ratio)[0]


def floating_point_operations(block, height, width, channels, ratio=16):
    """A multiplication and an addition counted as two.

    Source: https://github.com/facebookresearch/fvcore/issues/108
    """
    parameters, multiply_adds = _cost(block, height, width, channels, ratio)
    return parameters, 2 * multiply_adds


def biases_counted_as_operations(block, height, width, channels, ratio=16):
    """The additions of biases are counted as multiply-adds.

    Source: https://github.com/facebookresearch/fvcore/issues/102
    """
    positions, units = height * width, max(1, channels // ratio)
    parameters, multiply_adds = _cost(block, height, width, channels, ratio)
    additions = {
        "se": units + channels,
        "spatial": positions,
        "cbam": 2 * (units + channels),
        "bam": units + channels + positions * (3 * units + 1),
        "self_attention": 4 * channels * positions,
    }
    return parameters, multiply_adds + additions[block]
