"""The usual wrong answers to `cbam_spatial_attention`."""


def _pooled(x):
    """Steps 1 and 2 as asked for."""
    return ops.concatenate([ops.mean(x, axis=-1, keepdims=True), ops.max(x, axis=-1, keepdims=True)], axis=-1)


def _scores(pooled, kernel_size, filters=1, **options):
    """Step 3, right unless the arguments say otherwise."""
    options = {"padding": "same", "use_bias": False} | options
    return layers.Conv2D(filters, kernel_size, **options)(pooled)


def not_pooled(inputs, kernel_size=7):
    """The convolution reads all channels, as in lesson 4."""
    return inputs * ops.sigmoid(_scores(inputs, kernel_size))


def average_only(inputs, kernel_size=7):
    """The maximum is missing."""
    return inputs * ops.sigmoid(_scores(ops.mean(inputs, axis=-1, keepdims=True), kernel_size))


def maximum_only(inputs, kernel_size=7):
    """The average is missing."""
    return inputs * ops.sigmoid(_scores(ops.max(inputs, axis=-1, keepdims=True), kernel_size))


def maximum_first(inputs, kernel_size=7):
    """The maximum stands before the average, as in the authors' code.

    Source: https://github.com/arp95/cbam_cnn_architectures_image_classification/issues/1
    """
    pooled = ops.concatenate([ops.max(inputs, axis=-1, keepdims=True), ops.mean(inputs, axis=-1, keepdims=True)], -1)
    return inputs * ops.sigmoid(_scores(pooled, kernel_size))


def average_twice(inputs, kernel_size=7):
    """The average is concatenated with itself."""
    average = ops.mean(inputs, axis=-1, keepdims=True)
    return inputs * ops.sigmoid(_scores(ops.concatenate([average, average], axis=-1), kernel_size))


def sum_for_average(inputs, kernel_size=7):
    """The sum over the channels instead of their average."""
    pooled = [ops.sum(inputs, axis=-1, keepdims=True), ops.max(inputs, axis=-1, keepdims=True)]
    return inputs * ops.sigmoid(_scores(ops.concatenate(pooled, axis=-1), kernel_size))


def added_not_concatenated(inputs, kernel_size=7):
    """Average and maximum are added to one channel."""
    pooled = ops.mean(inputs, axis=-1, keepdims=True) + ops.max(inputs, axis=-1, keepdims=True)
    return inputs * ops.sigmoid(_scores(pooled, kernel_size))


def height_and_width_pooled(inputs, kernel_size=7):
    """Average and maximum over height and width, as channel attention takes them."""
    average, largest = (pool(inputs, axis=(1, 2), keepdims=True) for pool in (ops.mean, ops.max))
    return inputs * ops.sigmoid(_scores(ops.concatenate([average, largest], axis=-1), kernel_size))


def concatenated_beside_each_other(inputs, kernel_size=7):
    """Concatenated along the width instead of the channels."""
    average, largest = (pool(inputs, axis=-1, keepdims=True) for pool in (ops.mean, ops.max))
    return inputs * ops.sigmoid(_scores(ops.concatenate([average, largest], axis=2), kernel_size))


def bias_left_in(inputs, kernel_size=7):
    """The convolution keeps Keras' default bias.

    Source: https://github.com/xmu-xiaoma666/External-Attention-pytorch (model/attention/CBAM.py)
    """
    return inputs * ops.sigmoid(_scores(_pooled(inputs), kernel_size, use_bias=True))


def batch_normalisation_added(inputs, kernel_size=7):
    """Batch normalisation between convolution and sigmoid, as in the authors' code."""
    scores = layers.BatchNormalization()(_scores(_pooled(inputs), kernel_size))
    return inputs * ops.sigmoid(scores)


def kernel_size_ignored(inputs, kernel_size=7):
    """A fixed 7×7 kernel."""
    return inputs * ops.sigmoid(_scores(_pooled(inputs), 7))


def no_padding(inputs, kernel_size=7):
    """Without padding the map of gates is smaller than the inputs."""
    return layers.Multiply()([inputs, ops.sigmoid(_scores(_pooled(inputs), kernel_size, padding="valid"))])


def gate_for_each_channel(inputs, kernel_size=7):
    """As many filters as channels."""
    return inputs * ops.sigmoid(_scores(_pooled(inputs), kernel_size, filters=inputs.shape[-1]))


