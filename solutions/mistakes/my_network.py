"""Usual answers to `my_network` that are not what was asked for."""

import keras
from keras import layers, ops


def _features(inputs, attention, filters=(8, 16)):
    """Two small stages with the attention behind each, right."""
    x = inputs
    for width in filters:
        x = layers.Conv2D(width, 3, strides=2, padding="same", activation="relu")(x)
        x = attention(x)
    return x


def dense_on_a_flat_map(input_shape, classes, attention=my_attention):
    """Flatten before a wide dense layer."""
    inputs = keras.Input(input_shape)
    x = layers.Flatten()(attention(layers.Conv2D(32, 3, padding="same", activation="relu")(inputs)))
    x = layers.Dense(64, activation="relu")(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))


def far_too_wide(input_shape, classes, attention=my_attention):
    """Filters as for ImageNet."""
    inputs = keras.Input(input_shape)
    x = layers.GlobalAveragePooling2D()(_features(inputs, attention, (128, 256)))
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))


def softmax_missing(input_shape, classes, attention=my_attention):
    """Logits.

    Source: https://github.com/tensorflow/tensorflow/issues/45801
    """
    inputs = keras.Input(input_shape)
    x = layers.GlobalAveragePooling2D()(_features(inputs, attention))
    return keras.Model(inputs, layers.Dense(classes)(x))


def sigmoid_for_softmax(input_shape, classes, attention=my_attention):
    """A sigmoid for each class: the outputs do not sum to 1."""
    inputs = keras.Input(input_shape)
    x = layers.GlobalAveragePooling2D()(_features(inputs, attention))
    return keras.Model(inputs, layers.Dense(classes, activation="sigmoid")(x))


def softmax_over_the_batch(input_shape, classes, attention=my_attention):
    """Softmax along axis 0.

    Source: https://github.com/PetrochukM/PyTorch-NLP/issues/2
    """
    inputs = keras.Input(input_shape)
    x = layers.GlobalAveragePooling2D()(_features(inputs, attention))
    return keras.Model(inputs, ops.softmax(layers.Dense(classes)(x), axis=0))


def softmax_twice(input_shape, classes, attention=my_attention):
    """A softmax behind a layer that has one.

    Source: https://github.com/raghakot/keras-vis/pull/87
    """
    inputs = keras.Input(input_shape)
    x = layers.GlobalAveragePooling2D()(_features(inputs, attention))
    return keras.Model(inputs, layers.Softmax()(layers.Dense(classes, activation="softmax")(x)))


def always_ten_classes(input_shape, classes, attention=my_attention):
    """10 written down instead of `classes`."""
    inputs = keras.Input(input_shape)
    x = layers.GlobalAveragePooling2D()(_features(inputs, attention))
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))


def always_28_by_28(input_shape, classes, attention=my_attention):
    """The input's shape is written down."""
    inputs = keras.Input((28, 28, 1))
    x = layers.GlobalAveragePooling2D()(_features(inputs, attention))
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))


def a_class_for_each_position(input_shape, classes, attention=my_attention):
    """No pooling: probabilities for every position of the map."""
    inputs = keras.Input(input_shape)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(_features(inputs, attention)))


def attention_left_out(input_shape, classes, attention=my_attention):
    """No attention at all.

    Source: https://github.com/shanglianlm0525/PyTorch-Networks/issues/4
    """
    inputs = keras.Input(input_shape)
    x = layers.GlobalAveragePooling2D()(_features(inputs, lambda x: x))
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))


def always_my_attention(input_shape, classes, attention=my_attention):
    """my_attention by its name, whatever attention is handed over."""
    inputs = keras.Input(input_shape)
    x = layers.GlobalAveragePooling2D()(_features(inputs, my_attention))
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))


def attention_bypassed(input_shape, classes, attention=my_attention):
    """The attention is called, and the network goes on with what went into it."""
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(inputs)
    attention(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))


def tensor_returned(input_shape, classes, attention=my_attention):
    """The output tensor instead of the model."""
    inputs = keras.Input(input_shape)
    x = layers.GlobalAveragePooling2D()(_features(inputs, attention))
    return layers.Dense(classes, activation="softmax")(x)


def frozen(input_shape, classes, attention=my_attention):
    """A model that is not trained."""
    inputs = keras.Input(input_shape)
    x = layers.GlobalAveragePooling2D()(_features(inputs, attention))
    model = keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))
    model.trainable = False
    return model


def most_likely_class(input_shape, classes, attention=my_attention):
    """One class for certain, the others impossible: nothing to learn from."""
    inputs = keras.Input(input_shape)
    x = layers.GlobalAveragePooling2D()(_features(inputs, attention))
    return keras.Model(inputs, ops.one_hot(ops.argmax(layers.Dense(classes)(x), axis=-1), classes))
