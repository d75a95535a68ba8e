"""Attention at a network's bottlenecks: Park et al., "BAM: Bottleneck Attention Module" (2018, arXiv:1807.06514)."""

from typing import Literal

from keras import KerasTensor, layers

from coursekit.models.convolution import BATCH_NORM

Combine = Literal["sum", "product"]
Normalise = Literal["hidden", "end"]


def bam(
    x: KerasTensor,
    name: str,
    ratio: int = 16,
    dilation: int = 4,
    combine: Combine = "sum",
    normalise: Normalise = "hidden",
) -> KerasTensor:
    """F + F * M(F) with M(F) = sigmoid(channel scores + spatial scores) (section 3, equations 1 and 2).

    Args:
        x: (batch, height, width, channels). At the end of a stage, before the next one halves the map; not after the
            last.
        name: prefix of the layers' names.
        ratio: reduction ratio of both branches; at least one unit is left.
        dilation: of the 3x3 convolutions in the spatial branch.
        combine: "sum" as in the paper, which compared both (Table 1b), or "product" as in the released code.
        normalise: "hidden" as in the released code, or "end" as in the paper. See `channel_scores`.

    Returns:
        Same shape as x; each value between one and two times that of x.

    Raises:
        ValueError: another word for `combine` or `normalise`.
    """
    if combine not in ("sum", "product"):
        raise ValueError(f"combine: expected 'sum' or 'product', received {combine!r}")
    merge = layers.Add if combine == "sum" else layers.Multiply
    scores = merge(name=f"{name}_{combine}")(
        [
            channel_scores(x, f"{name}_channel", ratio, normalise),
            spatial_scores(x, f"{name}_spatial", ratio, dilation, normalise),
        ]
    )
    gates = layers.Activation("sigmoid", name=f"{name}_gates")(scores)
    scaled = layers.Multiply(name=f"{name}_scale")([x, gates])
    return layers.Add(name=f"{name}_add")([x, scaled])


def channel_scores(x: KerasTensor, name: str, ratio: int = 16, normalise: Normalise = "hidden") -> KerasTensor:
    """What each channel's mean says: squeeze-and-excitation with batch normalisation, before a sigmoid (equation 3).

    Args:
        x: (batch, height, width, channels).
        name: prefix of the layers' names.
        ratio: reduction ratio; at least one unit is left.
        normalise: where batch normalisation stands. "hidden": before each ReLU and not at the end, as in the released
            code. "end": only once, after the last layer, as in equations 3 and 4.

    Returns:
        (batch, 1, 1, channels), not limited to any range.

    Raises:
        ValueError: another word for `normalise`.
    """
    channels = x.shape[-1]
    scores = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_squeeze")(x)
    scores = layers.Dense(max(1, channels // ratio), name=f"{name}_reduce")(scores)
    scores = _hidden(scores, f"{name}_reduce", normalise)
    scores = layers.Dense(channels, name=f"{name}_expand")(scores)
    return _end(scores, f"{name}_expand", normalise)


def spatial_scores(
    x: KerasTensor, name: str, ratio: int = 16, dilation: int = 4, normalise: Normalise = "hidden"
) -> KerasTensor:
    """What each position's surroundings say: a 1x1, two dilated 3x3 and a 1x1 convolution (equation 4).

    Args:
        x: (batch, height, width, channels).
        name: prefix of the layers' names.
        ratio: reduction ratio; at least one unit is left.
        dilation: distance between the taps of the 3x3 convolutions; two of them with 4 span 17x17 positions.
        normalise: as in `channel_scores`.

    Returns:
        (batch, height, width, 1), not limited to any range.

    Raises:
        ValueError: another word for `normalise`.
    """
    units = max(1, x.shape[-1] // ratio)
    scores = layers.Conv2D(units, 1, name=f"{name}_reduce")(x)
    scores = _hidden(scores, f"{name}_reduce", normalise)
    for number in (1, 2):
        # Padding "same" grows with the dilation: a padding of 1 would shrink the map.
        scores = layers.Conv2D(units, 3, padding="same", dilation_rate=dilation, name=f"{name}_dilated{number}")(scores)
        scores = _hidden(scores, f"{name}_dilated{number}", normalise)
    scores = layers.Conv2D(1, 1, name=f"{name}_final")(scores)
    return _end(scores, f"{name}_final", normalise)


def _hidden(scores: KerasTensor, name: str, normalise: Normalise) -> KerasTensor:
    """What follows a layer that is not the last of its branch."""
    if normalise not in ("hidden", "end"):
        raise ValueError(f"normalise: expected 'hidden' or 'end', received {normalise!r}")
    if normalise == "hidden":
        scores = layers.BatchNormalization(**BATCH_NORM, name=f"{name}_bn")(scores)
    return layers.ReLU(name=f"{name}_relu")(scores)


def _end(scores: KerasTensor, name: str, normalise: Normalise) -> KerasTensor:
    """What follows the last layer of a branch."""
    if normalise == "end":
        scores = layers.BatchNormalization(**BATCH_NORM, name=f"{name}_bn")(scores)
    return scores
