"""Usual wrong answers to `attention_block`, each under the name by which a check recognises it."""


def attention_before_block(x, filters, name):
    """The block's input is scaled instead of its output."""
    x = channel_attention(x, f"{name}_attention")
    return autoencoder_block(x, filters, name)


def attention_left_out(x, filters, name):
    """The plain block; so is a block whose attention is called but not kept.

    Source: https://github.com/shanglianlm0525/PyTorch-Networks/issues/4
    """
    return autoencoder_block(x, filters, name)


def block_left_out(x, filters, name):
    """Attention without the block."""
    return channel_attention(x, f"{name}_attention")


def attention_before_relu(x, filters, name):
    """Attention stands between normalisation and ReLU: it averages negative values too.

    Source: https://github.com/zhanghang1989/ResNeSt/issues/53
    """
    x = layers.Conv2D(filters, 3, padding="same", name=f"{name}_conv")(x)
    x = layers.BatchNormalization(name=f"{name}_bn")(x)
    return layers.ReLU(name=f"{name}_relu")(channel_attention(x, f"{name}_attention"))


def attention_before_normalisation(x, filters, name):
    """Attention stands between convolution and normalisation."""
    x = layers.Conv2D(filters, 3, padding="same", name=f"{name}_conv")(x)
    x = layers.BatchNormalization(name=f"{name}_bn")(channel_attention(x, f"{name}_attention"))
    return layers.ReLU(name=f"{name}_relu")(x)


def normalised_again(x, filters, name):
    """Batch normalisation behind the attention."""
    x = channel_attention(autoencoder_block(x, filters, name), f"{name}_attention")
    return layers.BatchNormalization(name=f"{name}_bn2")(x)


def normalisation_left_out(x, filters, name):
    """The block written anew without batch normalisation."""
    x = layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"{name}_conv")(x)
    return channel_attention(x, f"{name}_attention")


def map_added(x, filters, name):
    """The block's output is added to its scaled copy.

    Source: https://github.com/asdf2kr/BAM-CBAM-pytorch/issues/1
    """
    x = autoencoder_block(x, filters, name)
    return layers.Add()([x, channel_attention(x, f"{name}_attention")])


def attention_twice(x, filters, name):
    """Attention on attention."""
    x = channel_attention(autoencoder_block(x, filters, name), f"{name}_attention")
    return channel_attention(x, f"{name}_attention_2")


def ratio_of_four(x, filters, name):
    """Ratio 4 instead of the default."""
    return channel_attention(autoencoder_block(x, filters, name), f"{name}_attention", ratio=4)


def ratio_of_sixteen(x, filters, name):
    """Ratio 16, the paper's, instead of the default."""
    return channel_attention(autoencoder_block(x, filters, name), f"{name}_attention", ratio=16)
