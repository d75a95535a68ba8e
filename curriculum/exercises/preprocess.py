"""`preprocess(images)`: bytes to the numbers a network reads."""

from curriculum.exercises import Case, Exercise

EXERCISE = Exercise(
    name="preprocess",
    kind="function",
    cases=(
        Case((5, 28, 28), dtype="uint8"),
        Case((1, 14, 20), dtype="uint8"),
        # dark images, of which each has another maximum, and none has a 0 or a 255
        Case((3, 4, 5), dtype="uint8", bytes=(3, 200)),
    ),
    points={"shape": 1, "outputs": 2},
)
