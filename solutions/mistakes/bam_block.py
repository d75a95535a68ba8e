"""Usual wrong answers to `bam_block`, each under the name by which a check recognises it."""


def _combined(channel, spatial, combine):
    """Step 2 as asked for."""
    return channel * spatial if combine == "product" else channel + spatial


def _scores(x, ratio, dilation, combine):
    """Steps 1 and 2 as asked for."""
    return _combined(bam_channel_gate(x, ratio), bam_spatial_gate(x, ratio, dilation), combine)


def one_forgotten(x, ratio=16, dilation=4, combine="sum"):
    """x times its gates, without the 1: values are turned down, as in lessons 3 and 4."""
    return x * ops.sigmoid(_scores(x, ratio, dilation, combine))


def one_forgotten__and_always_the_sum(x, ratio=16, dilation=4, combine="sum"):
    """The same, and the sum whatever `combine` says."""
    return x * ops.sigmoid(_scores(x, ratio, dilation, "sum"))


def one_added_to_the_product(x, ratio=16, dilation=4, combine="sum"):
    """Brackets missing: 1 + gates · x."""
    return 1 + ops.sigmoid(_scores(x, ratio, dilation, combine)) * x


def one_inside_the_sigmoid(x, ratio=16, dilation=4, combine="sum"):
    """The 1 is added to the scores."""
    return x * ops.sigmoid(1 + _scores(x, ratio, dilation, combine))


def sigmoid_on_each_branch(x, ratio=16, dilation=4, combine="sum"):
    """A sigmoid for each branch, then the sum or the product of both."""
    channel = ops.sigmoid(bam_channel_gate(x, ratio))
    spatial = ops.sigmoid(bam_spatial_gate(x, ratio, dilation))
    return x * (1 + _combined(channel, spatial, combine))


def sigmoid_on_each_branch__and_always_the_sum(x, ratio=16, dilation=4, combine="sum"):
    """The same, and the sum whatever `combine` says."""
    return sigmoid_on_each_branch(x, ratio, dilation)


def sigmoid_on_each_branch_and_again(x, ratio=16, dilation=4, combine="sum"):
    """A sigmoid for each branch and one for both."""
    channel = ops.sigmoid(bam_channel_gate(x, ratio))
    spatial = ops.sigmoid(bam_spatial_gate(x, ratio, dilation))
    return x * (1 + ops.sigmoid(_combined(channel, spatial, combine)))


def sigmoid_missing(x, ratio=16, dilation=4, combine="sum"):
    """The scores are used as they are."""
    return x * (1 + _scores(x, ratio, dilation, combine))


def sigmoid_missing__and_always_the_sum(x, ratio=16, dilation=4, combine="sum"):
    """The same, and the sum whatever `combine` says."""
    return sigmoid_missing(x, ratio, dilation)


def softmax_for_sigmoid(x, ratio=16, dilation=4, combine="sum"):
    """A softmax over the channels."""
    return x * (1 + ops.softmax(_scores(x, ratio, dilation, combine)))


def tanh_for_sigmoid(x, ratio=16, dilation=4, combine="sum"):
    """tanh: a gate can be negative."""
    return x * (1 + ops.tanh(_scores(x, ratio, dilation, combine)))


def relu_before_sigmoid(x, ratio=16, dilation=4, combine="sum"):
    """A ReLU between the scores and the sigmoid."""
    return x * (1 + ops.sigmoid(ops.relu(_scores(x, ratio, dilation, combine))))


def always_the_product(x, ratio=16, dilation=4, combine="sum"):
    """The product, whatever `combine` says.

    Source: https://github.com/implus/PytorchInsight/issues/19
    """
    return x * (1 + ops.sigmoid(_scores(x, ratio, dilation, "product")))


def product_by_default(x, ratio=16, dilation=4, combine="product"):
    """The product, if `combine` is not given."""
    return x * (1 + ops.sigmoid(_scores(x, ratio, dilation, combine)))


