"""`channel_attention(x, name, ratio=8)`: the tutorial's six steps, which are squeeze-and-excitation.

Source: Hu et al., Squeeze-and-Excitation Networks, equations 2 to 4.
"""

from curriculum.exercises import LARGE, Case, Exercise
from curriculum.exercises.draws import at_least_one, divisible, rounded_down

EXERCISE = Exercise(
    name="channel_attention",
    kind="layer",
    gates="channel",
    cases=(
        Case((2, 8, 8, 64), {"name": "a"}, fresh=lambda draw: divisible(draw, ratio=8, units=(5, 9))),
        Case(
            (2, 5, 7, 32),
            {"name": "b", "ratio": 4},
            scale=LARGE,
            fresh=lambda draw: divisible(draw, units=(4, 8), default=8),
        ),
        Case((3, 6, 4, 22), {"name": "c", "ratio": 8}, fresh=lambda draw: rounded_down(draw, units=(2, 3), default=8)),
        Case((1, 4, 4, 4), {"name": "d", "ratio": 2}, fresh=lambda draw: divisible(draw, units=(2, 2))),
        Case((2, 4, 3, 12), {"name": "e", "ratio": 16}, fresh=at_least_one),
    ),
    points={"shape": 1, "parameters": 2, "outputs": 2},
)
