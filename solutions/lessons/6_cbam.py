# %%
from autograder import check, hint, progress, start, your_turn

start("6-cbam")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

# %% solution="cbam_channel_attention"
def cbam_channel_attention(inputs, ratio=8):
    """Channel attention from each channel's average and maximum, through one shared bottleneck.

    Steps:
        1. Two dense layers, made once: `reduce` to channels // ratio units, at least 1, with ReLU; `expand` back to
           `channels` units, without activation. Both have a bias.
        2. Global average pooling, then `reduce`, then `expand`.
        3. Global max pooling, then the same two layers.
        4. Sum of both results, then sigmoid: one gate for each channel.
        5. Multiply the inputs by their gates.

    Args:
        inputs: feature map, (batch, height, width, channels).
        ratio: reduction ratio of the bottleneck.

    Returns:
        Feature map of the same shape.
    """
    ### BEGIN SOLUTION
    channels = inputs.shape[-1]
    reduce = layers.Dense(max(1, channels // ratio), activation="relu")
    expand = layers.Dense(channels)
    average = layers.GlobalAveragePooling2D(keepdims=True)(inputs)
    largest = layers.GlobalMaxPooling2D(keepdims=True)(inputs)
    scores = layers.Add()([expand(reduce(average)), expand(reduce(largest))])
    return layers.Multiply()([inputs, ops.sigmoid(scores)])
    ### END SOLUTION

# %% check="cbam_channel_attention" points=5
check(cbam_channel_attention)

# %% solution="cbam_spatial_attention"
def cbam_spatial_attention(inputs, kernel_size=7):
    """Spatial attention from the average and the maximum of the channels at each position.

    Steps:
        1. Average over the channels and maximum over the channels, each (batch, height, width, 1).
        2. Concatenate them along the last axis, the average first: (batch, height, width, 2).
        3. Convolution to one channel, kernel_size × kernel_size, same padding, without bias.
        4. Sigmoid: one gate for each position.
        5. Multiply the inputs by their gates.

    Args:
        inputs: feature map, (batch, height, width, channels).
        kernel_size: side of the convolution's kernel.

    Returns:
        Feature map of the same shape.
    """
    ### BEGIN SOLUTION
    average = ops.mean(inputs, axis=-1, keepdims=True)
    largest = ops.max(inputs, axis=-1, keepdims=True)
    pooled = layers.Concatenate()([average, largest])
    gates = layers.Conv2D(1, kernel_size, padding="same", use_bias=False, activation="sigmoid")(pooled)
    return layers.Multiply()([inputs, gates])
    ### END SOLUTION

# %% check="cbam_spatial_attention" points=5
check(cbam_spatial_attention)

# %% solution="stacked_spatial_attention"
def stacked_spatial_attention(inputs, kernel_size=3):
    """CBAM's spatial attention with four small convolutions in place of the large one.

    Steps:
        1. Average and maximum of the channels, concatenated as in `cbam_spatial_attention`.
        2. Convolutions with 64, 32 and 16 filters, each followed by ReLU.
        3. Convolution with 1 filter, then sigmoid. All four have same padding and no bias.
        4. Multiply the inputs by their gates.

    Args:
        inputs: feature map, (batch, height, width, channels).
        kernel_size: side of each convolution's kernel.

    Returns:
        Feature map of the same shape.
    """
    ### BEGIN SOLUTION
    average = ops.mean(inputs, axis=-1, keepdims=True)
    largest = ops.max(inputs, axis=-1, keepdims=True)
    x = layers.Concatenate()([average, largest])
    for filters in (64, 32, 16):
        x = layers.Conv2D(filters, kernel_size, padding="same", use_bias=False, activation="relu")(x)
    gates = layers.Conv2D(1, kernel_size, padding="same", use_bias=False, activation="sigmoid")(x)
    return layers.Multiply()([inputs, gates])
    ### END SOLUTION

# %% check="stacked_spatial_attention" points=4
check(stacked_spatial_attention)

# %% solution="cbam_block"
def cbam_block(inputs, ratio=8):
    """CBAM: channel attention first, then spatial attention on the refined map.

    Args:
        inputs: feature map, (batch, height, width, channels).
        ratio: reduction ratio of the channel attention; the spatial attention keeps its default kernel.

    Returns:
        Feature map of the same shape.
    """
    ### BEGIN SOLUTION
    refined = cbam_channel_attention(inputs, ratio)
    return cbam_spatial_attention(refined)
    ### END SOLUTION

# %% check="cbam_block" points=4
check(cbam_block)

# %% solution="vgg16_cbam"
def vgg16_cbam(input_shape, backbone=keras.applications.VGG16):
    """A network of `keras.applications` without its classifier, and attention behind it.

    Steps:
        1. The backbone's feature map: `backbone` with include_top=False, weights=None and this input_shape.
        2. cbam_channel_attention with its default ratio.
        3. stacked_spatial_attention with its default kernel, on what step 2 gives.

    Args:
        input_shape: (height, width, channels) of one image.
        backbone: function that makes the network.

    Returns:
        keras.Model from images to feature maps; VGG16's are (batch, height / 32, width / 32, 512).
    """
    ### BEGIN SOLUTION
    images = keras.Input(input_shape)
    features = backbone(include_top=False, weights=None, input_shape=input_shape)(images)
    refined = cbam_channel_attention(features)
    return keras.Model(images, stacked_spatial_attention(refined))
    ### END SOLUTION

# %% check="vgg16_cbam" points=4
check(vgg16_cbam)

# %% given="residual_block resnet"

# %%
def attend_on_branch(attention):
    """A residual block whose branch ends in `attention`, before the addition; `resnet` takes it as its `block`."""
    def block(x, filters, stride, name):
        branch = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
        branch = layers.ReLU()(layers.BatchNormalization()(branch))
        branch = layers.Conv2D(filters, 3, padding="same", use_bias=False)(branch)
        branch = attention(layers.BatchNormalization()(branch))
        shortcut = x
        if stride != 1 or x.shape[-1] != filters:
            shortcut = layers.Conv2D(filters, 1, strides=stride, use_bias=False)(x)
            shortcut = layers.BatchNormalization()(shortcut)
        return layers.ReLU()(layers.Add()([shortcut, branch]))

    return block

def spatial_first(x):
    """The two halves of CBAM in the other order."""
    return cbam_channel_attention(cbam_spatial_attention(x))

def side_by_side(x):
    """Both halves read the same map; their results are averaged."""
    return layers.Average()([cbam_channel_attention(x), cbam_spatial_attention(x)])
