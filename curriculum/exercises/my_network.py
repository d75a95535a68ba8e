"""`my_network(input_shape, classes, attention)`: a classifier of one's own design, within a budget of parameters.

There is no reference for it: see `autograder/checking/properties.py` for what is asked of every answer.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from curriculum.exercises import Case, Exercise
from curriculum.exercises.draws import image

BUDGET = 100_000


def marked_attention(x: Any) -> Any:
    """An attention that leaves a mark: shows whether the answer uses the one it is handed."""
    return mark("Marked")(x)


def mark(name: str) -> Callable[[Any], Any]:
    """An attention that leaves a layer of a class of this name: x times one weight for each channel."""

    def attention(x: Any) -> Any:
        from keras import layers

        def build(self: Any, shape: tuple[int | None, ...]) -> None:
            self.scale = self.add_weight(shape=(shape[-1],), name="scale")

        def call(self: Any, x: Any) -> Any:
            return x * self.scale

        return type(name, (layers.Layer,), {"build": build, "call": call})()(x)

    return attention


def _marked(draw: Random) -> dict[str, Any]:
    name = f"Marked{draw.randrange(10**9)}"
    return {"attention": mark(name), "expected_layer": name}


EXERCISE = Exercise(
    name="my_network",
    kind="model",
    cases=(
        # Not larger than the largest here, and no more classes: a design's parameters may grow with both.
        Case(
            (3, 28, 28, 1),
            {"input_shape": (28, 28, 1), "classes": 10},
            train=False,
            fresh=lambda draw: {"input_shape": image(draw, 5, 7, 1, step=4), "classes": draw.randint(6, 10)},
        ),
        Case(
            (3, 20, 16, 3),
            {"input_shape": (20, 16, 3), "classes": 4},
            fresh=lambda draw: {
                "input_shape": image(draw, 4, 5, draw.randint(1, 3), step=4),
                "classes": draw.randint(2, 6),
            },
        ),
        Case(
            (2, 16, 16, 1),
            {"input_shape": (16, 16, 1), "classes": 3, "attention": marked_attention},
            expected_layer="Marked",
            fresh=lambda draw: {
                "input_shape": image(draw, 4, 5, draw.randint(1, 2), step=4),
                "classes": draw.randint(2, 6),
                **_marked(draw),
            },
        ),
        # What grows with the image, as a dense layer on a flattened map does, shows in a large one.
        Case(
            (2, 64, 64, 3),
            {"input_shape": (64, 64, 3), "classes": 10},
            train=False,
            fresh=lambda draw: {"input_shape": image(draw, 15, 16, 3, step=4), "classes": draw.randint(6, 10)},
        ),
        # A size that cannot be halved, and that no number of channels gives away.
        Case(
            (2, 17, 19, 2),
            {"input_shape": (17, 19, 2), "classes": 3},
            train=False,
            fresh=lambda draw: {
                "input_shape": (2 * draw.randint(8, 10) + 1, 2 * draw.randint(8, 10) + 1, draw.randint(2, 3)),
                "classes": draw.randint(2, 6),
            },
        ),
    ),
    points={"shape": 1, "parameters": 3, "outputs": 2},
    budget=lambda case: BUDGET,
)
