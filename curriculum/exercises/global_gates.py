"""`global_gates(features, count)`: how much each hypothesis counts.

Source: Rodríguez et al., Attend and Rectify (ECCV 2018), section 3; layers as in the authors' released code.
"""

from curriculum.exercises import Case, Exercise

EXERCISE = Exercise(
    name="global_gates",
    kind="layer",
    cases=(
        Case(
            (2, 5, 4, 6), {"count": 4}, fresh=lambda draw: {"channels": draw.randint(5, 9), "count": draw.randint(4, 7)}
        ),
        Case(
            (3, 4, 3, 8),
            {"count": 3},
            fresh=lambda draw: {"channels": draw.randint(6, 12), "count": draw.randint(2, 5)},
        ),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 1},
)
