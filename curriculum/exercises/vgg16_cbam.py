"""`vgg16_cbam(input_shape, backbone=VGG16)`: attention once, behind a whole network.

VGG16 has 14.7 million parameters. So the check hands the answer small networks that are made like those of
`keras.applications`, and what they are like decides nothing.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from curriculum.exercises import Case, Exercise
from curriculum.exercises.draws import image


def backbone_of(first: int, second: int, third: int = 0) -> Callable[..., Any]:
    """A backbone of two convolutions to these numbers of channels, or of three, the last without padding."""

    def backbone(
        include_top: bool = True,
        weights: str | None = "imagenet",
        input_tensor: Any = None,
        input_shape: Any = None,
        pooling: str | None = None,
        classes: int = 1000,
        classifier_activation: str | None = "softmax",
        name: str | None = None,
    ) -> Any:
        import keras
        from keras import layers

        if weights is not None:
            raise ValueError(
                f"this backbone has no trained weights to load: expected weights=None, received {weights!r}"
            )
        inputs = keras.Input(input_shape) if input_tensor is None else input_tensor
        x = layers.Conv2D(first, 3, strides=2, padding="same", activation="relu")(inputs)
        x = layers.Conv2D(second, 3, padding="same", activation="relu")(x)
        if third:
            x = layers.Conv2D(third, 2)(x)
        if include_top:
            x = layers.Dense(classes, activation=classifier_activation)(layers.Flatten()(x))
        elif pooling:
            x = {"avg": layers.GlobalAveragePooling2D, "max": layers.GlobalMaxPooling2D}[pooling]()(x)
        return keras.Model(inputs, x, name=name)

    return backbone


def _convolutions(draw: Random) -> tuple[int, int]:
    return draw.randint(4, 12), 8 * draw.randint(2, 5)


small_backbone, wide_backbone = backbone_of(8, 24), backbone_of(8, 24, 40)
# How a message calls them.
small_backbone.__name__, wide_backbone.__name__ = "small_backbone", "wide_backbone"


EXERCISE = Exercise(
    name="vgg16_cbam",
    kind="model",
    cases=(
        Case(
            (2, 12, 10, 3),
            {"input_shape": (12, 10, 3), "backbone": small_backbone},
            fresh=lambda draw: {"input_shape": image(draw, 9, 15, 3), "backbone": backbone_of(*_convolutions(draw))},
        ),
        Case(
            (1, 9, 14, 1),
            {"input_shape": (9, 14, 1), "backbone": wide_backbone},
            fresh=lambda draw: {
                "input_shape": image(draw, 9, 15, draw.randint(1, 4)),
                "backbone": backbone_of(*_convolutions(draw), 8 * draw.randint(3, 6)),
            },
        ),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 2},
    default_functions={"backbone": "VGG16"},
)
