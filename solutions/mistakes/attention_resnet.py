"""The usual wrong answers to `attention_resnet`."""

import keras
from keras import layers


def _both(x, name):
    """Channel attention, then spatial attention."""
    return spatial_attention(channel_attention(x, f"{name}_channel"), f"{name}_spatial")


def no_attention(input_shape, blocks, filters, classes):
    """The block is not handed to `resnet`, which then uses residual_block.

    Source: https://github.com/shanglianlm0525/PyTorch-Networks/issues/4
    """
    return resnet(input_shape, blocks, filters, classes)


def attention_behind_the_block(input_shape, blocks, filters, classes):
    """Attention behind every finished residual block: it gates the shortcut too.

    Source: https://github.com/kobiso/CBAM-tensorflow-slim/issues/1
    """

    def block(x, filters, stride, name):
        return _both(residual_block(x, filters, stride, name), name)

    return resnet(input_shape, blocks, filters, classes, block=block)


def first_block_of_a_stage_only(input_shape, blocks, filters, classes):
    """Only the first block of every stage has attention."""

    def block(x, filters, stride, name):
        build = attention_residual_block if name.endswith("block1") else residual_block
        return build(x, filters, stride, name)

    return resnet(input_shape, blocks, filters, classes, block=block)


def once_at_the_end(input_shape, blocks, filters, classes):
    """One attention behind the last block instead of one in every block.

    Source: https://github.com/iscyy/ultralyticsPro/issues/91
    """
    body = resnet(input_shape, blocks, filters, classes)
    attended = _both(body.layers[-2].input, "end")
    pooled = layers.GlobalAveragePooling2D()(attended)
    outputs = layers.Dense(classes, activation="softmax")(pooled)
    return keras.Model(body.input, outputs)


def fixed_blocks(input_shape, blocks, filters, classes):
    """One block in every stage, whatever was asked for."""
    return resnet(input_shape, (1,) * len(blocks), filters, classes, block=attention_residual_block)


def fixed_filters(input_shape, blocks, filters, classes):
    """The widths 16, 32 and 64, whatever was asked for."""
    return resnet(input_shape, blocks, (16, 32, 64), classes, block=attention_residual_block)


def fixed_classes(input_shape, blocks, filters, classes):
    """Ten classes, whatever was asked for."""
    return resnet(input_shape, blocks, filters, 10, block=attention_residual_block)


def fixed_input_shape(input_shape, blocks, filters, classes):
    """Images of 28×28×1, whatever was asked for."""
    return resnet((28, 28, 1), blocks, filters, classes, block=attention_residual_block)


def channel_only(input_shape, blocks, filters, classes):
    """Blocks whose branch passes channel attention only.

    Source: https://github.com/Christian-lyc/NAM/issues/2
    """

    def block(x, filters, stride, name):
        return _block_with(lambda branch: channel_attention(branch, f"{name}_channel"), x, filters, stride)

    return resnet(input_shape, blocks, filters, classes, block=block)


def spatial_only(input_shape, blocks, filters, classes):
    """Blocks whose branch passes spatial attention only."""

    def block(x, filters, stride, name):
        return _block_with(lambda branch: spatial_attention(branch, f"{name}_spatial"), x, filters, stride)

    return resnet(input_shape, blocks, filters, classes, block=block)


def _block_with(attend, x, filters, stride):
    """A residual block whose branch passes `attend` before the addition."""
    branch = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
    branch = layers.ReLU()(layers.BatchNormalization()(branch))
    branch = layers.Conv2D(filters, 3, padding="same", use_bias=False)(branch)
    branch = attend(layers.BatchNormalization()(branch))
    if stride != 1 or x.shape[-1] != filters:
        x = layers.BatchNormalization()(layers.Conv2D(filters, 1, strides=stride, use_bias=False)(x))
    return layers.ReLU()(layers.Add()([x, branch]))
