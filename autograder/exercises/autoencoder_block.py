"""`autoencoder_block(x, filters, name)`: convolution, batch normalisation, ReLU."""

from autograder.exercises import Case, Exercise

EXERCISE = Exercise(
    name="autoencoder_block",
    kind="layer",
    cases=(
        Case((2, 8, 8, 1), {"filters": 16, "name": "a"}),
        Case((1, 5, 7, 16), {"filters": 32, "name": "b"}),
        Case((3, 6, 4, 3), {"filters": 5, "name": "c"}),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 2},
)
