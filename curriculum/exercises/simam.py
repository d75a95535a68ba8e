"""`simam(x, e_lambda=1e-4)`: a gate for every value, from its distance to its channel's mean. Nothing is trained.

Source: Yang et al., SimAM: A Simple, Parameter-Free Attention Module for Convolutional Neural Networks, equation 5;
the variance as in the authors' released code, over one position less than there are.
"""

from random import Random
from typing import Any

from curriculum.exercises import LARGE, Case, Exercise


def _channels(draw: Random) -> dict[str, Any]:
    return {"channels": draw.randint(2, 9)}


def _lambda(draw: Random) -> dict[str, Any]:
    """A number to be added to the variance that is far from the default."""
    return {"channels": draw.randint(2, 9), "e_lambda": draw.choice((0.1, 0.2, 0.5, 1.0))}


EXERCISE = Exercise(
    name="simam",
    kind="layer",
    cases=(
        Case((2, 4, 3, 5), fresh=_channels),
        Case((3, 3, 5, 4), {"e_lambda": 0.1}, fresh=_lambda),
        Case((2, 5, 4, 3), scale=0.003, fresh=_channels),  # variances below the 1e-4 that is added to them
        Case((2, 2, 3, 6), scale=LARGE, fresh=_channels),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 2},
)
