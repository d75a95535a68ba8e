"""`bam_block(x, ratio=16, dilation=4, combine="sum")`: both gates at once, and x kept.

Source: Park et al., BAM: Bottleneck Attention Module, section 3; layers as in the authors' released code.
"""

from random import Random

from curriculum.exercises import LARGE, Case, Exercise
from curriculum.exercises.draws import divisible, rounded_down


def _dilation(draw: Random) -> dict[str, int]:
    return {"dilation": draw.choice([1, 2, 3, 5])}


EXERCISE = Exercise(
    name="bam_block",
    kind="layer",
    cases=(
        Case((2, 9, 8, 32), fresh=lambda draw: divisible(draw, ratio=16, units=(2, 4))),
        Case(
            (2, 6, 7, 12),
            {"ratio": 4, "dilation": 2, "combine": "sum"},
            scale=LARGE,
            fresh=lambda draw: divisible(draw) | _dilation(draw),
        ),
        Case(
            (2, 5, 6, 12),
            {"ratio": 3, "dilation": 1, "combine": "product"},
            fresh=lambda draw: divisible(draw) | _dilation(draw),
        ),
        Case((1, 4, 4, 30), zero_weights=True, fresh=lambda draw: rounded_down(draw, ratio=16)),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 3},
)
