"""Right answers to `residual_block`, as different as students write them."""

import keras
import tensorflow as tf
from keras import layers, ops


def shortcut_first(x, filters, stride, name):
    """The shortcut before the branch, `Activation` layers and `layers.add`."""
    shortcut = x
    if x.shape[-1] != filters or stride > 1:
        shortcut = layers.Conv2D(filters, (1, 1), strides=(stride, stride), use_bias=False, name=name + "_proj")(x)
        shortcut = layers.BatchNormalization(name=name + "_proj_bn")(shortcut)
    y = layers.Conv2D(filters, (3, 3), strides=stride, padding="same", use_bias=False, name=name + "_a")(x)
    y = layers.Activation("relu", name=name + "_a_relu")(layers.BatchNormalization(name=name + "_a_bn")(y))
    y = layers.Conv2D(filters, (3, 3), strides=1, padding="same", use_bias=False, name=name + "_b")(y)
    y = layers.BatchNormalization(name=name + "_b_bn")(y)
    return layers.Activation("relu", name=name + "_relu")(layers.add([y, shortcut]))


def _convolve(x, filters, kernel_size, stride=1):
    """A convolution without bias, normalised."""
    x = layers.Conv2D(filters, kernel_size, strides=stride, padding="same", use_bias=False)(x)
    return layers.BatchNormalization()(x)


def helper_and_operators(x, filters, stride, name):
    """One helper for all three convolutions, `+` and `ops.relu`."""
    same_shape = stride == 1 and x.shape[-1] == filters
    branch = _convolve(ops.relu(_convolve(x, filters, 3, stride)), filters, 3)
    return ops.relu(branch + (x if same_shape else _convolve(x, filters, 1, stride)))


def loop_over_strides(x, filters, stride, name):
    """Both convolutions in a loop, ReLU in front of the second; the ReLU of the sum as a maximum."""
    branch = x
    for number, step in enumerate([stride, 1]):
        if number:
            branch = layers.ReLU()(branch)
        branch = layers.Conv2D(filters, 3, step, "same", use_bias=False, name=f"{name}_{number}")(branch)
        branch = layers.BatchNormalization(name=f"{name}_bn{number}")(branch)
    if stride > 1 or int(x.shape[3]) != filters:
        x = layers.Conv2D(filters, 1, stride, "valid", use_bias=False, name=f"{name}_shortcut")(x)
        x = layers.BatchNormalization()(x)
    return ops.maximum(ops.add(x, branch), 0.0)


def two_models(x, filters, stride, name):
    """Branch and shortcut as Sequential models; an empty shortcut is an Identity."""
    branch = keras.Sequential(
        [
            layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2D(filters, 3, padding="same", use_bias=False),
            layers.BatchNormalization(),
        ],
        name=f"{name}_branch",
    )
    shortcut = layers.Identity(name=f"{name}_shortcut")
    if stride != 1 or x.shape[-1] != filters:
        projection = layers.Conv2D(filters, 1, strides=stride, use_bias=False)
        shortcut = keras.Sequential([projection, layers.BatchNormalization()], name=f"{name}_shortcut")
    return layers.ReLU()(layers.Add()([branch(x), shortcut(x)]))


