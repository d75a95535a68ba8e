"""Usual wrong answers to `double(x)`.

All of them are our own: the exercise is the course's, and nothing is published about it.
"""

import numpy as np


def two_added(x):
    """Adds 2 instead of multiplying by it."""
    return x + 2


def squared(x):
    """Raises to the power of 2 instead of multiplying by it."""
    return x**2


def halved(x):
    """Divides by 2."""
    return x / 2


def unchanged(x):
    """Gives back x itself, as if nothing had been assigned."""
    return x


def repeated(x):
    """Repeats the array, as `[...] * 2` does with a list."""
    return np.concatenate([x, x])


def changed_in_place(x):
    """Writes into the array that was given."""
    x *= 2
    return x


def nothing_returned(x):
    """Works the result out and drops it."""
    x = 2 * x


def double_precision(x):
    """Multiplies by a float64, which makes the whole result float64."""
    return x * np.float64(2)


def whole_numbers(x):
    """Turns the values into integers."""
    return (2 * x).astype(int)


def as_list(x):
    """Gives back a list instead of an array."""
    return (2 * x).tolist()
