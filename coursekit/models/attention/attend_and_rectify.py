"""Attend and Rectify: Rodríguez et al. (2018, arXiv:1807.07320).

Attention modules at several depths each propose class scores from where they look; gates decide whom to trust.
"""

import keras
from keras import KerasTensor, layers, ops

from coursekit.models.convolution import BATCH_NORM


def attention_module(
    z: KerasTensor,
    heads: int,
    classes: int,
    name: str,
    kernel_size: int = 3,
    diversity_weight: float = 0.0,
) -> KerasTensor:
    """One hypothesis from one feature map: the gated sum of what each head sees.

    Args:
        z: feature map after batch normalisation and ReLU, (batch, height, width, channels); height and width known.
        heads: number of masks, the paper's attention width K.
        classes: number of class scores.
        name: prefix of the layers' names.
        kernel_size: of all three convolutions. 3 as in the released code; descriptions of the paper often
            take 1.
        diversity_weight: of `MaskDiversity` in training; the released scripts take 0.001, divided by the number of
            modules.

    Returns:
        Class scores, (batch, classes).
    """
    masks = attention_heads(z, heads, f"{name}_masks", kernel_size)
    if diversity_weight:
        masks = MaskDiversity(diversity_weight, name=f"{name}_diversity")(masks)
    hypotheses = output_heads(z, masks, classes, f"{name}_outputs", kernel_size)
    gates = head_gates(z, masks, f"{name}_head_gates", kernel_size)
    return ops.einsum("bk,bkn->bn", gates, hypotheses)


def attention_heads(z: KerasTensor, heads: int, name: str, kernel_size: int = 3) -> KerasTensor:
    """Where each head looks: a softmax over all positions, so that each mask sums to 1.

    Args:
        z: (batch, height, width, channels).
        heads: number of masks.
        name: prefix of the layers' names.
        kernel_size: of the convolution.

    Returns:
        Masks, (batch, height, width, heads).
    """
    return layers.Softmax(axis=(1, 2), name=f"{name}_softmax")(_conv(z, heads, kernel_size, name))


def output_heads(z: KerasTensor, masks: KerasTensor, classes: int, name: str, kernel_size: int = 3) -> KerasTensor:
    """Class scores of each head: those of all positions, averaged with the head's mask as weights.

    Args:
        z: (batch, height, width, channels); height and width known.
        masks: (batch, height, width, heads).
        classes: number of class scores of each head.
        name: prefix of the layers' names.
        kernel_size: of the convolution.

    Returns:
        Hypotheses, (batch, heads, classes).
    """
    heads = masks.shape[-1]
    scores = _conv(z, heads * classes, kernel_size, name)
    scores = layers.Reshape((*z.shape[1:3], heads, classes), name=f"{name}_by_head")(scores)
    return ops.einsum("bhwk,bhwkn->bkn", masks, scores)


def head_gates(z: KerasTensor, masks: KerasTensor, name: str, kernel_size: int = 3) -> KerasTensor:
    """How much each head is trusted, from what is under its mask. Positive; they sum to 1.

    Args:
        z: (batch, height, width, channels).
        masks: (batch, height, width, heads).
        name: prefix of the layers' names.
        kernel_size: of the convolution.

    Returns:
        Gates, (batch, heads).
    """
    scores = _conv(z, masks.shape[-1], kernel_size, name)
    return _bounded_softmax(ops.sum(scores * masks, axis=(1, 2)))


def global_gates(features: KerasTensor, count: int, name: str, batch_norm: bool = True) -> KerasTensor:
    """How much each hypothesis is trusted, from the network's last features. Positive; they sum to 1.

    Args:
        features: global average of the last feature map, (batch, channels). The paper's Figure 2b draws an attention
            head instead of the average; this is the released code's form.
        count: number of hypotheses: one for each attention module, and the network's own.
        name: prefix of the layers' names.
        batch_norm: True as in the released code; the paper has none here.

    Returns:
        Gates, (batch, count). With four, each lies between 0.0432 and 0.7112: none can be switched off.
    """
    scores = layers.Dense(count, use_bias=False, kernel_initializer="he_normal", name=f"{name}_scores")(features)
    if batch_norm:
        scores = layers.BatchNormalization(**BATCH_NORM, name=f"{name}_bn")(scores)
    return _bounded_softmax(scores)


def rectify(hypotheses: list[KerasTensor], gates: KerasTensor, log_softmax: bool = True) -> KerasTensor:
    """The gated sum of all hypotheses.

    Args:
        hypotheses: class scores, each (batch, classes).
        gates: (batch, len(hypotheses)).
        log_softmax: True as in the released code, which sums the logarithms of the class probabilities: a weighted
            geometric mean, whose probabilities sum to at most 1. The paper's formula sums the scores as they are.

    Returns:
        (batch, classes): logarithms of probabilities, or scores.

    Raises:
        ValueError: not one gate for each hypothesis.
    """
    if gates.shape[-1] != len(hypotheses):
        raise ValueError(f"gates: expected {len(hypotheses)}, one for each hypothesis, received {gates.shape[-1]}")
    stacked = ops.stack(hypotheses, axis=1)
    if log_softmax:
        stacked = ops.log_softmax(stacked, axis=-1)
    return ops.einsum("bl,bln->bn", gates, stacked)


@keras.saving.register_keras_serializable("coursekit")
class MaskDiversity(layers.Layer):
    """Adds to the loss what masks of one image have in common, and passes them on.

    The masks are averaged over 2x2 positions, as in the released code. For each pair of different heads the dot product
    of their masks is squared; the loss is the mean over batch x heads x heads.

    Args:
        weight: factor of this loss.
    """

    def __init__(self, weight: float, **options: object) -> None:
        super().__init__(**options)
        self.weight = weight

    def call(self, masks: KerasTensor, training: bool = False) -> KerasTensor:
        """The masks as they are, (batch, height, width, heads); in training their loss is added."""
        if training:
            self.add_loss(self.weight * mask_overlap(masks))
        return masks

    def get_config(self) -> dict[str, object]:
        """What Keras needs to build the layer again."""
        config: dict[str, object] = super().get_config()
        return config | {"weight": self.weight}


def mask_overlap(masks: KerasTensor) -> KerasTensor:
    """The loss of `MaskDiversity` before its weight.

    Args:
        masks: (batch, height, width, heads).

    Returns:
        A number, 0 for a single head.
    """
    pooled = ops.average_pool(masks, 2, strides=2, padding="valid")
    products = ops.einsum("bhwk,bhwl->bkl", pooled, pooled)
    return ops.mean(ops.square(products * (1 - ops.eye(masks.shape[-1]))))


def _conv(z: KerasTensor, filters: int, kernel_size: int, name: str) -> KerasTensor:
    return layers.Conv2D(
        filters, kernel_size, padding="same", use_bias=False, kernel_initializer="he_normal", name=f"{name}_conv"
    )(z)


def _bounded_softmax(scores: KerasTensor) -> KerasTensor:
    """softmax(tanh(scores)) over the last axis, written out because Keras' softmax warns where that axis has length 1.

    tanh keeps the exponents between -1 and 1, so that they cannot overflow.
    """
    weights = ops.exp(ops.tanh(scores))
    return weights / ops.sum(weights, axis=-1, keepdims=True)
