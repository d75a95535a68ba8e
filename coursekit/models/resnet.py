"""The ResNets of He et al., "Deep Residual Learning for Image Recognition" (2015, arXiv:1512.03385), with attention."""

from collections.abc import Callable
from functools import partial

import keras
from keras import KerasTensor, layers

from coursekit.models.convolution import conv_bn

Attention = Callable[[KerasTensor, str], KerasTensor]  # (feature map, name) to a feature map of the same shape

STAGE_FILTERS = (64, 128, 256, 512)  # Table 1: conv2_x to conv5_x, before a bottleneck's expansion
CIFAR_FILTERS = (16, 32, 64)  # section 4.2
EXPANSION = 4  # Table 1: a bottleneck's last convolution is four times as wide as its first


def basic_branch(x: KerasTensor, filters: int, stride: int, name: str) -> KerasTensor:
    """Residual branch of ResNet-18 and -34: two 3x3 convolutions (Figure 5, left).

    Args:
        x: (batch, height, width, channels).
        filters: output channels.
        stride: of the first convolution.
        name: prefix of the layers' names.

    Returns:
        (batch, ceil(height / stride), ceil(width / stride), filters), before the addition.
    """
    x = conv_bn(x, filters, 3, stride, f"{name}_1")
    x = layers.ReLU(name=f"{name}_1_relu")(x)
    return conv_bn(x, filters, 3, 1, f"{name}_2")


def bottleneck_branch(
    x: KerasTensor, filters: int, stride: int, name: str, stride_on_first: bool = False
) -> KerasTensor:
    """Residual branch of ResNet-50 and -101: 1x1, 3x3, 1x1 convolutions (Figure 5, right).

    Args:
        x: (batch, height, width, channels).
        filters: channels of the first two convolutions; the last has four times as many.
        stride: of the 3x3 convolution, or of the first 1x1.
        name: prefix of the layers' names.
        stride_on_first: True as in the paper, which has the stride on the first 1x1. By default it is on the 3x3, as
            in the reimplementations whose results are compared today ("ResNet v1.5"): the same parameters, 6 % more
            multiply-adds.

    Returns:
        (batch, ceil(height / stride), ceil(width / stride), 4 * filters), before the addition.
    """
    first, second = (stride, 1) if stride_on_first else (1, stride)
    x = conv_bn(x, filters, 1, first, f"{name}_1")
    x = layers.ReLU(name=f"{name}_1_relu")(x)
    x = conv_bn(x, filters, 3, second, f"{name}_2")
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
    x: KerasTensor,
    branch: Callable[..., KerasTensor],
    filters: int,
    stride: int,
    name: str,
    attention: Attention | None = None,
) -> KerasTensor:
    """Gives relu(F(x) + shortcut(x)), equations 1 and 2; the shortcut is a projection only where the shape changes.

    Args:
        x: (batch, height, width, channels).
        branch: ``basic_branch`` or ``bottleneck_branch``, the F of the equations.
        filters: of the branch.
        stride: of the branch and of the shortcut.
        name: prefix of the layers' names.
        attention: applied to what the branch gives, before the addition: where SE, ECA and CBAM stand.

    Returns:
        (batch, ceil(height / stride), ceil(width / stride), filters), four times as many channels for a bottleneck.
    """
    residual = branch(x, filters, stride, name)
    if attention:
        residual = attention(residual, f"{name}_attention")
    shortcut = x
    if stride > 1 or x.shape[-1] != residual.shape[-1]:
        shortcut = conv_bn(x, residual.shape[-1], 1, stride, f"{name}_shortcut")  # option B of section 3.3
    x = layers.Add(name=f"{name}_add")([residual, shortcut])
    return layers.ReLU(name=f"{name}_out")(x)


def residual_stages(
    x: KerasTensor,
    branch: Callable[..., KerasTensor],
    filters: tuple[int, ...],
    blocks: tuple[int, ...],
    block_attention: Attention | None,
    stage_attention: Attention | None,
) -> KerasTensor:
    """Stages conv2_x, conv3_x, ... of residual blocks. Each but the first halves the map.

    Args:
        x: (batch, height, width, channels).
        branch: ``basic_branch`` or ``bottleneck_branch``.
        filters: of each stage.
        blocks: number of blocks in each stage.
        block_attention: as in `resnet`.
        stage_attention: as in `resnet`.

    Returns:
        The last stage's feature map.
    """
    last = len(blocks) + 1
    for stage, (width, count) in enumerate(zip(filters, blocks, strict=True), start=2):
        for block in range(1, count + 1):
            stride = 2 if block == 1 and stage > 2 else 1
            x = residual_block(x, branch, width, stride, f"conv{stage}_{block}", block_attention)
        if stage_attention and stage < last:
            x = stage_attention(x, f"conv{stage}_attention")
    return x


