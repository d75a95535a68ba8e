"""The usual wrong answers to `spatial_attention`."""

from keras import layers, ops


def _convolution(x, name, kernel_size, activation=None, filters=1, **options):
    """The first step, right unless the options say otherwise."""
    return layers.Conv2D(filters, kernel_size, padding="same", activation=activation, name=f"{name}_gates", **options)(
        x
    )


def no_sigmoid(x, name, kernel_size=7):
    """The convolution's output is multiplied as it is.

    Source: https://github.com/Peachypie98/CBAM/issues/2
    """
    return layers.Multiply()([x, _convolution(x, name, kernel_size)])


def relu_for_sigmoid(x, name, kernel_size=7):
    """ReLU in place of the sigmoid."""
    return layers.Multiply()([x, _convolution(x, name, kernel_size, "relu")])


def tanh_for_sigmoid(x, name, kernel_size=7):
    """Hyperbolic tangent in place of the sigmoid."""
    return layers.Multiply()([x, _convolution(x, name, kernel_size, "tanh")])


def relu_before_sigmoid(x, name, kernel_size=7):
    """A ReLU between convolution and sigmoid."""
    gates = ops.sigmoid(_convolution(x, name, kernel_size, "relu"))
    return layers.Multiply()([x, gates])


def sigmoid_twice(x, name, kernel_size=7):
    """The sigmoid in the convolution, and once more after it."""
    gates = ops.sigmoid(_convolution(x, name, kernel_size, "sigmoid"))
    return layers.Multiply()([x, gates])


def softmax_over_one_channel(x, name, kernel_size=7):
    """Softmax along the last axis, of length one: every gate is 1."""
    scores = _convolution(x, name, kernel_size)
    gates = ops.exp(scores - scores)  # what softmax gives on one value, without Keras' warning about it
    return layers.Multiply()([x, gates])


def softmax_over_positions(x, name, kernel_size=7):
    """Softmax over all positions of the map."""
    scores = _convolution(x, name, kernel_size)
    gates = layers.Reshape(scores.shape[1:])(layers.Softmax()(layers.Flatten()(scores)))
    return layers.Multiply()([x, gates])


def gates_returned(x, name, kernel_size=7):
    """The map of gates instead of the gated feature map."""
    return _convolution(x, name, kernel_size, "sigmoid")


def gates_added(x, name, kernel_size=7):
    """The gates are added to x."""
    return layers.Add()([x, _convolution(x, name, kernel_size, "sigmoid")])


def input_added(x, name, kernel_size=7):
    """The input is added once more, as BAM does: (1 + gates) * x."""
    return x + x * _convolution(x, name, kernel_size, "sigmoid")


def gate_for_each_channel(x, name, kernel_size=7):
    """As many filters as channels, so the channels are never squeezed.

    Source: https://github.com/FadeoN/Distilling-Image-Dehazing-With-Heterogeneous-Task-Imitation/issues/8
    """
    return layers.Multiply()([x, _convolution(x, name, kernel_size, "sigmoid", filters=x.shape[-1])])


def squeezed_height_and_width(x, name, kernel_size=7):
    """Average pooling first: height and width are squeezed, one gate is left for the whole image."""
    pooled = layers.GlobalAveragePooling2D(keepdims=True)(x)
    return layers.Multiply()([x, _convolution(pooled, name, kernel_size, "sigmoid")])


def mean_of_channels_first(x, name, kernel_size=7):
    """The convolution reads the mean of the channels instead of the channels."""
    mean = ops.mean(x, axis=-1, keepdims=True)
    return layers.Multiply()([x, _convolution(mean, name, kernel_size, "sigmoid")])


def pooled_as_in_cbam(x, name, kernel_size=7):
    """The convolution reads the mean and the maximum of the channels, as in CBAM."""
    mean, largest = ops.mean(x, axis=-1, keepdims=True), ops.max(x, axis=-1, keepdims=True)
    pooled = ops.concatenate([mean, largest], axis=-1)
    return layers.Multiply()([x, _convolution(pooled, name, kernel_size, "sigmoid")])


def kernel_size_ignored(x, name, kernel_size=7):
    """A fixed 7×7 kernel."""
    return layers.Multiply()([x, _convolution(x, name, 7, "sigmoid")])


def no_bias(x, name, kernel_size=7):
    """A convolution without bias."""
    return layers.Multiply()([x, _convolution(x, name, kernel_size, "sigmoid", use_bias=False)])


def valid_padding(x, name, kernel_size=7):
    """No padding, so the map of gates is smaller than x."""
    gates = layers.Conv2D(1, kernel_size, activation="sigmoid")(x)
    return layers.Multiply()([x, gates])


def batch_normalisation_added(x, name, kernel_size=7):
    """Batch normalisation between convolution and sigmoid.

    Source: https://github.com/PierreRouge/Cascaded-U-Net-for-vessel-segmentation/pull/4
    """
    scores = layers.BatchNormalization()(_convolution(x, name, kernel_size))
    return layers.Multiply()([x, ops.sigmoid(scores)])


def separable_convolution(x, name, kernel_size=7):
    """A separable convolution: one k×k kernel for each channel, then a weight for each channel."""
    gates = layers.SeparableConv2D(1, kernel_size, padding="same", activation="sigmoid")(x)
    return layers.Multiply()([x, gates])


def hard_sigmoid(x, name, kernel_size=7):
    """The hard sigmoid of MobileNetV3 in place of the sigmoid."""
    return layers.Multiply()([x, _convolution(x, name, kernel_size, "hard_sigmoid")])


def batch_normalisation_added__pytorch(x, name, kernel_size=7):
    """The same with PyTorch's epsilon.

    Source: https://github.com/PierreRouge/Cascaded-U-Net-for-vessel-segmentation/pull/4
    """
    scores = layers.BatchNormalization(epsilon=1e-5)(_convolution(x, name, kernel_size))
    return layers.Multiply()([x, ops.sigmoid(scores)])
