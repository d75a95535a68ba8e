"""`double(x)`: the first exercise, to learn how filling in and checking work."""

from curriculum.exercises import Case, Exercise

EXERCISE = Exercise(
    name="double",
    kind="function",
    cases=(Case((2, 3)), Case((4, 5, 6)), Case((1,))),
    points={"shape": 1, "outputs": 1},
)
