"""`mobilenet_se(x)`: squeeze-and-excitation inside MobileNetV3, with a hard sigmoid and widths rounded to 8."""

from curriculum.exercises import LARGE, Case, Exercise

EXERCISE = Exercise(
    name="mobilenet_se",
    kind="layer",
    gates="channel",
    cases=(
        # 72 / 4 = 18, rounded up to 24 because 16 is less than 90 % of it
        Case((2, 5, 5, 72), fresh=lambda draw: {"channels": draw.randint(72, 79)}),
        # at least 8
        Case((1, 3, 6, 16), fresh=lambda draw: {"channels": draw.randint(9, 20)}),
        # 10, where rounding to the nearest would give 8
        Case((2, 4, 4, 40), fresh=lambda draw: {"channels": draw.randint(36, 47)}),
        # 30 becomes 32
        Case((2, 4, 3, 120), scale=LARGE, fresh=lambda draw: {"channels": draw.randint(112, 127)}),
        # 33 becomes 32, where rounding up would give 40
        Case((1, 3, 4, 132), fresh=lambda draw: {"channels": draw.randint(132, 142)}),
        # 26.75 becomes 32, where 107 // 4 = 26 would become 24
        Case((1, 2, 3, 107), fresh=lambda draw: {"channels": draw.choice([107, 143, 178, 179])}),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 2},
)
