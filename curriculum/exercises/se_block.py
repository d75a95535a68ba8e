"""`se_block(inputs, ratio=4)`: squeeze-and-excitation with ratio 4: 318 parameters on 24 channels."""

from curriculum.exercises import LARGE, Case, Exercise
from curriculum.exercises.draws import at_least_one, divisible, rounded_down

EXERCISE = Exercise(
    name="se_block",
    kind="layer",
    gates="channel",
    cases=(
        Case((2, 7, 5, 24), fresh=lambda draw: divisible(draw, ratio=4, units=(5, 9))),
        Case((2, 4, 6, 30), {"ratio": 7}, scale=LARGE, fresh=lambda draw: rounded_down(draw, units=(3, 5), default=4)),
        Case((1, 3, 3, 11), {"ratio": 6}, fresh=lambda draw: rounded_down(draw, units=(1, 1), default=4)),
        Case((2, 2, 3, 3), {"ratio": 8}, fresh=at_least_one),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 1},
)
