"""`attention_autoencoder(input_shape, filters)`: the autoencoder with both attentions behind every block."""

from autograder.exercises import Case, Exercise

EXERCISE = Exercise(
    name="attention_autoencoder",
    kind="model",
    cases=(
        Case((2, 28, 28, 1), {"input_shape": (28, 28, 1), "filters": (16, 32)}),
        Case((1, 16, 24, 3), {"input_shape": (16, 24, 3), "filters": (8, 10, 9)}),
    ),
    points={"shape": 1, "parameters": 2, "outputs": 2},
    named_layers=("latent",),
)
