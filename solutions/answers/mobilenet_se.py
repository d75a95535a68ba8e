"""Right answers to `mobilenet_se`, as different as students write them."""

import keras
import tensorflow as tf
from keras import layers, ops


def _rounded(width):
    """MobileNetV3's rule for widths."""
    nearest = max(8, int(width + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * width else nearest


def hard_sigmoid_written_out(x):
    """relu6(x + 3) / 6, as in the paper."""
    channels = x.shape[-1]
    gates = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gates = layers.Conv2D(_rounded(channels / 4), 1, activation="relu")(gates)
    gates = layers.Conv2D(channels, 1)(gates)
    return layers.Multiply()([x, ops.relu6(gates + 3.0) * (1.0 / 6.0)])


def dense_layers(x):
    """Dense layers on (batch, channels), a quarter as a product."""
    channels = x.shape[-1]
    hidden = layers.Dense(_rounded(channels * 0.25), activation="relu")(ops.mean(x, axis=(1, 2)))
    gates = layers.Dense(channels, activation=keras.activations.hard_sigmoid)(hidden)
    return x * ops.reshape(gates, (-1, 1, 1, channels))


def clipped_line(x):
    """The hard sigmoid as a line cut off at 0 and 1."""
    channels = x.shape[-1]
    hidden = layers.ReLU()(layers.Conv2D(_rounded(channels / 4), 1)(layers.GlobalAveragePooling2D(keepdims=True)(x)))
    return x * ops.clip(layers.Conv2D(channels, 1)(hidden) / 6 + 0.5, 0, 1)


def activations_as_layers(x):
    """As Keras' own MobileNetV3 has it."""
    channels = x.shape[-1]
    gates = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gates = layers.Conv2D(_rounded(channels / 4), kernel_size=1, padding="same")(gates)
    gates = layers.ReLU()(gates)
    gates = layers.Conv2D(channels, kernel_size=1, padding="same")(gates)
    gates = layers.ReLU(6.0)(layers.Rescaling(1.0, offset=3.0)(gates))
    return layers.Multiply()([x, layers.Rescaling(1 / 6)(gates)])


class _Gate(layers.Layer):
    """Two convolutions, made when the channels are known."""

    def build(self, shape):
        self.expand = layers.Conv2D(shape[-1], 1, activation="hard_sigmoid")
        self.reduce = layers.Conv2D(round_to_8(shape[-1] / 4), 1, activation=ops.relu)

    def call(self, x):
        return self.expand(self.reduce(ops.mean(x, axis=(1, 2), keepdims=True)))


def layer_subclass(x):
    """A Layer subclass for the gates, the product outside."""
    return ops.multiply(x, _Gate()(x))


def model_inside(x):
    """A Sequential gate with the lesson's rule for widths, called like a layer."""
    gate = keras.Sequential(
        [
            layers.GlobalAveragePooling2D(),
            layers.Dense(round_to_8(x.shape[-1] / 4)),
            layers.ReLU(),
            layers.Dense(x.shape[-1]),
            layers.Activation("hard_sigmoid"),
            layers.Reshape((1, 1, x.shape[-1])),
        ]
    )
    return layers.multiply([x, gate(x)])


def tensorflow_in_lambda(x):
    """TensorFlow's ReLU6 in a Lambda layer."""
    gates = layers.Lambda(lambda t: tf.reduce_mean(t, [1, 2], keepdims=True))(x)
    gates = layers.Dense(_rounded(x.shape[-1] / 4), activation="relu")(gates)
    gates = layers.Lambda(lambda t: tf.nn.relu6(t + 3) / 6)(layers.Dense(x.shape[-1])(gates))
    return x * gates


def relu6_of_x_plus_three(x):
    """The hard sigmoid is ReLU6(x + 3) / 6, made of layers.

    Source: https://github.com/keras-team/keras (keras/src/applications/mobilenet_v3.py)
    """

    def hard_sigmoid(y):
        return layers.ReLU(6.0)(y + 3.0) * (1.0 / 6.0)

    filters = x.shape[-1]
    y = layers.GlobalAveragePooling2D(keepdims=True)(x)
    y = layers.Conv2D(round_to_8(filters * 0.25), kernel_size=1, padding="same")(y)
    y = layers.ReLU()(y)
    y = layers.Conv2D(filters, kernel_size=1, padding="same")(y)
    return layers.Multiply()([x, hard_sigmoid(y)])


def gate_layer_and_divisor(x):
    """The width by a function with a divisor, the gate a layer of its own.

    Source: https://github.com/huggingface/pytorch-image-models (timm/layers/squeeze_excite.py)
    """

    def make_divisible(value, divisor=8, round_limit=0.9):
        new = max(divisor, int(value + divisor / 2) // divisor * divisor)
        return new + divisor if new < round_limit * value else new

    channels = x.shape[-1]
    se = ops.mean(x, axis=[1, 2], keepdims=True)
    se = layers.Activation("relu")(layers.Conv2D(make_divisible(channels / 4), 1)(se))
    return x * layers.Activation("hard_sigmoid")(layers.Conv2D(channels, 1)(se))


def scale_activation_handed_over(x):
    """One layer for squeeze-and-excitation in general, which is told to use the hard sigmoid.

    Source: https://github.com/pytorch/vision (torchvision/models/mobilenetv3.py)
    """

    def squeeze_excitation(x, squeezed, scale_activation):
        scale = layers.AveragePooling2D(x.shape[1:3])(x)
        scale = ops.relu(layers.Conv2D(squeezed, 1)(scale))
        return scale_activation(layers.Conv2D(x.shape[-1], 1)(scale)) * x

    return squeeze_excitation(x, round_to_8(x.shape[-1] / 4), ops.hard_sigmoid)
