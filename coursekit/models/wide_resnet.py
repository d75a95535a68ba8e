"""Wide ResNets, Zagoruyko and Komodakis (2016, arXiv:1605.07146), and the same with Attend and Rectify."""

import keras
from keras import KerasTensor, layers

from coursekit.models.attention.attend_and_rectify import attention_module, global_gates, rectify
from coursekit.models.convolution import bn_relu, conv
from coursekit.models.resnet import Attention

GROUP_FILTERS = (16, 32, 64)  # Table 1, to be multiplied by the width


def wide_resnet(
    depth: int,
    width: int,
    input_shape: tuple[int, int, int] = (32, 32, 3),
    classes: int = 10,
    stage_attention: Attention | None = None,
) -> keras.Model:
    """WRN-depth-width for CIFAR (Table 1): three groups of pre-activation blocks.

    WRN-28-10 trains 36,479,194 weights for CIFAR-10. Shapes for 32x32 images and width w: (32, 32, 16 w),
    (16, 16, 32 w), (8, 8, 64 w).

    Args:
        depth: 6n + 4.
        width: factor of the channels.
        input_shape: (height, width, channels) of one image.
        classes: width of the softmax output.
        stage_attention: after the first and the second group: ``bam``.

    Returns:
        A model from (batch, height, width, channels) to class probabilities (batch, classes).

    Raises:
        ValueError: another depth.
    """
    image = keras.Input(input_shape, name="image")
    x = conv(image, GROUP_FILTERS[0], 3, 1, "conv1")
    features = group_features(x, depth, width, stage_attention)[-1]
    x = layers.GlobalAveragePooling2D(name="pool")(features)
    x = layers.Dense(classes, activation="softmax", name="classes")(x)
    return keras.Model(image, x, name=f"wrn{depth}_{width}")


def attend_and_rectify(
    depth: int,
    width: int,
    input_shape: tuple[int, int, int] = (32, 32, 3),
    classes: int = 10,
    attention_depth: int = 3,
    heads: int = 4,
    kernel_size: int = 3,
    diversity_weight: float = 0.001,
) -> keras.Model:
    """WARN-depth-width: a Wide ResNet with an attention module at the end of its last groups (arXiv:1807.07320).

    As in the authors' released code, with their CIFAR settings. It normalises and rectifies after the first
    convolution, which `wide_resnet` does not. WARN-28-10 trains 36,965,634 weights for CIFAR-10, WARN-40-10 56,328,194.

    Args:
        depth: of `wide_resnet`.
        width: of `wide_resnet`.
        input_shape: of `wide_resnet`.
        classes: of `wide_resnet`.
        attention_depth: number of attention modules, 1 to 3, counted from the last group.
        heads: masks of each module, the paper's attention width.
        kernel_size: of `attention_module`.
        diversity_weight: factor of the loss that keeps the masks apart, a mean over the modules.

    Returns:
        A model from (batch, height, width, channels) to logarithms of class probabilities (batch, classes), to be
        trained with their negative as loss. They are not normalised again: see `rectify`.

    Raises:
        ValueError: another depth or attention depth.
    """
    if not 1 <= attention_depth <= len(GROUP_FILTERS):
        raise ValueError(f"attention_depth: expected 1 to {len(GROUP_FILTERS)}, received {attention_depth!r}")
    image = keras.Input(input_shape, name="image")
    x = bn_relu(conv(image, GROUP_FILTERS[0], 3, 1, "conv1"), "conv1")  # Wide ResNets have no normalisation here
    features = group_features(x, depth, width)
    weight = diversity_weight / attention_depth
    last_group = len(features)
    hypotheses = [
        attention_module(features[group - 1], heads, classes, f"attention{group}", kernel_size, weight)
        for group in range(last_group, last_group - attention_depth, -1)
    ]
    last = layers.GlobalAveragePooling2D(name="pool")(features[-1])
    hypotheses.append(layers.Dense(classes, kernel_initializer="he_normal", name="classes")(last))
    gates = global_gates(last, len(hypotheses), "global_gates")
    return keras.Model(image, rectify(hypotheses, gates), name=f"warn{depth}_{width}")


def group_features(
    x: KerasTensor, depth: int, width: int, stage_attention: Attention | None = None
) -> list[KerasTensor]:
    """What each of the three groups gives, after the batch normalisation and ReLU that come next.

    Args:
        x: what the first convolution gives, (batch, height, width, 16).
        depth: of `wide_resnet`.
        width: of `wide_resnet`.
        stage_attention: of `wide_resnet`.

    Returns:
        Three maps; the second and the third are half as high and wide as the one before.

    Raises:
        ValueError: another depth.
    """
    blocks, rest = divmod(depth - 4, 6)
    if rest or blocks < 1:
        raise ValueError(f"depth: expected 6n + 4, that is 10, 16, 22, 28, ..., received {depth!r}")
    features = []
    for group, filters in enumerate(GROUP_FILTERS, start=1):
        for block in range(1, blocks + 1):
            name = f"group{group}_{block}"
            activated = bn_relu(x, f"{name}_1")
            if block == 1 and group > 1:
                features.append(activated)
            x = wide_block(x, activated, filters * width, 2 if block == 1 and group > 1 else 1, name)
        if stage_attention and group < len(GROUP_FILTERS):
            x = stage_attention(x, f"group{group}_attention")
    features.append(bn_relu(x, "last"))
    return features


def wide_block(x: KerasTensor, activated: KerasTensor, filters: int, stride: int, name: str) -> KerasTensor:
    """Two 3x3 convolutions, normalised and rectified before each, and the shortcut (Figure 1c without dropout).

    Where the shape changes, the shortcut is a projection of x as it is, as in the code of Attend and Rectify. The Wide
    ResNets' own code projects the activated map; the parameters are the same.

    Args:
        x: (batch, height, width, channels).
        activated: x after batch normalisation and ReLU.
        filters: output channels.
        stride: of the first convolution and of the shortcut.
        name: prefix of the layers' names.

    Returns:
        (batch, ceil(height / stride), ceil(width / stride), filters).
    """
    branch = conv(activated, filters, 3, stride, f"{name}_1")
    branch = conv(bn_relu(branch, f"{name}_2"), filters, 3, 1, f"{name}_2")
    if x.shape[-1] != filters:
        x = conv(x, filters, 1, stride, f"{name}_shortcut")
    return layers.Add(name=f"{name}_add")([x, branch])
