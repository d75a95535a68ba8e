"""Squeeze-and-excitation: Hu et al., "Squeeze-and-Excitation Networks" (2017, arXiv:1709.01507), and two offspring."""

from keras import KerasTensor, layers


def squeeze_excitation(x: KerasTensor, name: str, ratio: int = 16, use_bias: bool = True) -> KerasTensor:
    """Scales each channel by a gate that depends on the means of all channels (section 3, equations 2 to 4).

    Args:
        x: (batch, height, width, channels). In a ResNet: the residual branch after its last batch normalisation.
        name: prefix of the layers' names.
        ratio: reduction ratio; the bottleneck has ``channels // ratio`` units, at least 1.
        use_bias: True as in the released Caffe networks. Section 6 of the paper's journal version leaves the biases
            out, and so do many PyTorch versions.

    Returns:
        Same shape as x.
    """
    units = max(1, x.shape[-1] // ratio)
    return _gate_channels(x, units, "relu", "sigmoid", use_bias, name)


def efficientnet_se(x: KerasTensor, name: str, filters_in: int, ratio: float = 0.25) -> KerasTensor:
    """Squeeze-and-excitation inside EfficientNet's MBConv: swish, and a bottleneck sized by the block's input.

    Tan and Le, "EfficientNet" (2019, arXiv:1905.11946); numbers as in ``keras.applications``.

    Args:
        x: (batch, height, width, channels), after the depthwise convolution.
        name: prefix of the layers' names.
        filters_in: channels at the input of the whole MBConv, before its expansion.
        ratio: the bottleneck has ``int(filters_in * ratio)`` units, at least 1.

    Returns:
        Same shape as x.
    """
    return _gate_channels(x, max(1, int(filters_in * ratio)), "swish", "sigmoid", True, name)


def mobilenet_se(x: KerasTensor, name: str) -> KerasTensor:
    """Squeeze-and-excitation inside MobileNetV3's blocks: a hard sigmoid, and a bottleneck rounded to 8.

    Howard et al., "Searching for MobileNetV3" (2019, arXiv:1905.02244), section 5.3; numbers as in
    ``keras.applications``.

    Args:
        x: (batch, height, width, channels), after the depthwise convolution.
        name: prefix of the layers' names.

    Returns:
        Same shape as x.
    """
    return _gate_channels(x, round_to_8(x.shape[-1] / 4), "relu", "hard_sigmoid", True, name)


def round_to_8(width: float) -> int:
    """The multiple of 8 nearest to `width`, at least 8, and never below 90 % of it."""
    rounded = max(8, int(width + 4) // 8 * 8)
    return rounded if rounded >= 0.9 * width else rounded + 8


def _gate_channels(x: KerasTensor, units: int, hidden: str, gate: str, use_bias: bool, name: str) -> KerasTensor:
    """Squeeze to (batch, 1, 1, channels), excite through `units`, scale x."""
    gates = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_squeeze")(x)
    gates = layers.Dense(units, activation=hidden, use_bias=use_bias, name=f"{name}_reduce")(gates)
    gates = layers.Dense(x.shape[-1], activation=gate, use_bias=use_bias, name=f"{name}_gates")(gates)
    return layers.Multiply(name=f"{name}_scale")([x, gates])
