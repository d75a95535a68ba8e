"""What a network costs: its parameters and its multiply-adds, read from its graph."""

from dataclasses import dataclass
from math import prod
from typing import Any

import keras
from keras import layers

# One multiply-add for each kernel weight and output position. A transposed convolution is not among them.
WITH_KERNEL = (layers.Dense, layers.Conv1D, layers.Conv2D, layers.DepthwiseConv2D)

NORMALISING = (layers.BatchNormalization, layers.LayerNormalization)  # which do not count, though they have weights

# Products of matrices without weights that have no rule here: better refused than counted as nothing.
OTHER_PRODUCTS = {"Dot", "Tensordot", "Attention", "AdditiveAttention"}


@dataclass(frozen=True)
class Cost:
    """Parameters, and multiply-adds for one image.

    Attributes:
        trainable: weights that training changes.
        total: these, and the running means and variances of batch normalisation.
        multiply_adds: one for each multiplication in a convolution, a dense layer, an attention's scores or another
            matrix product. As in the papers' tables, pooling, normalisation, activations, gates that scale a map and
            biases do not count.
    """

    trainable: int
    total: int
    multiply_adds: int

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(
            self.trainable - other.trainable, self.total - other.total, self.multiply_adds - other.multiply_adds
        )


def cost(model: keras.Model) -> Cost:
    """The cost of one image.

    Args:
        model: functional or Sequential, with inputs of known height and width.

    Raises:
        ValueError: another kind of model, a layer with weights that this function does not know how to count, or a size
            that is not known.
    """
    total = sum(prod(weight.shape) for weight in model.weights)
    return Cost(trainable(model), total, multiply_adds(model))


def trainable(model: keras.Model) -> int:
    """Weights that training changes, of any model."""
    return sum(prod(weight.shape) for weight in model.trainable_weights)


def layer_costs(model: keras.Model) -> dict[str, int]:
    """Multiply-adds of each layer that has some, by its name; a layer that is called twice has those of both calls.

    Args:
        model: as for `cost`.

    Raises:
        ValueError: as for `cost`.
    """
    graph = getattr(model, "_functional", model)  # inside a Sequential model is a functional one
    if not hasattr(graph, "_nodes_by_depth"):
        raise ValueError(f"{model.name}: expected a functional or Sequential model, received a {type(model).__name__}")
    costs: dict[str, int] = {}
    for nodes in graph._nodes_by_depth.values():
        for node in nodes:
            if count := _node_multiply_adds(node):
                costs[node.operation.name] = costs.get(node.operation.name, 0) + count
    return costs


def multiply_adds(model: keras.Model) -> int:
    """Multiply-adds of one image; as `cost` counts them."""
    return sum(layer_costs(model).values())


def _node_multiply_adds(node: Any) -> int:
    """Multiply-adds of one call of an operation."""
    operation: Any = node.operation
    output: Any = node.outputs[0] if node.outputs else None
    inputs = [tensor.shape for tensor in node.input_tensors]
    if isinstance(operation, keras.Model):
        return multiply_adds(operation)
    if isinstance(operation, WITH_KERNEL):
        weights: int = prod(operation.kernel.shape)
        return weights * _size(operation, output.shape[1:-1])  # once for each output position
    if isinstance(operation, layers.MultiHeadAttention):
        return _self_attention(operation, inputs)
    if type(operation).__name__ == "Einsum":
        return _einsum(operation, inputs)
    if type(operation).__name__ == "Matmul":
        summed: int = inputs[0][-1]
        return _size(operation, output.shape[1:]) * summed
    weighted = getattr(operation, "weights", None) and not isinstance(operation, NORMALISING)
    if weighted or type(operation).__name__ in OTHER_PRODUCTS:
        raise ValueError(f"{operation.name}: no rule for the multiply-adds of a {type(operation).__name__}")
    return 0


def _self_attention(layer: layers.MultiHeadAttention, inputs: list[tuple[int | None, ...]]) -> int:
    """Projections of every position, then scores and weighted sums for every pair of positions."""
    if len(set(inputs)) > 1:
        raise ValueError(
            f"{layer.name}: expected self-attention, received a query and values of other shapes, {inputs}"
        )
    positions = _size(layer, inputs[0][1:-1])
    kernels = sum(prod(weight.shape) for weight in layer.weights if weight.name == "kernel")
    products: int = positions * kernels + layer.num_heads * positions**2 * (layer.key_dim + layer.value_dim)
    return products


def _einsum(operation: Any, inputs: list[tuple[int | None, ...]]) -> int:
    """The product of all index sizes; the batch is the only size that is not known, and counts as 1."""
    letters = operation.subscripts.split("->")[0].split(",")
    sizes = {
        letter: size
        for word, shape in zip(letters, inputs, strict=True)
        for letter, size in zip(word, shape, strict=True)
    }
    return prod(1 if size is None else size for size in sizes.values())


def _size(operation: Any, shape: tuple[int | None, ...]) -> int:
    if None in shape:
        raise ValueError(f"{operation.name}: expected a known output size, received {shape}")
    return prod(length for length in shape if length is not None)
