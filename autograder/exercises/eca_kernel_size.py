"""`eca_kernel_size(channels, b=1, gamma=2)`: how many neighbouring channels an ECA gate looks at.

Source: Wang et al., ECA-Net, equation 12, with ties rounded up as in their Figure 3.
"""

from autograder.exercises import Case, Exercise

EXERCISE = Exercise(
    name="eca_kernel_size",
    kind="number",
    cases=(
        *(Case((), {"channels": channels}) for channels in (512, 64, 16, 12, 4, 1)),
        *(Case((), {"channels": channels}) for channels in (8, 128, 2048)),  # half-way between two odd numbers
        *(Case((), {"channels": channels}) for channels in (7, 127, 2047)),  # just below them
        Case((), {"channels": 24, "gamma": 1}),
        Case((), {"channels": 300, "b": 7, "gamma": 3}),
        Case((), {"channels": 16, "b": -11}),  # negative before the absolute value
    ),
    points={"outputs": 3},
)
