"""Right answers to `attention_module`, as different as students write them."""

from keras import layers, ops


def einsum(z, heads, classes):
    """Product and sum in one."""
    masks = attention_head(z, heads)
    hypothesis = ops.einsum("bkn,bk->bn", output_head(z, masks, classes), head_gates(z, masks))
    return hypothesis, masks


def dot_layer(z, heads, classes):
    """Keras' Dot layer; a list is returned."""
    masks = attention_head(z, heads)
    hypothesis = layers.Dot(axes=1)([output_head(z, masks, classes), head_gates(z, masks)])
    return [hypothesis, masks]


def gates_first(z, heads, classes):
    """The parts in another order, the gates with a third axis by Reshape."""
    masks = attention_head(z, heads)
    gates = layers.Reshape((heads, 1))(head_gates(z, masks))
    outputs = layers.Multiply()([gates, output_head(z, masks, classes)])
    return ops.sum(outputs, axis=-2), masks


def one_head_at_a_time(z, heads, classes):
    """A loop over the heads."""
    masks = attention_head(z, heads)
    outputs, gates = output_head(z, masks, classes), head_gates(z, masks)
    return sum(outputs[:, head] * gates[:, head : head + 1] for head in range(heads)), masks


def all_written_out(z, heads, classes):
    """The three parts written inside, without the functions of the exercises before."""
    _, height, width, _ = z.shape
    options = {"padding": "same", "use_bias": False}
    masks = layers.Softmax(axis=(1, 2))(layers.Conv2D(heads, 3, **options)(z))
    outputs = layers.Conv2D(heads * classes, 3, **options)(z)
    outputs = layers.Reshape((height, width, heads, classes))(outputs)
    gates = ops.softmax(ops.tanh(ops.sum(layers.Conv2D(heads, 3, **options)(z) * masks, axis=(1, 2))))
    return ops.einsum("bhwkn,bhwk,bk->bn", outputs, masks, gates), masks


def scores_summed_keeping_the_axis(z, heads, classes):
    """The product of outputs and scores, summed with the axis kept, as one row for the list of hypotheses.

    Source: https://github.com/prlz77/attend-and-rectify (modules/attention.py)
    """
    att_mask = attention_head(z, heads)
    output = output_head(z, att_mask, classes)
    scores = ops.reshape(head_gates(z, att_mask), (-1, heads, 1))
    hypothesis = ops.sum(output * scores, axis=1, keepdims=True)
    return ops.squeeze(hypothesis, axis=1), att_mask


def distributed_by_a_matrix_product(z, heads, classes):
    """(1, heads) times (heads, classes), as double attention distributes what it gathered.

    Source: https://github.com/gjylt/DoubleAttentionNet/issues/3
    """
    masks = attention_head(z, heads)
    vectors = layers.Reshape((1, heads))(head_gates(z, masks))
    return layers.Reshape((classes,))(ops.matmul(vectors, output_head(z, masks, classes))), masks


def branches_scaled_and_added(z, heads, classes):
    """Each branch times its scale, then all are added, as in a selective kernel.

    Source: https://github.com/yuto3o/SKNet-Keras/issues/1
    """
    masks = attention_head(z, heads)
    branches, scale = output_head(z, masks, classes), head_gates(z, masks)
    scaled = [branches[:, k] * scale[:, k : k + 1] for k in range(heads)]
    return layers.Add()(scaled) if heads > 1 else scaled[0], masks
