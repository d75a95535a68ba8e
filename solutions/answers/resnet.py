"""Right answers to `resnet`, as different as students write them."""

import keras
import tensorflow as tf
from keras import layers, ops


def index_loops(input_shape, blocks, filters, classes, block=None):
    """Loops over indices, activations as layers."""
    if block is None:
        block = residual_block
    inputs = layers.Input(shape=input_shape)
    x = layers.Conv2D(filters[0], (3, 3), strides=(1, 1), padding="same", use_bias=False)(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    for i in range(len(blocks)):
        for j in range(blocks[i]):
            stride = 1
            if i > 0 and j == 0:
                stride = 2
            x = block(x, filters[i], stride, name="conv" + str(i + 2) + "_block" + str(j + 1))
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(classes)(x)
    x = layers.Activation("softmax")(x)
    return keras.Model(inputs=inputs, outputs=x)


def first_block_apart(input_shape, blocks, filters, classes, block=None):
    """The first block of a stage is written before the loop over the others."""
    block = block or residual_block
    inputs = keras.Input(input_shape)
    x = ops.relu(layers.BatchNormalization()(layers.Conv2D(filters[0], 3, padding="same", use_bias=False)(inputs)))
    stride = 1
    for letter, count, width in zip("abcdefgh", blocks, filters, strict=False):
        x = block(x, width, stride, f"{letter}_first")
        for number in range(1, count):
            x = block(x, width, 1, f"{letter}_{number}")
        stride = 2
    pooled = ops.mean(x, axis=(1, 2))
    return keras.Model(inputs, ops.softmax(layers.Dense(classes)(pooled), axis=-1))


def plan_of_blocks(input_shape, blocks, filters, classes, block=None):
    """A flat list of widths and strides first, one loop after it."""
    block = block or residual_block
    plan = []
    for count, width in zip(blocks, filters, strict=True):
        plan += [(width, 2 if plan else 1)] + [(width, 1)] * (count - 1)
    x = inputs = keras.Input(input_shape)
    for layer in (
        layers.Conv2D(filters[0], 3, padding="same", use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
    ):
        x = layer(x)
    for number, (width, stride) in enumerate(plan):
        x = block(x, filters=width, stride=stride, name=f"block{number}")
    x = layers.Flatten()(layers.AveragePooling2D(x.shape[1:3])(x))
    return keras.Model(inputs, layers.Softmax()(layers.Dense(classes)(x)))


def convolution_as_classifier(input_shape, blocks, filters, classes, block=None):
    """Pooling that keeps its axes, a 1×1 convolution for the dense layer, Flatten at the end; zeros added by hand."""
    block = block or residual_block
    inputs = keras.Input(input_shape)
    x = layers.ZeroPadding2D(1)(inputs)
    x = layers.Conv2D(filters[0], 3, padding="valid", use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    for stage, count in enumerate(blocks):
        for number in range(count):
            x = block(x, filters[stage], 1 + (stage > 0 and number == 0), f"s{stage}b{number}")
    x = layers.GlobalAveragePooling2D(keepdims=True)(x)
    x = layers.Conv2D(classes, 1, activation="softmax")(x)
    return keras.Model(inputs, layers.Flatten()(x))


def recursion(input_shape, blocks, filters, classes, block=None):
    """Builds from the end: what a stage reads is built by a call of the same function."""
    block = block or residual_block
    inputs = keras.Input(input_shape)

    def features(stage, count):
        """The map behind `count` blocks of a stage."""
        if count > 0:
            stride = 2 if count == 1 and stage > 0 else 1
            return block(features(stage, count - 1), filters[stage], stride, f"stage{stage}_{count}")
        if stage > 0:
            return features(stage - 1, blocks[stage - 1])
        stem = layers.Conv2D(filters[0], 3, padding="same", use_bias=False)(inputs)
        return layers.ReLU()(layers.BatchNormalization()(stem))

    pooled = layers.GlobalAvgPool2D()(features(len(blocks) - 1, blocks[-1]))
    return keras.Model(inputs, layers.Dense(classes, activation=keras.activations.softmax)(pooled))


def backbone_and_head(input_shape, blocks, filters, classes, block=None):
    """A model of the features, called by the model that classifies."""
    block = block or residual_block
    image = keras.Input(input_shape)
    x = layers.Conv2D(filters[0], 3, padding="same", use_bias=False)(image)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    for stage, (count, width) in enumerate(zip(blocks, filters, strict=True)):
        strides = [1 if stage == 0 else 2] + [1] * (count - 1)
        for number, stride in enumerate(strides):
            x = block(x, width, stride, f"stage{stage}_block{number}")
    backbone = keras.Model(image, x, name="backbone")
    head = keras.Sequential([layers.GlobalAveragePooling2D(), layers.Dense(classes, activation="softmax")], name="head")
    inputs = keras.Input(input_shape)
    return keras.Model(inputs, head(backbone(inputs)))


def sequential_of_models(input_shape, blocks, filters, classes, block=None):
    """A Sequential model; every block is a small model of its own."""
    block = block or residual_block
    model = keras.Sequential([keras.Input(input_shape)])
    model.add(layers.Conv2D(filters[0], 3, padding="same", use_bias=False))
    model.add(layers.BatchNormalization())
    model.add(layers.ReLU())
    for stage, (count, width) in enumerate(zip(blocks, filters, strict=True)):
        for number in range(count):
            inputs = keras.Input(model.output_shape[1:])
            stride = 2 if stage and not number else 1
            model.add(keras.Model(inputs, block(inputs, width, stride, f"stage{stage}_block{number}")))
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(classes, activation="softmax"))
    return model


class _ResNet(keras.Model):
    """Layers and small models in the constructor, `call` to run them."""

    def __init__(self, input_shape, blocks, filters, classes, block):
        super().__init__(name="resnet")
        self.classifier = layers.Dense(classes)
        self.stem = layers.Conv2D(filters[0], 3, padding="same", use_bias=False)
        self.stem_norm = layers.BatchNormalization()
        self.blocks = []
        shape = (*input_shape[:2], filters[0])
        for stage, (count, width) in enumerate(zip(blocks, filters, strict=True)):
            for number in range(count):
                inputs = keras.Input(shape)
                outputs = block(inputs, width, 2 if stage > 0 and number == 0 else 1, f"stage{stage}_block{number}")
                self.blocks.append(keras.Model(inputs, outputs))
                shape = outputs.shape[1:]

    def call(self, images, training=None):
        x = ops.relu(self.stem_norm(self.stem(images), training=training))
        for block in self.blocks:
            x = block(x, training=training)
        return ops.softmax(self.classifier(ops.mean(x, axis=[1, 2])))


def model_subclass(input_shape, blocks, filters, classes, block=None):
    """A Model subclass, not built before it sees an image."""
    return _ResNet(input_shape, blocks, filters, classes, block or residual_block)


def tensorflow_in_lambda(input_shape, blocks, filters, classes, block=None):
    """`tf.keras` and TensorFlow's functions in Lambda layers, a stage as a function."""
    block = block or residual_block

    def stage(x, number):
        for place in range(blocks[number]):
            first = number > 0 and place == 0
            x = block(x, filters[number], 2 if first else 1, name=f"stage{number}_{place}")
        return x

    inputs = tf.keras.Input(input_shape)
    x = tf.keras.layers.Conv2D(filters=filters[0], kernel_size=3, padding="same", use_bias=False)(inputs)
    x = tf.keras.layers.BatchNormalization()(x)
    x = tf.keras.layers.Lambda(tf.nn.relu)(x)
    for number in range(len(filters)):
        x = stage(x, number)
    x = tf.keras.layers.Lambda(lambda t: tf.reduce_mean(t, axis=[1, 2]))(x)
    x = tf.keras.layers.Dense(units=classes)(x)
    return tf.keras.Model(inputs, tf.keras.layers.Lambda(tf.nn.softmax)(x))


def strides_as_a_list(input_shape, blocks, filters, classes, block=None):
    """A stage is the list of its strides, [stride] + [1] · (blocks - 1).

    Source: https://github.com/kuangliu/pytorch-cifar (models/resnet.py)
    """
    block = block or residual_block

    def make_layer(x, width, count, stride, stage):
        for number, one in enumerate([stride] + [1] * (count - 1)):
            x = block(x, width, one, f"layer{stage}_{number}")
        return x

    image = keras.Input(input_shape)
    x = ops.relu(layers.BatchNormalization()(layers.Conv2D(filters[0], 3, padding="same", use_bias=False)(image)))
    for stage in range(len(filters)):
        x = make_layer(x, filters[stage], blocks[stage], 1 if stage == 0 else 2, stage)
    x = ops.mean(x, axis=[1, 2])
    return keras.Model(image, ops.softmax(layers.Dense(classes)(x)))


def first_layer_flag(input_shape, blocks, filters, classes, block=None):
    """A function makes a stage and is told whether it is the first one.

    Source: https://github.com/raghakot/keras-resnet (resnet.py)
    """
    build = residual_block if block is None else block

    def stage(width, repetitions, place, is_first_layer=False):
        def apply(x):
            for i in range(repetitions):
                stride = 2 if i == 0 and not is_first_layer else 1
                x = build(x, width, stride, f"res{place}_branch{i}")
            return x

        return apply

    image = keras.Input(shape=input_shape)
    x = layers.Conv2D(filters[0], (3, 3), strides=(1, 1), padding="same", use_bias=False)(image)
    x = layers.Activation("relu")(layers.BatchNormalization()(x))
    for place, repetitions in enumerate(blocks):
        x = stage(filters[place], repetitions, place, is_first_layer=place == 0)(x)
    x = layers.Flatten()(layers.GlobalAveragePooling2D(keepdims=True)(x))
    return keras.Model(image, layers.Dense(units=classes, activation="softmax")(x))


def stacks_with_one_block_apart(input_shape, blocks, filters, classes, block=None):
    """Each stack is its first block with the stride, then the rest with stride 1.

    Source: https://github.com/keras-team/keras (keras/src/applications/resnet.py)
    """
    block = block or residual_block

    def stack(x, width, count, stride1, name):
        x = block(x, width, stride1, name=f"{name}_block1")
        for i in range(2, count + 1):
            x = block(x, width, 1, name=f"{name}_block{i}")
        return x

    inputs = layers.Input(shape=input_shape)
    x = layers.Conv2D(filters[0], 3, padding="same", use_bias=False, name="conv1_conv")(inputs)
    x = layers.BatchNormalization(axis=3, name="conv1_bn")(x)
    x = layers.Activation("relu", name="conv1_relu")(x)
    x = stack(x, filters[0], blocks[0], 1, "conv2")
    for i, (count, width) in enumerate(zip(blocks[1:], filters[1:], strict=True), start=3):
        x = stack(x, width, count, 2, f"conv{i}")
    x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax", name="predictions")(x), name="resnet")
