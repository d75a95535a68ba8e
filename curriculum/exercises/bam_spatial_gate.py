"""`bam_spatial_gate(x, ratio=16, dilation=4)`: a score for each position, seen through dilated convolutions.

Source: Park et al., BAM: Bottleneck Attention Module, section 3; layers as in the authors' released code.
"""

from random import Random

from curriculum.exercises import LARGE, Case, Exercise
from curriculum.exercises.draws import at_least_one, divisible, rounded_down


def _dilation(draw: Random) -> dict[str, int]:
    return {"dilation": draw.choice([1, 2, 3, 5])}


EXERCISE = Exercise(
    name="bam_spatial_gate",
    kind="layer",
    cases=(
        Case((1, 11, 10, 32), fresh=lambda draw: divisible(draw, ratio=16, units=(2, 4))),
        Case(
            (2, 7, 9, 12),
            {"ratio": 3, "dilation": 2},
            scale=LARGE,
            fresh=lambda draw: divisible(draw) | _dilation(draw),
        ),
        Case(
            (1, 6, 6, 6),
            {"ratio": 16, "dilation": 1},
            fresh=lambda draw: at_least_one(draw) | _dilation(draw),
        ),
        Case((1, 5, 5, 30), fresh=lambda draw: rounded_down(draw, ratio=16)),
    ),
    points={"shape": 1, "parameters": 2, "outputs": 2},
)
