"""Right answers to `attention_resnet`, as different as students write them."""

from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops


def by_position(input_shape, blocks, filters, classes):
    """The block as the fifth argument, no names."""
    return resnet(input_shape, blocks, filters, classes, attention_residual_block)


def partial_function(input_shape, blocks, filters, classes):
    """`resnet` with its block fixed."""
    build = partial(resnet, block=attention_residual_block)
    return build(input_shape, blocks=blocks, filters=filters, classes=classes)


def block_written_inside(input_shape, blocks, filters, classes):
    """A block of its own with both attentions on the branch, handed to `resnet`."""

    def convolve(x, width, size, stride):
        return layers.BatchNormalization()(layers.Conv2D(width, size, stride, "same", use_bias=False)(x))

    def block(x, filters, stride, name):
        branch = convolve(ops.relu(convolve(x, filters, 3, stride)), filters, 3, 1)
        branch = spatial_attention(channel_attention(branch, f"{name}_what"), f"{name}_where")
        if stride > 1 or x.shape[-1] != filters:
            x = convolve(x, filters, 1, stride)
        return ops.relu(x + branch)

    return resnet(input_shape, blocks, filters, classes, block=block)


def network_written_out(input_shape, blocks, filters, classes):
    """Stem, stages and classifier without `resnet`."""
    inputs = keras.Input(shape=input_shape)
    x = layers.Conv2D(filters[0], kernel_size=3, padding="same", use_bias=False)(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    for i, width in enumerate(filters):
        for j in range(blocks[i]):
            x = attention_residual_block(x, width, 2 if i > 0 and j == 0 else 1, f"block_{i}_{j}")
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(classes)(x)
    return keras.Model(inputs, layers.Softmax()(x), name="attention_resnet")


def sequential_of_models(input_shape, blocks, filters, classes):
    """A Sequential model; every block is a small model of its own."""
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(filters[0], 3, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
        ]
    )
    for stage, (count, width) in enumerate(zip(blocks, filters, strict=True)):
        for number in range(count):
            x = keras.Input(model.output_shape[1:])
            stride = 2 if stage > 0 and number == 0 else 1
            model.add(keras.Model(x, attention_residual_block(x, width, stride, f"stage{stage}_{number}")))
    model.add(layers.GlobalAveragePooling2D(keepdims=True))
    model.add(layers.Conv2D(classes, 1, activation="softmax"))
    model.add(layers.Reshape((classes,)))
    return model


