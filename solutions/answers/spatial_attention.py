"""Right answers to `spatial_attention`, as different as students write them."""

import keras
import tensorflow as tf
from keras import layers, ops


def convolution_with_activation(x, name, kernel_size=7):
    """The sigmoid as the convolution's own activation."""
    gates = layers.Conv2D(filters=1, kernel_size=kernel_size, padding="same", activation="sigmoid")(x)
    return layers.multiply([gates, x])


def activation_as_a_layer(x, name, kernel_size=7):
    """Three layers for three steps, each with a name."""
    scores = layers.Conv2D(1, (kernel_size, kernel_size), strides=(1, 1), padding="same", name=name + "_conv")(x)
    gates = layers.Activation("sigmoid", name=name + "_sigmoid")(scores)
    return layers.Multiply(name=name + "_multiply")([x, gates])


def ops_and_star(x, name, kernel_size=7):
    """`ops.sigmoid` and the operator `*`."""
    return x * ops.sigmoid(layers.Conv2D(1, kernel_size, padding="same")(x))


def sigmoid_written_out(x, name, kernel_size=7):
    """The sigmoid from its formula."""
    scores = layers.Conv2D(1, kernel_size, padding="same")(x)
    return ops.multiply(x, 1 / (1 + ops.exp(-scores)))


def gates_repeated(x, name, kernel_size=7):
    """The gates copied to every channel before multiplying, nothing left to broadcasting."""
    gates = keras.activations.sigmoid(layers.Conv2D(1, kernel_size, padding="same")(x))
    return ops.multiply(ops.repeat(gates, x.shape[-1], axis=-1), x)


def padded_by_hand(x, name, kernel_size=7):
    """Zeros around the map, then a convolution without padding."""
    padded = layers.ZeroPadding2D(kernel_size // 2)(x)
    gates = layers.Conv2D(1, kernel_size, padding="valid", activation=ops.sigmoid)(padded)
    return layers.Multiply()([x, gates])


def small_model_inside(x, name, kernel_size=7):
    """The gates from a Sequential model that is called like a layer."""
    gate = keras.Sequential([layers.Conv2D(1, kernel_size, padding="same"), layers.Activation("sigmoid")], name=name)
    return x * gate(x)


def lambda_around_tensorflow(x, name, kernel_size=7):
    """TensorFlow's own functions, wrapped in Lambda layers."""
    scores = layers.Conv2D(1, kernel_size, padding="same")(x)
    gates = layers.Lambda(tf.sigmoid)(scores)
    return layers.Lambda(lambda both: tf.multiply(both[0], both[1]))([x, gates])


class _SpatialGate(layers.Layer):
    """The gated map, with a kernel and a bias of its own."""

    def __init__(self, kernel_size, **options):
        super().__init__(**options)
        self.kernel_size = kernel_size

    def build(self, shape):
        self.kernel = self.add_weight(shape=(self.kernel_size, self.kernel_size, shape[-1], 1), name="kernel")
        self.bias = self.add_weight(shape=(), initializer="zeros", name="bias")

    def call(self, x):
        return x * ops.sigmoid(ops.conv(x, self.kernel, padding="same") + self.bias)


def layer_with_weights_of_its_own(x, name, kernel_size=7):
    """A Layer subclass with `add_weight` and `ops.conv`."""
    return _SpatialGate(kernel_size, name=name)(x)


class _TensorFlowGate(layers.Layer):
    """The gated map through tf.nn, inside `call`, where tensors have numbers."""

    def __init__(self, kernel_size, **options):
        super().__init__(**options)
        self.convolution = layers.Conv2D(1, kernel_size, padding="same")

    def call(self, x):
        return tf.math.multiply(x, tf.nn.sigmoid(self.convolution(x)))


def layer_around_tensorflow(x, name, kernel_size=7):
    """A Layer subclass that owns a Conv2D and calls TensorFlow."""
    return _TensorFlowGate(kernel_size, name=name)(x)


class _Bias(layers.Layer):
    """One number, added everywhere."""

    def build(self, shape):
        self.bias = self.add_weight(shape=(1,), initializer="zeros")

    def call(self, x):
        return x + self.bias


def depthwise_and_summed(x, name, kernel_size=7):
    """Every channel convolved by itself, then their sum: what a convolution to one channel does."""
    scores = layers.DepthwiseConv2D(kernel_size, padding="same", use_bias=False)(x)
    scores = _Bias()(ops.sum(scores, axis=-1, keepdims=True))
    return x * ops.sigmoid(scores)


def style_of_the_korean_tutorial(x, name, kernel_size=7):
    """In the style of the Korean tutorial: its three steps, each a `tf.keras` layer named with +."""
    s = tf.keras.layers.Conv2D(filters=1, kernel_size=kernel_size, padding="same", name=name + "_conv")(x)
    s = tf.keras.layers.Activation("sigmoid", name=name + "_sigmoid")(s)
    return tf.keras.layers.Multiply(name=name + "_multiply")([x, s])


def style_of_the_cbam_article(x, name, kernel_size=7):
    """In the style of the CBAM VGG16 article: its last convolution, with all arguments, here with a bias."""
    attention = tf.keras.layers.Conv2D(
        filters=1,
        kernel_size=kernel_size,
        strides=1,
        padding="same",
        activation="sigmoid",
        kernel_initializer="he_normal",
        use_bias=True,
    )(x)

    return tf.keras.layers.multiply([x, attention])


def spatial_squeeze_excite(x, name, kernel_size=7):
    """One convolution to one channel with a sigmoid, its result by `multiply`.

    Source: https://github.com/titu1994/keras-squeeze-excite-network (keras_squeeze_excite_network/se.py)
    """
    se = layers.Conv2D(1, (kernel_size, kernel_size), activation="sigmoid", padding="same", name=f"{name}_sse")(x)
    return layers.multiply([x, se])


def module_input_kept(x, name, kernel_size=7):
    """The input is kept under another name, convolution and sigmoid overwrite x.

    Source: https://github.com/neptune-ai/open-solution-salt-identification/issues/60
    """
    module_input = x
    x = layers.Conv2D(1, kernel_size=kernel_size, padding="same")(x)
    x = ops.sigmoid(x)
    return module_input * x


def gates_expanded_to_the_map(x, name, kernel_size=7):
    """The map of gates is repeated for every channel before it is multiplied.

    Source: https://github.com/CaitinZhao/cvpr2019_Pyramid-Feature-Attention-Network-for-Saliency-detection/pull/2
    """
    attention = layers.Conv2D(1, kernel_size, strides=1, padding="same", use_bias=True)(x)
    attention = layers.Activation("sigmoid")(attention)
    attention = ops.repeat(attention, x.shape[-1], axis=-1)
    return layers.Multiply()([attention, x])
