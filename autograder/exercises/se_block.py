"""`se_block(inputs, ratio=4)`: squeeze-and-excitation with ratio 4: 318 parameters on 24 channels."""

from autograder.exercises import Case, Exercise

EXERCISE = Exercise(
    name="se_block",
    kind="layer",
    gates="channel",
    cases=(
        Case((2, 7, 5, 24)),
        Case((2, 4, 6, 30), {"ratio": 7}),
        Case((1, 3, 3, 3), {"ratio": 2}),
        Case((2, 2, 3, 3), {"ratio": 8}),  # at least 1
    ),
    points={"shape": 1, "parameters": 1, "outputs": 1},
)
