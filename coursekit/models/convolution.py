"""Convolutions and batch normalisation as all networks here use them."""

from keras import KerasTensor, layers

BATCH_NORM = {"momentum": 0.9, "epsilon": 1e-5}  # PyTorch's defaults, whose momentum 0.1 is Keras' 0.9


def conv(x: KerasTensor, filters: int, kernel_size: int, stride: int, name: str) -> KerasTensor:
    """Convolution without bias, padded by ``kernel_size // 2`` on all four sides.

    Keras' "same" is lopsided at stride 2, and would shift the features by one pixel from where the published networks
    have them. There is no bias because batch normalisation follows, and subtracts the mean.

    Args:
        x: (batch, height, width, channels).
        filters: output channels.
        kernel_size: odd, so that the padding is the same on all sides.
        stride: in both directions.
        name: prefix of the layers' names.

    Returns:
        (batch, ceil(height / stride), ceil(width / stride), filters).
    """
    if kernel_size > 1:
        x = layers.ZeroPadding2D(kernel_size // 2, name=f"{name}_pad")(x)
    return layers.Conv2D(
        filters, kernel_size, strides=stride, use_bias=False, kernel_initializer="he_normal", name=f"{name}_conv"
    )(x)


def conv_bn(x: KerasTensor, filters: int, kernel_size: int, stride: int, name: str) -> KerasTensor:
    """Convolution, then batch normalisation: the order of ResNet. Shapes as in `conv`."""
    x = conv(x, filters, kernel_size, stride, name)
    return layers.BatchNormalization(**BATCH_NORM, name=f"{name}_bn")(x)


def bn_relu(x: KerasTensor, name: str) -> KerasTensor:
    """Batch normalisation and ReLU, which pre-activation networks put before a convolution. Keeps the shape."""
    x = layers.BatchNormalization(**BATCH_NORM, name=f"{name}_bn")(x)
    return layers.ReLU(name=f"{name}_relu")(x)
