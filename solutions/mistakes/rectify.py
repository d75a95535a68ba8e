"""Usual wrong answers to `rectify`, each under the name by which a check recognises it."""


def _gated(values, gates):
    """Step 2 as asked for."""
    return ops.sum(values * ops.expand_dims(gates, axis=-1), axis=1)


def log_softmax_missing(hypotheses, gates):
    """The paper's equation: the class scores themselves are weighted.

    Source: https://github.com/ruqizhang/csgmcmc/issues/2
    """
    return _gated(hypotheses, gates)


def softmax_for_log_softmax(hypotheses, gates):
    """Probabilities are weighted instead of their logarithms.

    Source: https://github.com/OpenNMT/OpenNMT-py/pull/1049
    """
    return _gated(ops.softmax(hypotheses), gates)


def log_softmax_of_the_sum(hypotheses, gates):
    """The log-softmax comes last, which is the same with and without another one before the sum."""
    return ops.log_softmax(_gated(hypotheses, gates))


def softmax_at_the_end(hypotheses, gates):
    """The result is made probabilities."""
    return ops.softmax(_gated(ops.log_softmax(hypotheses), gates))


def log_softmax_over_hypotheses(hypotheses, gates):
    """The log-softmax over axis 1."""
    return _gated(ops.log_softmax(hypotheses, axis=1), gates)


def logarithm_of_the_mixture(hypotheses, gates):
    """The logarithm of the weighted probabilities.

    Source: https://github.com/AI-secure/Transferability-Reduced-Smooth-Ensemble/issues/6
    """
    return ops.log(_gated(ops.softmax(hypotheses), gates))


def gates_forgotten(hypotheses, gates):
    """The plain mean of all hypotheses."""
    return ops.mean(ops.log_softmax(hypotheses), axis=1) + 0 * ops.sum(gates, axis=1, keepdims=True)


def mean_for_sum(hypotheses, gates):
    """The mean over the hypotheses, which divides by their number once more."""
    return ops.mean(ops.log_softmax(hypotheses) * ops.expand_dims(gates, axis=-1), axis=1)


def maximum_for_sum(hypotheses, gates):
    """The largest gated value of each class."""
    return ops.max(ops.log_softmax(hypotheses) * ops.expand_dims(gates, axis=-1), axis=1)


def softmax_on_gates(hypotheses, gates):
    """A second softmax on gates that are one already."""
    return _gated(ops.log_softmax(hypotheses), ops.softmax(gates))


def gates_on_classes(hypotheses, gates):
    """Gates with an axis of length 1 in the middle: they meet the classes."""
    return ops.sum(ops.log_softmax(hypotheses) * ops.expand_dims(gates, axis=1), axis=1)


def summed_over_classes(hypotheses, gates):
    """The sum over the classes instead of over the hypotheses."""
    return ops.sum(ops.log_softmax(hypotheses) * ops.expand_dims(gates, axis=-1), axis=2)


def last_hypothesis_only(hypotheses, gates):
    """The network's own output, as if there were no attention."""
    return ops.log_softmax(hypotheses)[:, -1] + 0 * ops.sum(gates, axis=1, keepdims=True)


def sign_turned(hypotheses, gates):
    """The negative: a loss instead of scores."""
    return -_gated(ops.log_softmax(hypotheses), gates)
