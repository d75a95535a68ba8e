"""Usual wrong answers to `global_gates`, each under the name by which a check recognises it."""


def _pooled(features):
    """Step 1 as asked for."""
    return layers.GlobalAveragePooling2D()(features)


def _scores(pooled, count, bias=False):
    """Step 2 and the first half of step 3 as asked for."""
    return layers.BatchNormalization()(layers.Dense(count, use_bias=bias)(pooled))


def tanh_missing(features, count):
    """No tanh: a hypothesis can be switched off.

    Source: https://github.com/ruidan/Unsupervised-Aspect-Extraction/issues/7
    """
    return ops.softmax(_scores(_pooled(features), count))


def tanh_behind_the_softmax(features, count):
    """The tanh of the softmax."""
    return ops.tanh(ops.softmax(_scores(_pooled(features), count)))


def sigmoid_for_tanh(features, count):
    """A sigmoid in the place of the tanh."""
    return ops.softmax(ops.sigmoid(_scores(_pooled(features), count)))


def relu_for_tanh(features, count):
    """A ReLU in the place of the tanh."""
    return ops.softmax(ops.relu(_scores(_pooled(features), count)))


def softmax_missing(features, count):
    """The tanh is the last step.

    Source: https://github.com/prlz77/attend-and-rectify (modules/attention.py)
    """
    return ops.tanh(_scores(_pooled(features), count))


def sigmoid_for_softmax(features, count):
    """Each hypothesis gets a gate of its own between 0 and 1."""
    return ops.sigmoid(ops.tanh(_scores(_pooled(features), count)))


def softmax_twice(features, count):
    """A softmax of a softmax: gates nearly equal."""
    return ops.softmax(ops.softmax(ops.tanh(_scores(_pooled(features), count))))


def normalisation_missing(features, count):
    """No batch normalisation, as in the paper's figure."""
    return ops.softmax(ops.tanh(layers.Dense(count, use_bias=False)(_pooled(features))))


def normalised_behind_tanh(features, count):
    """Batch normalisation behind the tanh, which undoes the limits."""
    scores = layers.Dense(count, use_bias=False, activation="tanh")(_pooled(features))
    return ops.softmax(layers.BatchNormalization()(scores))


def normalised_before_dense(features, count):
    """Batch normalisation of the pooled features."""
    pooled = layers.BatchNormalization()(_pooled(features))
    return ops.softmax(ops.tanh(layers.Dense(count, use_bias=False)(pooled)))


def bias_kept(features, count):
    """Keras' default: a bias, which the batch normalisation takes away again.

    Source: https://github.com/CODEJIN/GST_Tacotron/issues/4
    """
    return ops.softmax(ops.tanh(_scores(_pooled(features), count, bias=True)))


def maximum_for_average(features, count):
    """Global max pooling."""
    return ops.softmax(ops.tanh(_scores(layers.GlobalMaxPooling2D()(features), count)))


def sum_for_average(features, count):
    """The sum over height and width."""
    return ops.softmax(ops.tanh(_scores(ops.sum(features, axis=(1, 2)), count)))


def not_pooled(features, count):
    """The map flattened: a weight for every position."""
    return ops.softmax(ops.tanh(_scores(layers.Flatten()(features), count)))


def masks_as_in_the_paper(features, count):
    """The paper's figure: masks on the last map, as in a module, and no batch normalisation."""
    return head_gates(features, attention_head(features, count))


def fixed_count(features, count):
    """Four hypotheses, whatever was asked for."""
    return ops.softmax(ops.tanh(_scores(_pooled(features), 4)))


def one_too_few(features, count):
    """`count` taken as the number of modules, without the network's own output."""
    return ops.softmax(ops.tanh(_scores(_pooled(features), count - 1)))
