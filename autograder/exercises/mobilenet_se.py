"""`mobilenet_se(x)`: squeeze-and-excitation inside MobileNetV3, with a hard sigmoid and widths rounded to 8."""

from autograder.exercises import Case, Exercise

EXERCISE = Exercise(
    name="mobilenet_se",
    kind="layer",
    gates="channel",
    cases=(
        Case((2, 5, 5, 72)),  # 72 / 4 = 18, rounded up to 24 because 16 is less than 90 % of it
        Case((1, 3, 6, 16)),  # at least 8
        Case((2, 4, 4, 40)),  # 10, where rounding to the nearest would give 8
        Case((1, 4, 3, 120)),  # 30 becomes 32
        Case((1, 3, 4, 132)),  # 33 becomes 32, where rounding up would give 40
        Case((1, 2, 3, 107)),  # 26.75 becomes 32, where 107 // 4 = 26 would become 24
    ),
    points={"shape": 1, "parameters": 1, "outputs": 2},
)
