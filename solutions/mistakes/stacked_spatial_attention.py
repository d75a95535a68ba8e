"""The usual wrong answers to `stacked_spatial_attention`."""


def _pooled(x):
    """Step 1 as asked for."""
    return ops.concatenate([ops.mean(x, axis=-1, keepdims=True), ops.max(x, axis=-1, keepdims=True)], axis=-1)


def _scores(x, kernel_size, filters=(64, 32, 16), hidden="relu", last=None, **options):
    """The four convolutions, right unless the arguments say otherwise."""
    options = {"padding": "same", "use_bias": False} | options
    for width in filters:
        x = layers.Conv2D(width, kernel_size, activation=hidden, **options)(x)
    return layers.Conv2D(1, kernel_size, activation=last, **options)(x)


def bias_left_in(inputs, kernel_size=3):
    """The convolutions keep Keras' default bias."""
    return inputs * ops.sigmoid(_scores(_pooled(inputs), kernel_size, use_bias=True))


def relu_missing(inputs, kernel_size=3):
    """Nothing between the convolutions: together they are one linear filter."""
    return inputs * ops.sigmoid(_scores(_pooled(inputs), kernel_size, hidden=None))


def sigmoid_everywhere(inputs, kernel_size=3):
    """A sigmoid behind all four convolutions."""
    return inputs * ops.sigmoid(_scores(_pooled(inputs), kernel_size, hidden="sigmoid"))


def relu_before_sigmoid(inputs, kernel_size=3):
    """The ReLU is copied to the last convolution."""
    return inputs * ops.sigmoid(_scores(_pooled(inputs), kernel_size, last="relu"))


def sigmoid_missing(inputs, kernel_size=3):
    """No sigmoid behind the last convolution.

    Source: https://github.com/Peachypie98/CBAM/issues/2
    """
    return inputs * _scores(_pooled(inputs), kernel_size)


def last_convolution_missing(inputs, kernel_size=3):
    """The convolution to one channel is missing: the 16 maps are averaged."""
    x = _pooled(inputs)
    for width in (64, 32, 16):
        x = layers.Conv2D(width, kernel_size, padding="same", use_bias=False, activation="relu")(x)
    return inputs * ops.sigmoid(ops.mean(x, axis=-1, keepdims=True))


def one_convolution(inputs, kernel_size=3):
    """Only the last convolution counts: CBAM's single one, or all four read the pooled map."""
    return inputs * ops.sigmoid(_scores(_pooled(inputs), kernel_size, filters=()))


def two_convolutions(inputs, kernel_size=3):
    """Only the first and the last convolution."""
    return inputs * ops.sigmoid(_scores(_pooled(inputs), kernel_size, filters=(64,)))


def three_convolutions(inputs, kernel_size=3):
    """The convolution with 16 filters is missing."""
    return inputs * ops.sigmoid(_scores(_pooled(inputs), kernel_size, filters=(64, 32)))


def growing(inputs, kernel_size=3):
    """The filters grow, from 16 to 64."""
    return inputs * ops.sigmoid(_scores(_pooled(inputs), kernel_size, filters=(16, 32, 64)))


def not_pooled(inputs, kernel_size=3):
    """The first convolution reads all channels."""
    return inputs * ops.sigmoid(_scores(inputs, kernel_size))


def average_only(inputs, kernel_size=3):
    """The maximum is missing."""
    return inputs * ops.sigmoid(_scores(ops.mean(inputs, axis=-1, keepdims=True), kernel_size))


def maximum_first(inputs, kernel_size=3):
    """The maximum stands before the average.

    Source: https://github.com/arp95/cbam_cnn_architectures_image_classification/issues/1
    """
    pooled = ops.concatenate([ops.max(inputs, axis=-1, keepdims=True), ops.mean(inputs, axis=-1, keepdims=True)], -1)
    return inputs * ops.sigmoid(_scores(pooled, kernel_size))


def kernel_size_ignored(inputs, kernel_size=3):
    """Always 3×3."""
    return inputs * ops.sigmoid(_scores(_pooled(inputs), 3))


def seven_by_seven(inputs, kernel_size=3):
    """Four kernels of CBAM's size."""
    return inputs * ops.sigmoid(_scores(_pooled(inputs), 7))


def no_padding(inputs, kernel_size=3):
    """Each convolution makes the map smaller."""
    return layers.Multiply()([inputs, ops.sigmoid(_scores(_pooled(inputs), kernel_size, padding="valid"))])


def batch_normalisation_added(inputs, kernel_size=3):
    """Batch normalisation before the sigmoid.

    Source: https://github.com/Jongchan/attention-module (MODELS/cbam.py)
    """
    return inputs * ops.sigmoid(layers.BatchNormalization()(_scores(_pooled(inputs), kernel_size)))


def gates_returned(inputs, kernel_size=3):
    """The map of gates, and not the gated map."""
    return ops.sigmoid(_scores(_pooled(inputs), kernel_size))


def input_added(inputs, kernel_size=3):
    """The map is added to the gated map."""
    return inputs + inputs * ops.sigmoid(_scores(_pooled(inputs), kernel_size))


def sigmoid_twice(inputs, kernel_size=3):
    """The sigmoid in the last convolution, and once more behind it.

    Source: https://github.com/huoxiangzuo/HiFuse/issues/9
    """
    return inputs * ops.sigmoid(_scores(_pooled(inputs), kernel_size, last="sigmoid"))


def batch_normalisation_added__pytorch(inputs, kernel_size=3):
    """The same with PyTorch's epsilon.

    Source: https://github.com/Jongchan/attention-module (MODELS/cbam.py)
    """
    return inputs * ops.sigmoid(layers.BatchNormalization(epsilon=1e-5)(_scores(_pooled(inputs), kernel_size)))
