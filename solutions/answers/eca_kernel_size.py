"""Right answers to `eca_kernel_size`, as different as students write them."""

import math

import numpy as np


def nearest_odd_number(channels, b=1, gamma=2):
    """The nearest odd number in one formula, ties up."""
    return 2 * math.floor(abs((math.log2(channels) + b) / gamma) / 2) + 1


def bits_set(channels, b=1, gamma=2):
    """The last bit set: odd numbers have it already."""
    return int(abs(np.log2(channels) + b) / gamma) | 1


def two_quotients(channels, b=1, gamma=2):
    """As equation 12 has it, with two quotients."""
    size = int(abs(math.log2(channels) / gamma + b / gamma))
    if size % 2 == 0:
        size += 1
    return size


def numpy_integer(channels, b=1, gamma=2):
    """A NumPy integer."""
    size = np.floor(np.abs((np.log2(channels) + b) / gamma)).astype("int32")
    return np.where(size % 2 == 1, size, size + 1).astype("int32")[()]


def counted_up(channels, b=1, gamma=2):
    """Odd numbers, as long as the next one is not above the value."""
    value, size = abs((math.log(channels, 2) + b) / gamma), 1
    while size + 1 <= value:
        size += 2
    return size


def nearest_of_all(channels, b=1, gamma=2):
    """The nearest of many odd numbers, of two the larger."""
    value = abs((math.log2(channels) + b) / gamma)
    return min(range(99, 0, -2), key=lambda odd: abs(odd - value))


def style_of_the_chinese_tutorial(channels, b=1, gamma=2):
    """In the style of the Chinese SE/ECA tutorial: `math.log(channels, 2)`, and `return` in both branches."""
    kernel_size = int(abs((math.log(channels, 2) + b) / gamma))
    if kernel_size % 2:
        return kernel_size
    return kernel_size + 1


def t_and_its_parity(channels, b=1, gamma=2):
    """`t if t % 2 else t + 1`, the logarithm with its base as second argument.

    Source: https://github.com/BangguWu/ECANet/issues/24
    """
    # math.log(8, 2) is a little less than 3, math.log2 is not
    t = int(abs((round(math.log(channels, 2), 9) + b) / gamma))
    return t if t % 2 else t + 1


def odd_by_the_last_bit(channels, b=1, gamma=2):
    """NumPy's logarithm, and the last bit set.

    Source: https://github.com/MenghaoGuo/Awesome-Vision-Attentions (code/channel_attentions/eca_module.py)
    """
    t = int(np.abs((np.log2(channels) + b) / gamma))
    return t | 1


def remainder_first(channels, b=1, gamma=2):
    """Whether the size is odd is asked with `== 1`, and a helper does it.

    Source: https://github.com/changzy00/pytorch-attention (attention_mechanisms/eca.py)
    """

    def to_odd(t):
        return t if t % 2 == 1 else t + 1

    return to_odd(int(abs((math.log2(channels) + b) / gamma)))