def _pad(x, stride):
    """The zeros of "same" padding for a 3×3 kernel: with stride 2 and an even length, only at the end."""
    zeros = []
    for length in x.shape[1:3]:
        total = (-(-length // stride) - 1) * stride + 3 - length
        zeros.append((total // 2, total - total // 2))
    return layers.ZeroPadding2D(tuple(zeros))(x)


def padded_by_hand(x, filters, stride, name):
    """Zeros around the maps, then convolutions without padding."""
    branch = layers.Conv2D(filters, 3, strides=stride, use_bias=False)(_pad(x, stride))
    branch = layers.ReLU()(layers.BatchNormalization()(branch))
    branch = layers.Conv2D(filters, 3, use_bias=False)(_pad(branch, 1))
    branch = layers.BatchNormalization()(branch)
    if stride != 1 or x.shape[-1] != filters:
        x = layers.BatchNormalization()(layers.Conv2D(filters, 1, strides=stride, use_bias=False)(x))
    return layers.ReLU()(layers.Add()([branch, x]))


def shortcut_by_pooling_and_dense(x, filters, stride, name):
    """The shortcut keeps every second position by pooling 1×1 windows; a dense layer is its 1×1 convolution."""
    shortcut = x
    if stride != 1:
        shortcut = layers.MaxPooling2D(pool_size=1, strides=stride)(shortcut)
    if stride != 1 or x.shape[-1] != filters:
        shortcut = layers.BatchNormalization()(layers.Dense(filters, use_bias=False)(shortcut))
    x = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(keras.activations.relu(x))
    x = layers.BatchNormalization()(x)
    return keras.activations.relu(layers.Add()([x, shortcut]))


class _ResidualBlock(layers.Layer):
    """All layers made in the constructor, those of the shortcut if they are needed."""

    def __init__(self, filters, stride, project, **options):
        super().__init__(**options)
        self.project = project
        if project:
            self.shortcut = layers.Conv2D(filters, 1, strides=stride, use_bias=False)
            self.shortcut_norm = layers.BatchNormalization()
        self.norm2 = layers.BatchNormalization()
        self.norm1 = layers.BatchNormalization()
        self.conv2 = layers.Conv2D(filters, 3, padding="same", use_bias=False)
        self.conv1 = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)

    def call(self, x, training=None):
        branch = ops.relu(self.norm1(self.conv1(x), training=training))
        branch = self.norm2(self.conv2(branch), training=training)
        if self.project:
            x = self.shortcut_norm(self.shortcut(x), training=training)
        return ops.relu(x + branch)


def layer_subclass_of_layers(x, filters, stride, name):
    """A Layer subclass that holds other layers."""
    return _ResidualBlock(filters, stride, project=stride != 1 or x.shape[-1] != filters, name=name)(x)


class _OwnConvolution(layers.Layer):
    """A convolution without bias, with a kernel of its own, in TensorFlow's words."""

    def __init__(self, filters, size, stride):
        super().__init__()
        self.filters, self.size, self.stride = filters, size, stride

    def build(self, shape):
        self.kernel = self.add_weight(shape=(self.size, self.size, shape[-1], self.filters))

    def call(self, x):
        return tf.nn.conv2d(x, self.kernel, strides=self.stride, padding="SAME")


def convolutions_with_weights_of_their_own(x, filters, stride, name):
    """A Layer subclass with `add_weight` and `tf.nn` for every convolution."""
    branch = layers.BatchNormalization()(_OwnConvolution(filters, 3, stride)(x))
    branch = layers.Lambda(tf.nn.relu)(branch)
    branch = layers.BatchNormalization()(_OwnConvolution(filters, 3, 1)(branch))
    if (stride, x.shape[-1]) != (1, filters):
        x = layers.BatchNormalization()(_OwnConvolution(filters, 1, stride)(x))
    return layers.Lambda(lambda both: tf.nn.relu(tf.add_n(both)))([x, branch])


def downsample_or_none(x, filters, stride, name):
    """`downsample` is None or a small network, and the shortcut is kept under the name `identity`.

    Source: https://github.com/pytorch/vision (torchvision/models/resnet.py)
    """
    downsample = None
    if stride != 1 or x.shape[-1] != filters:
        downsample = keras.Sequential(
            [layers.Conv2D(filters, 1, stride, use_bias=False), layers.BatchNormalization()], name=f"{name}_downsample"
        )
    identity = x
    out = layers.Conv2D(filters, 3, stride, "same", use_bias=False)(x)
    out = layers.BatchNormalization()(out)
    out = layers.ReLU()(out)
    out = layers.Conv2D(filters, 3, 1, "same", use_bias=False)(out)
    out = layers.BatchNormalization()(out)
    if downsample is not None:
        identity = downsample(x)
    out += identity
    return layers.ReLU()(out)


def empty_shortcut_filled(x, filters, stride, name):
    """The shortcut is an empty sequence that gets its layers if it needs any; activations as functions.

    Source: https://github.com/kuangliu/pytorch-cifar (models/resnet.py)
    """
    shortcut = []
    if stride != 1 or x.shape[-1] != filters:
        shortcut = [layers.Conv2D(filters, kernel_size=1, strides=stride, use_bias=False), layers.BatchNormalization()]
    out = layers.Conv2D(filters, kernel_size=3, strides=stride, padding="same", use_bias=False)(x)
    out = ops.relu(layers.BatchNormalization()(out))
    out = layers.Conv2D(filters, kernel_size=3, strides=1, padding="same", use_bias=False)(out)
    out = layers.BatchNormalization()(out)
    for layer in shortcut:
        x = layer(x)
    return ops.relu(out + x)


def shortcut_from_the_shapes(x, filters, stride, name):
    """The shortcut's stride is what the shapes of both ends say, and equal channels are compared.

    Source: https://github.com/raghakot/keras-resnet (resnet.py)
    """
    residual = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
    residual = layers.Activation("relu")(layers.BatchNormalization(axis=-1)(residual))
    residual = layers.Conv2D(filters, 3, padding="same", use_bias=False)(residual)
    residual = layers.BatchNormalization(axis=-1)(residual)
    rows, columns = (-(-a // b) for a, b in zip(x.shape[1:3], residual.shape[1:3], strict=True))
    shortcut = x
    if rows > 1 or columns > 1 or x.shape[-1] != residual.shape[-1]:
        shortcut = layers.Conv2D(residual.shape[-1], 1, strides=(rows, columns), padding="valid", use_bias=False)(x)
        shortcut = layers.BatchNormalization(axis=-1)(shortcut)
    return layers.Activation("relu")(layers.add([shortcut, residual]))
