# %% [markdown] lang="en"
# TODO

# %% [markdown] lang="ko"
# TODO

# %%
from autograder import check, hint, progress, start, your_turn

start("7-bam")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

# %% given="residual_block resnet"

# %% solution="bam_channel_gate"
def bam_channel_gate(x, ratio=16):
    """Score every channel: which ones matter for this image?

    Steps:
        1. Global average pooling that keeps the four axes: (batch, 1, 1, channels).
        2. Dense layer to channels // ratio units, at least 1; batch normalisation; ReLU.
        3. Dense layer back to `channels` units. No sigmoid: it comes when both scores are combined.

    Args:
        x: feature map, (batch, height, width, channels).
        ratio: reduction ratio of the bottleneck.

    Returns:
        Scores of any sign, (batch, 1, 1, channels).
    """
    ### BEGIN SOLUTION
    channels = x.shape[-1]
    scores = layers.GlobalAveragePooling2D(keepdims=True)(x)
    scores = layers.Dense(max(1, channels // ratio))(scores)
    scores = layers.BatchNormalization()(scores)
    scores = layers.ReLU()(scores)
    return layers.Dense(channels)(scores)
    ### END SOLUTION

# %% check="bam_channel_gate" points=4
check(bam_channel_gate)

# %% solution="bam_spatial_gate"
def bam_spatial_gate(x, ratio=16, dilation=4):
    """Score every position: where is something that matters for this image?

    Steps:
        1. 1×1 convolution to channels // ratio channels, at least 1; batch normalisation; ReLU.
        2. Twice: 3×3 convolution with this dilation, same padding; batch normalisation; ReLU.
        3. 1×1 convolution to one channel. No sigmoid: it comes when both scores are combined.

    Args:
        x: feature map, (batch, height, width, channels).
        ratio: reduction ratio of the bottleneck.
        dilation: distance between neighbouring taps of the 3×3 kernels.

    Returns:
        Scores of any sign, (batch, height, width, 1).
    """
    ### BEGIN SOLUTION
    scores = x
    for kernel_size, rate in ((1, 1), (3, dilation), (3, dilation)):
        filters = max(1, x.shape[-1] // ratio)
        scores = layers.Conv2D(filters, kernel_size, padding="same", dilation_rate=rate)(scores)
        scores = layers.BatchNormalization()(scores)
        scores = layers.ReLU()(scores)
    return layers.Conv2D(1, 1)(scores)
    ### END SOLUTION

# %% check="bam_spatial_gate" points=5
check(bam_spatial_gate)

# %% solution="bam_block"
def bam_block(x, ratio=16, dilation=4, combine="sum"):
    """Raise every value of a map by what its channel and its position are worth.

    Steps:
        1. Channel scores and spatial scores, both from x.
        2. Combine them, the axes of length 1 are repeated: their sum, or for "product" their product.
        3. Sigmoid: one gate between 0 and 1 for every value of x.
        4. Return x times (1 + gate): the gate can raise a value, never lower it.

    Args:
        x: feature map, (batch, height, width, channels).
        ratio: reduction ratio of both branches.
        dilation: dilation of the spatial branch.
        combine: "sum" as in the paper, "product" as in the authors' released code.

    Returns:
        Feature map of the same shape.
    """
    ### BEGIN SOLUTION
    channel = bam_channel_gate(x, ratio)
    spatial = bam_spatial_gate(x, ratio, dilation)
    scores = channel * spatial if combine == "product" else channel + spatial
    return x * (1 + ops.sigmoid(scores))
    ### END SOLUTION

# %% check="bam_block" points=5
check(bam_block)

# %% solution="bam_resnet"
def bam_resnet(input_shape, blocks, filters, classes, **options):
    """The ResNet with a BAM at every bottleneck: at the end of each stage but the last.

    Steps:
        1. Write a block. A stage has ended where the next block has stride 2: there, x first goes through `bam_block`.
           Everything else is `residual_block`.
        2. Hand it to `resnet`.

    Args:
        input_shape: (height, width, channels) of one image.
        blocks: number of blocks in each stage.
        filters: channels of each stage.
        classes: number of classes.
        options: what `bam_block` takes: ratio, dilation, combine.

    Returns:
        keras.Model from images to probabilities, (batch, classes).
    """
    ### BEGIN SOLUTION
    def block(x, filters, stride, name):
        if stride == 2:
            x = bam_block(x, **options)
        return residual_block(x, filters, stride, name)

    return resnet(input_shape, blocks, filters, classes, block=block)
    ### END SOLUTION

# %% check="bam_resnet" points=4
check(bam_resnet)
