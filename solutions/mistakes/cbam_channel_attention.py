"""The usual wrong answers to `cbam_channel_attention`."""

import tensorflow as tf


def _bottleneck(channels, ratio, hidden="relu", last=None, bias=True):
    """Step 1 as asked for, unless the arguments say otherwise: a function that applies both layers."""
    reduce = layers.Dense(max(1, channels // ratio), activation=hidden, use_bias=bias)
    expand = layers.Dense(channels, activation=last, use_bias=bias)
    return lambda pooled: expand(reduce(pooled))


def _average(x):
    return layers.GlobalAveragePooling2D(keepdims=True)(x)


def _largest(x):
    return layers.GlobalMaxPooling2D(keepdims=True)(x)


def two_bottlenecks(inputs, ratio=8):
    """The average and the maximum have dense layers of their own.

    Source: https://github.com/Peachypie98/CBAM/issues/3
    """
    channels = inputs.shape[-1]
    scores = _bottleneck(channels, ratio)(_average(inputs)) + _bottleneck(channels, ratio)(_largest(inputs))
    return inputs * ops.sigmoid(scores)


def relu6_for_relu(inputs, ratio=8):
    """MobileNet's ReLU6 in the bottleneck: cut off at 6."""
    bottleneck = _bottleneck(inputs.shape[-1], ratio, hidden="relu6")
    return inputs * ops.sigmoid(bottleneck(_average(inputs)) + bottleneck(_largest(inputs)))


def second_layer_not_shared(inputs, ratio=8):
    """Only the first dense layer is shared."""
    channels = inputs.shape[-1]
    reduce = layers.Dense(max(1, channels // ratio), activation="relu")
    scores = layers.Dense(channels)(reduce(_average(inputs))) + layers.Dense(channels)(reduce(_largest(inputs)))
    return inputs * ops.sigmoid(scores)


def relu_on_second_dense(inputs, ratio=8):
    """The second dense layer has a ReLU, too: no gate is below 0.5."""
    mlp = _bottleneck(inputs.shape[-1], ratio, last="relu")
    return inputs * ops.sigmoid(mlp(_average(inputs)) + mlp(_largest(inputs)))


def relu_missing(inputs, ratio=8):
    """Nothing between the dense layers."""
    mlp = _bottleneck(inputs.shape[-1], ratio, hidden=None)
    return inputs * ops.sigmoid(mlp(_average(inputs)) + mlp(_largest(inputs)))


def average_only(inputs, ratio=8):
    """Squeeze-and-excitation: the maximum is missing."""
    mlp = _bottleneck(inputs.shape[-1], ratio)
    return inputs * ops.sigmoid(mlp(_average(inputs)))


def maximum_only(inputs, ratio=8):
    """The average is missing."""
    mlp = _bottleneck(inputs.shape[-1], ratio)
    return inputs * ops.sigmoid(mlp(_largest(inputs)))


def average_twice(inputs, ratio=8):
    """The same branch is added to itself.

    Source: https://github.com/MenghaoGuo/Awesome-Vision-Attentions/issues/32
    """
    mlp = _bottleneck(inputs.shape[-1], ratio)
    branch = mlp(_average(inputs))
    return inputs * ops.sigmoid(branch + branch)


def maximum_of_the_branch(inputs, ratio=8):
    """The second branch reads what the first one gave."""
    mlp = _bottleneck(inputs.shape[-1], ratio)
    branch = mlp(_average(inputs))
    return inputs * ops.sigmoid(branch + mlp(branch))


def pooled_values_concatenated(inputs, ratio=8):
    """Average and maximum go into one bottleneck side by side."""
    mlp = _bottleneck(inputs.shape[-1], ratio)
    return inputs * ops.sigmoid(mlp(layers.Concatenate()([_average(inputs), _largest(inputs)])))


def pooled_values_added(inputs, ratio=8):
    """Average and maximum are added before the bottleneck."""
    mlp = _bottleneck(inputs.shape[-1], ratio)
    return inputs * ops.sigmoid(mlp(_average(inputs) + _largest(inputs)))


def sigmoid_before_the_sum(inputs, ratio=8):
    """A sigmoid on each branch: the gates go up to 2."""
    mlp = _bottleneck(inputs.shape[-1], ratio)
    return inputs * (ops.sigmoid(mlp(_average(inputs))) + ops.sigmoid(mlp(_largest(inputs))))


def branches_multiplied(inputs, ratio=8):
    """The two branches are multiplied instead of added."""
    mlp = _bottleneck(inputs.shape[-1], ratio)
    return inputs * ops.sigmoid(mlp(_average(inputs)) * mlp(_largest(inputs)))


def branches_averaged(inputs, ratio=8):
    """The two branches are averaged instead of added."""
    mlp = _bottleneck(inputs.shape[-1], ratio)
    return inputs * ops.sigmoid(layers.Average()([mlp(_average(inputs)), mlp(_largest(inputs))]))


def two_gates_in_a_row(inputs, ratio=8):
    """Both branches gate the map, one after the other."""
    mlp = _bottleneck(inputs.shape[-1], ratio)
    return inputs * ops.sigmoid(mlp(_average(inputs))) * ops.sigmoid(mlp(_largest(inputs)))


def local_maximum(inputs, ratio=8):
    """MaxPooling2D with its small window instead of the global one.

    Source: https://github.com/xmu-xiaoma666/External-Attention-pytorch/issues/9
    """
    mlp = _bottleneck(inputs.shape[-1], ratio)
    local = layers.MaxPooling2D(3, strides=1, padding="same")(inputs)
    return inputs * ops.sigmoid(mlp(_average(inputs)) + mlp(local))


def channels_pooled(inputs, ratio=8):
    """Average and maximum over the channels instead of over height and width."""
    mlp = _bottleneck(inputs.shape[-1], ratio)
    average, largest = ops.mean(inputs, axis=-1, keepdims=True), ops.max(inputs, axis=-1, keepdims=True)
    return inputs * ops.sigmoid(mlp(average) + mlp(largest))


def sigmoid_missing(inputs, ratio=8):
    """No sigmoid on the sum."""
    mlp = _bottleneck(inputs.shape[-1], ratio)
    return inputs * (mlp(_average(inputs)) + mlp(_largest(inputs)))


def softmax_for_sigmoid(inputs, ratio=8):
    """The gates are a softmax over the channels."""
    mlp = _bottleneck(inputs.shape[-1], ratio)
    return inputs * ops.softmax(mlp(_average(inputs)) + mlp(_largest(inputs)))


def bias_left_out(inputs, ratio=8):
    """No biases, as in timm.

    Source: https://github.com/xmu-xiaoma666/External-Attention-pytorch (model/attention/CBAM.py)
    """
    mlp = _bottleneck(inputs.shape[-1], ratio, bias=False)
    return inputs * ops.sigmoid(mlp(_average(inputs)) + mlp(_largest(inputs)))


def ratio_ignored(inputs, ratio=8):
    """Always 8, whatever `ratio` says."""
    mlp = _bottleneck(inputs.shape[-1], 8)
    return inputs * ops.sigmoid(mlp(_average(inputs)) + mlp(_largest(inputs)))


def papers_ratio(inputs, ratio=8):
    """The paper's 16 instead of the argument.

    Source: https://github.com/AlexeyAB/darknet/issues/8419
    """
    mlp = _bottleneck(inputs.shape[-1], 16)
    return inputs * ops.sigmoid(mlp(_average(inputs)) + mlp(_largest(inputs)))


def ratio_as_units(inputs, ratio=8):
    """The bottleneck has `ratio` units."""
    channels = inputs.shape[-1]
    reduce, expand = layers.Dense(ratio, activation="relu"), layers.Dense(channels)
    return inputs * ops.sigmoid(expand(reduce(_average(inputs))) + expand(reduce(_largest(inputs))))


def minimum_forgotten(inputs, ratio=8):
    """With fewer channels than the ratio, the bottleneck has no unit."""
    channels = inputs.shape[-1]
    reduce, expand = layers.Dense(channels // ratio, activation="relu"), layers.Dense(channels)
    return inputs * ops.sigmoid(expand(reduce(_average(inputs))) + expand(reduce(_largest(inputs))))


def gates_returned(inputs, ratio=8):
    """The gates, and not the gated map."""
    mlp = _bottleneck(inputs.shape[-1], ratio)
    return ops.sigmoid(mlp(_average(inputs)) + mlp(_largest(inputs)))


def gates_added(inputs, ratio=8):
    """The gates are added to the map."""
    mlp = _bottleneck(inputs.shape[-1], ratio)
    return inputs + ops.sigmoid(mlp(_average(inputs)) + mlp(_largest(inputs)))


def input_added(inputs, ratio=8):
    """The map is added to the gated map."""
    mlp = _bottleneck(inputs.shape[-1], ratio)
    return inputs + inputs * ops.sigmoid(mlp(_average(inputs)) + mlp(_largest(inputs)))


def tensorflow_functions(inputs, ratio=8):
    """`tf.reduce_max` and `tf.nn.sigmoid` on Keras tensors."""
    mlp = _bottleneck(inputs.shape[-1], ratio)
    largest = tf.reduce_max(inputs, axis=(1, 2), keepdims=True)
    return inputs * tf.nn.sigmoid(mlp(_average(inputs)) + mlp(largest))


def no_dense_layers(inputs, ratio=8):
    """The sigmoid of average and maximum, without the bottleneck.

    Source: https://github.com/arp95/cbam_cnn_architectures_image_classification/issues/1
    """
    return inputs * ops.sigmoid(_average(inputs) + _largest(inputs))


def sigmoid_twice(inputs, ratio=8):
    """The gates go through a second sigmoid.

    Source: https://github.com/huoxiangzuo/HiFuse/issues/9
    """
    mlp = _bottleneck(inputs.shape[-1], ratio)
    return inputs * ops.sigmoid(ops.sigmoid(mlp(_average(inputs)) + mlp(_largest(inputs))))


def sigmoid_on_second_dense(inputs, ratio=8):
    """The second dense layer has a sigmoid, and the sum another one."""
    mlp = _bottleneck(inputs.shape[-1], ratio, last="sigmoid")
    return inputs * ops.sigmoid(mlp(_average(inputs)) + mlp(_largest(inputs)))


def hidden_vectors_summed(inputs, ratio=8):
    """The hidden vectors are added before the second dense layer, whose bias then counts once."""
    channels = inputs.shape[-1]
    reduce, expand = layers.Dense(max(1, channels // ratio), activation="relu"), layers.Dense(channels)
    return inputs * ops.sigmoid(expand(reduce(_average(inputs)) + reduce(_largest(inputs))))
