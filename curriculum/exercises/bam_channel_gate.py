"""`bam_channel_gate(x, ratio=16)`: a score for each channel, before any sigmoid.

Source: Park et al., BAM: Bottleneck Attention Module, section 3; layers as in the authors' released code.
"""

from curriculum.exercises import LARGE, Case, Exercise
from curriculum.exercises.draws import at_least_one, divisible, rounded_down

EXERCISE = Exercise(
    name="bam_channel_gate",
    kind="layer",
    cases=(
        Case((2, 6, 5, 32), fresh=lambda draw: divisible(draw, ratio=16, units=(2, 4))),
        Case((2, 4, 7, 12), {"ratio": 4}, scale=LARGE, fresh=divisible),
        Case((2, 3, 3, 6), {"ratio": 16}, fresh=at_least_one),
        Case((1, 2, 3, 30), fresh=lambda draw: rounded_down(draw, ratio=16)),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 2},
)
