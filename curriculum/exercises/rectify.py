"""`rectify(hypotheses, gates)`: all hypotheses made one.

Source: Rodríguez et al., Attend and Rectify (ECCV 2018), section 3; layers as in the authors' released code.
"""

from curriculum.exercises import Case, Exercise

EXERCISE = Exercise(
    name="rectify",
    kind="layer",
    cases=(
        Case((2, 3, 5), extra_inputs={"gates": (2, 3)}, softmax_axes={"gates": (1,)}),
        Case((3, 4, 2), extra_inputs={"gates": (3, 4)}, softmax_axes={"gates": (1,)}),
    ),
    points={"shape": 1, "outputs": 1},
)
