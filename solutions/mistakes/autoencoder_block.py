"""Usual wrong answers to `autoencoder_block(x, filters, name)`."""

import tensorflow as tf


def no_bias(x, filters, name):
    """Leaves the convolution's bias out.

    Source: https://github.com/milesial/Pytorch-UNet/pull/325
    """
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def no_batch_norm(x, filters, name):
    """Leaves the batch normalisation out."""
    return layers.ReLU()(layers.Conv2D(filters, 3, padding="same")(x))


def no_relu(x, filters, name):
    """Leaves the ReLU out."""
    return layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same")(x))


def relu_before_batch_norm(x, filters, name):
    """Exchanges the last two layers.

    Source: https://github.com/pochih/FCN-pytorch/issues/21
    """
    x = layers.ReLU()(layers.Conv2D(filters, 3, padding="same")(x))
    return layers.BatchNormalization()(x)


def relu_in_conv_too(x, filters, name):
    """Gives the convolution a ReLU as well."""
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def batch_norm_first(x, filters, name):
    """Normalises before the convolution.

    Source: https://github.com/juliandewit/kaggle_ndsb2017/issues/12
    """
    x = layers.Conv2D(filters, 3, padding="same")(layers.BatchNormalization()(x))
    return layers.ReLU()(x)


def valid_padding(x, filters, name):
    """Forgets the padding: Keras' default is "valid".

    Source: https://github.com/keras-team/keras/issues/12674
    """
    x = layers.BatchNormalization()(layers.Conv2D(filters, 3)(x))
    return layers.ReLU()(x)


def stride_2(x, filters, name):
    """Halves the map in the convolution."""
    x = layers.Conv2D(filters, 3, strides=2, padding="same")(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def kernel_1(x, filters, name):
    """Convolves 1×1."""
    x = layers.Conv2D(filters, 1, padding="same")(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def kernel_5(x, filters, name):
    """Convolves 5×5."""
    x = layers.Conv2D(filters, 5, padding="same")(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def filters_hard_coded(x, filters, name):
    """Makes 16 channels whatever is asked for."""
    x = layers.Conv2D(16, 3, padding="same")(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def leaky_relu(x, filters, name):
    """Lets a part of the negative values through."""
    x = layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same")(x))
    return layers.LeakyReLU()(x)


def sigmoid_for_relu(x, filters, name):
    """Uses a sigmoid for the ReLU."""
    x = layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same")(x))
    return layers.Activation("sigmoid")(x)


def layer_normalised(x, filters, name):
    """Uses layer normalisation for batch normalisation."""
    x = layers.LayerNormalization()(layers.Conv2D(filters, 3, padding="same")(x))
    return layers.ReLU()(x)


def conv_left_out_of_chain(x, filters, name):
    """Hands x, not the convolution's result, to the next layer."""
    layers.Conv2D(filters, 3, padding="same")(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def two_convolutions(x, filters, name):
    """Convolves twice."""
    for _ in range(2):
        x = layers.Conv2D(filters, 3, padding="same")(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def depthwise(x, filters, name):
    """Uses a separable convolution."""
    x = layers.SeparableConv2D(filters, 3, padding="same")(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def layer_returned(x, filters, name):
    """Gives back the ReLU layer itself, not what it gives."""
    layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same")(x))
    return layers.ReLU()


def tensorflow_relu(x, filters, name):
    """Applies tf.nn.relu to a Keras tensor."""
    x = layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same")(x))
    return tf.nn.relu(x)
