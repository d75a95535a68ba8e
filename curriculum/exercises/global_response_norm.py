"""`global_response_norm(x)`: each channel scaled by its norm, as compared with the mean norm of all channels.

Source: Woo et al., ConvNeXt V2, equations 1 to 3, with the mean of the norms as in the authors' released code.
"""

from random import Random
from typing import Any

from curriculum.exercises import LARGE, Case, Exercise


def _channels(draw: Random) -> dict[str, Any]:
    return {"channels": draw.randint(3, 12)}


EXERCISE = Exercise(
    name="global_response_norm",
    kind="layer",
    cases=(
        Case((2, 4, 3, 6), fresh=_channels),
        Case((3, 5, 4, 9), fresh=_channels),
        Case((2, 3, 5, 4), zero_weights=True, fresh=_channels),  # as it starts: x itself
        Case((2, 4, 5, 8), scale=LARGE, fresh=_channels),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 3},
)
