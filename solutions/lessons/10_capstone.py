# %% [markdown] lang="en"
# # Attention x

# %% [markdown] lang="ko"
# # 어디에나 어텐션

# %%
from autograder import check, hint, progress, start, your_turn

start("10-capstone")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

# %% solution="my_attention"
def my_attention(x):
    """Gates of your own design.

    What every answer must do:
        1. Return x times gates, in the shape of x. Where x is 0, the output is 0.
        2. Compute the gates from x: other images, other gates. An image's gates come from that image alone.
        3. Let a gate see more than the value that it scales: other channels, other positions, or means over them.
        4. Have weights that a gradient reaches, at most 100 for each channel of x.

    Args:
        x: feature map, (batch, height, width, channels).

    Returns:
        Feature map of the same shape.
    """
    ### BEGIN SOLUTION
    # One example of many. Each position sees the means of its row and of its column.
    rows = ops.mean(x, axis=2, keepdims=True)
    columns = ops.mean(x, axis=1, keepdims=True)
    hidden = layers.Dense(max(1, x.shape[-1] // 8), activation="relu")(rows + columns)
    gates = layers.Dense(x.shape[-1], activation="sigmoid")(hidden)
    return x * gates
    ### END SOLUTION

# %% check="my_attention" points=6
check(my_attention)

# %% solution="my_network"
def my_network(input_shape, classes, attention=my_attention):
    """A classifier of your own design, with at most 100,000 trainable parameters.

    What every answer must do:
        1. Work for any image size from 16 × 16, any number of channels and of classes.
        2. Use `attention` at least once, and go on with what it gives.
        3. End in probabilities.

    Args:
        input_shape: (height, width, channels) of one image, at least 16 × 16.
        classes: number of classes.
        attention: a function from a feature map to one of the same shape.

    Returns:
        keras.Model from images in 0 to 1 to probabilities, (batch, classes).
    """
    ### BEGIN SOLUTION
    image = keras.Input(input_shape)
    x = image
    for filters in (16, 32, 64):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
        x = layers.MaxPooling2D()(attention(x))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(classes, activation="softmax")(x))
    ### END SOLUTION

# %% check="my_network" points=6
check(my_network)
