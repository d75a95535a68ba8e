"""Usual wrong answers to `bam_resnet`, each under the name by which a check recognises it."""

import keras
from keras import layers


def _before(chosen, options):
    """A block with a BAM in front where `chosen` says so of its stride and name."""

    def block(x, filters, stride, name):
        return residual_block(bam_block(x, **options) if chosen(stride, name) else x, filters, stride, name)

    return block


def _right(input_shape, blocks, filters, classes, options):
    return resnet(input_shape, blocks, filters, classes, block=_before(lambda stride, name: stride == 2, options))


def _with_one_at_the_end(body, classes, options):
    """The network with one more BAM behind its last block."""
    pooled = layers.GlobalAveragePooling2D()(bam_block(body.layers[-2].input, **options))
    return keras.Model(body.input, layers.Dense(classes, activation="softmax")(pooled))


def behind_every_stage(input_shape, blocks, filters, classes, **options):
    """A BAM at the end of the last stage as well: four in a network of four stages.

    Source: https://github.com/Jongchan/attention-module/issues/19
    """
    return _with_one_at_the_end(_right(input_shape, blocks, filters, classes, options), classes, options)


def before_every_stage(input_shape, blocks, filters, classes, **options):
    """A BAM between the stem and the first stage as well."""
    block = _before(lambda stride, name: name.endswith("block1"), options)
    return resnet(input_shape, blocks, filters, classes, block=block)


def behind_every_block(input_shape, blocks, filters, classes, **options):
    """A BAM behind every block, which the paper tried and gave up.

    Source: https://github.com/Jongchan/attention-module/issues/6
    """

    def block(x, filters, stride, name):
        return bam_block(residual_block(x, filters, stride, name), **options)

    return resnet(input_shape, blocks, filters, classes, block=block)


def behind_the_first_block_of_a_stage(input_shape, blocks, filters, classes, **options):
    """The BAM comes behind the block with stride 2, where the next stage has begun already."""

    def block(x, filters, stride, name):
        x = residual_block(x, filters, stride, name)
        return bam_block(x, **options) if stride == 2 else x

    return resnet(input_shape, blocks, filters, classes, block=block)


def once_at_the_end(input_shape, blocks, filters, classes, **options):
    """One BAM behind the last block only.

    Source: https://github.com/dandingbudanding/BAM/issues/4
    """
    return _with_one_at_the_end(resnet(input_shape, blocks, filters, classes), classes, options)


def behind_the_first_stage_only(input_shape, blocks, filters, classes, **options):
    """One BAM, at the end of the first stage."""
    block = _before(lambda stride, name: name == "stage2_block1", options)
    return resnet(input_shape, blocks, filters, classes, block=block)


def on_the_branch(input_shape, blocks, filters, classes, **options):
    """A BAM on the branch of every block, where lesson 4 had its attention."""

    def convolve(x, width, size, stride):
        return layers.BatchNormalization()(layers.Conv2D(width, size, stride, "same", use_bias=False)(x))

    def block(x, filters, stride, name):
        branch = convolve(layers.ReLU()(convolve(x, filters, 3, stride)), filters, 3, 1)
        if stride != 1 or x.shape[-1] != filters:
            x = convolve(x, filters, 1, stride)
        return layers.ReLU()(x + bam_block(branch, **options))

    return resnet(input_shape, blocks, filters, classes, block=block)


def no_attention(input_shape, blocks, filters, classes, **options):
    """The block is not handed to `resnet`."""
    return resnet(input_shape, blocks, filters, classes)


def options_ignored(input_shape, blocks, filters, classes, **options):
    """`bam_block` with its defaults, whatever was asked for."""
    return _right(input_shape, blocks, filters, classes, {})


def combine_ignored(input_shape, blocks, filters, classes, **options):
    """Ratio and dilation are passed on, `combine` is not."""
    kept = {name: value for name, value in options.items() if name != "combine"}
    return _right(input_shape, blocks, filters, classes, kept)


def fixed_blocks(input_shape, blocks, filters, classes, **options):
    """One block in every stage, whatever was asked for."""
    return _right(input_shape, (1,) * len(blocks), filters, classes, options)


def fixed_filters(input_shape, blocks, filters, classes, **options):
    """The widths 16, 32 and 64, whatever was asked for."""
    return _right(input_shape, blocks, (16, 32, 64), classes, options)


def fixed_classes(input_shape, blocks, filters, classes, **options):
    """Ten classes, whatever was asked for."""
    return _right(input_shape, blocks, filters, 10, options)


def fixed_input_shape(input_shape, blocks, filters, classes, **options):
    """Images of 28×28×1, whatever was asked for."""
    return _right((28, 28, 1), blocks, filters, classes, options)
