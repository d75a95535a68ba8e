# %% [markdown] lang="en"
# # Deep enough, and still learning

# %% [markdown] lang="ko"
# # 깊어도 학습되는 신경망

# %%
from autograder import check, hint, progress, start, your_turn

start("2-resnet")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

# %% solution="residual_block"
def residual_block(x, filters, stride, name):
    """Two convolutions, and a shortcut around them: ReLU(shortcut + branch).

    Steps:
        1. Branch: Conv2D 3×3 with `stride`, same padding, no bias; BatchNormalization; ReLU.
        2. Branch: Conv2D 3×3 with stride 1, same padding, no bias; BatchNormalization. No ReLU yet.
        3. Shortcut: x itself if stride is 1 and x has `filters` channels already;
           else Conv2D 1×1 with `stride`, no bias, and BatchNormalization.
        4. Add shortcut and branch, then ReLU.

    Args:
        x: feature map, (batch, height, width, channels).
        filters: number of output channels.
        stride: 1 keeps height and width, 2 halves them (rounded up).
        name: prefix of the layers' names.

    Returns:
        Feature map, (batch, height / stride, width / stride, filters).
    """
    ### BEGIN SOLUTION
    branch = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False, name=f"{name}_conv1")(x)
    branch = layers.BatchNormalization(name=f"{name}_bn1")(branch)
    branch = layers.ReLU(name=f"{name}_relu1")(branch)
    branch = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"{name}_conv2")(branch)
    branch = layers.BatchNormalization(name=f"{name}_bn2")(branch)
    shortcut = x
    if stride != 1 or x.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 1, strides=stride, use_bias=False, name=f"{name}_shortcut_conv")(x)
        shortcut = layers.BatchNormalization(name=f"{name}_shortcut_bn")(shortcut)
    total = layers.Add(name=f"{name}_add")([shortcut, branch])
    return layers.ReLU(name=f"{name}_relu2")(total)
    ### END SOLUTION

# %% check="residual_block" points=6
check(residual_block)

# %% solution="resnet"
def resnet(input_shape, blocks, filters, classes, block=None):
    """A stem, stages of blocks, global average pooling, a classifier.

    Steps:
        1. Stem: Conv2D 3×3 with filters[0], same padding, no bias; BatchNormalization; ReLU.
        2. For each stage: blocks[stage] blocks of filters[stage] channels. The first block of every stage
           but the first has stride 2, all others stride 1.
        3. GlobalAveragePooling2D.
        4. Dense with `classes` units and softmax.

    Args:
        input_shape: (height, width, channels) of one image.
        blocks: number of blocks in each stage, for example (2, 2, 2).
        filters: channels of each stage, for example (16, 32, 64).
        classes: number of classes.
        block: function (x, filters, stride, name) that builds a block; `residual_block` if None.

    Returns:
        keras.Model from images to probabilities, (batch, classes).
    """
    if block is None:
        block = residual_block
    ### BEGIN SOLUTION
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(filters[0], 3, padding="same", use_bias=False, name="stem_conv")(inputs)
    x = layers.BatchNormalization(name="stem_bn")(x)
    x = layers.ReLU(name="stem_relu")(x)
    for stage, (count, width) in enumerate(zip(blocks, filters), start=1):
        for number in range(1, count + 1):
            stride = 2 if stage > 1 and number == 1 else 1
            x = block(x, width, stride, f"stage{stage}_block{number}")
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    outputs = layers.Dense(classes, activation="softmax", name="classes")(x)
    return keras.Model(inputs, outputs, name="resnet")
    ### END SOLUTION

# %% check="resnet" points=6
check(resnet)

# %%
def plain_block(x, filters, stride, name):
    """The same two convolutions as `residual_block`, without the shortcut."""
    for number, step in enumerate((stride, 1), start=1):
        x = layers.Conv2D(filters, 3, strides=step, padding="same", use_bias=False, name=f"{name}_conv{number}")(x)
        x = layers.BatchNormalization(name=f"{name}_bn{number}")(x)
        x = layers.ReLU(name=f"{name}_relu{number}")(x)
    return x
