"""`resnet(input_shape, blocks, filters, classes)`: a stem, stages of residual blocks, a classifier."""

from collections.abc import Callable
from typing import Any

from curriculum.exercises import Case, Exercise
from curriculum.exercises.draws import distinct, image


def pointwise_block(x: Any, filters: int, stride: int, name: str) -> Any:
    """A block unlike the reference's: shows whether the answer uses the block it is handed."""
    from keras import layers

    return layers.Conv2D(filters, 1, strides=stride, name=f"{name}_point")(x)


def other_block(kernel_size: int, activation: str) -> Callable[..., Any]:
    """Blocks of the same kind, for grading."""

    def block(x: Any, filters: int, stride: int, name: str) -> Any:
        from keras import layers

        options = {"strides": stride, "padding": "same", "activation": activation}
        return layers.Conv2D(filters, kernel_size, name=f"{name}_only", **options)(x)

    return block


EXERCISE = Exercise(
    name="resnet",
    kind="model",
    cases=(
        Case(
            (2, 28, 28, 1),
            {"input_shape": (28, 28, 1), "blocks": (1, 1, 1), "filters": (16, 32, 64), "classes": 10},
            train=False,
            fresh=lambda draw: {
                "input_shape": image(draw, 16, 28, 1),
                "filters": tuple(sorted(distinct(draw, 3, 12, 64))),
                "classes": draw.randint(6, 14),
            },
        ),
        Case(
            (1, 12, 8, 3),
            {"input_shape": (12, 8, 3), "blocks": (1, 2), "filters": (4, 6), "classes": 5},
            fresh=lambda draw: {
                "input_shape": image(draw, 8, 13, draw.randint(2, 5)),
                "blocks": draw.choice([(1, 2), (1, 3), (2, 3)]),
                "filters": distinct(draw, 2, 4, 15),
                "classes": draw.randint(3, 8),
            },
        ),
        Case(
            (1, 8, 8, 2),
            {"input_shape": (8, 8, 2), "blocks": (2, 1), "filters": (3, 5), "classes": 4, "block": pointwise_block},
            fresh=lambda draw: {
                "input_shape": image(draw, 7, 11, draw.randint(1, 3)),
                "blocks": draw.choice([(2, 1), (3, 1), (3, 2)]),
                "filters": distinct(draw, 2),
                "classes": draw.randint(3, 8),
                "block": other_block(draw.randint(1, 3), draw.choice(["tanh", "sigmoid"])),
            },
        ),
    ),
    points={"shape": 1, "parameters": 2, "outputs": 3},
)
