"""`mask_diversity(masks)`: how much the masks of an image overlap.

Source: Rodríguez et al., Attend and Rectify (ECCV 2018), section 3; layers as in the authors' released code.
"""

from curriculum.exercises import Case, Exercise

EXERCISE = Exercise(
    name="mask_diversity",
    kind="layer",
    cases=(
        Case((2, 2, 3, 4), softmax_axes={"": (1, 2)}, fresh=lambda draw: {"channels": draw.randint(3, 6)}),
        Case((1, 3, 2, 2), softmax_axes={"": (1, 2)}, fresh=lambda draw: {"channels": draw.randint(2, 5)}),
    ),
    points={"shape": 1, "outputs": 1},
)
