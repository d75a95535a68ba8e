# %% [markdown] lang="en"
# # Attention everywhere

# %% [markdown] lang="ko"
# # 어디에나 어텐션

# %%
from autograder import check, hint, progress, start, your_turn

start("9-attention-everywhere")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

# %%
def residual_unit(x):
    """A bottleneck with its activations first: BN-ReLU-convolution three times (1×1, 3×3, 1×1), plus x."""
    channels = x.shape[-1]
    y = x
    for filters, kernel_size in ((channels // 4, 1), (channels // 4, 3), (channels, 1)):
        y = layers.ReLU()(layers.BatchNormalization()(y))
        y = layers.Conv2D(filters, kernel_size, padding="same", use_bias=False)(y)
    return layers.Add()([x, y])

# %% solution="soft_mask"
def soft_mask(x):
    """A mask as large as x: one gate between 0 and 1 for every channel of every position.

    Steps:
        1. Max pooling 3×3 with stride 2, same padding.
        2. Two residual units, one after the other.
        3. Resize to the height and width of x, bilinearly (`layers.Resizing`).
        4. Twice: batch normalisation, ReLU, 1×1 convolution to as many channels as x has, without bias.
        5. Sigmoid.

    Args:
        x: feature map, (batch, height, width, channels).

    Returns:
        The mask M, (batch, height, width, channels).
    """
    ### BEGIN SOLUTION
    height, width, channels = x.shape[1:]
    mask = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    mask = residual_unit(residual_unit(mask))
    mask = layers.Resizing(height, width, interpolation="bilinear")(mask)
    for _ in range(2):
        mask = layers.ReLU()(layers.BatchNormalization()(mask))
        mask = layers.Conv2D(channels, 1, use_bias=False)(mask)
    return layers.Activation("sigmoid")(mask)
    ### END SOLUTION

# %% check="soft_mask" points=5
check(soft_mask)

# %% solution="residual_attention"
def residual_attention(x):
    """One attention module: a trunk, and a mask that lets 1 to 2 times of it through.

    Steps:
        1. A residual unit. What it gives goes into both branches.
        2. The trunk T: two residual units.
        3. The mask M: your soft_mask.
        4. (1 + M) · T.
        5. A last residual unit.

    Args:
        x: feature map, (batch, height, width, channels).

    Returns:
        Feature map of the same shape.
    """
    ### BEGIN SOLUTION
    x = residual_unit(x)
    trunk = residual_unit(residual_unit(x))
    mask = soft_mask(x)
    return residual_unit((1 + mask) * trunk)
    ### END SOLUTION

# %% check="residual_attention" points=4
check(residual_attention)

# %% solution="self_attention"
def self_attention(x, heads, key_dim):
    """Every position takes from every position, by how well its query fits their keys.

    Steps:
        1. Three dense layers on x, heads × key_dim units each: queries, keys, values.
        2. Reshape each to (batch, positions, heads, key_dim), with positions = height × width.
        3. Scores: each query · each key of the same head, divided by √key_dim.
        4. Softmax over the keys.
        5. Mix the values by these weights; put the heads side by side, back on the map.
        6. A dense layer back to as many channels as x has. Add x.

    Args:
        x: feature map, (batch, height, width, channels).
        heads: number of heads.
        key_dim: length of a query, a key, a value.

    Returns:
        Feature map of the same shape.
    """
    ### BEGIN SOLUTION
    height, width, channels = x.shape[1:]

    def project():
        projected = layers.Dense(heads * key_dim)(x)
        return layers.Reshape((-1, heads, key_dim))(projected)

    query, key, value = project(), project(), project()
    scores = ops.einsum("bqhd,bkhd->bhqk", query, key) / key_dim**0.5
    weights = ops.softmax(scores, axis=-1)
    mixed = ops.einsum("bhqk,bkhd->bqhd", weights, value)
    mixed = layers.Reshape((height, width, heads * key_dim))(mixed)
    return x + layers.Dense(channels)(mixed)
    ### END SOLUTION

# %% check="self_attention" points=6
check(self_attention)

# %% solution="cost"
def cost(block, height, width, channels, ratio=16):
    """What a block costs on one feature map: its parameters and its multiply-adds.

    Multiply-adds are those of dense layers, convolutions, and the two matrix products of self-attention; additions of
    biases, pooling, normalisation, activations and the last multiplication by the gates are not counted.

    Args:
        block: "se", "spatial", "cbam", "bam" or "self_attention", made of the layers in the table above.
        height, width, channels: of the feature map.
        ratio: reduction ratio; a bottleneck has channels // ratio units, at least 1.

    Returns:
        Two integers: (parameters, multiply_adds).
    """
    ### BEGIN SOLUTION
    positions, units = height * width, max(1, channels // ratio)
    dense_pair = 2 * channels * units
    convolutions = channels * units + 2 * 9 * units**2 + units
    return {
        "se": (dense_pair + units + channels, dense_pair),
        "spatial": (49 * channels + 1, 49 * channels * positions),
        "cbam": (dense_pair + units + channels + 98, 2 * dense_pair + 98 * positions),
        "bam": (dense_pair + convolutions + channels + 12 * units + 1, dense_pair + convolutions * positions),
        "self_attention": (4 * channels**2 + 4 * channels, 4 * channels**2 * positions + 2 * channels * positions**2),
    }[block]
    ### END SOLUTION

# %% check="cost" points=4
check(cost)
