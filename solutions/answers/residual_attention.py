"""Right answers to `residual_attention`, as different as students write them."""

from keras import layers, ops


def multiplied_out(x):
    """T + M · T."""
    x = residual_unit(x)
    trunk = residual_unit(x)
    trunk = residual_unit(trunk)
    return residual_unit(trunk + soft_mask(x) * trunk)


def keras_layers(x):
    """Multiply and Add as layers."""
    start = residual_unit(x)
    trunk = residual_unit(residual_unit(start))
    gated = layers.Multiply()([soft_mask(start), trunk])
    return residual_unit(layers.Add()([trunk, gated]))


def mask_first(x):
    """The mask is built before the trunk."""
    x = residual_unit(x)
    mask = ops.add(soft_mask(x), 1.0)
    for _ in range(2):
        x = residual_unit(x)
    return residual_unit(ops.multiply(x, mask))


def helpers_of_its_own(x):
    """The branches as inner functions."""

    def trunk(y):
        return residual_unit(residual_unit(y))

    def attend(y):
        return trunk(y) * (soft_mask(y) + 1)

    return residual_unit(attend(residual_unit(x)))


def rescaling_layer(x):
    """1 + M by a Rescaling layer."""
    x = residual_unit(x)
    scale = layers.Rescaling(1.0, offset=1.0)(soft_mask(x))
    return residual_unit(layers.multiply([residual_unit(residual_unit(x)), scale]))
