"""The usual wrong answers to `eca_block`."""

import tensorflow as tf


def _scores(inputs, b, gamma, size=None, pooled=None, **options):
    """Steps 1 to 3, right unless the arguments say otherwise: (batch, channels, 1)."""
    channels = inputs.shape[-1]
    pooled = layers.GlobalAveragePooling2D()(inputs) if pooled is None else pooled
    options = {"padding": "same", "use_bias": False} | options
    sequence = layers.Reshape((channels, 1))(pooled)
    return layers.Conv1D(1, size or eca_kernel_size(channels, b, gamma), **options)(sequence)


def _scaled(inputs, gates):
    """Step 5."""
    return layers.Multiply()([inputs, layers.Reshape((1, 1, inputs.shape[-1]))(gates)])


def sigmoid_missing(inputs, b=1, gamma=2):
    """No sigmoid, as in the code of the paper's Figure 3."""
    return _scaled(inputs, _scores(inputs, b, gamma))


def bias_left_in(inputs, b=1, gamma=2):
    """The convolution keeps Keras' default bias.

    Source: https://github.com/rinbarpen/NeuroTrain (src/models/attention/ECAModule.py)
    """
    return _scaled(inputs, ops.sigmoid(_scores(inputs, b, gamma, use_bias=True)))


def along_the_wrong_axis(inputs, b=1, gamma=2):
    """The channels stay channels of a sequence of length 1, so the convolution reads all of them."""
    channels = inputs.shape[-1]
    sequence = layers.Reshape((1, channels))(layers.GlobalAveragePooling2D()(inputs))
    size = eca_kernel_size(channels, b, gamma)
    gates = layers.Conv1D(channels, size, padding="same", use_bias=False, activation="sigmoid")(sequence)
    return _scaled(inputs, gates)


def one_gate_for_all(inputs, b=1, gamma=2):
    """A sequence of length 1 and one filter: one gate for the whole map."""
    channels = inputs.shape[-1]
    sequence = layers.Reshape((1, channels))(layers.GlobalAveragePooling2D()(inputs))
    size = eca_kernel_size(channels, b, gamma)
    gates = layers.Conv1D(1, size, padding="same", use_bias=False, activation="sigmoid")(sequence)
    return layers.Multiply()([inputs, layers.Reshape((1, 1, 1))(gates)])


def even_kernel(inputs, b=1, gamma=2):
    """The formula's value cut off, and not made odd.

    Source: https://github.com/BangguWu/ECANet/issues/12
    """
    size = max(1, int(abs((math.log2(inputs.shape[-1]) + b) / gamma)))
    return _scaled(inputs, ops.sigmoid(_scores(inputs, b, gamma, size)))


def always_three(inputs, b=1, gamma=2):
    """A kernel of 3 whatever the number of channels, as the authors' released layer has by default.

    Source: https://github.com/xmu-xiaoma666/External-Attention-pytorch/issues/29
    """
    return _scaled(inputs, ops.sigmoid(_scores(inputs, b, gamma, 3)))


def constants_not_handed_on(inputs, b=1, gamma=2):
    """`eca_kernel_size(channels)` without b and gamma."""
    return _scaled(inputs, ops.sigmoid(_scores(inputs, 1, 2)))


def constants_swapped(inputs, b=1, gamma=2):
    """b and gamma handed on in the wrong order."""
    return _scaled(inputs, ops.sigmoid(_scores(inputs, gamma, b)))


def size_from_the_height(inputs, b=1, gamma=2):
    """The kernel's size computed from the map's height."""
    size = eca_kernel_size(inputs.shape[1], b, gamma)
    return _scaled(inputs, ops.sigmoid(_scores(inputs, b, gamma, size)))


def no_padding(inputs, b=1, gamma=2):
    """Without padding, there are fewer gates than channels."""
    return _scaled(inputs, ops.sigmoid(_scores(inputs, b, gamma, padding="valid")))


def causal_padding(inputs, b=1, gamma=2):
    """All the padding on one side: a gate sees only the channels before its own."""
    return _scaled(inputs, ops.sigmoid(_scores(inputs, b, gamma, padding="causal")))


def circular_padding(inputs, b=1, gamma=2):
    """The first channel is the last one's neighbour, as in timm's CecaModule."""
    size = eca_kernel_size(inputs.shape[-1], b, gamma)
    pooled = layers.GlobalAveragePooling2D()(inputs)[..., None]
    half = size // 2
    ring = ops.concatenate([pooled[:, -half:], pooled, pooled[:, :half]], axis=1) if half else pooled
    return _scaled(inputs, layers.Conv1D(1, size, use_bias=False, activation="sigmoid")(ring))


