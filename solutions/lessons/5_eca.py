# %%
from autograder import check, hint, progress, start, your_turn

start("5-eca")

import math

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

# %% solution="eca_kernel_size"
def eca_kernel_size(channels, b=1, gamma=2):
    """How many neighbouring channels a gate looks at: more of them in wider maps.

    Steps:
        1. t = |(log2(channels) + b) / gamma|.
        2. Cut off what stands behind the point.
        3. An even number becomes the next larger one.

    Args:
        channels: number of channels of the feature map.
        b, gamma: the constants of equation 12.

    Returns:
        Kernel size, an odd integer (int).
    """
    ### BEGIN SOLUTION
    size = int(abs((math.log2(channels) + b) / gamma))
    return size if size % 2 else size + 1
    ### END SOLUTION

# %% check="eca_kernel_size" points=3
check(eca_kernel_size)

# %% solution="eca_block"
def eca_block(inputs, b=1, gamma=2):
    """Channel attention by one convolution along the channels.

    Steps:
        1. Global average pooling: (batch, height, width, channels) to (batch, channels).
        2. Reshape to (batch, channels, 1): the channels become a sequence with one number at each place.
        3. 1D convolution with one filter, eca_kernel_size(channels, b, gamma) wide, same padding, no bias.
        4. Sigmoid: one gate for each channel.
        5. Reshape to (batch, 1, 1, channels) and multiply with the inputs.

    Args:
        inputs: feature map, (batch, height, width, channels).
        b, gamma: handed on to `eca_kernel_size`.

    Returns:
        Feature map of the same shape.
    """
    ### BEGIN SOLUTION
    channels = inputs.shape[-1]
    gates = layers.GlobalAveragePooling2D()(inputs)
    gates = layers.Reshape((channels, 1))(gates)
    size = eca_kernel_size(channels, b, gamma)
    gates = layers.Conv1D(1, size, padding="same", use_bias=False, activation="sigmoid")(gates)
    gates = layers.Reshape((1, 1, channels))(gates)
    return layers.Multiply()([inputs, gates])
    ### END SOLUTION

# %% check="eca_block" points=5
check(eca_block)
