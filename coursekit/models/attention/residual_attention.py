"""Attention modules of Wang et al., "Residual Attention Network for Image Classification" (2017, arXiv:1704.06904).

The wiring follows the authors' released Caffe network Attention-56, which has no biases and normalises before each
convolution.
"""

import keras
import numpy as np
from keras import KerasTensor, layers, ops

from coursekit.models.convolution import bn_relu, conv


def residual_attention(x: KerasTensor, name: str, pools: int, activation: str = "sigmoid") -> KerasTensor:
    """(1 + M(x)) * T(x): the trunk's features T, scaled up where the soft mask M says so (section 3.1, equation 3).

    A unit before the split, two in the trunk, one after the product (the paper's p = 1, t = 2, and r = 1 in the mask).

    Args:
        x: (batch, height, width, channels), channels a multiple of 4; height and width known.
        name: prefix of the layers' names.
        pools: of `soft_mask`.
        activation: of `soft_mask`.

    Returns:
        Same shape as x.
    """
    channels = x.shape[-1]
    x = pre_activation_unit(x, channels, 1, f"{name}_first")
    trunk = pre_activation_unit(x, channels, 1, f"{name}_trunk1")
    trunk = pre_activation_unit(trunk, channels, 1, f"{name}_trunk2")
    mask = soft_mask(x, f"{name}_mask", pools, activation)
    scaled = layers.Multiply(name=f"{name}_scale")([trunk, mask])
    x = layers.Add(name=f"{name}_fusion")([trunk, scaled])
    return pre_activation_unit(x, channels, 1, f"{name}_last")


def soft_mask(x: KerasTensor, name: str, pools: int, activation: str = "sigmoid") -> KerasTensor:
    """The mask branch: down by max pooling, up by interpolation, two 1x1 convolutions, a gate (section 3.2, Figure 2).

    Each level but the lowest has a skip connection with a unit of its own. Enlarging only takes the *size* of the map
    that it fits; ports that also add that map build another network.

    Args:
        x: (batch, height, width, channels), channels a multiple of 4; height and width known.
        name: prefix of the layers' names.
        pools: how often the map is halved: 3 at 56x56, 2 at 28x28, 1 at 14x14, so that 7x7 positions are left.
        activation: "sigmoid" is the paper's mixed attention. One version of the released Attention-56 has it, another
            has "tanh" in its place.

    Returns:
        Gates, same shape as x.

    Raises:
        ValueError: fewer than one pooling.
    """
    if pools < 1:
        raise ValueError(f"pools: expected at least 1, received {pools}")
    channels, size = x.shape[-1], x.shape[1:3]

    skips = []
    for level in range(1, pools + 1):
        x = layers.MaxPooling2D(3, strides=2, padding="same", name=f"{name}_pool{level}")(x)
        x = pre_activation_unit(x, channels, 1, f"{name}_down{level}")
        if level < pools:
            skips.append(x)
    x = pre_activation_unit(x, channels, 1, f"{name}_bottom")

    for level in range(pools - 1, 0, -1):
        skip = skips.pop()
        x = BilinearResize(skip.shape[1:3], name=f"{name}_enlarge{level + 1}")(x)
        skip = pre_activation_unit(skip, channels, 1, f"{name}_skip{level}")
        x = layers.Add(name=f"{name}_join{level}")([skip, x])
        x = pre_activation_unit(x, channels, 1, f"{name}_up{level}")
    x = BilinearResize(size, name=f"{name}_enlarge1")(x)

    x = conv(bn_relu(x, f"{name}_linear1"), channels, 1, 1, f"{name}_linear1")
    x = conv(bn_relu(x, f"{name}_linear2"), channels, 1, 1, f"{name}_linear2")
    return layers.Activation(activation, name=f"{name}_gates")(x)


def pre_activation_unit(x: KerasTensor, filters: int, stride: int, name: str) -> KerasTensor:
    """Bottleneck of He et al., "Identity Mappings in Deep Residual Networks" (2016, arXiv:1603.05027), Figure 4e.

    Where the shape changes, the shortcut is a 1x1 convolution of the normalised and rectified map.

    Args:
        x: (batch, height, width, channels).
        filters: output channels, a multiple of 4.
        stride: of the 3x3 convolution and of the shortcut.
        name: prefix of the layers' names.

    Returns:
        (batch, ceil(height / stride), ceil(width / stride), filters).

    Raises:
        ValueError: filters that 4 does not divide.
    """
    if filters % 4:
        raise ValueError(f"filters: expected a multiple of 4, received {filters}")
    activated = bn_relu(x, f"{name}_1")
    branch = conv(activated, filters // 4, 1, 1, f"{name}_1")
    branch = conv(bn_relu(branch, f"{name}_2"), filters // 4, 3, stride, f"{name}_2")
    branch = conv(bn_relu(branch, f"{name}_3"), filters, 1, 1, f"{name}_3")
    if stride > 1 or x.shape[-1] != filters:
        x = conv(activated, filters, 1, stride, f"{name}_shortcut")
    return layers.Add(name=f"{name}_add")([x, branch])


@keras.saving.register_keras_serializable("coursekit")
class BilinearResize(layers.Layer):
    r"""Bilinear interpolation to a given size that maps corners to corners, as Caffe's Interp layer does.

    Keras' own resizing maps the edges of the outer pixels to each other instead. (batch, height, width, channels)
    becomes (batch, \\*size, channels).
    """

    def __init__(self, size: tuple[int, int], **options: object) -> None:
        super().__init__(**options)
        self.size = tuple(size)

    def call(self, x: KerasTensor) -> KerasTensor:
        r"""The resized maps: (batch, height, width, channels) to (batch, \\*size, channels)."""
        rows, columns = (
            ops.convert_to_tensor(_interpolation(old, new), dtype=x.dtype)
            for old, new in zip(x.shape[1:3], self.size, strict=True)
        )
        return ops.einsum("ih,bhwc,jw->bijc", rows, x, columns)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The shape of the resized maps, which Keras asks for before it has any."""
        return (input_shape[0], *self.size, input_shape[-1])

    def get_config(self) -> dict[str, object]:
        """What Keras needs to build the layer again."""
        config: dict[str, object] = super().get_config()
        return config | {"size": self.size}


def _interpolation(old: int, new: int) -> np.ndarray:
    """The matrix of a linear interpolation from `old` to `new` points with the end points kept, (new, old)."""
    places = np.linspace(0, old - 1, new)[:, np.newaxis]
    matrix: np.ndarray = np.maximum(0, 1 - np.abs(places - np.arange(old)))
    return matrix
