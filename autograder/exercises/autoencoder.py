"""`autoencoder(input_shape, filters)`: an encoder that halves the map, a decoder that doubles it again."""

from typing import Any

from autograder.exercises import Case, Exercise


def pointwise_block(x: Any, filters: int, name: str) -> Any:
    """A block unlike the reference's: shows whether the answer uses the block it is handed."""
    from keras import layers

    return layers.Conv2D(filters, 1, name=f"{name}_point")(x)


EXERCISE = Exercise(
    name="autoencoder",
    kind="model",
    cases=(
        Case((2, 28, 28, 1), {"input_shape": (28, 28, 1), "filters": (16, 32)}),
        Case((1, 16, 24, 3), {"input_shape": (16, 24, 3), "filters": (4, 8, 6)}),
        Case((1, 10, 6, 2), {"input_shape": (10, 6, 2), "filters": (5,)}),
        Case((1, 8, 12, 1), {"input_shape": (8, 12, 1), "filters": (3, 4), "block": pointwise_block}),
    ),
    points={"shape": 2, "parameters": 1, "outputs": 2},
    named_layers=("latent",),
)
