"""Arrays that others hand over: whether they have the shape that was asked for."""

import numpy as np
from numpy.typing import ArrayLike


def shaped(value: ArrayLike, name: str, expected: str, *dimensions: int) -> np.ndarray:
    """`value` as an array with one of these numbers of dimensions.

    Args:
        value: what was received.
        name: of the argument, for the message.
        expected: the shape in words, for the message.
        dimensions: the numbers that are allowed.

    Raises:
        ValueError: another number of dimensions, no elements, or rows of unequal length.
    """
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name}: expected {expected}, received rows of unequal length") from error
    if array.ndim not in dimensions or array.size == 0:
        raise ValueError(f"{name}: expected {expected}, received shape {array.shape}")
    return array
