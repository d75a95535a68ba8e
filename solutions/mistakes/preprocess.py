"""Usual wrong answers to `preprocess(images)`."""

import numpy as np


def double_precision(images):
    """Divides the bytes by 255. and keeps the float64 that comes out, as the tutorial does."""
    return (images / 255.0)[..., np.newaxis]


def not_scaled(images):
    """Casts, but does not divide.

    Source: https://github.com/keras-team/keras/issues/3642
    """
    return images.astype("float32")[..., np.newaxis]


def no_channel_axis(images):
    """Leaves the channel axis out."""
    return images.astype("float32") / 255


def size_hard_coded(images):
    """Reshapes to 28 × 28 whatever the size of the images."""
    return images.reshape(-1, 28, 28, 1).astype("float32") / 255


def whole_division(images):
    """Divides with //, which leaves only 0 and 1."""
    return (images // 255).astype("float32")[..., np.newaxis]


def cast_back_to_bytes(images):
    """Divides, then casts to uint8 again."""
    return (images / 255).astype("uint8")[..., np.newaxis]


def divided_by_256(images):
    """Divides by 256: white becomes 0.996.

    Source: https://github.com/tensorflow/tpu/issues/435
    """
    return (images.astype("float32") / 256)[..., np.newaxis]


def own_maximum(images):
    """Divides by the largest byte there is, which is 255 only if a pixel is white."""
    return (images.astype("float32") / images.max())[..., np.newaxis]


def maximum_of_each_image(images):
    """Divides each image by its own largest byte."""
    return (images.astype("float32") / images.max(axis=(1, 2), keepdims=True))[..., np.newaxis]


def from_minimum_to_maximum(images):
    """Moves the least byte to 0 and the largest to 1."""
    scaled = images.astype("float32")
    return ((scaled - scaled.min()) / (scaled.max() - scaled.min()))[..., np.newaxis]


def from_minus_one(images):
    """Scales to -1 to 1."""
    return (images.astype("float32") / 127.5 - 1)[..., np.newaxis]


def standardised(images):
    """Subtracts the mean and divides by the standard deviation."""
    scaled = images.astype("float32")
    return ((scaled - scaled.mean()) / scaled.std())[..., np.newaxis]


def scaled_twice(images):
    """Divides by 255 two times, as when a cell is run twice.

    Source: https://github.com/calmiLovesAI/YOLOv3_TensorFlow2/issues/21
    """
    return (images.astype("float32") / 255 / 255)[..., np.newaxis]


def inverted(images):
    """Makes white 0 and black 1."""
    return (1 - images.astype("float32") / 255)[..., np.newaxis]


def half_precision(images):
    """Casts to float16."""
    return (images / 255).astype("float16")[..., np.newaxis]


def divided_in_place(images):
    """Writes the quotient into the array of bytes."""
    images /= 255
    return images[..., np.newaxis]
