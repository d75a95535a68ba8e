"""`attention_head(z, heads)`: masks that share one look among all positions.

Source: Rodríguez et al., Attend and Rectify (ECCV 2018), section 3; layers as in the authors' released code.
"""

from curriculum.exercises import Case, Exercise

EXERCISE = Exercise(
    name="attention_head",
    kind="layer",
    cases=(
        Case(
            (2, 5, 7, 6), {"heads": 4}, fresh=lambda draw: {"channels": draw.randint(5, 9), "heads": draw.randint(3, 7)}
        ),
        Case(
            (1, 4, 4, 3), {"heads": 2}, fresh=lambda draw: {"channels": draw.randint(3, 9), "heads": draw.randint(2, 5)}
        ),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 1},
)
