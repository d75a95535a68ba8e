"""Right answers to `cost`, as different as students write them."""

import numpy as np


def one_branch_a_block(block, height, width, channels, ratio=16):
    """`if` and `elif`, numbers multiplied out."""
    n, c = height * width, channels
    m = max(c // ratio, 1)
    if block == "se":
        return 2 * c * m + m + c, 2 * c * m
    if block == "spatial":
        return 7 * 7 * c + 1, 7 * 7 * c * n
    if block == "cbam":
        return 2 * c * m + m + c + 7 * 7 * 2, 4 * c * m + 7 * 7 * 2 * n
    if block == "bam":
        channel = c * m + m + 2 * m + m * c + c
        spatial = c * m + m + 2 * m + 2 * (9 * m * m + m + 2 * m) + m + 1
        return channel + spatial, 2 * c * m + n * (c * m + 18 * m * m + m)
    return 4 * (c * c + c), n * 4 * c * c + 2 * n * n * c


def _dense(inputs, outputs, bias=True):
    return inputs * outputs + bias * outputs


def _convolution(side, inputs, outputs, bias=True):
    return side**2 * inputs * outputs + bias * outputs


def layer_by_layer(block, height, width, channels, ratio=16):
    """A function for each kind of layer; parameters and multiply-adds in two sums."""
    positions, units = height * width, max(1, channels // ratio)
    if block in ("se", "cbam"):
        parameters = _dense(channels, units) + _dense(units, channels)
        multiply_adds = _dense(channels, units, False) + _dense(units, channels, False)
        if block == "cbam":
            parameters += _convolution(7, 2, 1, False)
            multiply_adds = 2 * multiply_adds + positions * _convolution(7, 2, 1, False)
    elif block == "spatial":
        parameters = _convolution(7, channels, 1)
        multiply_adds = positions * _convolution(7, channels, 1, False)
    elif block == "bam":
        parameters = _dense(channels, units) + 2 * units + _dense(units, channels)
        multiply_adds = _dense(channels, units, False) + _dense(units, channels, False)
        for side, inputs in ((1, channels), (3, units), (3, units)):
            parameters += _convolution(side, inputs, units) + 2 * units
            multiply_adds += positions * _convolution(side, inputs, units, False)
        parameters += _convolution(1, units, 1)
        multiply_adds += positions * _convolution(1, units, 1, False)
    else:
        parameters = 4 * _dense(channels, channels)
        multiply_adds = 4 * positions * _dense(channels, channels, False)
        multiply_adds += positions * positions * channels  # scores
        multiply_adds += positions * positions * channels  # mixing
    return parameters, multiply_adds


def numpy_integers(block, height, width, channels, ratio=16):
    """Products by NumPy, returned as a list."""
    m = np.maximum(1, channels // ratio)
    n = np.prod([height, width])
    pair = np.prod([2, channels, m])
    inner = channels * m + 18 * m * m + m
    rows = {
        "se": [pair + m + channels, pair],
        "spatial": [49 * channels + 1, 49 * channels * n],
        "cbam": [pair + m + channels + 98, 2 * pair + 98 * n],
        "bam": [pair + inner + channels + 12 * m + 1, pair + inner * n],
        "self_attention": [4 * channels * (channels + 1), 4 * n * channels**2 + 2 * n**2 * channels],
    }
    return [*rows[block]]


def match_statement(block, height, width, channels, ratio=16):
    """`match`, parameters and multiply-adds in one go."""
    positions, units = height * width, max(1, channels // ratio)
    se = 2 * channels * units
    match block:
        case "se":
            return se + units + channels, se
        case "spatial":
            return 49 * channels + 1, 49 * channels * positions
        case "cbam":
            return se + units + channels + 98, 2 * se + 98 * positions
        case "bam":
            weights = channels * units + 18 * units**2 + units
            return se + 3 * units + channels + weights + 9 * units + 1, se + weights * positions
        case "self_attention":
            return 4 * channels**2 + 4 * channels, positions * channels * (4 * channels + 2 * positions)
