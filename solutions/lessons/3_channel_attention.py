# %% [markdown] lang="en"
# # Which channels to listen to

# %% [markdown] lang="ko"
# # 어떤 채널에 귀를 기울일까

# %%
from autograder import check, hint, progress, start, your_turn

start("3-channel-attention")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

# %% given="autoencoder_block autoencoder"

# %% solution="channel_attention"
def channel_attention(x, name, ratio=8):
    """Scale every channel by how much it matters for this image.

    Steps:
        1. Global average pooling: (batch, height, width, channels) to (batch, channels).
        2. Fully connected layer to channels // ratio units, at least 1.
        3. ReLU.
        4. Fully connected layer back to `channels` units.
        5. Sigmoid: one gate between 0 and 1 for each channel.
        6. Multiply x by its gates, channel by channel.

    Args:
        x: feature map, (batch, height, width, channels).
        name: prefix of the layers' names.
        ratio: reduction ratio of the bottleneck.

    Returns:
        Feature map of the same shape.
    """
    ### BEGIN SOLUTION
    channels = x.shape[-1]
    squeezed = layers.GlobalAveragePooling2D(name=f"{name}_squeeze")(x)
    hidden = layers.Dense(max(1, channels // ratio), activation="relu", name=f"{name}_reduce")(squeezed)
    gates = layers.Dense(channels, activation="sigmoid", name=f"{name}_gates")(hidden)
    gates = layers.Reshape((1, 1, channels), name=f"{name}_reshape")(gates)
    return layers.Multiply(name=f"{name}_scale")([x, gates])
    ### END SOLUTION

# %% check="channel_attention" points=5
check(channel_attention)

# %% solution="se_block"
def se_block(inputs, ratio=4):
    """Squeeze-and-excitation with 1×1 convolutions: the pooled map keeps its four axes.

    Args:
        inputs: feature map, (batch, height, width, channels).
        ratio: reduction ratio; the bottleneck has channels // ratio units, at least 1, and ReLU.

    Returns:
        Feature map of the same shape.
    """
    ### BEGIN SOLUTION
    channels = inputs.shape[-1]
    gates = layers.GlobalAveragePooling2D(keepdims=True)(inputs)
    gates = layers.Conv2D(max(1, channels // ratio), 1, activation="relu")(gates)
    gates = layers.Conv2D(channels, 1, activation="sigmoid")(gates)
    return layers.Multiply()([inputs, gates])
    ### END SOLUTION

# %% check="se_block" points=3
check(se_block)

# %% solution="efficientnet_se"
def efficientnet_se(x, filters_in, ratio=0.25):
    """Squeeze-and-excitation as in EfficientNet's MBConv block.

    The bottleneck has int(filters_in * ratio) units, at least 1, and the swish activation (`"swish"`).

    Args:
        x: expanded feature map, (batch, height, width, channels).
        filters_in: channels at the input of the whole MBConv block, before its expansion.
        ratio: share of `filters_in`.

    Returns:
        Feature map of the same shape.
    """
    ### BEGIN SOLUTION
    units = max(1, int(filters_in * ratio))
    gates = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gates = layers.Conv2D(units, 1, activation="swish")(gates)
    gates = layers.Conv2D(x.shape[-1], 1, activation="sigmoid")(gates)
    return layers.Multiply()([x, gates])
    ### END SOLUTION

# %% check="efficientnet_se" points=4
check(efficientnet_se)

# %%
def round_to_8(width):
    """The multiple of 8 nearest to `width`: at least 8, and never below 90 % of it (MobileNetV3's rule)."""
    rounded = max(8, int(width + 4) // 8 * 8)
    if rounded < 0.9 * width:
        rounded += 8
    return rounded

# %% solution="mobilenet_se"
def mobilenet_se(x):
    """Squeeze-and-excitation as in MobileNetV3.

    The bottleneck has round_to_8(channels / 4) units and ReLU; the gates use the hard sigmoid (`"hard_sigmoid"`).

    Args:
        x: feature map, (batch, height, width, channels).

    Returns:
        Feature map of the same shape.
    """
    ### BEGIN SOLUTION
    channels = x.shape[-1]
    gates = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gates = layers.Conv2D(round_to_8(channels / 4), 1, activation="relu")(gates)
    gates = layers.Conv2D(channels, 1, activation="hard_sigmoid")(gates)
    return layers.Multiply()([x, gates])
    ### END SOLUTION

# %% check="mobilenet_se" points=4
check(mobilenet_se)

# %% solution="attention_block"
def attention_block(x, filters, name):
    """The autoencoder's block with channel attention behind it.

    Steps:
        1. autoencoder_block.
        2. channel_attention with its default ratio, on what the block gives.

    Args:
        x: feature map, (batch, height, width, channels).
        filters: number of output channels.
        name: prefix of the layers' names; the attention's is name + "_attention".

    Returns:
        Feature map, (batch, height, width, filters).
    """
    ### BEGIN SOLUTION
    x = autoencoder_block(x, filters, name)
    return channel_attention(x, f"{name}_attention")
    ### END SOLUTION

# %% check="attention_block" points=3
check(attention_block)
