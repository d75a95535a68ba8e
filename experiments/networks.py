"""The networks of the comparison: a small ResNet with each block, and without one but as large or trained as long."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from math import prod, sqrt

import keras
import numpy as np
from keras import KerasTensor, layers

from autograder.lessons.master import read_master
from autograder.lessons.reference import solution_source
from coursekit.models import resnet_cifar
from coursekit.models.attention import bam, cbam, eca, squeeze_excitation

Attention = Callable[[KerasTensor, str], KerasTensor]

DEPTH = 8
FILTERS = (16, 32, 64)
RATIO = 4  # leaves 4 hidden units in the first stage; the papers' 16 would leave one
OPEN = 2.0  # the sigmoid of it is 0.88


@dataclass(frozen=True)
class Network:
    """A network of the comparison.

    Attributes:
        block: attention in every residual block, before the addition.
        stage: attention after the first and the second stage.
        filters: of the three stages.
        starts: the ending of a weight's path -> the value that all its elements start with.
        epochs: how many times the recipe's epochs it is trained; None for as long as the slowest block takes.
        depth: of the ResNet.
        stem_stride: of the first convolution; 1 keeps the images' size.
    """

    block: Attention | None = None
    stage: Attention | None = None
    filters: tuple[int, int, int] = FILTERS
    starts: dict[str, float] = field(default_factory=dict)
    epochs: float | None = 1
    depth: int = DEPTH
    stem_stride: int = 2


@cache
def tutorials_spatial_attention() -> Attention:
    """Lesson 4's reference answer, run by itself: the lesson's other cells need what only notebooks need."""
    source = solution_source(read_master("4-spatial-attention").solution("spatial_attention"))
    namespace = {"layers": layers}
    exec(source, namespace)
    return namespace["spatial_attention"]


def spatial(x: KerasTensor, name: str) -> KerasTensor:
    """The tutorial's spatial attention. Keeps the shape (batch, height, width, channels)."""
    return tutorials_spatial_attention()(x, name)


def channel_and_spatial(x: KerasTensor, name: str) -> KerasTensor:
    """The tutorial's channel attention, which computes what SE computes, and then its spatial attention."""
    return spatial(SE(x, f"{name}_channel"), f"{name}_spatial")


def scaled(attention: Attention, factor: float, x: KerasTensor, name: str) -> KerasTensor:
    """What the attention gives, times a constant. Keeps the shape (batch, height, width, channels)."""
    return layers.Rescaling(factor, name=f"{name}_times")(attention(x, name))


SE: Attention = partial(squeeze_excitation, ratio=RATIO)
CBAM: Attention = partial(cbam, ratio=RATIO)
BAM: Attention = partial(bam, ratio=RATIO)

PLAIN = {"plain": Network()}
PAPERS = {"SE": Network(SE), "CBAM": Network(CBAM), "BAM": Network(stage=BAM)}

# A wider last stage for the parameters that a block adds, the number of channels that comes nearest. ECA adds nine.
CONTROL_OF = {
    "SE": "66 wide",
    "CBAM": "66 wide",
    "BAM": "66 wide",
    "spatial": "68 wide",
    "channel + spatial": "69 wide",
}
WIDER = {f"{width} wide": Network(filters=(*FILTERS[:2], width)) for width in (66, 68, 69)}

# The factor that makes up for gates of one half, so that a block's output is at first as large as its input: CBAM has
# two of them, and BAM multiplies by 1 + 0.5.
FACTORS = {"SE": 2, "CBAM": 4, "BAM": 2 / 3}
# What the gate's last layer starts with. CBAM adds the scores of mean and maximum, and BAM those of two branches: each
# gets half. The scale of CBAM's last normalisation starts at zero as it is.
BIASES = {
    "SE": {"_attention_gates/bias": OPEN},
    "CBAM": {"_channel_expand/bias": OPEN / 2, "_spatial_bn/beta": OPEN},
    "BAM": {"_channel_expand/bias": OPEN / 2, "_spatial_final/bias": OPEN / 2},
}
KERNELS = {
    "SE": {"_attention_gates/kernel": 0.0},
    "CBAM": {"_channel_expand/kernel": 0.0},
    "BAM": {"_channel_expand/kernel": 0.0, "_spatial_final/kernel": 0.0},
}


