"""`cost(block, height, width, channels, ratio=16)`: parameters and multiply-adds of each kind of attention."""

from random import Random

from curriculum.exercises import Case, Exercise
from curriculum.exercises.draws import divisible, rounded_down

BLOCKS = ("se", "spatial", "cbam", "bam", "self_attention")


def _map(draw: Random) -> dict[str, int]:
    return {"height": draw.randint(3, 40), "width": draw.randint(3, 40)}


def _divisible(draw: Random) -> dict[str, int]:
    return divisible(draw, ratio=16, units=(2, 20)) | _map(draw)


def _rounded_down(draw: Random) -> dict[str, int]:
    return rounded_down(draw, units=(2, 20)) | _map(draw)


def _at_least_one(draw: Random) -> dict[str, int]:
    return _map(draw) | {"channels": draw.randint(3, 15)}


EXERCISE = Exercise(
    name="cost",
    kind="number",
    cases=(
        *(Case((), {"block": block, "height": 7, "width": 5, "channels": 64}, fresh=_divisible) for block in BLOCKS),
        *(
            Case((), {"block": block, "height": 3, "width": 8, "channels": 44, "ratio": 8}, fresh=_rounded_down)
            for block in BLOCKS
        ),
        *(
            Case((), {"block": block, "height": 2, "width": 2, "channels": 6}, fresh=_at_least_one)
            for block in ("se", "cbam", "bam")
        ),
        Case(
            (),
            {"block": "se", "height": 2, "width": 3, "channels": 30},
            fresh=lambda draw: rounded_down(draw, ratio=16) | _map(draw),
        ),
    ),
    points={"outputs": 4},
    returns=("parameters", "multiply_adds"),
)
