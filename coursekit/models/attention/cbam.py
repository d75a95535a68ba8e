"""Channel and spatial attention: Woo et al., "CBAM: Convolutional Block Attention Module" (2018, arXiv:1807.06521)."""

from keras import KerasTensor, layers, ops

STACKED_FILTERS = (64, 32, 16)


def cbam(
    x: KerasTensor,
    name: str,
    ratio: int = 16,
    kernel_size: int = 7,
    use_bias: bool = True,
    batch_norm: bool = True,
) -> KerasTensor:
    """Channel attention, then spatial attention on what it gives (section 3, equation 1).

    Args:
        x: (batch, height, width, channels). In a ResNet: the residual branch after its last batch normalisation.
        name: prefix of the layers' names.
        ratio: of `channel_attention`.
        kernel_size: of `spatial_attention`.
        use_bias: of `channel_attention`.
        batch_norm: of `spatial_attention`.

    Returns:
        Same shape as x.
    """
    x = channel_attention(x, f"{name}_channel", ratio, use_bias)
    return spatial_attention(x, f"{name}_spatial", kernel_size, batch_norm)


def channel_attention(x: KerasTensor, name: str, ratio: int = 16, use_bias: bool = True) -> KerasTensor:
    """Gates from each channel's mean and maximum, through one shared MLP (equation 2).

    The two results are added before the sigmoid. Only the bottleneck has a ReLU: a second one after the last layer
    would keep every gate at 0.5 or above.

    Args:
        x: (batch, height, width, channels).
        name: prefix of the layers' names.
        ratio: reduction ratio; the bottleneck has ``channels // ratio`` units, at least 1.
        use_bias: True as in the released code. The equations have no bias, but the paper's parameter counts need it.

    Returns:
        Same shape as x.
    """
    channels = x.shape[-1]
    reduce = layers.Dense(max(1, channels // ratio), activation="relu", use_bias=use_bias, name=f"{name}_reduce")
    expand = layers.Dense(channels, use_bias=use_bias, name=f"{name}_expand")
    average = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_average")(x)
    maximum = layers.GlobalMaxPooling2D(keepdims=True, name=f"{name}_maximum")(x)
    scores = layers.Add(name=f"{name}_sum")([expand(reduce(average)), expand(reduce(maximum))])
    gates = layers.Activation("sigmoid", name=f"{name}_gates")(scores)
    return layers.Multiply(name=f"{name}_scale")([x, gates])


def spatial_attention(x: KerasTensor, name: str, kernel_size: int = 7, batch_norm: bool = True) -> KerasTensor:
    """One gate for each position, from the maximum and the mean over its channels (equation 3).

    Args:
        x: (batch, height, width, channels).
        name: prefix of the layers' names.
        kernel_size: of the convolution from these two maps to one; it has no bias.
        batch_norm: True as in the released code, which normalises the convolution's output. Its scale starts at 0, so
            that every gate starts at 0.5. The paper does not mention it.

    Returns:
        Same shape as x.
    """
    scores = layers.Conv2D(1, kernel_size, padding="same", use_bias=False, name=f"{name}_conv")(pool_channels(x, name))
    if batch_norm:
        scores = layers.BatchNormalization(
            momentum=0.99,
            epsilon=1e-5,
            gamma_initializer="zeros",
            name=f"{name}_bn",  # momentum 0.01 in PyTorch
        )(scores)
    gates = layers.Activation("sigmoid", name=f"{name}_gates")(scores)
    return layers.Multiply(name=f"{name}_scale")([x, gates])


def stacked_spatial_attention(x: KerasTensor, name: str, kernel_size: int = 3) -> KerasTensor:
    """Spatial attention with four small convolutions to 64, 32, 16 and 1 maps, instead of one of 7x7.

    It sees 9x9 positions instead of 7x7, and has 24,336 weights instead of 98. Not from the paper: a variant from a
    Japanese tutorial.

    Args:
        x: (batch, height, width, channels).
        name: prefix of the layers' names.
        kernel_size: of all four convolutions.

    Returns:
        Same shape as x.
    """
    options = {"padding": "same", "use_bias": False, "kernel_initializer": "he_normal"}
    scores = pool_channels(x, name)
    for number, filters in enumerate(STACKED_FILTERS, start=1):
        scores = layers.Conv2D(filters, kernel_size, activation="relu", name=f"{name}_conv{number}", **options)(scores)
    gates = layers.Conv2D(1, kernel_size, activation="sigmoid", name=f"{name}_gates", **options)(scores)
    return layers.Multiply(name=f"{name}_scale")([x, gates])


def pool_channels(x: KerasTensor, name: str) -> KerasTensor:
    """Maximum and mean over the channels of each position.

    In this order, as in the released code; equation 3 names the mean first. It matters only to somebody who copies
    weights.

    Args:
        x: (batch, height, width, channels).
        name: prefix of the layer's name.

    Returns:
        (batch, height, width, 2).
    """
    maximum = ops.max(x, axis=-1, keepdims=True)
    mean = ops.mean(x, axis=-1, keepdims=True)
    return layers.Concatenate(name=f"{name}_pooled")([maximum, mean])
