"""`resnet(input_shape, blocks, filters, classes)`: a stem, stages of residual blocks, a classifier."""

from typing import Any

from autograder.exercises import Case, Exercise


def pointwise_block(x: Any, filters: int, stride: int, name: str) -> Any:
    """A block unlike the reference's: shows whether the answer uses the block it is handed."""
    from keras import layers

    return layers.Conv2D(filters, 1, strides=stride, name=f"{name}_point")(x)


EXERCISE = Exercise(
    name="resnet",
    kind="model",
    cases=(
        Case((2, 28, 28, 1), {"input_shape": (28, 28, 1), "blocks": (1, 1, 1), "filters": (16, 32, 64), "classes": 10}),
        Case((1, 12, 8, 3), {"input_shape": (12, 8, 3), "blocks": (1, 2), "filters": (4, 6), "classes": 5}),
        Case(
            (1, 8, 8, 2),
            {"input_shape": (8, 8, 2), "blocks": (2, 1), "filters": (3, 5), "classes": 4, "block": pointwise_block},
        ),
    ),
    points={"shape": 1, "parameters": 2, "outputs": 3},
)
