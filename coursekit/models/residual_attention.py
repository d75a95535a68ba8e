"""The Residual Attention Networks of Wang et al. (2017, arXiv:1704.06904) for ImageNet."""

import keras
from keras import layers

from coursekit.models.attention.residual_attention import pre_activation_unit, residual_attention
from coursekit.models.convolution import bn_relu, conv_bn

# Attention modules in the stages with 56x56, 28x28 and 14x14 positions: Table 2, and the released networks.
MODULES = {56: (1, 1, 1), 92: (1, 2, 3)}
STAGE_FILTERS = (256, 512, 1024)
LAST_FILTERS, LAST_UNITS = 2048, 3


def residual_attention_network(
    depth: int,
    input_shape: tuple[int, int, int] = (224, 224, 3),
    classes: int = 1000,
    activation: str = "sigmoid",
) -> keras.Model:
    """Attention-56 or -92 (Table 2), wired like the authors' released Caffe networks.

    For 3 channels and 1000 classes, 31,810,728 / 52,466,344 weights are trained. Shapes for 224x224 images: stem
    (56, 56, 64), stages (56, 56, 256), (28, 28, 512), (14, 14, 1024), three last units (7, 7, 2048).

    Args:
        depth: 56 or 92: layers of the trunk.
        input_shape: (height, width, channels) of one image; height and width known.
        classes: width of the softmax output.
        activation: of the soft masks; see `soft_mask`.

    Returns:
        A model from (batch, height, width, channels) to class probabilities (batch, classes).

    Raises:
        ValueError: another depth.
    """
    if depth not in MODULES:
        raise ValueError(f"depth: expected one of {tuple(MODULES)}, received {depth!r}")
    image = keras.Input(input_shape, name="image")
    x = conv_bn(image, 64, 7, 2, "stem")
    x = layers.ReLU(name="stem_relu")(x)
    x = layers.MaxPooling2D(3, strides=2, padding="same", name="stem_pool")(x)
    for stage, (filters, count) in enumerate(zip(STAGE_FILTERS, MODULES[depth], strict=True), start=1):
        x = pre_activation_unit(x, filters, 2 if stage > 1 else 1, f"stage{stage}_unit")
        for module in range(1, count + 1):
            # The mask goes down to 7x7 positions: the later the stage, the fewer halvings are left.
            pools = len(STAGE_FILTERS) + 1 - stage
            x = residual_attention(x, f"stage{stage}_attention{module}", pools, activation)
    for unit in range(1, LAST_UNITS + 1):
        x = pre_activation_unit(x, LAST_FILTERS, 2 if unit == 1 else 1, f"last_unit{unit}")
    x = bn_relu(x, "last")
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dense(classes, activation="softmax", name="classes")(x)
    return keras.Model(image, x, name=f"attention{depth}")