class _Block(layers.Layer):
    """A residual block with both attentions as one layer."""

    def __init__(self, filters, stride, project, **options):
        super().__init__(**options)
        self.branch = keras.Sequential(
            [
                layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False),
                layers.BatchNormalization(),
                layers.ReLU(),
                layers.Conv2D(filters, 3, padding="same", use_bias=False),
                layers.BatchNormalization(),
            ]
        )
        self.what = keras.Sequential(
            [
                layers.GlobalAveragePooling2D(keepdims=True),
                layers.Dense(max(1, filters // 8), activation="relu"),
                layers.Dense(filters, activation="sigmoid"),
            ]
        )
        self.where = layers.Conv2D(1, 7, padding="same", activation="sigmoid")
        self.shortcut = layers.Identity()
        if project:
            projection = layers.Conv2D(filters, 1, strides=stride, use_bias=False)
            self.shortcut = keras.Sequential([projection, layers.BatchNormalization()])

    def call(self, x, training=None):
        branch = self.branch(x, training=training)
        branch = branch * self.what(branch)
        branch = branch * self.where(branch)
        return ops.relu(self.shortcut(x, training=training) + branch)


class _AttentionResNet(keras.Model):
    """A network of such layers, with `call`."""

    def __init__(self, blocks, filters, classes):
        super().__init__(name="attention_resnet")
        self.stem = keras.Sequential(
            [
                layers.Conv2D(filters[0], 3, padding="same", use_bias=False),
                layers.BatchNormalization(),
                layers.ReLU(),
            ]
        )
        self.blocks = []
        channels = filters[0]
        for stage, (count, width) in enumerate(zip(blocks, filters, strict=True)):
            for number in range(count):
                stride = 2 if stage > 0 and number == 0 else 1
                project = stride != 1 or channels != width
                self.blocks.append(_Block(width, stride, project, name=f"stage{stage}_block{number}"))
                channels = width
        self.head = keras.Sequential([layers.GlobalAveragePooling2D(), layers.Dense(classes, activation="softmax")])

    def call(self, images, training=None):
        x = self.stem(images, training=training)
        for block in self.blocks:
            x = block(x, training=training)
        return self.head(x)


def model_and_layer_subclasses(input_shape, blocks, filters, classes):
    """A Model subclass of Layer subclasses, built by calling it on one black image."""
    model = _AttentionResNet(blocks, filters, classes)
    model(np.zeros((1, *input_shape), "float32"))
    return model


def backbone_and_head(input_shape, blocks, filters, classes):
    """The features of `resnet` as a model; another classifier with the same layers behind it."""
    whole = resnet(input_shape, blocks, filters, classes, block=attention_residual_block)
    backbone = keras.Model(whole.input, whole.get_layer("pool").input)
    inputs = keras.Input(input_shape)
    pooled = ops.mean(backbone(inputs), axis=(1, 2))
    return keras.Model(inputs, ops.softmax(layers.Dense(classes)(pooled)))


def style_of_the_cbam_article(input_shape, blocks, filters, classes):
    """In the style of the CBAM VGG16 article: modules one after the other on `x`, `tf.keras.models.Model(inp, x)`."""
    inp = tf.keras.layers.Input(shape=input_shape)

    x = tf.keras.layers.Conv2D(
        filters=filters[0], kernel_size=3, strides=1, padding="same", kernel_initializer="he_normal", use_bias=False
    )(inp)
    x = tf.keras.layers.BatchNormalization()(x)
    x = tf.keras.layers.Activation("relu")(x)

    for i in range(len(blocks)):
        for j in range(blocks[i]):
            strides = 2 if i != 0 and j == 0 else 1
            x = attention_residual_block(x, filters[i], strides, name="stage" + str(i) + "_" + str(j))

    x = tf.keras.layers.GlobalAveragePooling2D()(x)
    x = tf.keras.layers.Dense(classes, activation="softmax", kernel_initializer="he_normal")(x)

    return tf.keras.models.Model(inp, x)


def block_class_handed_over(input_shape, blocks, filters, classes):
    """A function for networks in general is given the block, as a class is in PyTorch.

    Source: https://github.com/moskomule/senet.pytorch (senet/se_resnet.py)
    """

    def network(block, counts, **options):
        return resnet(input_shape, counts, filters, classes, block=block, **options)

    return network(attention_residual_block, list(blocks))


def stages_made_one_by_one(input_shape, blocks, filters, classes):
    """A function for a stage: its first block with the stride, then as many as the stage has.

    Source: https://github.com/luuuyi/CBAM.PyTorch (model/resnet_cbam.py)
    """

    def make_layer(x, planes, count, stride, name):
        x = attention_residual_block(x, planes, stride, f"{name}.0")
        for number in range(1, count):
            x = attention_residual_block(x, planes, 1, f"{name}.{number}")
        return x

    image = keras.Input(input_shape)
    x = layers.Conv2D(filters[0], 3, padding="same", use_bias=False)(image)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    for place, (planes, count) in enumerate(zip(filters, blocks, strict=True)):
        x = make_layer(x, planes, count, 2 if place else 1, f"layer{place + 1}")
    x = layers.Flatten()(layers.GlobalAveragePooling2D(keepdims=True)(x))
    return keras.Model(image, layers.Dense(classes, activation="softmax")(x))


def attention_named_by_a_word(input_shape, blocks, filters, classes):
    """The network's attention is a word, and the word chooses the block.

    Source: https://github.com/kobiso/CBAM-keras (models/resnet_v1.py)
    """
    attention_module = "cbam_block"
    chosen = {"cbam_block": attention_residual_block, "": residual_block}[attention_module]

    def block(x, width, stride, name):
        return chosen(x, width, stride, name)

    return resnet(input_shape, blocks, filters, classes, block)
