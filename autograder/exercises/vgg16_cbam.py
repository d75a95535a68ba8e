"""`vgg16_cbam(input_shape, backbone=VGG16)`: attention once, behind a whole network.

VGG16 has 14.7 million parameters. So the check hands the answer small networks that are made like those of
`keras.applications`, and what they are like decides nothing.
"""

from typing import Any

from autograder.exercises import Case, Exercise


def small_backbone(
    include_top: bool = True, weights: str | None = "imagenet", input_tensor: Any = None, input_shape: Any = None
) -> Any:
    """Two convolutions, called as the networks of `keras.applications` are."""
    import keras
    from keras import layers

    if weights is not None:
        raise ValueError(f"this backbone has no trained weights to load: expected weights=None, received {weights!r}")
    inputs = keras.Input(input_shape) if input_tensor is None else input_tensor
    x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(inputs)
    x = layers.Conv2D(24, 3, padding="same", activation="relu")(x)
    if include_top:
        x = layers.Dense(10, activation="softmax")(layers.Flatten()(x))
    return keras.Model(inputs, x)


def wide_backbone(include_top: bool = True, weights: str | None = "imagenet", **options: Any) -> Any:
    """One convolution more than the other has, without padding."""
    import keras
    from keras import layers

    base = small_backbone(include_top=False, weights=weights, **options)
    x = layers.Conv2D(40, 2)(base.output)
    if include_top:
        x = layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(x))
    return keras.Model(base.input, x)


EXERCISE = Exercise(
    name="vgg16_cbam",
    kind="model",
    cases=(
        Case((2, 12, 10, 3), {"input_shape": (12, 10, 3), "backbone": small_backbone}),
        Case((1, 9, 14, 1), {"input_shape": (9, 14, 1), "backbone": wide_backbone}),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 2},
)
