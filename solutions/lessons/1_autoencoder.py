# %% [markdown] lang="en"
# # A network that draws what it saw

# %% [markdown] lang="ko"
# # 본 것을 다시 그리는 신경망

# %%
from autograder import check, hint, progress, start, your_turn

start("1-autoencoder")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

# %% solution="preprocess"
def preprocess(images):
    """Turn bytes into what a convolutional network reads.

    Args:
        images: (batch, height, width), uint8, 0 to 255.

    Returns:
        (batch, height, width, 1), float32, 0 to 1.
    """
    ### BEGIN SOLUTION
    scaled = images.astype("float32") / 255
    return scaled[..., np.newaxis]
    ### END SOLUTION

# %% check="preprocess" points=3
check(preprocess)

# %% solution="autoencoder_block"
def autoencoder_block(x, filters, name):
    """Convolution, batch normalisation, ReLU. Height and width stay.

    Steps:
        1. Conv2D: `filters` kernels of 3×3, stride 1, same padding, with bias.
        2. BatchNormalization with Keras' defaults.
        3. ReLU.

    Args:
        x: feature map, (batch, height, width, channels).
        filters: number of output channels.
        name: prefix of the layers' names: name + "_conv", "_bn", "_relu".

    Returns:
        Feature map, (batch, height, width, filters).
    """
    ### BEGIN SOLUTION
    x = layers.Conv2D(filters, 3, padding="same", name=f"{name}_conv")(x)
    x = layers.BatchNormalization(name=f"{name}_bn")(x)
    return layers.ReLU(name=f"{name}_relu")(x)
    ### END SOLUTION

# %% check="autoencoder_block" points=4
check(autoencoder_block)

# %% solution="autoencoder"
def autoencoder(input_shape, filters, block=None):
    """Encoder: each stage a block, then half the size. Decoder: each stage a block, then twice the size.

    Steps:
        1. For each width in `filters`: a block, then MaxPooling2D (2×2).
        2. Name the map in the middle: layers.Identity(name="latent").
        3. For each width in reversed order: a block, then UpSampling2D (2×2).
        4. Conv2D, 3×3, same padding, sigmoid, as many filters as the image has channels.

    Args:
        input_shape: (height, width, channels) of one image.
        filters: channels of each stage, for example (16, 32).
        block: function (x, filters, name) that builds a stage; `autoencoder_block` if None.

    Returns:
        keras.Model from images to images of the same shape, values in 0 to 1.
    """
    if block is None:
        block = autoencoder_block
    ### BEGIN SOLUTION
    inputs = keras.Input(input_shape)
    x = inputs
    for stage, width in enumerate(filters, start=1):
        x = block(x, width, f"encoder_{stage}")
        x = layers.MaxPooling2D(name=f"encoder_{stage}_pool")(x)
    x = layers.Identity(name="latent")(x)
    for stage, width in enumerate(reversed(filters), start=1):
        x = block(x, width, f"decoder_{stage}")
        x = layers.UpSampling2D(name=f"decoder_{stage}_up")(x)
    outputs = layers.Conv2D(input_shape[-1], 3, padding="same", activation="sigmoid", name="image")(x)
    return keras.Model(inputs, outputs, name="autoencoder")
    ### END SOLUTION

# %% check="autoencoder" points=5
check(autoencoder)
