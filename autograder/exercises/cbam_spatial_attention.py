"""`cbam_spatial_attention(inputs, kernel_size=7)`: a convolution of the channels' average and maximum.

Source: Woo et al., CBAM, equation 3.
"""

from autograder.exercises import Case, Exercise

EXERCISE = Exercise(
    name="cbam_spatial_attention",
    kind="layer",
    gates="spatial",
    cases=(
        Case((2, 8, 9, 16)),
        Case((1, 5, 6, 12), {"kernel_size": 3}),
        Case((2, 4, 3, 7), {"kernel_size": 1}),
        Case((1, 6, 6, 6), {"kernel_size": 5}),
    ),
    points={"shape": 1, "parameters": 2, "outputs": 2},
)
