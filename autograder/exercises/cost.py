"""`cost(block, height, width, channels, ratio=16)`: parameters and multiply-adds of each kind of attention."""

from autograder.exercises import Case, Exercise

BLOCKS = ("se", "spatial", "cbam", "bam", "self_attention")

EXERCISE = Exercise(
    name="cost",
    kind="number",
    cases=(
        *(Case((), {"block": block, "height": 7, "width": 5, "channels": 64}) for block in BLOCKS),
        *(Case((), {"block": block, "height": 3, "width": 8, "channels": 44, "ratio": 8}) for block in BLOCKS),
        *(Case((), {"block": block, "height": 2, "width": 2, "channels": 6}) for block in ("se", "cbam", "bam")),
        Case((), {"block": "se", "height": 2, "width": 3, "channels": 30}),
    ),
    points={"outputs": 4},
    returns=("parameters", "multiply_adds"),
)
