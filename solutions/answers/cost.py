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


def counters_by_hooks(block, height, width, channels, ratio=16):
    """A list of layers with what each has and does, a counter for each kind, both sums at the end.

    Source: https://github.com/Lyken17/pytorch-OpCounter
    """
    n, m = height * width, max(1, channels // ratio)

    def linear(i, o, times=1):
        return i * o + o, times * i * o

    def conv(i, o, k, bias=True):
        return k * k * i * o + (o if bias else 0), n * k * k * i * o

    def norm(c):
        return 2 * c, 0

    modules = {
        "se": [linear(channels, m), linear(m, channels)],
        "spatial": [conv(channels, 1, 7)],
        "cbam": [linear(channels, m, 2), linear(m, channels, 2), conv(2, 1, 7, bias=False)],
        "bam": [
            *(linear(channels, m), norm(m), linear(m, channels)),
            *(conv(channels, m, 1), norm(m), conv(m, m, 3), norm(m), conv(m, m, 3), norm(m), conv(m, 1, 1)),
        ],
        "self_attention": [*[linear(channels, channels, n)] * 4, (0, n * n * channels), (0, n * n * channels)],
    }[block]
    parameters, multiply_adds = zip(*modules, strict=True)
    return sum(parameters), sum(multiply_adds)


def products_of_shapes(block, height, width, channels, ratio=16):
    """Multiply-adds of a matrix product by the shapes of its operands; convolutions are products, too.

    Source: https://github.com/facebookresearch/fvcore/issues/108
    """
    n, m, c = height * width, max(1, channels // ratio), channels
    products, sizes = {
        "se": ([(1, c, m), (1, m, c)], [c * m + m, m * c + c]),
        "spatial": ([(n, 49 * c, 1)], [49 * c + 1]),
        "cbam": ([(2, c, m), (2, m, c), (n, 98, 1)], [c * m + m, m * c + c, 98]),
        "bam": (
            [(1, c, m), (1, m, c), (n, c, m), (n, 9 * m, m), (n, 9 * m, m), (n, m, 1)],
            [c * m + 3 * m, m * c + c, c * m + 3 * m, 2 * (9 * m * m + 3 * m), m + 1],
        ),
        "self_attention": ([*[(n, c, c)] * 4, (n, c, n), (n, n, c)], [4 * (c * c + c)]),
    }[block]
    return sum(sizes), sum(a * b * c for a, b, c in products)


def flops_written_by_hand(block, height, width, channels, ratio=16):
    """`flops += …`, a line for each layer, as code for windowed attention does.

    Source: https://github.com/rami0205/NGramSwin/issues/5
    """
    n, m = height * width, max(1, channels // ratio)
    params = flops = 0
    if block in ("se", "cbam", "bam"):
        times = 2 if block == "cbam" else 1
        params += channels * m + m + m * channels + channels
        flops += times * channels * m + times * m * channels
    if block == "cbam":
        params += 7 * 7 * 2
        flops += n * 7 * 7 * 2
    if block == "bam":
        params += 4 * 2 * m  # four normalisations
        params += channels * m + m + 2 * (9 * m * m + m) + m + 1
        flops += n * channels * m + 2 * n * 9 * m * m + n * m
    if block == "spatial":
        params += 7 * 7 * channels + 1
        flops += n * 7 * 7 * channels
    if block == "self_attention":
        params += 3 * channels * (channels + 1)
        flops += n * channels * 3 * channels
        flops += n * channels * n
        flops += n * n * channels
        params += channels * (channels + 1)
        flops += n * channels * channels
    return params, flops
