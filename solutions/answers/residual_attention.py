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


def loops_of_p_and_t(x):
    """Loops over p and t units; 1 is added by a Lambda layer.

    Source: https://github.com/qubvel/residual_attention_network (models/blocks.py)
    """
    p, t = 1, 2
    for _ in range(p):
        x = residual_unit(x)
    output_trunk = x
    for _ in range(t):
        output_trunk = residual_unit(output_trunk)
    output = layers.Lambda(lambda y: y + 1)(soft_mask(x))
    output = layers.Multiply()([output, output_trunk])
    for _ in range(p):
        output = residual_unit(output)
    return output


class _AttentionModule:
    """The numbers of units, and a method that runs them."""

    def __init__(self, p=1, t=2):
        self.p, self.t = p, t

    def repeated(self, x, times):
        for _ in range(times):
            x = residual_unit(x)
        return x

    def f_prop(self, inputs):
        inputs = self.repeated(inputs, self.p)
        output = (1.0 + soft_mask(inputs)) * self.repeated(inputs, self.t)
        return self.repeated(output, self.p)


def class_with_a_forward_method(x):
    """A class keeps the numbers of units and runs the branches.

    Source: https://github.com/koichiro11/residual-attention-network (model/attention_module.py)
    """
    return _AttentionModule().f_prop(x)


def out_by_out(x):
    """Every step under a name of its own, (1 + mask) times the trunk.

    Source: https://github.com/tengshaofeng/ResidualAttentionNetwork-pytorch/issues/7
    """
    first = residual_unit(x)
    out_trunk = residual_unit(first)
    out_trunk = residual_unit(out_trunk)
    out_conv1_1_blocks = soft_mask(first)
    out = (1 + out_conv1_1_blocks) * out_trunk
    return residual_unit(out)
