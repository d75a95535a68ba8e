"""Usual wrong answers to `attention_module`, each under the name by which a check recognises it."""


def _parts(z, heads, classes):
    """Steps 1 and 2 as asked for."""
    masks = attention_head(z, heads)
    return masks, output_head(z, masks, classes), head_gates(z, masks)


def _weighted(outputs, gates):
    """Step 3 as asked for."""
    return ops.sum(outputs * ops.expand_dims(gates, axis=-1), axis=1)


def masks_not_returned(z, heads, classes):
    """The hypothesis alone.

    Source: https://github.com/prlz77/attend-and-rectify (modules/attention.py)
    """
    _masks, outputs, gates = _parts(z, heads, classes)
    return _weighted(outputs, gates)


def order_turned(z, heads, classes):
    """The masks first, the hypothesis second."""
    masks, outputs, gates = _parts(z, heads, classes)
    return masks, _weighted(outputs, gates)


def three_returned(z, heads, classes):
    """The gates are returned as well."""
    masks, outputs, gates = _parts(z, heads, classes)
    return _weighted(outputs, gates), masks, gates


def gates_returned_for_masks(z, heads, classes):
    """The hypothesis and the gates."""
    _masks, outputs, gates = _parts(z, heads, classes)
    return _weighted(outputs, gates), gates


def outputs_returned(z, heads, classes):
    """What all heads say, not yet gated.

    Source: https://github.com/prlz77/attend-and-rectify (modules/attention.py)
    """
    masks, outputs, _gates = _parts(z, heads, classes)
    return outputs, masks


def gates_left_out(z, heads, classes):
    """The mean of all heads: no gates."""
    masks = attention_head(z, heads)
    return ops.mean(output_head(z, masks, classes), axis=1), masks


def summed_without_gates(z, heads, classes):
    """The sum of all heads: no gates."""
    masks = attention_head(z, heads)
    return ops.sum(output_head(z, masks, classes), axis=1), masks


def mean_of_gated(z, heads, classes):
    """The mean over the heads behind the gates, which divides by their number once more."""
    masks, outputs, gates = _parts(z, heads, classes)
    return ops.mean(outputs * ops.expand_dims(gates, axis=-1), axis=1), masks


def summed_over_classes(z, heads, classes):
    """The sum over the classes instead of over the heads."""
    masks, outputs, gates = _parts(z, heads, classes)
    return ops.sum(outputs * ops.expand_dims(gates, axis=-1), axis=2), masks


def two_attention_heads(z, heads, classes):
    """A second attention head for the gates."""
    masks = attention_head(z, heads)
    gates = head_gates(z, attention_head(z, heads))
    return _weighted(output_head(z, masks, classes), gates), masks


def probabilities_mixed(z, heads, classes):
    """A softmax on what each head says, before the gates."""
    masks, outputs, gates = _parts(z, heads, classes)
    return _weighted(ops.softmax(outputs), gates), masks


def softmax_at_the_end(z, heads, classes):
    """A softmax on the hypothesis.

    Source: https://github.com/jaehong31/CGES/issues/1
    """
    masks, outputs, gates = _parts(z, heads, classes)
    return ops.softmax(_weighted(outputs, gates)), masks


def best_head_only(z, heads, classes):
    """The largest gated score of each class."""
    masks, outputs, gates = _parts(z, heads, classes)
    return ops.max(outputs * ops.expand_dims(gates, axis=-1), axis=1), masks


def fixed_heads(z, heads, classes):
    """Four heads, whatever was asked for."""
    masks, outputs, gates = _parts(z, 4, classes)
    return _weighted(outputs, gates), masks


def fixed_classes(z, heads, classes):
    """Ten classes, whatever was asked for."""
    masks, outputs, gates = _parts(z, heads, 10)
    return _weighted(outputs, gates), masks
