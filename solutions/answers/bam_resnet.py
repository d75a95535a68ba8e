"""Right answers to `bam_resnet`, as different as students write them."""

import keras
import tensorflow as tf
from keras import layers, ops


def stride_above_one(input_shape, blocks, filters, classes, **options):
    """One expression with `if`, the block by position."""

    def block(x, width, stride, name):
        return residual_block(bam_block(x, **options) if stride > 1 else x, width, stride, name)

    return resnet(input_shape, blocks, filters, classes, block)


def by_the_name_of_the_block(input_shape, blocks, filters, classes, **options):
    """The first block of every stage but the first, told by its name."""

    def block(x, filters, stride, name):
        if name.endswith("_block1") and not name.startswith("stage1"):
            x = bam_block(x, **options)
        return residual_block(x, filters, stride, name)

    return resnet(input_shape, blocks, filters, classes, block=block)


def behind_the_last_block_of_a_stage(input_shape, blocks, filters, classes, **options):
    """The BAM behind the block that ends a stage, counted by stage."""

    def block(x, filters, stride, name):
        stage, number = (int(part.lstrip("stageblock")) for part in name.split("_"))
        x = residual_block(x, filters, stride, name)
        ends = number == blocks[stage - 1] and stage < len(blocks)
        return bam_block(x, **options) if ends else x

    return resnet(input_shape, blocks, filters, classes, block=block)


def network_written_out(input_shape, blocks, filters, classes, **options):
    """Stem, stages and classifier without `resnet`."""
    inputs = keras.Input(shape=input_shape)
    x = layers.Conv2D(filters[0], 3, padding="same", use_bias=False)(inputs)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    for stage in range(len(filters)):
        if stage > 0:
            x = bam_block(x, **options)
        for number in range(blocks[stage]):
            x = residual_block(x, filters[stage], 2 if stage > 0 and number == 0 else 1, f"s{stage}_{number}")
    x = layers.Dense(classes)(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, ops.softmax(x))


def options_by_name(input_shape, blocks, filters, classes, ratio=16, dilation=4, combine="sum"):
    """The options named in the first line instead of collected."""

    def block(x, filters, stride, name):
        if stride != 1:
            x = bam_block(x, ratio, dilation, combine)
        return residual_block(x, filters, stride, name)

    return resnet(input_shape, blocks, filters, classes, block=block)


def stages_as_models(input_shape, blocks, filters, classes, **options):
    """Every stage a small model of its own, with tf.keras layers."""
    inputs = tf.keras.layers.Input(shape=input_shape)
    x = tf.keras.layers.Conv2D(filters[0], (3, 3), padding="same", use_bias=False)(inputs)
    x = tf.keras.layers.Activation("relu")(tf.keras.layers.BatchNormalization()(x))
    for i, (count, width) in enumerate(zip(blocks, filters, strict=True)):
        y = start = tf.keras.layers.Input(shape=x.shape[1:])
        for j in range(count):
            y = residual_block(y, width, 2 if i and not j else 1, f"{i}_{j}")
        if i < len(blocks) - 1:
            y = bam_block(y, **options)
        x = tf.keras.Model(start, y)(x)
    x = tf.keras.layers.GlobalAveragePooling2D()(x)
    return tf.keras.Model(inputs, tf.keras.layers.Dense(classes, activation="softmax")(x))


def three_modules_between_the_layers(input_shape, blocks, filters, classes, **options):
    """Layers one after the other, with a BAM behind each of them unless it is the last.

    Source: https://github.com/Jongchan/attention-module (MODELS/model_resnet.py)
    """
    image = keras.Input(input_shape)
    x = layers.Conv2D(filters[0], 3, padding="same", use_bias=False)(image)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    for stage, (planes, count) in enumerate(zip(filters, blocks, strict=True)):
        for number in range(count):
            x = residual_block(x, planes, 2 if stage and not number else 1, f"layer{stage}_{number}")
        bam = bam_block if stage < len(blocks) - 1 else None
        if bam is not None:
            x = bam(x, **options)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(classes, activation="softmax")(x))


def unit_with_attention_in_front(input_shape, blocks, filters, classes, **options):
    """A unit begins with the attention where a stage but the first begins.

    Source: https://github.com/osmr/imgclsmob (pytorch/pytorchcv/models/bamresnet.py)
    """

    def unit(x, width, stride, name):
        use_bam = stride != 1
        if use_bam:
            x = bam_block(x, **options)
        return residual_block(x, width, stride, name)

    return resnet(input_shape, blocks, filters, classes, unit)


def attached_by_a_counter(input_shape, blocks, filters, classes, **options):
    """Counts the blocks that are built, and attaches a BAM where a stage has ended.

    Source: https://github.com/kobiso/CBAM-keras (models/resnet_v1.py)
    """
    ends = {sum(blocks[: stage + 1]) for stage in range(len(blocks) - 1)}
    built = []

    def block(x, width, stride, name):
        built.append(name)
        x = residual_block(x, width, stride, name)
        return bam_block(x, **options) if len(built) in ends else x

    return resnet(input_shape, blocks, filters, classes, block=block)