def always_the_sum(x, ratio=16, dilation=4, combine="sum"):
    """The sum, whatever `combine` says.

    Source: https://github.com/xmu-xiaoma666/External-Attention-pytorch/issues/95
    """
    return x * (1 + ops.sigmoid(_scores(x, ratio, dilation, "sum")))


def sum_and_product_swapped(x, ratio=16, dilation=4, combine="sum"):
    """The product for "sum" and the sum for "product"."""
    other = "sum" if combine == "product" else "product"
    return x * (1 + ops.sigmoid(_scores(x, ratio, dilation, other)))


def maximum_for_sum(x, ratio=16, dilation=4, combine="sum"):
    """The larger of both scores, the third way of the paper's Table 1."""
    scores = ops.maximum(bam_channel_gate(x, ratio), bam_spatial_gate(x, ratio, dilation))
    return x * (1 + ops.sigmoid(scores))


def mean_for_sum(x, ratio=16, dilation=4, combine="sum"):
    """Half the sum."""
    scores = _scores(x, ratio, dilation, combine)
    return x * (1 + ops.sigmoid(scores if combine == "product" else scores / 2))


def channel_only(x, ratio=16, dilation=4, combine="sum"):
    """The channel branch alone."""
    return x * (1 + ops.sigmoid(bam_channel_gate(x, ratio)))


def spatial_only(x, ratio=16, dilation=4, combine="sum"):
    """The spatial branch alone."""
    return x * (1 + ops.sigmoid(bam_spatial_gate(x, ratio, dilation)))


def one_after_the_other(x, ratio=16, dilation=4, combine="sum"):
    """CBAM's way: the spatial branch reads what the channel branch has raised."""
    x = x * (1 + ops.sigmoid(bam_channel_gate(x, ratio)))
    return x * (1 + ops.sigmoid(bam_spatial_gate(x, ratio, dilation)))


def spatial_reads_raised_map(x, ratio=16, dilation=4, combine="sum"):
    """The spatial scores come from x times the channel scores instead of from x."""
    channel = bam_channel_gate(x, ratio)
    scores = _combined(channel, bam_spatial_gate(x * channel, ratio, dilation), combine)
    return x * (1 + ops.sigmoid(scores))


def ratio_ignored(x, ratio=16, dilation=4, combine="sum"):
    """`ratio` is not passed on."""
    scores = _combined(bam_channel_gate(x), bam_spatial_gate(x, dilation=dilation), combine)
    return x * (1 + ops.sigmoid(scores))


def ratio_for_channels_only(x, ratio=16, dilation=4, combine="sum"):
    """`ratio` is passed on to the channel branch only."""
    scores = _combined(bam_channel_gate(x, ratio), bam_spatial_gate(x, dilation=dilation), combine)
    return x * (1 + ops.sigmoid(scores))


def dilation_ignored(x, ratio=16, dilation=4, combine="sum"):
    """`dilation` is not passed on."""
    scores = _combined(bam_channel_gate(x, ratio), bam_spatial_gate(x, ratio), combine)
    return x * (1 + ops.sigmoid(scores))


def gates_returned(x, ratio=16, dilation=4, combine="sum"):
    """The gates, not the raised map."""
    return ops.sigmoid(_scores(x, ratio, dilation, combine))


def gates_added(x, ratio=16, dilation=4, combine="sum"):
    """x plus its gates."""
    return x + ops.sigmoid(_scores(x, ratio, dilation, combine))


def input_added_once_more(x, ratio=16, dilation=4, combine="sum"):
    """x + x · (1 + gates): x is counted twice.

    Source: https://github.com/asdf2kr/BAM-CBAM-pytorch/issues/1
    """
    return x + x * (1 + ops.sigmoid(_scores(x, ratio, dilation, combine)))


def returned_unchanged(x, ratio=16, dilation=4, combine="sum"):
    """`return x`."""
    return x
