"""`autoencoder(input_shape, filters)`: an encoder that halves the map, a decoder that doubles it again."""

from collections.abc import Callable
from typing import Any

from curriculum.exercises import Case, Exercise
from curriculum.exercises.draws import distinct, image


def pointwise_block(x: Any, filters: int, name: str) -> Any:
    """A block unlike the reference's: shows whether the answer uses the block it is handed."""
    from keras import layers

    return layers.Conv2D(filters, 1, name=f"{name}_point")(x)


def other_block(kernel_size: int, activation: str) -> Callable[..., Any]:
    """Blocks of the same kind, for grading."""

    def block(x: Any, filters: int, name: str) -> Any:
        from keras import layers

        return layers.Conv2D(filters, kernel_size, padding="same", activation=activation, name=f"{name}_only")(x)

    return block


EXERCISE = Exercise(
    name="autoencoder",
    kind="model",
    cases=(
        # The maps are halved once a stage.
        Case(
            (2, 28, 28, 1),
            {"input_shape": (28, 28, 1), "filters": (16, 32)},
            train=False,
            fresh=lambda draw: {"input_shape": image(draw, 4, 8, 1, step=4), "filters": distinct(draw, 2, 12, 34)},
        ),
        Case(
            (1, 16, 24, 3),
            {"input_shape": (16, 24, 3), "filters": (4, 8, 6)},
            train=False,
            fresh=lambda draw: {
                "input_shape": image(draw, 2, 4, draw.randint(2, 5), step=8),
                "filters": distinct(draw, 3, 4, 12),
            },
        ),
        Case(
            (1, 10, 6, 2),
            {"input_shape": (10, 6, 2), "filters": (5,)},
            fresh=lambda draw: {
                "input_shape": image(draw, 3, 7, draw.randint(2, 5), step=2),
                "filters": distinct(draw, 1),
            },
        ),
        Case(
            (1, 8, 12, 1),
            {"input_shape": (8, 12, 1), "filters": (3, 4), "block": pointwise_block},
            fresh=lambda draw: {
                "input_shape": image(draw, 2, 4, draw.randint(1, 3), step=4),
                "filters": distinct(draw, 2, 3, 8),
                "block": other_block(draw.randint(1, 2), draw.choice(["tanh", "sigmoid"])),
            },
        ),
    ),
    points={"shape": 2, "parameters": 1, "outputs": 2},
    named_layers=("latent",),
)
