"""`stacked_spatial_attention(inputs, kernel_size=3)`: four small convolutions in place of CBAM's large one."""

from curriculum.exercises import LARGE, Case, Exercise

EXERCISE = Exercise(
    name="stacked_spatial_attention",
    kind="layer",
    gates="spatial",
    cases=(
        Case((2, 7, 6, 12), fresh=lambda draw: {"channels": draw.randint(6, 16)}),
        Case((2, 4, 3, 8), {"kernel_size": 1}, scale=LARGE, fresh=lambda draw: {"channels": draw.randint(5, 12)}),
        Case(
            (1, 5, 5, 5),
            {"kernel_size": 5},
            fresh=lambda draw: {"channels": draw.randint(5, 12), "kernel_size": draw.choice([5, 7, 9])},
        ),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 2},
)
