"""Every network and every block of the course by name, for tables, tests and figures."""

import tomllib
from collections.abc import Callable
from functools import partial
from typing import Any

import keras
from keras import KerasTensor, layers

from coursekit.models.attention import (
    bam,
    cbam,
    coordinate_attention,
    eca,
    global_context,
    global_response_norm,
    residual_attention,
    simam,
    squeeze_excitation,
)
from coursekit.models.attention.attend_and_rectify import attention_module
from coursekit.models.attention.cbam import stacked_spatial_attention
from coursekit.models.attention.eca import RELEASED_KERNEL_SIZES
from coursekit.models.residual_attention import residual_attention_network
from coursekit.models.resnet import ARCHITECTURES, bottleneck_branch, resnet, resnet_cifar
from coursekit.models.vgg import vgg16_cbam
from coursekit.models.wide_resnet import attend_and_rectify, wide_resnet
from curriculum.paths import data_folder

CIFAR = (32, 32, 3)
FASHION_MNIST = (28, 28, 1)

# How each attention is handed to a ResNet's builder.
ATTENTION: dict[str, dict[str, Any]] = {
    "": {},
    " + SE": {"block_attention": squeeze_excitation},
    " + SE, no bias": {"block_attention": partial(squeeze_excitation, use_bias=False)},
    " + ECA": {"block_attention": eca},
    " + CBAM": {"block_attention": cbam},
    " + BAM": {"stage_attention": bam},
    " + BAM, BN at the end": {"stage_attention": partial(bam, normalise="end")},
}


def network(name: str) -> keras.Model:
    """The network of this name as an `abstract_model`: enough to read its graph, and quick to build.

    Raises:
        ValueError: no such name.
    """
    if name not in NETWORKS:
        raise ValueError(f"name: expected one of {', '.join(NETWORKS)}; received {name!r}")
    return abstract_model(NETWORKS[name])


def block(name: str, input_shape: tuple[int, int, int]) -> keras.Model:
    """The block of this name alone, on a map of this (height, width, channels), as an `abstract_model`.

    Raises:
        ValueError: no such name.
    """
    if name not in BLOCKS:
        raise ValueError(f"name: expected one of {', '.join(BLOCKS)}; received {name!r}")
    return on_a_map(lambda x: BLOCKS[name](x, "block"), input_shape)


def on_a_map(layer: Callable[[KerasTensor], KerasTensor], input_shape: tuple[int, int, int]) -> keras.Model:
    """A layer alone on a map of this (height, width, channels), as an `abstract_model`."""

    def build() -> keras.Model:
        x = keras.Input(input_shape)
        return keras.Model(x, layer(x))

    return abstract_model(build)


def abstract_model(build: Callable[[], keras.Model]) -> keras.Model:
    """A model whose weights have shapes but no values: it costs no memory, and cannot be run.

    Args:
        build: makes the model.
    """
    with keras.StatelessScope(initialize_variables=False):
        model = build()
    keras.utils.clear_session(free_memory=False)  # else Keras makes the weights at its next chance
    return model


def papers() -> dict[str, Any]:
    """What papers print, by table: `data/papers.toml`, which explains its own columns."""
    return tomllib.loads((data_folder() / "papers.toml").read_text("utf-8"))


def paper_tables() -> dict[str, Any]:
    """The tables of `papers` that are about these networks, not those that are only quoted."""
    return {name: table for name, table in papers().items() if "networks" in table}


def released_eca(depth: int) -> Callable[[KerasTensor, str], KerasTensor]:
    """ECA with the kernel sizes of the authors' released ResNet of this depth."""

    def attention(x: KerasTensor, name: str) -> KerasTensor:
        stage = int(name.removeprefix("conv").partition("_")[0])
        return eca(x, name, RELEASED_KERNEL_SIZES[depth][stage - 2])

    return attention


