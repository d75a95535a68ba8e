"""`cbam_spatial_attention(inputs, kernel_size=7)`: a convolution of the channels' average and maximum.

Source: Woo et al., CBAM, equation 3.
"""

from random import Random

from curriculum.exercises import Case, Exercise


def _kernel(draw: Random) -> dict[str, int]:
    return {"channels": draw.randint(5, 12), "kernel_size": draw.choice([3, 5, 9, 11])}


EXERCISE = Exercise(
    name="cbam_spatial_attention",
    kind="layer",
    gates="spatial",
    cases=(
        Case((2, 8, 9, 16), fresh=lambda draw: {"channels": draw.randint(8, 24)}),
        Case((1, 5, 6, 12), {"kernel_size": 3}, fresh=_kernel),
        Case((2, 4, 3, 7), {"kernel_size": 1}, fresh=lambda draw: {"channels": draw.randint(5, 12)}),
        Case((1, 6, 6, 6), {"kernel_size": 5}, fresh=_kernel),
    ),
    points={"shape": 1, "parameters": 2, "outputs": 2},
)
