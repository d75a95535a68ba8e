"""Global context: Cao et al., "GCNet: Non-local Networks Meet Squeeze-Excitation Networks" (2019, arXiv:1904.11492)."""

from keras import KerasTensor, layers, ops


def global_context(x: KerasTensor, name: str, ratio: int = 16) -> KerasTensor:
    """Adds to every position what one attention map finds, transformed (section 3.4).

    Args:
        x: (batch, height, width, channels). In a ResNet: the residual branch after its last batch normalisation.
        name: prefix of the layers' names.
        ratio: channels for each unit of the bottleneck. Two units make little sense: their normalisation is about
            -1 and 1, whatever they are.

    Returns:
        Same shape as x. The last layer begins at 0, so that the block begins as the identity.
    """
    channels = x.shape[-1]
    scores = layers.Conv2D(1, 1, name=f"{name}_scores")(x)
    attention = layers.Softmax(axis=(1, 2), name=f"{name}_attention")(scores)
    context = ops.sum(attention * x, axis=(1, 2), keepdims=True)
    hidden = layers.Dense(channels // ratio, name=f"{name}_reduce")(context)
    hidden = layers.ReLU(name=f"{name}_relu")(layers.LayerNormalization(name=f"{name}_ln")(hidden))
    added = layers.Dense(channels, kernel_initializer="zeros", name=f"{name}_expand")(hidden)
    return layers.Add(name=f"{name}_add")([x, added])
