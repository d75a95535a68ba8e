"""The channel gates of any Keras model: the table of its calls, and what gates let through on given inputs."""

from collections.abc import Callable, Iterable, Mapping
from math import inf, prod
from typing import NamedTuple

import keras
import numpy as np

from curriculum.exercises.count_gates import EXERCISE, Call

__all__ = [
    "Product",
    "found_gates",
    "from_pictures",
    "one_position",
    "read_gates",
    "read_products",
    "small_networks",
    "table_of",
]

Count = Callable[[Mapping[str, Call]], tuple[int, int]]  # of a table: gates, and the parameters of their layers
# The tables that the check of `count_gates` asks about, by the names that its messages call them.
small_networks = {network.name: dict(network) for case in EXERCISE.cases for network in case.arguments.values()}


class Product(NamedTuple):
    """What a gate's product reads.

    Attributes:
        maps: what is scaled, (pictures, height, width, channels).
        gates: (pictures, channels).
    """

    maps: np.ndarray
    gates: np.ndarray


def table_of(model: keras.Model) -> dict[str, Call]:
    """The calls of a model, in the order of computing: name -> (class, names of the calls it reads, parameters).

    Args:
        model: functional, each of its layers called once.
    """
    made_by = {id(call.output): call.name for call in model.operations}
    parameters = {layer.name: layer.count_params() for layer in model.layers}
    return {
        call.name: (
            type(call).__name__,
            tuple(made_by[id(read)] for read in keras.tree.flatten(call.input)),
            parameters.get(call.name, 0),
        )
        for call in model.operations
    }


def found_gates(model: keras.Model, count: Count) -> dict[str, int]:
    """The products that are gates by somebody's count, by their names -> the parameters that each adds to it.

    The table is counted line by line: where the number of gates goes up, the line is a gate's product.
    """
    found: dict[str, int] = {}
    so_far: dict[str, Call] = {}
    before = 0, 0
    for name, call in table_of(model).items():
        so_far[name] = call
        if call[0] == "Multiply":
            gates, parameters = count(so_far)
            if gates > before[0]:
                found[name] = parameters - before[1]
            before = gates, parameters
    return found


def _size(shape: tuple[int | None, ...]) -> float:
    """How many numbers have this shape; infinitely many where a network takes pictures of any size."""
    return prod(side or inf for side in shape)


def one_position(model: keras.Model) -> list[str]:
    """Names of the products of a map and of something with a single position: gates, in most networks."""
    found = []
    for call in model.operations:
        reads = keras.tree.flatten(call.input)
        if type(call).__name__ == "Multiply" and len(reads) == 2 and all(len(read.shape) == 4 for read in reads):
            few, many = sorted(_size(read.shape[1:3]) for read in reads)
            if few == 1 < many:
                found.append(call.name)
    return found


def read_products(model: keras.Model, inputs: np.ndarray, products: Iterable[str]) -> dict[str, Product]:
    """What products of maps and gates read when the model is given `inputs`; the gates are what has fewer numbers."""
    calls = {call.name: call for call in model.operations}
    names = list(products)
    reads = [sorted(calls[name].input, key=lambda read: _size(read.shape[1:]), reverse=True) for name in names]
    values = keras.Model(model.input, reads).predict(inputs, verbose=0)
    return {
        name: Product(maps, gates.reshape(len(inputs), -1)) for name, (maps, gates) in zip(names, values, strict=True)
    }


def read_gates(model: keras.Model, inputs: np.ndarray, products: Iterable[str]) -> dict[str, np.ndarray]:
    """The gates alone of `read_products`: name -> (pictures, channels)."""
    return {name: product.gates for name, product in read_products(model, inputs, products).items()}


def from_pictures(gates: np.ndarray) -> float:
    """Which share of the variance of gates, (pictures, channels), is between pictures; the rest is between channels."""
    total = gates.var()
    return float(gates.var(axis=0).mean() / total) if total else 0.0
