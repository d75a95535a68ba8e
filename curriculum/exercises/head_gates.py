"""`head_gates(z, masks)`: how much each head of a module counts.

Source: Rodríguez et al., Attend and Rectify (ECCV 2018), section 3; layers as in the authors' released code.
"""

from curriculum.exercises import Case, Exercise

EXERCISE = Exercise(
    name="head_gates",
    kind="layer",
    cases=(
        Case(
            (2, 5, 7, 6),
            extra_inputs={"masks": (2, 5, 7, 4)},
            softmax_axes={"masks": (1, 2)},
            fresh=lambda draw: {"channels": draw.randint(5, 9), "masks": draw.randint(3, 6)},
        ),
        Case(
            (1, 4, 3, 8),
            extra_inputs={"masks": (1, 4, 3, 3)},
            softmax_axes={"masks": (1, 2)},
            fresh=lambda draw: {"channels": draw.randint(6, 12), "masks": draw.randint(2, 5)},
        ),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 2},
)
