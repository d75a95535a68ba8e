"""Loads weights laid out as the papers' released code lays them out.

PyTorch keeps a convolution as (out, in, height, width) and a linear layer as (out, in), where Keras has (height, width,
in, out) and (in, out). Names are those of a PyTorch state dict: ``<module>.weight``, ``.bias``, ``.running_mean``,
``.running_var``.
"""

import re
from collections.abc import Mapping

import keras
import numpy as np
from keras import layers

Names = dict[str, str]  # name of a Keras layer: name of the released module

# For each block: the end of the Keras layer's name, and the module in the released code.
# SE and ECA: moskomule/senet.pytorch and BangguWu/ECANet; CBAM and BAM: Jongchan/attention-module;
# Attend and Rectify: prlz77/attend-and-rectify.
SE: Names = {"reduce": "fc.0", "gates": "fc.2"}
ECA: Names = {"gates": "conv"}
CBAM: Names = {
    "channel_reduce": "ChannelGate.mlp.1",
    "channel_expand": "ChannelGate.mlp.3",
    "spatial_conv": "SpatialGate.spatial.conv",
    "spatial_bn": "SpatialGate.spatial.bn",
}
BAM: Names = {
    "channel_reduce": "channel_att.gate_c.gate_c_fc_0",
    "channel_reduce_bn": "channel_att.gate_c.gate_c_bn_1",
    "channel_expand": "channel_att.gate_c.gate_c_fc_final",
    "spatial_reduce": "spatial_att.gate_s.gate_s_conv_reduce0",
    "spatial_reduce_bn": "spatial_att.gate_s.gate_s_bn_reduce0",
    "spatial_dilated1": "spatial_att.gate_s.gate_s_conv_di_0",
    "spatial_dilated1_bn": "spatial_att.gate_s.gate_s_bn_di_0",
    "spatial_dilated2": "spatial_att.gate_s.gate_s_conv_di_1",
    "spatial_dilated2_bn": "spatial_att.gate_s.gate_s_bn_di_1",
    "spatial_final": "spatial_att.gate_s.gate_s_conv_final",
}
ATTENTION_MODULE: Names = {
    "masks_conv": "att_head.conv",
    "outputs_conv": "out_head.conv",
    "head_gates_conv": "score.conv",
}
GLOBAL_GATES: Names = {"scores": "gates", "bn": "bn"}

# What a released state dict holds besides weights: counters, and the mask of Attend and Rectify's regulariser.
NO_WEIGHTS = re.compile(r"(num_batches_tracked|att_head\.diag)$")


def block_names(block: Names, name: str, module: str = "") -> Names:
    """The names of one block.

    Args:
        block: ``SE``, ``ECA``, ``CBAM``, ``BAM``, ``ATTENTION_MODULE`` or ``GLOBAL_GATES``.
        name: what the Keras block was called with.
        module: where the block is in the released network, "" for a block alone.
    """
    start = f"{module}." if module else ""
    return {f"{name}_{end}": start + released for end, released in block.items()}


def resnet_names(model: keras.Model, block: Names | None = None, attribute: str = "") -> Names:
    """The names of a ResNet as torchvision has them; the attention papers' code extends that.

    Args:
        model: of `resnet`.
        block: the attention's names.
        attribute: what the released code calls the attention: "se", "eca" or "cbam" in every block; "bam" after stages.
    """
    names = {"conv1_conv": "conv1", "conv1_bn": "bn1", "classes": "fc"}
    for layer in model.layers:
        if found := re.fullmatch(r"conv(\d)_(\d+)_(\d|shortcut)_(conv|bn)", layer.name):
            stage, number, part, kind = found.groups()
            shortcut = f"downsample.{0 if kind == 'conv' else 1}"
            inside = shortcut if part == "shortcut" else f"{kind}{part}"
            names[layer.name] = f"layer{int(stage) - 1}.{int(number) - 1}.{inside}"
        if block and (found := re.fullmatch(r"(conv(\d)_(\d+)_attention)_.+", layer.name)):
            start, stage, number = found.groups()
            names |= block_names(block, start, f"layer{int(stage) - 1}.{int(number) - 1}.{attribute}")
        if block and (found := re.fullmatch(r"(conv(\d)_attention)_.+", layer.name)):
            start, stage = found.groups()
            names |= block_names(block, start, f"{attribute}{int(stage) - 1}")
    return names


