"""`bam_channel_gate(x, ratio=16)`: a score for each channel, before any sigmoid.

Source: Park et al., BAM: Bottleneck Attention Module, section 3; layers as in the authors' released code.
"""

from autograder.exercises import Case, Exercise

EXERCISE = Exercise(
    name="bam_channel_gate",
    kind="layer",
    cases=(
        Case((2, 6, 5, 32)),
        Case((1, 4, 7, 12), {"ratio": 4}),
        Case((2, 3, 3, 6), {"ratio": 16}),  # at least 1
        Case((1, 2, 3, 30)),  # 30 // 16 rounds down
    ),
    points={"shape": 1, "parameters": 1, "outputs": 2},
)
