"""`bam_block(x, ratio=16, dilation=4, combine="sum")`: both gates at once, and x kept.

Source: Park et al., BAM: Bottleneck Attention Module, section 3; layers as in the authors' released code.
"""

from autograder.exercises import Case, Exercise

EXERCISE = Exercise(
    name="bam_block",
    kind="layer",
    cases=(
        Case((2, 9, 8, 32)),
        Case((1, 6, 7, 12), {"ratio": 4, "dilation": 2}),
        Case((2, 5, 6, 12), {"ratio": 3, "dilation": 1, "combine": "product"}),
        Case((1, 4, 4, 30), zero_weights=True),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 3},
)
