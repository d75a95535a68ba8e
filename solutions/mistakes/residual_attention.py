"""The usual wrong answers to `residual_attention`."""

from keras import ops


def one_forgotten(x):
    """M · T, what the paper calls naive attention learning."""
    x = residual_unit(x)
    return residual_unit(soft_mask(x) * residual_unit(residual_unit(x)))


def mask_added(x):
    """M + T."""
    x = residual_unit(x)
    return residual_unit(soft_mask(x) + residual_unit(residual_unit(x)))


def one_added_to_trunk(x):
    """M · (1 + T)."""
    x = residual_unit(x)
    return residual_unit(soft_mask(x) * (1 + residual_unit(residual_unit(x))))


def trunk_skipped(x):
    """(1 + M) times what went into the branches; the trunk is not used."""
    x = residual_unit(x)
    return residual_unit((1 + soft_mask(x)) * x)


def input_added(x):
    """x + M · T: what went into the branches is added, not the trunk."""
    x = residual_unit(x)
    return residual_unit(x + soft_mask(x) * residual_unit(residual_unit(x)))


def extra_shortcut(x):
    """(1 + M) · T + x, a third way around that some ports have."""
    x = residual_unit(x)
    return residual_unit((1 + soft_mask(x)) * residual_unit(residual_unit(x)) + x)


def mask_of_trunk(x):
    """The mask reads what the trunk gives instead of what goes into it."""
    trunk = residual_unit(residual_unit(residual_unit(x)))
    return residual_unit((1 + soft_mask(trunk)) * trunk)


def mask_of_input(x):
    """The mask reads x before the first unit.

    Source: https://github.com/gazprom-neft/SeismicPro/issues/5
    """
    trunk = residual_unit(residual_unit(residual_unit(x)))
    return residual_unit((1 + soft_mask(x)) * trunk)


def mask_of_middle(x):
    """The mask reads what lies between the trunk's two units."""
    middle = residual_unit(residual_unit(x))
    return residual_unit((1 + soft_mask(middle)) * residual_unit(middle))


def first_unit_missing(x):
    """x goes into both branches as it came."""
    return residual_unit((1 + soft_mask(x)) * residual_unit(residual_unit(x)))


def last_unit_missing(x):
    """(1 + M) · T is returned."""
    x = residual_unit(x)
    return (1 + soft_mask(x)) * residual_unit(residual_unit(x))


def trunk_of_one_unit(x):
    """A single unit in the trunk."""
    x = residual_unit(x)
    return residual_unit((1 + soft_mask(x)) * residual_unit(x))


def trunk_of_three_units(x):
    """Three units in the trunk."""
    x = residual_unit(x)
    return residual_unit((1 + soft_mask(x)) * residual_unit(residual_unit(residual_unit(x))))


def two_masks(x):
    """Two masks, each with weights of its own."""
    x = residual_unit(x)
    return residual_unit((soft_mask(x) + soft_mask(x)) * residual_unit(residual_unit(x)))


def sigmoid_again(x):
    """A second sigmoid on the mask.

    Source: https://github.com/huoxiangzuo/HiFuse/issues/9
    """
    x = residual_unit(x)
    return residual_unit((1 + ops.sigmoid(soft_mask(x))) * residual_unit(residual_unit(x)))


def mask_returned(x):
    """1 + M, without the trunk.

    Source: https://github.com/pulkit1joshi/SimGNN/pull/2
    """
    return residual_unit(1 + soft_mask(residual_unit(x)))


def attention_last(x):
    """The last unit stands at the end of the trunk, and the mask scales what it gives."""
    x = residual_unit(x)
    return (1 + soft_mask(x)) * residual_unit(residual_unit(residual_unit(x)))
