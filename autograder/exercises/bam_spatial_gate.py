"""`bam_spatial_gate(x, ratio=16, dilation=4)`: a score for each position, seen through dilated convolutions.

Source: Park et al., BAM: Bottleneck Attention Module, section 3; layers as in the authors' released code.
"""

from autograder.exercises import Case, Exercise

EXERCISE = Exercise(
    name="bam_spatial_gate",
    kind="layer",
    cases=(
        Case((1, 11, 10, 32)),
        Case((2, 7, 9, 12), {"ratio": 3, "dilation": 2}),
        Case((1, 6, 6, 6), {"ratio": 16, "dilation": 1}),  # at least 1
        Case((1, 5, 5, 30)),  # 30 // 16 rounds down
    ),
    points={"shape": 1, "parameters": 2, "outputs": 2},
)
