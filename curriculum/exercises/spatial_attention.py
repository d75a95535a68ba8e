"""`spatial_attention(x, name, kernel_size=7)`: the tutorial's three steps: convolution, sigmoid, multiplication."""

from random import Random

from curriculum.exercises import Case, Exercise


def _kernel(draw: Random) -> dict[str, int]:
    return {"channels": draw.randint(5, 12), "kernel_size": draw.choice([3, 5, 9, 11])}


EXERCISE = Exercise(
    name="spatial_attention",
    kind="layer",
    gates="spatial",
    cases=(
        Case((2, 8, 8, 16), {"name": "a"}, fresh=lambda draw: {"channels": draw.randint(8, 24)}),
        Case((1, 5, 9, 12), {"name": "b", "kernel_size": 3}, fresh=_kernel),
        Case((3, 6, 4, 10), {"name": "c", "kernel_size": 1}, fresh=lambda draw: {"channels": draw.randint(5, 12)}),
        Case((1, 6, 6, 6), {"name": "d", "kernel_size": 5}, fresh=_kernel),
    ),
    points={"shape": 1, "parameters": 2, "outputs": 2},
)