def resnet(
    depth: int,
    input_shape: tuple[int, int, int] = (224, 224, 3),
    classes: int = 1000,
    block_attention: Attention | None = None,
    stage_attention: Attention | None = None,
    small_images: bool = False,
    stride_on_first: bool = False,
) -> keras.Model:
    """ResNet-18, -34, -50 or -101 (Table 1), plain or with attention where its paper places it.

    For 3 channels and 1000 classes, 11,689,512 / 21,797,672 / 25,557,032 / 44,549,160 weights are trained.
    Shapes for 224x224 images: conv1 (112, 112, 64), max pool and conv2_x 56x56, conv3_x 28x28, conv4_x 14x14,
    conv5_x 7x7 with 512 channels (2048 for 50 and 101), global average pool, dense layer.

    Args:
        depth: 18, 34, 50 or 101.
        input_shape: (height, width, channels) of one image; height and width may be None.
        classes: width of the softmax output.
        block_attention: in every block, before the addition: ``squeeze_excitation``, ``eca`` or ``cbam``.
        stage_attention: after every stage but the last, so before each halving: ``bam``.
        small_images: True for 32x32 pixels: a 3x3 convolution without stride, and no max pool, at the beginning. The
            attention papers' CIFAR networks are built like that.
        stride_on_first: of `bottleneck_branch`; ResNet-18 and -34 have no bottlenecks.

    Returns:
        A model from (batch, height, width, channels) to class probabilities (batch, classes).

    Raises:
        ValueError: not a depth of Table 1 that is built here.
    """
    if depth not in ARCHITECTURES:
        raise ValueError(f"depth: expected one of {tuple(ARCHITECTURES)}, received {depth!r}")
    branch, blocks = ARCHITECTURES[depth]
    if branch is bottleneck_branch:
        branch = partial(bottleneck_branch, stride_on_first=stride_on_first)

    image = keras.Input(input_shape, name="image")
    x = conv_bn(image, STAGE_FILTERS[0], 3 if small_images else 7, 1 if small_images else 2, "conv1")
    x = layers.ReLU(name="conv1_out")(x)
    if not small_images:
        x = layers.ZeroPadding2D(1, name="pool1_pad")(x)  # after a ReLU, no zero can win a maximum that was not zero
        x = layers.MaxPooling2D(3, strides=2, name="pool1")(x)
    x = residual_stages(x, branch, STAGE_FILTERS, blocks, block_attention, stage_attention)
    return _classifier(image, x, classes, f"resnet{depth}")


def resnet_cifar(
    depth: int,
    input_shape: tuple[int, int, int] = (32, 32, 3),
    classes: int = 10,
    block_attention: Attention | None = None,
    stage_attention: Attention | None = None,
    filters: tuple[int, int, int] = CIFAR_FILTERS,
    stem_stride: int = 1,
) -> keras.Model:
    """ResNet-20, -32, ... for small images (section 4.2): 6n + 2 layers in three stages of 16, 32 and 64 channels.

    ResNet-20 trains 272,474 weights for CIFAR-10, 272,186 for Fashion-MNIST. Where the shape changes, the shortcut is a
    projection; the paper pads with zeros there, which saves 2,752 weights.

    Args:
        depth: 6n + 2.
        input_shape: (height, width, channels) of one image; height and width may be None.
        classes: width of the softmax output.
        block_attention: as in `resnet`.
        stage_attention: as in `resnet`.
        filters: of the three stages.
        stem_stride: of the first convolution; 2 saves three quarters of the multiply-adds.

    Returns:
        A model from (batch, height, width, channels) to class probabilities (batch, classes).

    Raises:
        ValueError: another depth.
    """
    blocks, rest = divmod(depth - 2, 6)
    if rest or blocks < 1:
        raise ValueError(f"depth: expected 6n + 2, that is 8, 14, 20, ..., received {depth!r}")
    image = keras.Input(input_shape, name="image")
    x = conv_bn(image, filters[0], 3, stem_stride, "conv1")
    x = layers.ReLU(name="conv1_out")(x)
    x = residual_stages(x, basic_branch, filters, (blocks,) * 3, block_attention, stage_attention)
    return _classifier(image, x, classes, f"resnet{depth}")


def _classifier(image: KerasTensor, x: KerasTensor, classes: int, name: str) -> keras.Model:
    """Global average pooling and a dense softmax layer end every ResNet."""
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dense(classes, activation="softmax", name="classes")(x)
    return keras.Model(image, x, name=name)
