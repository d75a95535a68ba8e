"""`residual_attention(x)`: one attention module of the Residual Attention Network.

Source: Wang et al., Residual Attention Network for Image Classification, equation 3, with p = 1, t = 2, r = 1.
"""

from curriculum.exercises import LARGE, Case, Exercise

EXERCISE = Exercise(
    name="residual_attention",
    kind="layer",
    cases=(
        Case((2, 6, 4, 8), fresh=lambda draw: {"channels": 4 * draw.randint(1, 4)}),
        Case((2, 5, 7, 12), scale=LARGE, train=False, fresh=lambda draw: {"channels": 4 * draw.randint(2, 5)}),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 2},
)
