"""Efficient channel attention: Wang et al., "ECA-Net" (2020, arXiv:1910.03151)."""

from math import log2

from keras import KerasTensor, layers

# The kernel sizes that the authors' released networks are trained with, for conv2_x to conv5_x. They are given by hand:
# the released code has no formula.
RELEASED_KERNEL_SIZES = {18: (3, 5, 7, 7), 34: (3, 3, 5, 7), 50: (3, 5, 5, 7), 101: (3, 3, 5, 7)}


def eca_kernel_size(channels: int, b: float = 1, gamma: float = 2) -> int:
    """How many neighbouring channels decide about one: the odd number nearest to (log2(channels) + b) / gamma.

    That is equation 12. At 8, 128 and 2048 channels the quotient is even, and two odd numbers are equally near; as in
    the code of the paper's Figure 3, the larger one is taken.

    Raises:
        ValueError: fewer than one channel.
    """
    if channels < 1:
        raise ValueError(f"channels: expected at least 1, received {channels}")
    size = int(abs((log2(channels) + b) / gamma))
    return size if size % 2 else size + 1


def eca(x: KerasTensor, name: str, kernel_size: int | None = None) -> KerasTensor:
    """Scales each channel by a gate that depends on the means of its neighbours among the channels (equation 9).

    The convolution slides over the channels, and has ``kernel_size`` weights and no bias. The code printed in the
    paper's Figure 3 lacks the sigmoid; equation 9 and the released code have it.

    Args:
        x: (batch, height, width, channels). In a ResNet: the residual branch after its last batch normalisation.
        name: prefix of the layers' names.
        kernel_size: odd; None for `eca_kernel_size`. The released networks depart from it: `RELEASED_KERNEL_SIZES`.

    Returns:
        Same shape as x.

    Raises:
        ValueError: an even kernel size, which has no middle channel.
    """
    channels = x.shape[-1]
    kernel_size = kernel_size or eca_kernel_size(channels)
    if kernel_size % 2 == 0:
        raise ValueError(f"kernel_size: expected an odd number, received {kernel_size}")
    means = layers.GlobalAveragePooling2D(name=f"{name}_squeeze")(x)
    sequence = layers.Reshape((channels, 1), name=f"{name}_sequence")(means)
    gates = layers.Conv1D(1, kernel_size, padding="same", use_bias=False, activation="sigmoid", name=f"{name}_gates")(
        sequence
    )
    gates = layers.Reshape((1, 1, channels), name=f"{name}_reshape")(gates)
    return layers.Multiply(name=f"{name}_scale")([x, gates])
