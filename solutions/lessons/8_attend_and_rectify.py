# %% [markdown] lang="en"
# TODO

# %% [markdown] lang="ko"
# TODO

# %%
from autograder import check, hint, progress, start, your_turn

start("8-attend-and-rectify")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

# %% solution="attention_head"
def attention_head(z, heads):
    """Say for every head where it looks.

    Steps:
        1. 3×3 convolution to one score map for each head, same padding, no bias.
        2. Softmax of each score map over all its positions.

    Args:
        z: feature map, (batch, height, width, channels).
        heads: number of heads.

    Returns:
        Masks, (batch, height, width, heads): every mask is positive and sums to 1 over height and width.
    """
    ### BEGIN SOLUTION
    scores = layers.Conv2D(heads, 3, padding="same", use_bias=False)(z)
    return layers.Softmax(axis=(1, 2))(scores)
    ### END SOLUTION

# %% check="attention_head" points=3
check(attention_head)

# %% solution="output_head"
def output_head(z, masks, classes):
    """Let every head score the classes by what its mask lets it see.

    Steps:
        1. 3×3 convolution to heads · classes channels, same padding, no bias.
        2. Divide the channels into two axes: (batch, height, width, heads, classes).
        3. Multiply each head's scores by its mask, and sum over height and width.

    Args:
        z: feature map, (batch, height, width, channels).
        masks: (batch, height, width, heads), each mask sums to 1 over height and width.
        classes: number of classes.

    Returns:
        Class scores of every head, (batch, heads, classes).
    """
    ### BEGIN SOLUTION
    height, width, heads = masks.shape[1:]
    scores = layers.Conv2D(heads * classes, 3, padding="same", use_bias=False)(z)
    scores = layers.Reshape((height, width, heads, classes))(scores)
    return ops.sum(scores * ops.expand_dims(masks, axis=-1), axis=(1, 2))
    ### END SOLUTION

# %% check="output_head" points=4
check(output_head)

# %% solution="head_gates"
def head_gates(z, masks):
    """Decide for this image how much each head counts.

    Steps:
        1. 3×3 convolution to one score map for each head, same padding, no bias.
        2. Multiply each score map by its head's mask, and sum over height and width.
        3. tanh, which keeps every score between -1 and 1.
        4. Softmax over the heads.

    Args:
        z: feature map, (batch, height, width, channels).
        masks: (batch, height, width, heads), each mask sums to 1 over height and width.

    Returns:
        Gates, (batch, heads): positive, and their sum is 1.
    """
    ### BEGIN SOLUTION
    scores = layers.Conv2D(masks.shape[-1], 3, padding="same", use_bias=False)(z)
    scores = ops.sum(scores * masks, axis=(1, 2))
    return ops.softmax(ops.tanh(scores))
    ### END SOLUTION

# %% check="head_gates" points=4
check(head_gates)

# %% solution="attention_module"
def attention_module(z, heads, classes):
    """One hypothesis about the class, from the feature map of one layer.

    Steps:
        1. Masks from `attention_head`.
        2. Class scores of every head from `output_head`, gates from `head_gates`.
        3. Multiply each head's class scores by its gate, and sum over the heads.

    Args:
        z: feature map, (batch, height, width, channels).
        heads: number of heads.
        classes: number of classes.

    Returns:
        hypothesis: class scores, (batch, classes).
        masks: (batch, height, width, heads).
    """
    ### BEGIN SOLUTION
    masks = attention_head(z, heads)
    outputs = output_head(z, masks, classes)
    gates = head_gates(z, masks)
    hypothesis = ops.sum(outputs * ops.expand_dims(gates, axis=-1), axis=1)
    return hypothesis, masks
    ### END SOLUTION

# %% check="attention_module" points=4
check(attention_module)

# %% solution="global_gates"
def global_gates(features, count):
    """Decide for this image how much each hypothesis counts.

    Steps:
        1. Global average pooling: (batch, channels).
        2. Dense layer to `count` units, no bias.
        3. Batch normalisation, then tanh.
        4. Softmax over the hypotheses.

    Args:
        features: the network's last feature map, (batch, height, width, channels).
        count: number of hypotheses.

    Returns:
        Gates, (batch, count): positive, and their sum is 1.
    """
    ### BEGIN SOLUTION
    pooled = layers.GlobalAveragePooling2D()(features)
    scores = layers.Dense(count, use_bias=False)(pooled)
    scores = layers.BatchNormalization()(scores)
    return ops.softmax(ops.tanh(scores))
    ### END SOLUTION

# %% check="global_gates" points=3
check(global_gates)

# %% solution="rectify"
def rectify(hypotheses, gates):
    """Make all hypotheses one.

    Steps:
        1. Log-softmax of each hypothesis over the classes.
        2. Multiply each hypothesis by its gate, and sum over the hypotheses.

    Args:
        hypotheses: class scores, (batch, count, classes).
        gates: (batch, count), their sum is 1.

    Returns:
        Class scores, (batch, classes): a weighted mean of log-probabilities.
    """
    ### BEGIN SOLUTION
    beliefs = ops.log_softmax(hypotheses)
    return ops.sum(beliefs * ops.expand_dims(gates, axis=-1), axis=1)
    ### END SOLUTION

# %% check="rectify" points=2
check(rectify)

# %% solution="mask_diversity"
def mask_diversity(masks):
    """How much the masks of an image overlap: a penalty that makes heads look at different places.

    Steps:
        1. Overlap of each two masks: multiply them position by position, and sum over height and width.
        2. Set the overlap of each mask with itself to 0.
        3. Square, and take the mean over all heads · heads entries.

    Args:
        masks: (batch, height, width, heads), each mask sums to 1 over height and width.

    Returns:
        One penalty for each image, (batch,).
    """
    ### BEGIN SOLUTION
    overlaps = ops.einsum("bhwi,bhwj->bij", masks, masks)
    others = overlaps * (1 - ops.eye(masks.shape[-1]))
    return ops.mean(ops.square(others), axis=(1, 2))
    ### END SOLUTION

# %% check="mask_diversity" points=2
check(mask_diversity)
