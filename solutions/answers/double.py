"""Right answers to `double`, as different as students write them.

All of them are our own: the exercise is the course's, and nothing is published about it.
"""

import keras
import numpy as np


def added_to_itself(x):
    """A sum, no factor."""
    return x + x


def numpy_function(x):
    """`np.multiply` instead of the operator."""
    return np.multiply(x, 2.0)


def divided_by_a_half(x):
    """A quotient."""
    return x / 0.5


def copy_changed_in_place(x):
    """In place, but on a copy."""
    result = x.copy()
    result *= 2
    return result


def loop_over_positions(x):
    """One value at a time, written into an array of the same shape and type."""
    result = np.empty_like(x)
    for position in np.ndindex(x.shape):
        result[position] = 2 * x[position]
    return result


def list_of_values(x):
    """A list of doubled values, which gets back its type and shape."""
    return np.array([2 * value for value in x.flat], dtype=x.dtype).reshape(x.shape)


def stacked_and_summed(x):
    """Two copies along a new axis, summed over it."""
    return np.stack([x, x]).sum(axis=0)


def exponent_raised(x):
    """One more power of two."""
    return np.ldexp(x, 1)


def through_float64(x):
    """Works in double precision, then returns to the type of x."""
    return (x.astype("float64") * 2).astype(x.dtype)


def keras_operation(x):
    """`keras.ops`, then back to NumPy."""
    return keras.ops.convert_to_numpy(keras.ops.multiply(x, 2))
