"""`autoencoder_block(x, filters, name)`: convolution, batch normalisation, ReLU."""

from curriculum.exercises import LARGE, Case, Exercise

EXERCISE = Exercise(
    name="autoencoder_block",
    kind="layer",
    cases=(
        Case((2, 8, 8, 1), {"filters": 16, "name": "a"}, fresh=lambda draw: {"filters": draw.randint(10, 24)}),
        Case(
            (2, 5, 7, 16),
            {"filters": 32, "name": "b"},
            scale=LARGE,
            fresh=lambda draw: {"channels": draw.randint(10, 20), "filters": draw.randint(24, 40)},
        ),
        Case(
            (3, 6, 4, 3),
            {"filters": 5, "name": "c"},
            fresh=lambda draw: {"channels": draw.randint(2, 4), "filters": draw.randint(5, 9)},
        ),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 2},
)