def two_filters(inputs, kernel_size=7):
    """Two filters, one for each pooled map, whose results are added."""
    scores = _scores(_pooled(inputs), kernel_size, filters=2)
    return inputs * ops.sigmoid(ops.sum(scores, axis=-1, keepdims=True))


def sigmoid_missing(inputs, kernel_size=7):
    """No sigmoid.

    Source: https://github.com/Peachypie98/CBAM/issues/2
    """
    return inputs * _scores(_pooled(inputs), kernel_size)


def relu_before_sigmoid(inputs, kernel_size=7):
    """A ReLU between the convolution and the sigmoid."""
    return inputs * ops.sigmoid(_scores(_pooled(inputs), kernel_size, activation="relu"))


def tanh_for_sigmoid(inputs, kernel_size=7):
    """The gates are a tanh."""
    return inputs * ops.tanh(_scores(_pooled(inputs), kernel_size))


def sigmoid_twice(inputs, kernel_size=7):
    """The sigmoid in the convolution, and once more after it."""
    return inputs * ops.sigmoid(_scores(_pooled(inputs), kernel_size, activation="sigmoid"))


def softmax_over_positions(inputs, kernel_size=7):
    """Softmax over all positions of the map."""
    scores = _scores(_pooled(inputs), kernel_size)
    return inputs * layers.Reshape(scores.shape[1:])(layers.Softmax()(layers.Flatten()(scores)))


def gates_returned(inputs, kernel_size=7):
    """The map of gates, and not the gated map."""
    return ops.sigmoid(_scores(_pooled(inputs), kernel_size))


def gates_added(inputs, kernel_size=7):
    """The gates are added to the map."""
    return inputs + ops.sigmoid(_scores(_pooled(inputs), kernel_size))


def input_added(inputs, kernel_size=7):
    """The map is added to the gated map, as a much-copied PyTorch version does."""
    return inputs + inputs * ops.sigmoid(_scores(_pooled(inputs), kernel_size))


def keras_2_backend(inputs, kernel_size=7):
    """`keras.backend.mean` and `max`, which Keras 3 no longer has."""
    average = keras.backend.mean(inputs, axis=3, keepdims=True)
    largest = keras.backend.max(inputs, axis=3, keepdims=True)
    return inputs * ops.sigmoid(_scores(layers.Concatenate()([average, largest]), kernel_size))


def batch_normalisation_added__pytorch(inputs, kernel_size=7):
    """The same with PyTorch's epsilon.

    Source: https://github.com/Jongchan/attention-module (MODELS/cbam.py)
    """
    scores = layers.BatchNormalization(epsilon=1e-5)(_scores(_pooled(inputs), kernel_size))
    return inputs * ops.sigmoid(scores)


def as_in_the_authors_code(inputs, kernel_size=7):
    """The maximum first, and batch normalisation behind the convolution.

    Source: https://github.com/Jongchan/attention-module (MODELS/cbam.py)
    """
    pooled = [ops.max(inputs, axis=-1, keepdims=True), ops.mean(inputs, axis=-1, keepdims=True)]
    scores = layers.BatchNormalization()(_scores(ops.concatenate(pooled, axis=-1), kernel_size))
    return inputs * ops.sigmoid(scores)


def as_in_the_authors_code__pytorch(inputs, kernel_size=7):
    """The same with PyTorch's epsilon.

    Source: https://github.com/Jongchan/attention-module (MODELS/cbam.py)
    """
    pooled = [ops.max(inputs, axis=-1, keepdims=True), ops.mean(inputs, axis=-1, keepdims=True)]
    scores = layers.BatchNormalization(epsilon=1e-5)(_scores(ops.concatenate(pooled, axis=-1), kernel_size))
    return inputs * ops.sigmoid(scores)


def maximum_first_with_bias(inputs, kernel_size=7):
    """The maximum first, and a bias, as in a much-copied version.

    Source: https://github.com/xmu-xiaoma666/External-Attention-pytorch (model/attention/CBAM.py)
    """
    pooled = [ops.max(inputs, axis=-1, keepdims=True), ops.mean(inputs, axis=-1, keepdims=True)]
    return inputs * ops.sigmoid(_scores(ops.concatenate(pooled, axis=-1), kernel_size, use_bias=True))
