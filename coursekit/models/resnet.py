"""The ImageNet ResNets of He et al., "Deep Residual Learning for Image Recognition" (2015, arXiv:1512.03385)."""

from collections.abc import Callable

import keras
from keras import KerasTensor, layers

STAGE_FILTERS = (64, 128, 256, 512)  # Table 1: conv2_x to conv5_x, before a bottleneck's expansion
EXPANSION = 4  # Table 1: a bottleneck's last convolution is four times as wide as its first
BATCH_NORM = {"momentum": 0.9, "epsilon": 1e-5}  # Keras' momentum 0.9 is called 0.1 in PyTorch


def conv_bn(x: KerasTensor, filters: int, kernel_size: int, stride: int, name: str) -> KerasTensor:
    """Convolution without bias, then batch normalisation (section 3.4: after each convolution, before activation).

    Pads ``kernel_size // 2`` on all four sides: Keras' "same" is lopsided at stride 2, and would shift the features
    by one pixel from where the published networks have them.

    Args:
        x: (batch, height, width, channels).

    Returns:
        (batch, ceil(height / stride), ceil(width / stride), filters).
    """
    if kernel_size > 1:
        x = layers.ZeroPadding2D(kernel_size // 2, name=f"{name}_pad")(x)
    # Batch normalisation subtracts the mean, so a bias before it would have no effect.
    x = layers.Conv2D(
        filters, kernel_size, strides=stride, use_bias=False, kernel_initializer="he_normal", name=f"{name}_conv"
    )(x)
    return layers.BatchNormalization(**BATCH_NORM, name=f"{name}_bn")(x)


def basic_branch(x: KerasTensor, filters: int, stride: int, name: str) -> KerasTensor:
    """Residual branch of ResNet-18 and -34: two 3x3 convolutions (Figure 5, left).

    Args:
        x: (batch, height, width, channels).

    Returns:
        (batch, ceil(height / stride), ceil(width / stride), filters), before the addition.
    """
    x = conv_bn(x, filters, 3, stride, f"{name}_1")
    x = layers.ReLU(name=f"{name}_1_relu")(x)
    return conv_bn(x, filters, 3, 1, f"{name}_2")


def bottleneck_branch(x: KerasTensor, filters: int, stride: int, name: str) -> KerasTensor:
    """Residual branch of ResNet-50 and -101: 1x1, 3x3, 1x1 convolutions (Figure 5, right).

    The paper puts the stride on the first 1x1; here it is on the 3x3, as in the reimplementations whose results
    are compared today ("ResNet v1.5"). It changes no parameter count.

    Args:
        x: (batch, height, width, channels).

    Returns:
        (batch, ceil(height / stride), ceil(width / stride), 4 * filters), before the addition.
    """
    x = conv_bn(x, filters, 1, 1, f"{name}_1")
    x = layers.ReLU(name=f"{name}_1_relu")(x)
    x = conv_bn(x, filters, 3, stride, f"{name}_2")
    x = layers.ReLU(name=f"{name}_2_relu")(x)
    return conv_bn(x, EXPANSION * filters, 1, 1, f"{name}_3")


# Table 1: the branch, and the number of blocks in conv2_x to conv5_x.
ARCHITECTURES: dict[int, tuple[Callable[..., KerasTensor], tuple[int, int, int, int]]] = {
    18: (basic_branch, (2, 2, 2, 2)),
    34: (basic_branch, (3, 4, 6, 3)),
    50: (bottleneck_branch, (3, 4, 6, 3)),
    101: (bottleneck_branch, (3, 4, 23, 3)),
}


def residual_block(
    x: KerasTensor, branch: Callable[..., KerasTensor], filters: int, stride: int, name: str
) -> KerasTensor:
    """y = relu(F(x) + shortcut(x)), equations 1 and 2; the shortcut is a projection only where the shape changes.

    Args:
        x: (batch, height, width, channels).
        branch: ``basic_branch`` or ``bottleneck_branch``, the F of the equations.

    Returns:
        (batch, ceil(height / stride), ceil(width / stride), filters), four times as many channels for a bottleneck.
    """
    residual = branch(x, filters, stride, name)
    shortcut = x
    if stride > 1 or x.shape[-1] != residual.shape[-1]:
        shortcut = conv_bn(x, residual.shape[-1], 1, stride, f"{name}_shortcut")  # option B of section 3.3
    x = layers.Add(name=f"{name}_add")([residual, shortcut])
    return layers.ReLU(name=f"{name}_out")(x)


def resnet(depth: int, input_shape: tuple[int, int, int] = (224, 224, 3), classes: int = 1000) -> keras.Model:
    """ResNet-18, -34, -50 or -101 (Table 1).

    For 3 channels and 1000 classes, 11,689,512 / 21,797,672 / 25,557,032 / 44,549,160 weights are trained.
    Shapes for 224x224 images: conv1 (112, 112, 64), max pool and conv2_x 56x56, conv3_x 28x28, conv4_x 14x14,
    conv5_x 7x7 with 512 channels (2048 for 50 and 101), global average pool, dense layer.

    Args:
        depth: 18, 34, 50 or 101.
        input_shape: (height, width, channels) of one image; height and width may be None.
        classes: width of the softmax output.

    Returns:
        A model from (batch, height, width, channels) to class probabilities (batch, classes).

    Raises:
        ValueError: if the paper's Table 1 has no such depth here.
    """
    if depth not in ARCHITECTURES:
        raise ValueError(f"depth: expected one of {tuple(ARCHITECTURES)}, received {depth!r}")
    branch, blocks = ARCHITECTURES[depth]

    image = keras.Input(input_shape, name="image")
    x = conv_bn(image, STAGE_FILTERS[0], 7, 2, "conv1")
    x = layers.ReLU(name="conv1_out")(x)
    x = layers.ZeroPadding2D(1, name="pool1_pad")(x)  # after a ReLU, no zero can win a maximum that was not zero
    x = layers.MaxPooling2D(3, strides=2, name="pool1")(x)

    for stage, (filters, count) in enumerate(zip(STAGE_FILTERS, blocks, strict=True), start=2):
        for block in range(1, count + 1):
            # The pool has already halved the image, so conv2_x keeps its size.
            stride = 2 if block == 1 and stage > 2 else 1
            x = residual_block(x, branch, filters, stride, f"conv{stage}_{block}")

    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dense(classes, activation="softmax", name="classes")(x)
    return keras.Model(image, x, name=f"resnet{depth}")
