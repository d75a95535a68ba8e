"""`global_context(x, ratio=16)`: one attention map for all positions; what it finds is added to each of them.

Source: Cao et al., GCNet: Non-local Networks Meet Squeeze-Excitation Networks and Beyond, section 3.4; layers as in
the authors' released code, with Keras' epsilon in the layer normalisation.
"""

from curriculum.exercises import LARGE, Case, Exercise
from curriculum.exercises.draws import divisible, rounded_down

FEWEST_UNITS = 3  # the layer normalisation of two numbers is about -1 and 1, whatever they are

EXERCISE = Exercise(
    name="global_context",
    kind="layer",
    cases=(
        # so many channels that a default of 15 or 17 would give another number of units
        Case((2, 6, 5, 240), fresh=lambda draw: {"channels": 16 * draw.randint(15, 17)}),
        Case((3, 4, 7, 12), {"ratio": 4}, fresh=lambda draw: divisible(draw, units=(FEWEST_UNITS, 6))),
        Case((2, 3, 4, 19), {"ratio": 5}, fresh=lambda draw: rounded_down(draw, units=(FEWEST_UNITS, 5))),
        Case((2, 5, 3, 16), {"ratio": 4}, zero_weights=True, fresh=lambda draw: divisible(draw, units=(3, 5))),
        Case((2, 4, 4, 20), {"ratio": 4}, scale=LARGE, fresh=lambda draw: divisible(draw, units=(3, 5))),
    ),
    points={"shape": 1, "parameters": 2, "outputs": 3},
)
