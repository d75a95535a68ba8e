"""Coordinate attention: Hou et al., "Coordinate Attention" (2021, arXiv:2103.02907)."""

from keras import KerasTensor, layers, ops

LEAST_UNITS = 8  # of the layer that both strips share


def coordinate_attention(x: KerasTensor, name: str, ratio: int = 32) -> KerasTensor:
    """Scales each channel by a gate for each row and a gate for each column (equations 4 to 9).

    The text leaves the activation open. The released code has hard swish, and a bias in each of the three convolutions.

    Args:
        x: (batch, height, width, channels). In MobileNetV2: after the depthwise convolution, before the projection.
        name: prefix of the layers' names.
        ratio: channels for each unit of the shared layer, which has at least eight.

    Returns:
        Same shape as x.
    """
    height, _, channels = x.shape[1:]
    rows = ops.mean(x, axis=2, keepdims=True)
    columns = ops.swapaxes(ops.mean(x, axis=1, keepdims=True), 1, 2)
    strips = layers.Concatenate(axis=1, name=f"{name}_strips")([rows, columns])
    hidden = layers.Conv2D(max(LEAST_UNITS, channels // ratio), 1, name=f"{name}_reduce")(strips)
    hidden = layers.BatchNormalization(name=f"{name}_bn")(hidden)
    hidden = layers.Activation("hard_swish", name=f"{name}_hard_swish")(hidden)
    row_gates = layers.Conv2D(channels, 1, activation="sigmoid", name=f"{name}_row_gates")(hidden[:, :height])
    columns = ops.swapaxes(hidden[:, height:], 1, 2)
    column_gates = layers.Conv2D(channels, 1, activation="sigmoid", name=f"{name}_column_gates")(columns)
    return layers.Multiply(name=f"{name}_scale")([x, row_gates, column_gates])
