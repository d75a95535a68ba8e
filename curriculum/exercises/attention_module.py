"""`attention_module(z, heads, classes)`: heads, outputs and gates put together.

Source: Rodríguez et al., Attend and Rectify (ECCV 2018), section 3; layers as in the authors' released code.
"""

from curriculum.exercises import Case, Exercise

EXERCISE = Exercise(
    name="attention_module",
    kind="layer",
    returns=("hypothesis", "masks"),
    cases=(
        Case(
            (2, 5, 7, 6),
            {"heads": 4, "classes": 3},
            fresh=lambda draw: {
                "channels": draw.randint(5, 9),
                "heads": draw.randint(3, 6),
                "classes": draw.randint(3, 7),
            },
        ),
        Case(
            (1, 4, 6, 8),
            {"heads": 2, "classes": 5},
            fresh=lambda draw: {
                "channels": draw.randint(6, 9),
                "heads": draw.randint(2, 4),
                "classes": draw.randint(4, 8),
            },
        ),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 2},
)
