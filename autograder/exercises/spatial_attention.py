"""`spatial_attention(x, name, kernel_size=7)`: the tutorial's three steps: convolution, sigmoid, multiplication."""

from autograder.exercises import Case, Exercise

EXERCISE = Exercise(
    name="spatial_attention",
    kind="layer",
    gates="spatial",
    cases=(
        Case((2, 8, 8, 16), {"name": "a"}),
        Case((1, 5, 9, 12), {"name": "b", "kernel_size": 3}),
        Case((3, 6, 4, 10), {"name": "c", "kernel_size": 1}),
        Case((1, 6, 6, 6), {"name": "d", "kernel_size": 5}),
    ),
    points={"shape": 1, "parameters": 2, "outputs": 2},
)
