# %% [markdown] lang="en"
# # Where to look

# %% [markdown] lang="ko"
# # 어디를 볼까

# %%
from autograder import check, hint, progress, start, your_turn

start("4-spatial-attention")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

# %% given="autoencoder_block autoencoder channel_attention attention_block"

# %% given="residual_block resnet"

# %% solution="spatial_attention"
def spatial_attention(x, name, kernel_size=7):
    """Scale every position by how much it matters for this image.

    Steps:
        1. Convolution to one channel, kernel_size × kernel_size, same padding, with bias.
        2. Sigmoid: one gate between 0 and 1 for each position.
        3. Multiply x by its gates, position by position.

    Args:
        x: feature map, (batch, height, width, channels).
        name: prefix of the layers' names.
        kernel_size: side of the convolution's kernel.

    Returns:
        Feature map of the same shape.
    """
    ### BEGIN SOLUTION
    gates = layers.Conv2D(1, kernel_size, padding="same", activation="sigmoid", name=f"{name}_gates")(x)
    return layers.Multiply(name=f"{name}_scale")([x, gates])
    ### END SOLUTION

# %% check="spatial_attention" points=5
check(spatial_attention)

# %% solution="attention_autoencoder"
def attention_autoencoder(input_shape, filters):
    """The autoencoder with channel attention, then spatial attention, behind every block.

    Steps:
        1. Write a block: attention_block, then spatial_attention with its default kernel.
        2. Hand it to `autoencoder`.

    Args:
        input_shape: (height, width, channels) of one image.
        filters: channels of each stage.

    Returns:
        keras.Model from images to images of the same shape, values in 0 to 1.
    """
    ### BEGIN SOLUTION
    def block(x, filters, name):
        x = attention_block(x, filters, name)
        return spatial_attention(x, f"{name}_spatial")

    return autoencoder(input_shape, filters, block=block)
    ### END SOLUTION

# %% check="attention_autoencoder" points=5
check(attention_autoencoder)

# %% solution="attention_residual_block"
def attention_residual_block(x, filters, stride, name):
    """A residual block whose branch passes both attentions before it is added.

    Steps:
        1. Branch as in `residual_block`: convolution, normalisation, ReLU, convolution, normalisation.
        2. Branch: channel_attention, then spatial_attention, both with their defaults.
        3. Shortcut as in `residual_block`.
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
    branch = channel_attention(branch, f"{name}_channel")
    branch = spatial_attention(branch, f"{name}_spatial")
    shortcut = x
    if stride != 1 or x.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 1, strides=stride, use_bias=False, name=f"{name}_shortcut_conv")(x)
        shortcut = layers.BatchNormalization(name=f"{name}_shortcut_bn")(shortcut)
    total = layers.Add(name=f"{name}_add")([shortcut, branch])
    return layers.ReLU(name=f"{name}_relu2")(total)
    ### END SOLUTION

# %% check="attention_residual_block" points=6
check(attention_residual_block)

# %% solution="attention_resnet"
def attention_resnet(input_shape, blocks, filters, classes):
    """The ResNet made of attention_residual_block.

    Args:
        input_shape: (height, width, channels) of one image.
        blocks: number of blocks in each stage.
        filters: channels of each stage.
        classes: number of classes.

    Returns:
        keras.Model from images to probabilities, (batch, classes).
    """
    ### BEGIN SOLUTION
    return resnet(input_shape, blocks, filters, classes, block=attention_residual_block)
    ### END SOLUTION

# %% check="attention_resnet" points=4
check(attention_resnet)
