"""Global response normalisation: Woo et al., "ConvNeXt V2" (2023, arXiv:2301.00808)."""

from keras import KerasTensor, layers, ops

EPSILON = 1e-6


def global_response_norm(x: KerasTensor, name: str) -> KerasTensor:
    """Scales each channel by its norm over the mean norm of all channels; x is added (equations 1 to 3).

    The paper divides by the sum of the norms; the released code, and this, by their mean. The scale and the shift of
    each channel begin at 0, so that the layer begins as the identity. A constant under the root keeps the gradient
    finite where a channel is 0 everywhere.

    Args:
        x: (batch, height, width, channels). In ConvNeXt V2: the four times wider map inside a block.
        name: prefix of the layers' names.

    Returns:
        Same shape as x.
    """
    norms = ops.sqrt(ops.sum(ops.square(x), axis=(1, 2), keepdims=True) + EPSILON)
    compared = norms / (ops.mean(norms, axis=-1, keepdims=True) + EPSILON)
    affine = layers.DepthwiseConv2D(1, depthwise_initializer="zeros", name=f"{name}_affine")
    return layers.Add(name=f"{name}_add")([x, affine(x * compared)])
