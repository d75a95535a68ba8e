"""The usual wrong answers to `attention_autoencoder`."""

from keras import layers


def no_attention(input_shape, filters):
    """The block is written but never handed to `autoencoder`.

    Source: https://github.com/shanglianlm0525/PyTorch-Networks/issues/4
    """
    return autoencoder(input_shape, filters)


def channel_only(input_shape, filters):
    """The spatial attention is missing.

    Source: https://github.com/Christian-lyc/NAM/issues/2
    """
    return autoencoder(input_shape, filters, block=attention_block)


def spatial_only(input_shape, filters):
    """The channel attention is missing."""

    def block(x, filters, name):
        return spatial_attention(autoencoder_block(x, filters, name), f"{name}_spatial")

    return autoencoder(input_shape, filters, block=block)


def spatial_first(input_shape, filters):
    """Spatial attention before channel attention."""

    def block(x, filters, name):
        x = spatial_attention(autoencoder_block(x, filters, name), f"{name}_spatial")
        return channel_attention(x, f"{name}_attention")

    return autoencoder(input_shape, filters, block=block)


def spatial_in_front_of_the_block(input_shape, filters):
    """Spatial attention on what goes into the block."""

    def block(x, filters, name):
        return attention_block(spatial_attention(x, f"{name}_spatial"), filters, name)

    return autoencoder(input_shape, filters, block=block)


def side_by_side(input_shape, filters):
    """Both attentions read the block's output, and their results are added.

    Source: https://github.com/Jongchan/attention-module/issues/14
    """

    def block(x, filters, name):
        x = autoencoder_block(x, filters, name)
        return layers.Add()([channel_attention(x, f"{name}_attention"), spatial_attention(x, f"{name}_spatial")])

    return autoencoder(input_shape, filters, block=block)


def channel_twice(input_shape, filters):
    """Channel attention twice: attention_block has it already."""

    def block(x, filters, name):
        x = channel_attention(attention_block(x, filters, name), f"{name}_channel")
        return spatial_attention(x, f"{name}_spatial")

    return autoencoder(input_shape, filters, block=block)


def small_kernel(input_shape, filters):
    """A 3×3 kernel instead of the default."""

    def block(x, filters, name):
        return spatial_attention(attention_block(x, filters, name), f"{name}_spatial", kernel_size=3)

    return autoencoder(input_shape, filters, block=block)


def encoder_only(input_shape, filters):
    """The decoder's blocks get no attention."""

    def block(x, filters, name):
        if name.startswith("decoder"):
            return autoencoder_block(x, filters, name)
        return spatial_attention(attention_block(x, filters, name), f"{name}_spatial")

    return autoencoder(input_shape, filters, block=block)


def fixed_filters(input_shape, filters):
    """The widths 16 and 32, whatever was asked for."""
    return _right(input_shape, (16, 32))


def fixed_input_shape(input_shape, filters):
    """Images of 28×28×1, whatever was asked for."""
    return _right((28, 28, 1), filters)


def _right(input_shape, filters):
    """The network as it should be, for these arguments."""

    def block(x, filters, name):
        return spatial_attention(attention_block(x, filters, name), f"{name}_spatial")

    return autoencoder(input_shape, filters, block=block)
