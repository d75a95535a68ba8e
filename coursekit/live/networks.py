"""The trained networks behind the demos, cut open where the reader's layer goes."""

from functools import cache

import keras

from coursekit import weights

RATIOS = (1, 2, 4, 8, 16)
KERNEL_SIZES = (1, 3, 5, 7)
RECTIFIED = "rectified"  # of coursekit.weights
POCKET_RATIO = 4  # of the blocks in the pocket networks


def listening_weights(ratio: int) -> str:
    """The name of the trained channel attention with this ratio."""
    return f"channel-attention-ratio-{ratio}"


def lookout_weights(kernel_size: int) -> str:
    """The name of the trained lookout with this kernel."""
    return f"lookout-kernel-{kernel_size}"


@cache
def split_autoencoder() -> tuple[keras.Model, keras.Model]:
    """The autoencoder with channel attention, without its last attention: what comes before it, and what behind.

    Returns:
        From images (batch, 28, 28, 1) to maps (batch, 14, 14, 16), and from gated maps to drawings.
    """
    network = weights.load("autoencoder-channel")
    front = keras.Model(network.input, network.get_layer("decoder_2_relu").output)
    back = keras.Model(network.get_layer("decoder_2_up").input, network.output)
    return front, back


@cache
def split_lookout(kernel_size: int) -> tuple[keras.Model, keras.Model, keras.Model]:
    """A lookout cut into three.

    Returns:
        From images (batch, 28, 28, 1) to maps (batch, 28, 28, 8); its spatial attention, from maps to maps; from
        gated maps to probabilities (batch, 10).
    """
    network = weights.load(lookout_weights(kernel_size))
    maps = next(layer for layer in network.layers if isinstance(layer, keras.layers.Conv2D)).output
    seen = next(layer for layer in network.layers if isinstance(layer, keras.layers.AveragePooling2D)).input
    return keras.Model(network.input, maps), keras.Model(maps, seen), keras.Model(seen, network.output)


@cache
def split_cbam() -> tuple[keras.Model, keras.Model, keras.Model, keras.Model]:
    """The pocket network with CBAM, cut into four.

    Returns:
        From images (batch, 28, 28, 1) to maps (batch, 14, 14, 16); both halves of CBAM, from maps to maps; from what
        they give to probabilities (batch, 10).
    """
    network = weights.load("pocket-cbam")
    maps, behind = network.get_layer("maps").output, network.get_layer("behind").input
    refined = next(layer for layer in network.layers if isinstance(layer, keras.layers.Multiply)).output
    which, where = keras.Model(maps, refined), keras.Model(refined, behind)
    return keras.Model(network.input, maps), which, where, keras.Model(behind, network.output)


@cache
def split_bam(dilation: int) -> tuple[keras.Model, keras.Model, keras.Model, keras.Model]:
    """The pocket network with BAM, cut into four; its weights were trained with dilation 4.

    Returns:
        From images (batch, 28, 28, 1) to maps (batch, 14, 14, 16); from maps to channel scores (batch, 1, 1, 16); from
        maps to spatial scores (batch, 14, 14, 1); from raised maps to probabilities (batch, 10).
    """
    network = weights.load("pocket-bam")
    for layer in network.layers:
        if isinstance(layer, keras.layers.Conv2D) and layer.dilation_rate != (1, 1):
            layer.dilation_rate = (dilation, dilation)  # read at each call
    maps, behind = network.get_layer("maps").output, network.get_layer("behind").input
    channel, spatial = (keras.Model(maps, scores) for scores in network.get_layer("scores").input)
    return keras.Model(network.input, maps), channel, spatial, keras.Model(behind, network.output)


@cache
def opened_rectified() -> keras.Model:
    """The network of lesson 8 with all it works out, as the lesson's `rectified_network` returns it.

    Returns:
        From images (batch, 28, 28, 1) to scores (batch, 10), hypotheses (batch, 3, 10), their gates (batch, 3), and the
        masks of each module, (batch, side, side, heads).
    """
    network = weights.load(RECTIFIED)
    masks = [layer.output for layer in network.layers if isinstance(layer, keras.layers.Softmax)]
    last = {type(operation).__name__: operation.output for operation in network.operations}  # of each kind
    return keras.Model(network.input, [network.output, last["Stack"], last["Softmax"], *masks])


@cache
def split_onlooker() -> tuple[keras.Model, keras.Model, keras.Model]:
    """The second module of lesson 9's small network, with self-attention in the mask's place.

    Returns:
        From images (batch, 28, 28, 1) to maps (batch, 7, 7, 16); the residual unit before the self-attention, with one
        3×3 convolution; the self-attention. Both go from maps to maps.
    """
    network = weights.load("mask-self-attention")
    # A unit adds with a layer, self-attention with a plus sign: its x comes first.
    sums = [operation for operation in network.operations if type(operation).__name__ == "Add"]
    attention = [operation for operation in sums if not isinstance(operation, keras.layers.Layer)][-1]
    maps = attention.input[0]
    start = next(layer for layer in sums if layer.output is maps).input[0]
    unit, own = keras.Model(start, maps), keras.Model(maps, attention.output)
    return keras.Model(network.input, start), unit, own


@cache
def split_soft_mask() -> tuple[keras.Model, keras.Model]:
    """The soft mask in the second module of lesson 9's small network.

    Returns:
        From images (batch, 28, 28, 1) to maps (batch, 7, 7, 16), and from these to the mask, of the same shape.
    """
    front, mask, _ = split_residual_attention()
    return front, mask


@cache
def split_residual_attention() -> tuple[keras.Model, keras.Model, keras.Model]:
    """The second module of lesson 9's small network with a mask.

    Returns:
        From images (batch, 28, 28, 1) to maps (batch, 7, 7, 16); from these to the mask, and to the trunk's features,
        both of the same shape.
    """
    network = weights.load("mask-soft")
    maps = [layer.input for layer in network.layers if isinstance(layer, keras.layers.MaxPooling2D)][-1]
    mask = [layer.output for layer in network.layers if isinstance(layer, keras.layers.Activation)][-1]
    # (1 + mask) · trunk
    product = [operation for operation in network.operations if type(operation).__name__ == "Multiply"][-1]
    trunk = product.input[1]
    return keras.Model(network.input, maps), keras.Model(maps, mask), keras.Model(maps, trunk)
