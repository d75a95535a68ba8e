"""`my_network(input_shape, classes, attention)`: a classifier of one's own design, within a budget of parameters.

There is no reference for it: see `autograder/checking/properties.py` for what is asked of every answer.
"""

from typing import Any

from autograder.exercises import Case, Exercise

BUDGET = 100_000


def marked_attention(x: Any) -> Any:
    """An attention that leaves a mark: shows whether the answer uses the one it is handed."""
    from keras import layers

    class Marked(layers.Layer):
        """x times one weight for each channel."""

        def build(self, shape: tuple) -> None:
            self.scale = self.add_weight(shape=(shape[-1],), name="scale")

        def call(self, x: Any) -> Any:
            return x * self.scale

    return Marked()(x)


EXERCISE = Exercise(
    name="my_network",
    kind="model",
    cases=(
        Case((3, 28, 28, 1), {"input_shape": (28, 28, 1), "classes": 10}),
        Case((3, 20, 16, 3), {"input_shape": (20, 16, 3), "classes": 4}),
        Case(
            (2, 16, 16, 1),
            {"input_shape": (16, 16, 1), "classes": 3, "attention": marked_attention},
            leaves="Marked",
        ),
    ),
    points={"shape": 1, "parameters": 3, "outputs": 2},
    budget=lambda case: BUDGET,
)
