"""`soft_mask(x)`: the Residual Attention Network's mask, a gate for every channel of every position.

Source: Wang et al., Residual Attention Network for Image Classification, section 3.2, with one pooling as in the
third stage of the released network.
"""

from curriculum.exercises import LARGE, Case, Exercise

EXERCISE = Exercise(
    name="soft_mask",
    kind="layer",
    cases=(
        Case((2, 6, 8, 8), fresh=lambda draw: {"channels": 4 * draw.randint(1, 4)}),
        # halved to 4 × 3, from where doubling does not lead back
        Case((2, 7, 5, 12), scale=LARGE, train=False, fresh=lambda draw: {"channels": 4 * draw.randint(2, 5)}),
    ),
    points={"shape": 1, "parameters": 2, "outputs": 2},
)
