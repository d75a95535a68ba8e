"""Right answers to `autoencoder_block`, as different as students write them."""

import keras
import tensorflow as tf
from keras import layers, ops


def nested_calls(x, filters, name):
    """One expression, no names, `ops.relu`."""
    return ops.relu(layers.BatchNormalization()(layers.Conv2D(filters, (3, 3), padding="same")(x)))


def defaults_spelled_out(x, filters, name):
    """Every default of Keras written down, the activation as a layer."""
    convolution = layers.Conv2D(
        filters, (3, 3), (1, 1), "same", use_bias=True, kernel_initializer="he_normal", name=f"{name}_conv"
    )
    normalisation = layers.BatchNormalization(axis=-1, momentum=0.99, epsilon=0.001, name=f"{name}_bn")
    activation = layers.Activation(keras.activations.relu, name=f"{name}_relu")
    return activation(normalisation(convolution(x)))


def loop_over_layers(x, filters, name):
    """The layers in a list, made before any is called."""
    steps = [
        layers.Conv2D(filters, 3, padding="same", name=f"{name}_conv"),
        layers.BatchNormalization(name=f"{name}_bn"),
        layers.ReLU(name=f"{name}_relu"),
    ]
    for step in steps:
        x = step(x)
    return x


def padded_by_hand(x, filters, name):
    """Zeros around the map, then a convolution without padding."""
    x = layers.ZeroPadding2D(1, name=f"{name}_pad")(x)
    x = layers.Conv2D(filters, 3, padding="valid", name=f"{name}_conv")(x)
    x = layers.BatchNormalization(name=f"{name}_bn")(x)
    return layers.Activation("relu", name=f"{name}_relu")(x)


def sequential(x, filters, name):
    """A Sequential model that is called like a layer."""
    block = keras.Sequential(name=name)
    block.add(layers.Conv2D(filters, 3, padding="same"))
    block.add(layers.BatchNormalization())
    block.add(layers.ReLU())
    return block(x)


def functional_model(x, filters, name):
    """A functional model with an input of its own."""
    inputs = keras.Input(x.shape[1:])
    hidden = layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same")(inputs))
    return keras.Model(inputs, keras.activations.relu(hidden), name=name)(x)


class _Block(layers.Layer):
    """Layers made in the constructor, the normalisation first."""

    def __init__(self, filters, **options):
        super().__init__(**options)
        self.normalise = layers.BatchNormalization()
        self.convolve = layers.Conv2D(filters, 3, padding="same")

    def call(self, x, training=None):
        return ops.maximum(self.normalise(self.convolve(x), training=training), 0)


def layer_subclass_of_layers(x, filters, name):
    """A Layer subclass that holds other layers, the ReLU as a maximum."""
    return _Block(filters, name=name)(x)


class _OwnConvolution(layers.Layer):
    """A 3×3 convolution from its kernel and bias."""

    def __init__(self, filters, **options):
        super().__init__(**options)
        self.filters = filters

    def build(self, shape):
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")
        self.kernel = self.add_weight(shape=(3, 3, shape[-1], self.filters), name="kernel")

    def call(self, x):
        return ops.conv(x, self.kernel, strides=1, padding="same") + self.bias


def convolution_with_weights_of_its_own(x, filters, name):
    """A Layer subclass with `add_weight` for the convolution, the ReLU from absolute values."""
    x = layers.BatchNormalization()(_OwnConvolution(filters, name=f"{name}_conv")(x))
    return (x + ops.absolute(x)) / 2


class _Model(keras.Model):
    """A model with `call`, to be used like a layer."""

    def __init__(self, filters):
        super().__init__()
        self.steps = [layers.Conv2D(filters, 3, padding="same"), layers.BatchNormalization(), layers.ReLU()]

    def call(self, x):
        for step in self.steps:
            x = step(x)
        return x


def model_subclass(x, filters, name):
    """A Model subclass that holds its layers in a list."""
    return _Model(filters)(x)


def tensorflow_in_lambda(x, filters, name):
    """TensorFlow's ReLU in a Lambda layer."""
    x = layers.Conv2D(filters, 3, padding="same")(x)
    x = layers.BatchNormalization()(x)
    return layers.Lambda(lambda t: tf.nn.relu(t), name=f"{name}_relu")(x)


def style_of_the_korean_tutorial(x, filters, name):
    """In the style of the Korean tutorial: `tf.keras.layers`, arguments by name, names put together with +."""
    x = tf.keras.layers.Conv2D(filters=filters, kernel_size=3, strides=(1, 1), padding="same", name=name + "_conv")(x)
    x = tf.keras.layers.BatchNormalization(name=name + "_bn")(x)
    return tf.keras.layers.ReLU(name=name + "_relu")(x)


def helper_with_an_optional_name(x, filters, name):
    """A helper for convolution and normalisation with names of its own, the activation behind it.

    Source: https://github.com/keras-team/keras (keras/src/applications/inception_v3.py)
    """

    def convolution_and_norm(x, filters, rows, columns, padding="same", strides=(1, 1), name=None):
        x = layers.Conv2D(filters, (rows, columns), strides=strides, padding=padding, name=f"{name}_conv")(x)
        x = layers.BatchNormalization(axis=3, name=f"{name}_bn")(x)
        return layers.Activation("relu", name=f"{name}_relu")(x)

    return convolution_and_norm(x, filters, 3, 3, name=name)


def list_of_layers_in_order(x, filters, name):
    """A list to which norm and activation are appended if they are given, and run in order.

    Source: https://github.com/pytorch/vision (torchvision/ops/misc.py)
    """
    norm, activation = layers.BatchNormalization, layers.ReLU
    stack = [layers.Conv2D(filters, 3, 1, padding="same", use_bias=True, name=f"{name}_conv")]
    if norm is not None:
        stack.append(norm(name=f"{name}_bn"))
    if activation is not None:
        stack.append(activation(name=f"{name}_relu"))
    for layer in stack:
        x = layer(x)
    return x


class _NormAct(layers.Layer):
    """Batch normalisation with its activation inside."""

    def __init__(self, name):
        super().__init__(name=f"{name}_bn")
        self.norm = layers.BatchNormalization()

    def build(self, shape):
        self.norm.build(shape)

    def call(self, x, training=None):
        return ops.relu(self.norm(x, training=training))


def norm_and_activation_in_one(x, filters, name):
    """One layer for normalisation and activation behind the convolution.

    Source: https://github.com/huggingface/pytorch-image-models (timm/layers/conv_bn_act.py)
    """
    return _NormAct(name)(layers.Conv2D(filters, 3, padding="same", name=f"{name}_conv")(x))
