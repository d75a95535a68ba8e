"""`attention_block(x, filters, name)`: the autoencoder's block with channel attention behind it."""

from curriculum.exercises import LARGE, Case, Exercise
from curriculum.exercises.draws import not_divisible

EXERCISE = Exercise(
    name="attention_block",
    kind="layer",
    cases=(
        Case((2, 8, 8, 1), {"filters": 16, "name": "a"}, fresh=lambda draw: {"filters": 8 * draw.randint(2, 5)}),
        Case(
            (2, 5, 7, 12),
            {"filters": 38, "name": "b"},
            scale=LARGE,
            fresh=lambda draw: {"channels": draw.randint(5, 15), "filters": not_divisible(draw, 8, (3, 5))},
        ),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 1},
)
