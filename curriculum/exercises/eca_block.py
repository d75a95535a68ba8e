"""`eca_block(inputs, b=1, gamma=2)`: channel attention by a convolution along the channels.

Source: Wang et al., ECA-Net, equation 9.
"""

from random import Random

from curriculum.exercises import Case, Exercise


def tie(draw: Random, size: int, logarithms: tuple[int, int]) -> dict[str, int]:
    """Channels and b, which is not 0, for which equation 12 gives `size`, an even number, with gamma = 2."""
    logarithm = draw.choice([each for each in range(logarithms[0], logarithms[1] + 1) if each != 2 * size])
    return {"channels": 2**logarithm, "b": 2 * size - logarithm}


def _constants(draw: Random) -> dict[str, int]:
    """For which the kernel is neither that of the defaults nor that of b and gamma in each other's place.

    gamma is not its default, either: no other case gives it.
    """
    b, gamma = draw.choice([(3, 1), (4, 1), (5, 1), (1, 3), (2, 4)])
    return {"channels": draw.randint(16, 30), "b": b, "gamma": gamma}


EXERCISE = Exercise(
    name="eca_block",
    kind="layer",
    gates="channel",
    cases=(
        Case((2, 3, 4, 64), fresh=lambda draw: {"channels": draw.randint(33, 100)}),
        Case((1, 4, 3, 8), fresh=lambda draw: tie(draw, 2, (3, 5))),  # a tie: 1 or 3
        Case((2, 3, 3, 128), fresh=lambda draw: tie(draw, 4, (5, 6))),  # a tie: 3 or 5
        Case((1, 3, 5, 5), fresh=lambda draw: {"channels": draw.randint(3, 7)}),  # one channel sees itself alone
        Case((2, 4, 2, 20), {"b": 3, "gamma": 1}, fresh=_constants),
    ),
    points={"shape": 1, "parameters": 2, "outputs": 2},
)
