"""Right answers to `preprocess`, as different as students write them."""

import keras
import numpy as np
import tensorflow as tf


def axis_before_division(images):
    """The new axis first, then cast and divide."""
    return np.expand_dims(images, axis=-1).astype(np.float32) / 255.0


def divisor_sets_the_type(images):
    """Bytes divided by a float32 are float32."""
    return images[:, :, :, None] / np.float32(255)


def multiplied_by_the_reciprocal(images):
    """A factor instead of a divisor, the type named in the call."""
    return np.multiply(images, 1 / 255, dtype="float32").reshape((*images.shape, 1))


def cast_at_the_end(images):
    """Double precision in between."""
    scaled = np.true_divide(images, 255)
    return np.array(scaled[..., np.newaxis], dtype=np.float32)


def divided_in_place(images):
    """In place, on the cast copy."""
    images = np.float32(images)
    images /= 255
    images.shape += (1,)
    return images


def image_by_image(images):
    """A loop over the batch that fills an array of zeros."""
    batch, height, width = images.shape
    result = np.zeros((batch, height, width, 1), dtype="float32")
    for number, image in enumerate(images):
        result[number, :, :, 0] = image / 255
    return result


def table_of_values(images):
    """The 256 possible results, looked up."""
    return np.linspace(0, 1, 256, dtype="float32")[images][..., None]


def stacked_along_a_new_axis(images):
    """One channel, stacked along a last axis."""
    return np.stack([images.astype("float32") / 255], axis=-1)


def rescaling_layer(images):
    """Keras' layer for this."""
    scaled = keras.layers.Rescaling(1 / 255)(images)
    return keras.ops.convert_to_numpy(keras.ops.expand_dims(scaled, -1))


def tensorflow_conversion(images):
    """TensorFlow's conversion of images, which scales integers by itself."""
    return tf.image.convert_image_dtype(images[..., tf.newaxis], tf.float32).numpy()


def style_of_the_korean_tutorial(images):
    """In the style of the Korean tutorial: divide by 255., then reshape with sizes taken before; the cast is new."""
    size_of_images = len(images)
    height, width = images[0].shape

    # Normalization
    images = images.astype("float32") / 255.0

    # Reshape (adding channel)
    return images.reshape((size_of_images, height, width, 1))


def new_axis_as_in_the_quickstart(images):
    """The new axis by indexing, then the type; the division first.

    Source: https://github.com/tensorflow/docs (site/en/tutorials/quickstart/advanced.ipynb)
    """
    images = (images / 255.0)[..., None]
    return np.asarray(images, dtype="float32")


def reshaped_to_the_shape_of_the_batch(images):
    """Cast, divided, and reshaped to (number of images, height, width, 1).

    Source: https://github.com/keras-team/keras-io (examples/vision/autoencoder.py)
    """
    scaled = images.astype("float32") / 255.0
    return np.reshape(scaled, (len(scaled), *scaled.shape[1:3], 1))


def contiguous_after_the_axis_as_torchvision(images):
    """A channel axis for two-dimensional pictures, one picture at a time, then `div(255)`.

    Source: https://github.com/pytorch/vision (torchvision/transforms/functional.py)
    """
    pictures = [np.ascontiguousarray(picture[:, :, None]) for picture in images]
    return np.divide(np.stack(pictures), 255, dtype=np.float32)
