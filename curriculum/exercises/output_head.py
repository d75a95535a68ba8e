"""`output_head(z, masks, classes)`: what each mask sees, said in classes.

Source: Rodríguez et al., Attend and Rectify (ECCV 2018), section 3; layers as in the authors' released code.
"""

from curriculum.exercises import Case, Exercise

EXERCISE = Exercise(
    name="output_head",
    kind="layer",
    cases=(
        Case(
            (2, 5, 7, 6),
            {"classes": 3},
            extra_inputs={"masks": (2, 5, 7, 4)},
            softmax_axes={"masks": (1, 2)},
            fresh=lambda draw: {
                "channels": draw.randint(5, 9),
                "masks": draw.randint(4, 6),
                "classes": draw.randint(2, 3),
            },
        ),
        Case(
            (1, 4, 3, 8),
            {"classes": 5},
            extra_inputs={"masks": (1, 4, 3, 2)},
            softmax_axes={"masks": (1, 2)},
            fresh=lambda draw: {
                "channels": draw.randint(6, 12),
                "masks": draw.randint(2, 3),
                "classes": draw.randint(5, 9),
            },
        ),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 2},
)