def other_starts() -> dict[str, Network]:
    """SE, CBAM and BAM with gates that start open, scaled so that the mean start is 1, and as no gate at all."""
    networks = {}
    for name, network in PAPERS.items():
        kept = {place: partial(scaled, attention, FACTORS[name]) for place, attention in _places(network).items()}
        networks[f"{name}, open"] = Network(**_places(network), starts=BIASES[name])
        networks[f"{name}, scaled"] = Network(**kept)
        networks[f"{name}, identity"] = Network(**kept, starts=KERNELS[name])
    return networks


def _places(network: Network) -> dict[str, Attention]:
    """The network's attention by the name of its place."""
    return {place: attention for place, attention in (("block", network.block), ("stage", network.stage)) if attention}


BLOCKS = {
    **PLAIN,
    **PAPERS,
    "ECA": Network(eca),
    "spatial": Network(spatial),
    "channel + spatial": Network(channel_and_spatial),
    **WIDER,
    "plain, as long": Network(epochs=None),
}


def build(network: Network, input_shape: tuple[int, int, int]) -> keras.Model:
    """The network from images to scores before the softmax, (batch, 10)."""
    model = resnet_cifar(
        network.depth,
        input_shape,
        block_attention=network.block,
        stage_attention=network.stage,
        filters=network.filters,
        stem_stride=network.stem_stride,
    )
    model.get_layer("classes").activation = keras.activations.linear
    return model


def initial_weights(model: keras.Model, network: Network, seed: int) -> dict[str, np.ndarray]:
    """What training starts with: path -> value, float32.

    A value depends on the seed, the path and the shape alone. So whatever two networks have in common starts alike, and
    it does so on every Keras backend, whose own generators differ.

    Raises:
        ValueError: an ending in the network's `starts` belongs to none of its weights.
    """
    values, unused = {}, set(network.starts)
    for layer in model.layers:
        for weight in layer.weights:
            # Not from the network itself, which may be a trained one that is given another seed.
            value = _drawn(getattr(layer, f"{weight.name}_initializer"), weight.shape, weight.path, seed)
            for ending in network.starts:
                if weight.path.endswith(ending):
                    value = np.full_like(value, network.starts[ending])
                    unused.discard(ending)
            values[weight.path] = value
    if unused:
        raise ValueError(f"starts: expected endings of weights' paths, received {', '.join(sorted(unused))}")
    return values


def _drawn(initializer: keras.initializers.Initializer, shape: tuple[int, ...], path: str, seed: int) -> np.ndarray:
    """Zeros, ones, or a kernel as Keras' "he_normal" or "glorot_uniform" draws it, by NumPy."""
    if isinstance(initializer, keras.initializers.Zeros):
        return np.zeros(shape, "float32")
    if isinstance(initializer, keras.initializers.Ones):
        return np.ones(shape, "float32")
    rng = np.random.default_rng([seed, zlib.crc32(path.encode())])
    fan_in, fan_out = prod(shape[:-1]), prod(shape[:-2]) * shape[-1]
    if isinstance(initializer, keras.initializers.HeNormal):
        values = rng.standard_normal(shape)
        while np.any(far := np.abs(values) > 2):
            values[far] = rng.standard_normal(int(far.sum()))
        # 0.8796 is what cutting at two standard deviations leaves of one.
        return (values * sqrt(2 / fan_in) / 0.87962566103423978).astype("float32")
    if isinstance(initializer, keras.initializers.GlorotUniform):
        limit = sqrt(6 / (fan_in + fan_out))
        return rng.uniform(-limit, limit, shape).astype("float32")
    raise ValueError(f"{path}: no rule to draw from {type(initializer).__name__}")
