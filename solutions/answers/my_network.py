"""Answers to `my_network` that are right, as different as people design them."""

import keras
from keras import layers, ops


def strided_stages(input_shape, classes, attention=my_attention):
    """Convolutions with stride 2, attention behind each."""
    inputs = x = keras.Input(input_shape)
    for filters in (16, 32, 48):
        x = layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu")(x)
        x = attention(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(layers.GlobalAveragePooling2D()(x)))


def attention_once(input_shape, classes, attention=my_attention):
    """Attention only before the classifier, a softmax of its own, dropout."""
    inputs = keras.Input(shape=input_shape)
    x = layers.Conv2D(24, 5, padding="same", activation="relu")(inputs)
    x = layers.MaxPooling2D(4)(x)
    x = attention(x)
    x = layers.Dropout(0.3)(layers.Flatten()(x))
    return keras.Model(inputs, layers.Softmax()(layers.Dense(classes)(x)))


def residual(input_shape, classes, attention=my_attention):
    """A residual block with attention on its branch."""
    inputs = keras.Input(input_shape)
    x = layers.MaxPooling2D()(layers.Conv2D(32, 3, padding="same", activation="relu")(inputs))
    branch = layers.BatchNormalization()(layers.Conv2D(32, 3, padding="same", use_bias=False)(x))
    x = layers.ReLU()(layers.Add()([x, attention(branch)]))
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(ops.mean(x, axis=(1, 2))))


def separable(input_shape, classes, attention=my_attention):
    """Separable convolutions, two dense layers."""
    inputs = keras.Input(input_shape)
    x = layers.SeparableConv2D(32, 3, padding="same", activation="swish")(inputs)
    x = layers.AveragePooling2D(2)(attention(x))
    x = layers.SeparableConv2D(64, 3, padding="same", activation="swish")(x)
    x = layers.Dense(32, activation="relu")(layers.GlobalMaxPooling2D()(attention(x)))
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))


def scaled_inside(input_shape, classes, attention=my_attention):
    """The network normalises its own input; a name; a bottleneck."""
    inputs = keras.Input(input_shape)
    x = layers.Rescaling(2.0, offset=-1.0)(inputs)
    x = layers.Conv2D(48, 7, strides=4, padding="same", activation="gelu")(x)
    x = attention(layers.BatchNormalization()(x))
    x = layers.Conv2D(24, 1, activation="relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x), name="mine")


def three_by_three_and_pooling(input_shape, classes, attention=my_attention):
    """Two convolutions with pooling, the attention behind each, dropout; averages where the example flattens the map.

    Source: https://github.com/keras-team/keras-io (examples/vision/mnist_convnet.py)
    """
    inputs = keras.Input(shape=input_shape)
    x = layers.Conv2D(32, kernel_size=(3, 3), activation="relu")(inputs)
    x = layers.MaxPooling2D(pool_size=(2, 2))(attention(x))
    x = layers.Conv2D(64, kernel_size=(3, 3), activation="relu")(x)
    x = layers.MaxPooling2D(pool_size=(2, 2))(attention(x))
    x = layers.Dropout(0.5)(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))


def small_xception(input_shape, classes, attention=my_attention):
    """Separable convolutions with a projected residual, attention before it is added.

    Source: https://github.com/keras-team/keras-io (examples/vision/image_classification_from_scratch.py)
    """
    inputs = keras.Input(shape=input_shape)
    x = layers.Conv2D(24, 3, strides=2, padding="same")(inputs)
    x = layers.Activation("relu")(layers.BatchNormalization()(x))
    for size in (48, 64):
        residual = layers.Conv2D(size, 1, strides=2, padding="same")(x)
        x = layers.BatchNormalization()(layers.SeparableConv2D(size, 3, padding="same")(x))
        x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
        x = layers.add([attention(x), residual])
    x = layers.GlobalAveragePooling2D()(layers.Activation("relu")(x))
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))


def patches_mixed_by_convolutions(input_shape, classes, attention=my_attention):
    """Patches by a strided convolution, then depthwise and pointwise ones with GELU, and attention.

    Source: https://github.com/keras-team/keras-io (examples/vision/convmixer.py)
    """

    def activated(y):
        return layers.BatchNormalization()(layers.Activation("gelu")(y))

    inputs = keras.Input(input_shape)
    x = activated(layers.Conv2D(64, 2, strides=2)(inputs))
    for _ in range(2):
        x = layers.Add()([activated(layers.DepthwiseConv2D(5, padding="same")(x)), x])
        x = attention(activated(layers.Conv2D(64, 1)(x)))
    x = layers.GlobalAvgPool2D()(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))


def a_map_for_each_class(input_shape, classes, attention=my_attention):
    """The last convolution makes a map for each class; their averages are the logits."""
    inputs = keras.Input(input_shape)
    x = attention(layers.Conv2D(24, 3, strides=2, padding="same", activation="relu")(inputs))
    x = layers.Conv2D(classes, 3, padding="same")(x)
    return keras.Model(inputs, layers.Softmax()(layers.GlobalAveragePooling2D()(x)))
