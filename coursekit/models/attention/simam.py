"""SimAM: Yang et al., "SimAM: A Simple, Parameter-Free Attention Module" (2021, PMLR 139)."""

from keras import KerasTensor, layers, ops


def simam(x: KerasTensor, name: str, e_lambda: float = 1e-4) -> KerasTensor:
    """Scales each value by a gate that its squared distance from its channel's mean opens (equation 5, inverted).

    The paper's variance is over all positions; the released code, and this, divide by one position less.

    Args:
        x: (batch, height, width, channels), more than one position. In a ResNet: before the last batch normalisation.
        name: of the layer that multiplies.
        e_lambda: added to the variance. The authors' recipes for ImageNet have 0.1.

    Returns:
        Same shape as x.
    """
    others = x.shape[1] * x.shape[2] - 1
    distances = ops.square(x - ops.mean(x, axis=(1, 2), keepdims=True))
    variance = ops.sum(distances, axis=(1, 2), keepdims=True) / others
    gates = ops.sigmoid(distances / (4 * (variance + e_lambda)) + 0.5)
    return layers.Multiply(name=f"{name}_scale")([x, gates])
