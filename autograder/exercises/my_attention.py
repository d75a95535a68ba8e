"""`my_attention(x)`: gates of one's own design, within a budget of parameters.

There is no reference for it: see `autograder/checking/properties.py` for what is asked of every answer.
"""

from autograder.exercises import Case, Exercise

PARAMETERS_PER_CHANNEL = 100

EXERCISE = Exercise(
    name="my_attention",
    kind="layer",
    cases=(
        Case((4, 6, 8, 16), related=True),
        Case((5, 7, 5, 24), related=True),
        Case((4, 8, 8, 64), related=True),
    ),
    points={"shape": 1, "parameters": 2, "outputs": 3},
    budget=lambda case: PARAMETERS_PER_CHANNEL * case.shape[-1],
)
