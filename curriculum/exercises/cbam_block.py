"""`cbam_block(inputs, ratio=8)`: channel attention, then spatial attention on what it gives.

Source: Woo et al., CBAM, equation 1.
"""

from curriculum.exercises import LARGE, Case, Exercise
from curriculum.exercises.draws import divisible, rounded_down

EXERCISE = Exercise(
    name="cbam_block",
    kind="layer",
    cases=(
        Case((2, 8, 7, 32), fresh=lambda draw: divisible(draw, ratio=8)),
        Case((2, 5, 6, 24), {"ratio": 4}, scale=LARGE, fresh=lambda draw: divisible(draw, default=8)),
        Case((1, 4, 4, 14), fresh=lambda draw: rounded_down(draw, ratio=8)),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 2},
)
