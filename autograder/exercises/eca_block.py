"""`eca_block(inputs, b=1, gamma=2)`: channel attention by a convolution along the channels.

Source: Wang et al., ECA-Net, equation 9.
"""

from autograder.exercises import Case, Exercise

EXERCISE = Exercise(
    name="eca_block",
    kind="layer",
    gates="channel",
    cases=(
        Case((2, 3, 4, 64)),
        Case((1, 4, 3, 8)),  # a tie: 1 or 3
        Case((2, 3, 3, 128)),  # a tie: 3 or 5
        Case((1, 3, 5, 5)),  # one channel sees itself alone
        Case((2, 4, 2, 20), {"b": 3, "gamma": 1}),
    ),
    points={"shape": 1, "parameters": 2, "outputs": 2},
)
