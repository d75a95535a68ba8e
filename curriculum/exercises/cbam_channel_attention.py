"""`cbam_channel_attention(inputs, ratio=8)`: one bottleneck for the averages and for the maxima.

Source: Woo et al., CBAM, equation 2.
"""

from curriculum.exercises import LARGE, Case, Exercise
from curriculum.exercises.draws import at_least_one, divisible, rounded_down

EXERCISE = Exercise(
    name="cbam_channel_attention",
    kind="layer",
    gates="channel",
    cases=(
        Case((2, 6, 5, 32), fresh=lambda draw: divisible(draw, ratio=8)),
        Case((2, 4, 7, 24), {"ratio": 4}, scale=LARGE, fresh=lambda draw: divisible(draw, default=8)),
        Case((2, 3, 3, 14), fresh=lambda draw: rounded_down(draw, ratio=8)),
        Case((1, 4, 3, 6), {"ratio": 16}, fresh=at_least_one),
    ),
    points={"shape": 1, "parameters": 2, "outputs": 2},
)
