"""`my_attention(x)`: gates of one's own design, within a budget of parameters.

There is no reference for it: see `autograder/checking/properties.py` for what is asked of every answer.
"""

from curriculum.exercises import Case, Exercise

PARAMETERS_PER_CHANNEL = 100

EXERCISE = Exercise(
    name="my_attention",
    kind="layer",
    cases=(
        # Not wider than the widest here: what a design needs may grow faster than the budget. All are multiples of 8.
        Case((4, 6, 8, 16), related=True, fresh=lambda draw: {"channels": 8 * draw.randint(2, 4)}),
        Case((5, 7, 5, 24), related=True, fresh=lambda draw: {"channels": 8 * draw.randint(3, 5)}),
        Case((4, 8, 8, 64), related=True, fresh=lambda draw: {"channels": 8 * draw.randint(6, 8)}),
    ),
    points={"shape": 1, "parameters": 2, "outputs": 3},
    budget=lambda case: PARAMETERS_PER_CHANNEL * case.shape[-1],
)
