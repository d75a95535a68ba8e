"""`coordinate_attention(x, ratio=32)`: a gate for each row and one for each column, for every channel.

Source: Hou et al., Coordinate Attention for Efficient Mobile Network Design, section 3.2; layers as in the authors'
released code, with Keras' epsilon in the batch normalisation.
"""

from random import Random
from typing import Any

from curriculum.exercises import LARGE, Case, Exercise
from curriculum.exercises.draws import divisible

LEAST_UNITS = 8  # of the layer that both strips share


def _at_least_eight(draw: Random) -> dict[str, Any]:
    """Fewer channels than eight times the ratio."""
    ratio = draw.randint(3, 5)
    return {"ratio": ratio, "channels": draw.randint(2 * ratio, LEAST_UNITS * ratio - 1)}


def _rounded_down(draw: Random) -> dict[str, Any]:
    """More units than eight, and channels that the ratio does not divide: rounding to the nearest gives one more."""
    ratio = draw.randint(3, 5)
    return {"ratio": ratio, "channels": draw.randint(LEAST_UNITS + 1, 12) * ratio + ratio - 1}


EXERCISE = Exercise(
    name="coordinate_attention",
    kind="layer",
    cases=(
        Case((2, 6, 5, 32), fresh=lambda draw: {"channels": draw.randint(16, 48)}),
        Case((3, 4, 7, 12), {"ratio": 4}, fresh=_at_least_eight),
        # as high as wide: there a gate that lies along the wrong axis still has a shape that fits
        Case((2, 5, 5, 40), {"ratio": 4}, fresh=lambda draw: divisible(draw, units=(LEAST_UNITS + 1, 12))),
        Case((2, 3, 4, 39), {"ratio": 4}, scale=LARGE, fresh=_rounded_down),
        # so many channels that a default of 31 or 33 would give another number of units
        Case((1, 3, 2, 992), train=False, fresh=lambda draw: {"channels": 32 * draw.randint(31, 33)}),
    ),
    points={"shape": 1, "parameters": 2, "outputs": 3},
)
