"""`efficientnet_se(x, filters_in, ratio=0.25)`: squeeze-and-excitation inside EfficientNet's MBConv block."""

from autograder.exercises import Case, Exercise

EXERCISE = Exercise(
    name="efficientnet_se",
    kind="layer",
    gates="channel",
    cases=(
        Case((2, 6, 6, 32), {"filters_in": 32}),
        Case((1, 5, 7, 96), {"filters_in": 16}),
        Case((2, 4, 4, 40), {"filters_in": 10, "ratio": 0.5}),
        Case((1, 3, 5, 18), {"filters_in": 3}),
        Case((1, 3, 4, 14), {"filters_in": 7}),  # 7 / 4 is cut to 1, not rounded to 2
    ),
    points={"shape": 1, "parameters": 1, "outputs": 2},
)
