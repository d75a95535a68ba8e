"""`cbam_channel_attention(inputs, ratio=8)`: one bottleneck for the averages and for the maxima.

Source: Woo et al., CBAM, equation 2.
"""

from autograder.exercises import Case, Exercise

EXERCISE = Exercise(
    name="cbam_channel_attention",
    kind="layer",
    gates="channel",
    cases=(
        Case((2, 6, 5, 32)),
        Case((1, 4, 7, 24), {"ratio": 4}),
        Case((2, 3, 3, 14)),  # 14 / 8 is not whole
        Case((1, 4, 3, 6), {"ratio": 16}),  # at least 1
    ),
    points={"shape": 1, "parameters": 2, "outputs": 2},
)
