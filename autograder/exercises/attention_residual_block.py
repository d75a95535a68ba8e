"""`attention_residual_block(x, filters, stride, name)`: attention on the branch, before the addition."""

from autograder.exercises import Case, Exercise

EXERCISE = Exercise(
    name="attention_residual_block",
    kind="layer",
    cases=(
        Case((2, 8, 8, 16), {"filters": 16, "stride": 1, "name": "same"}),
        Case((1, 8, 6, 8), {"filters": 12, "stride": 2, "name": "down"}),
        Case((2, 5, 7, 4), {"filters": 10, "stride": 1, "name": "wider"}),
        Case((1, 7, 7, 6), {"filters": 6, "stride": 2, "name": "odd"}),
        Case((2, 6, 6, 8), {"filters": 8, "stride": 1, "name": "silent"}, zero_weights=True),
    ),
    points={"shape": 1, "parameters": 2, "outputs": 3},
)