def _networks() -> dict[str, Callable[[], keras.Model]]:
    """ResNet-50 and -101 have their stride where the paper has it, as in all tables that they are compared with."""
    networks: dict[str, Callable[[], keras.Model]] = {}
    for depth, (branch, _) in ARCHITECTURES.items():
        build = partial(resnet, depth, stride_on_first=branch is bottleneck_branch)
        networks |= {
            f"ResNet-{depth}{attention}": partial(build, **options) for attention, options in ATTENTION.items()
        }
        networks[f"ResNet-{depth} + ECA, released"] = partial(build, block_attention=released_eca(depth))
    networks["ResNet-50, stride on the 3x3"] = partial(resnet, 50)
    for name in ("", " + SE", " + ECA", " + CBAM", " + BAM"):
        networks[f"ResNet-20{name}, CIFAR-10"] = partial(resnet_cifar, 20, CIFAR, 10, **ATTENTION[name])
        networks[f"ResNet-20{name}, Fashion-MNIST"] = partial(resnet_cifar, 20, FASHION_MNIST, 10, **ATTENTION[name])
    for depth in (50, 101):
        build = partial(resnet, depth, CIFAR, 100, small_images=True, stride_on_first=True)
        for name in ("", " + SE", " + BAM", " + BAM, BN at the end"):
            networks[f"ResNet-{depth}{name}, CIFAR-100"] = partial(build, **ATTENTION[name])
    for width in (8, 10):
        for name in ("", " + BAM"):
            networks[f"WRN-28-{width}{name}, CIFAR-100"] = partial(
                wide_resnet, 28, width, CIFAR, 100, **ATTENTION[name]
            )
    for depth in (28, 40):
        networks[f"WRN-{depth}-10, CIFAR-10"] = partial(wide_resnet, depth, 10)
        networks[f"WARN-{depth}-10, CIFAR-10"] = partial(attend_and_rectify, depth, 10)
    networks["WARN-28-10, CIFAR-100"] = partial(attend_and_rectify, 28, 10, CIFAR, 100)
    networks |= {f"Attention-{depth}": partial(residual_attention_network, depth) for depth in (56, 92)}
    networks["VGG16 + CBAM, stacked 3x3"] = vgg16_cbam
    return networks


def _self_attention(x: KerasTensor, name: str) -> KerasTensor:
    """Multi-head self-attention over all positions: 4 heads of a quarter of the channels each."""
    return layers.MultiHeadAttention(4, x.shape[-1] // 4, name=name)(x, x)


NETWORKS = _networks()

BLOCKS: dict[str, Callable[[KerasTensor, str], KerasTensor]] = {
    "SE, ratio 4": partial(squeeze_excitation, ratio=4),
    "SE, ratio 8": partial(squeeze_excitation, ratio=8),
    "SE": squeeze_excitation,
    "SE, no bias": partial(squeeze_excitation, use_bias=False),
    "ECA": eca,
    "CBAM, ratio 8": partial(cbam, ratio=8),
    "CBAM": cbam,
    "CBAM, no bias, no BN": partial(cbam, use_bias=False, batch_norm=False),
    "stacked spatial attention": stacked_spatial_attention,
    "BAM": bam,
    "BAM, ratio 8": partial(bam, ratio=8),
    "BAM, BN at the end": partial(bam, normalise="end"),
    "Attend and Rectify, 1 head": lambda x, name: attention_module(x, 1, 10, name),
    "Attend and Rectify, 2 heads": lambda x, name: attention_module(x, 2, 10, name),
    "Attend and Rectify, 4 heads": lambda x, name: attention_module(x, 4, 10, name),
    "Attend and Rectify, 4 heads, 1x1": lambda x, name: attention_module(x, 4, 10, name, kernel_size=1),
    "residual attention, 1 pooling": lambda x, name: residual_attention(x, name, 1),
    "residual attention, 2 poolings": lambda x, name: residual_attention(x, name, 2),
    "residual attention, 3 poolings": lambda x, name: residual_attention(x, name, 3),
    "self-attention, 4 heads": _self_attention,
    "coordinate attention": coordinate_attention,
    "SimAM": simam,
    "GRN": global_response_norm,
    "GC, ratio 4": partial(global_context, ratio=4),
    "GC": global_context,
}
