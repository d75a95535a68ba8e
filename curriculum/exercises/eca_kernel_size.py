"""`eca_kernel_size(channels, b=1, gamma=2)`: how many neighbouring channels an ECA gate looks at.

Source: Wang et al., ECA-Net, equation 12, with ties rounded up as in their Figure 3.
"""

from random import Random

from curriculum.exercises import Case, Exercise
from curriculum.exercises.eca_block import tie

# Channels with equation 12's value and the kernel size, and what is drawn instead.
ORDINARY = {
    512: lambda draw: {"channels": 2 ** draw.choice([1, 5, 9, 13])},  # 5, odd without more
    64: lambda draw: {"channels": draw.randint(33, 126)},  # 3.5 is cut to 3
    16: lambda draw: {"channels": draw.randint(17, 31)},  # 2.5 is cut to 2 and becomes 3
    12: lambda draw: {"channels": draw.randint(9, 30)},
    4: lambda draw: {"channels": draw.randint(3, 7)},  # 1.5 is cut to 1
    1: lambda draw: {"channels": draw.randint(1, 3), "gamma": draw.randint(4, 7)},  # 0.5 is cut to 0 and becomes 1
}


def _tie(draw: Random) -> dict[str, int]:
    return tie(draw, draw.choice([2, 4, 6]), (4, 11))


def _below_a_tie(draw: Random) -> dict[str, int]:
    drawn = _tie(draw)
    return drawn | {"channels": drawn["channels"] - 1}


def _constants(draw: Random) -> dict[str, int]:
    # Of an odd number, the logarithm is nowhere near a border.
    return {"channels": 2 * draw.randint(100, 200) + 1, "b": draw.randint(6, 9), "gamma": draw.randint(3, 5)}


EXERCISE = Exercise(
    name="eca_kernel_size",
    kind="number",
    cases=(
        *(Case((), {"channels": channels}, fresh=fresh) for channels, fresh in ORDINARY.items()),
        *(
            Case((), {"channels": channels}, fresh=_tie) for channels in (8, 128, 2048)
        ),  # half-way between two odd numbers
        *(Case((), {"channels": channels}, fresh=_below_a_tie) for channels in (7, 127, 2047)),  # just below them
        Case((), {"channels": 24, "gamma": 1}, fresh=lambda draw: {"channels": draw.randint(17, 60)}),
        Case((), {"channels": 300, "b": 7, "gamma": 3}, fresh=_constants),
        Case(
            (),
            {"channels": 24, "b": -12},
            fresh=lambda draw: {"channels": draw.randint(17, 31), "b": draw.choice([-12, -16])},
        ),  # negative before the absolute value, and the logarithm's fraction decides
    ),
    points={"outputs": 3},
)
