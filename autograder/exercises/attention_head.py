"""`attention_head(z, heads)`: masks that share one look among all positions.

Source: Rodríguez et al., Attend and Rectify (ECCV 2018), section 3; layers as in the authors' released code.
"""

from autograder.exercises import Case, Exercise

EXERCISE = Exercise(
    name="attention_head",
    kind="layer",
    cases=(Case((2, 5, 7, 6), {"heads": 4}), Case((1, 4, 4, 3), {"heads": 2})),
    points={"shape": 1, "parameters": 1, "outputs": 1},
)