def attend_and_rectify_names(model: keras.Model) -> Names:
    """The names of a WARN, of `attend_and_rectify`, in the authors' ``WideResNetAttention``.

    Their attention modules are called after the group that each reads.
    """
    names = {"conv1_conv": "conv0", "conv1_bn": "bn0", "last_bn": "bn_g2", "classes": "classifier"}
    names |= block_names(GLOBAL_GATES, "global_gates", "output_gate")
    inside = {"1_bn": "bn0", "1_conv": "conv0", "2_bn": "bn1", "2_conv": "conv1", "shortcut_conv": "conv_reduce"}
    for layer in model.layers:
        if found := re.fullmatch(r"group(\d)_(\d+)_(.+_(?:conv|bn))", layer.name):
            group, number, part = found.groups()
            names[layer.name] = f"group_{int(group) - 1}.block_{int(number) - 1}.{inside[part]}"
        if found := re.fullmatch(r"attention(\d)_masks_conv", layer.name):
            group = found.group(1)
            names |= block_names(ATTENTION_MODULE, f"attention{group}", f"att{int(group) - 1}")
    return names


def residual_attention_names(name: str, pools: int, module: str, before: str) -> Names:
    """The names of one attention module in the released Caffe networks, whose layers are called by their paths.

    Caffe lays out weights as PyTorch does. Batch normalisation is called after what it normalises.

    Args:
        name: what `residual_attention` was called with.
        pools: what `residual_attention` was called with.
        module: for example "AttentionA_1".
        before: the layer whose output the module reads, for example "pre_res_1".
    """
    down, up = f"{module}/mask/down_sample", f"{module}/mask/up_sample"
    # unit: (its Caffe name, what its first batch normalisation normalises)
    units = {
        "first": (f"{module}/trunk/res1", before),
        "trunk1": (f"{module}/trunk/res2", f"{module}/trunk/res1"),
        "trunk2": (f"{module}/trunk/res3", f"{module}/trunk/res2"),
        "mask_bottom": (f"{down}/res{pools}_2", f"{down}/res{pools}_1"),
        "last": (module, f"{module}/fusion"),
    }
    for level in range(1, pools + 1):
        units[f"mask_down{level}"] = (f"{down}/res{level}_1", f"{down}/pool{level}_3x3_s2")
    for level in range(1, pools):
        units[f"mask_skip{level}"] = (f"{module}/mask/skip/res{level}", f"{down}/res{level}_1")
        units[f"mask_up{level}"] = (f"{up}/res{level}_1", f"{module}/mask/up_sample{level}")
    names = {
        f"{name}_mask_linear1_bn": f"{up}/interp_1/bn",
        f"{name}_mask_linear1_conv": f"{module}/mask/linear_1",
        f"{name}_mask_linear2_bn": f"{module}/mask/linear_1/bn",
        f"{name}_mask_linear2_conv": f"{module}/mask/linear_2",
    }
    for unit, (path, normalised) in units.items():
        names[f"{name}_{unit}_1_bn"] = f"{normalised}/bn"
        for number, kernel in enumerate(("1x1", "3x3", "1x1"), start=1):
            names[f"{name}_{unit}_{number}_conv"] = f"{path}/branch1/conv{number}_{kernel}"
            if number < 3:
                names[f"{name}_{unit}_{number + 1}_bn"] = f"{path}/branch1/conv{number}_{kernel}/bn"
    return names


def load_released(model: keras.Model, state: Mapping[str, np.ndarray], names: Names) -> None:
    """Gives a model weights in the layout of the released code.

    Args:
        model: every layer with weights is named in `names`.
        state: arrays by PyTorch name; ``{name: tensor.numpy() for name, tensor in module.state_dict().items()}``.
        names: Keras layer to released module.

    Raises:
        KeyError: a weight that the state does not have, or a layer without a name.
        ValueError: a weight of another shape, or one that no layer takes.
    """
    left = {name for name in state if not NO_WEIGHTS.search(name)}
    for layer in model.layers:
        if not layer.weights:
            continue
        if layer.name not in names:
            raise KeyError(f"names: no released module for the layer {layer.name!r}")
        values = []
        for weight, key in zip(layer.weights, _keys(layer, names[layer.name]), strict=True):
            if key not in state:
                raise KeyError(f"state: {key!r} is missing, for the layer {layer.name!r}")
            value = _from_released(np.asarray(state[key]))
            if value.shape != tuple(weight.shape):
                raise ValueError(
                    f"state[{key!r}]: expected {tuple(weight.shape)} in Keras' layout, received {value.shape}"
                )
            values.append(value)
            left.discard(key)
        layer.set_weights(values)
    if left:
        raise ValueError(f"state: {len(left)} weights that no layer takes, {sorted(left)[0]!r} among them")


def _keys(layer: keras.Layer, module: str) -> list[str]:
    """The released names of a layer's weights, in Keras' order."""
    if isinstance(layer, layers.BatchNormalization):
        return [f"{module}.{end}" for end in ("weight", "bias", "running_mean", "running_var")]
    return [f"{module}.weight", f"{module}.bias"][: len(layer.weights)]


def _from_released(value: np.ndarray) -> np.ndarray:
    """(out, in) to (in, out), (out, in, height, width) to (height, width, in, out)."""
    if value.ndim == 1:
        return value
    return np.moveaxis(value, (0, 1), (-1, -2))