def kernel_for_each_channel(inputs, b=1, gamma=2):
    """Every channel has a kernel of its own: the paper's variant ECA-NS."""
    channels = inputs.shape[-1]
    pooled = layers.GlobalAveragePooling2D()(inputs)
    size = eca_kernel_size(channels, b, gamma)
    padded = ops.pad(pooled, ((0, 0), (size // 2, size // 2)))
    windows = layers.Concatenate()([padded[:, i : i + channels, None] for i in range(size)])
    gates = layers.EinsumDense("bck,ck->bc", (channels,), activation="sigmoid")(windows)
    return _scaled(inputs, gates)


def dense_for_convolution(inputs, b=1, gamma=2):
    """A dense layer from all channels to all channels."""
    pooled = layers.GlobalAveragePooling2D()(inputs)
    return _scaled(inputs, layers.Dense(inputs.shape[-1], use_bias=False, activation="sigmoid")(pooled))


def bottleneck(inputs, b=1, gamma=2):
    """Squeeze-and-excitation, lesson 3's."""
    channels = inputs.shape[-1]
    hidden = layers.Dense(max(1, channels // 4), activation="relu")(layers.GlobalAveragePooling2D()(inputs))
    return _scaled(inputs, layers.Dense(channels, activation="sigmoid")(hidden))


def maximum_for_average(inputs, b=1, gamma=2):
    """Global max pooling."""
    pooled = layers.GlobalMaxPooling2D()(inputs)
    return _scaled(inputs, ops.sigmoid(_scores(inputs, b, gamma, pooled=pooled)))


def not_pooled(inputs, b=1, gamma=2):
    """The convolution runs along the channels at every position."""
    size = eca_kernel_size(inputs.shape[-1], b, gamma)
    gates = layers.Conv1D(1, size, padding="same", use_bias=False, activation="sigmoid")(inputs[..., None])
    return inputs * gates[..., 0]


def two_dimensional_convolution(inputs, b=1, gamma=2):
    """A convolution over height and width of the map, to one channel."""
    size = eca_kernel_size(inputs.shape[-1], b, gamma)
    return inputs * layers.Conv2D(1, size, padding="same", use_bias=False, activation="sigmoid")(inputs)


def softmax_for_sigmoid(inputs, b=1, gamma=2):
    """The gates are a softmax over the channels."""
    return _scaled(inputs, layers.Softmax(axis=1)(_scores(inputs, b, gamma)))


def tanh_for_sigmoid(inputs, b=1, gamma=2):
    """The gates are a tanh."""
    return _scaled(inputs, ops.tanh(_scores(inputs, b, gamma)))


def relu_before_sigmoid(inputs, b=1, gamma=2):
    """A ReLU between the convolution and the sigmoid."""
    return _scaled(inputs, ops.sigmoid(_scores(inputs, b, gamma, activation="relu")))


def sigmoid_twice(inputs, b=1, gamma=2):
    """The sigmoid in the convolution, and once more after it."""
    return _scaled(inputs, ops.sigmoid(_scores(inputs, b, gamma, activation="sigmoid")))


def gates_returned(inputs, b=1, gamma=2):
    """The gates, and not the gated map."""
    return layers.Reshape((1, 1, inputs.shape[-1]))(ops.sigmoid(_scores(inputs, b, gamma)))


def gates_added(inputs, b=1, gamma=2):
    """The gates are added to the map."""
    gates = layers.Reshape((1, 1, inputs.shape[-1]))(ops.sigmoid(_scores(inputs, b, gamma)))
    return layers.Add()([inputs, gates])


def input_added(inputs, b=1, gamma=2):
    """The map is added to the gated map."""
    return inputs + _scaled(inputs, ops.sigmoid(_scores(inputs, b, gamma)))


def gates_not_reshaped(inputs, b=1, gamma=2):
    """Gates of shape (batch, channels, 1), multiplied as they are."""
    return inputs * ops.sigmoid(_scores(inputs, b, gamma))


def tensorflow_functions(inputs, b=1, gamma=2):
    """`tf.nn.sigmoid` on a Keras tensor, as the Chinese tutorial has it."""
    return _scaled(inputs, tf.nn.sigmoid(_scores(inputs, b, gamma)))


def always_three_with_bias(inputs, b=1, gamma=2):
    """A kernel of 3 whatever the number of channels, and a bias.

    Source: https://github.com/Tasnim-Jahan/ThyCLIPNet (eca.py)
    """
    return _scaled(inputs, ops.sigmoid(_scores(inputs, b, gamma, 3, use_bias=True)))
