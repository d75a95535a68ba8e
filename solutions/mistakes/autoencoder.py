"""Usual wrong answers to `autoencoder(input_shape, filters, block)`."""


def _build(
    input_shape,
    filters,
    block,
    decoder_filters=None,
    pool=layers.MaxPooling2D,
    up=layers.UpSampling2D,
    channels=None,
    activation="sigmoid",
    latent="latent",
    kernel=3,
):
    """The network with one thing changed."""
    block = block or autoencoder_block
    inputs = x = keras.Input(input_shape)
    for stage, width in enumerate(filters):
        x = pool()(block(x, width, f"encoder_{stage}"))
    x = layers.Identity(name=latent)(x)
    for stage, width in enumerate(filters[::-1] if decoder_filters is None else decoder_filters):
        x = up()(block(x, width, f"decoder_{stage}"))
    last = layers.Conv2D(channels or input_shape[-1], kernel, padding="same", activation=activation)
    return keras.Model(inputs, last(x), name="autoencoder")


def decoder_not_reversed(input_shape, filters, block=None):
    """Goes through the widths in the same order twice."""
    return _build(input_shape, filters, block, decoder_filters=filters)


def decoder_too_short(input_shape, filters, block=None):
    """Mirrors all stages but one."""
    return _build(input_shape, filters, block, decoder_filters=filters[::-1][1:])


def no_sigmoid(input_shape, filters, block=None):
    """Ends without a sigmoid.

    Source: https://github.com/araffin/robotics-rl-srl/issues/53
    """
    return _build(input_shape, filters, block, activation=None)


def relu_at_the_end(input_shape, filters, block=None):
    """Ends with a ReLU."""
    return _build(input_shape, filters, block, activation="relu")


def average_pooling(input_shape, filters, block=None):
    """Takes the mean of every 2×2 values."""
    return _build(input_shape, filters, block, pool=lambda: layers.AveragePooling2D(2))


def no_pooling(input_shape, filters, block=None):
    """Never makes the map smaller, and larger only after the middle."""
    return _build(input_shape, filters, block, pool=layers.Identity)


def no_up_sampling(input_shape, filters, block=None):
    """Never makes the map larger again."""
    return _build(input_shape, filters, block, up=layers.Identity)


def pooling_with_stride_1(input_shape, filters, block=None):
    """Pools, but moves on by one place only."""
    return _build(input_shape, filters, block, pool=lambda: layers.MaxPooling2D(strides=1, padding="same"))


def bilinear_up_sampling(input_shape, filters, block=None):
    """Interpolates between the values instead of repeating them."""
    return _build(input_shape, filters, block, up=lambda: layers.UpSampling2D(interpolation="bilinear"))


def one_output_channel(input_shape, filters, block=None):
    """Draws one channel whatever the image has.

    Source: https://github.com/keras-team/keras/issues/4236
    """
    return _build(input_shape, filters, block, channels=1)


def kernel_1_at_the_end(input_shape, filters, block=None):
    """Makes the last convolution 1×1."""
    return _build(input_shape, filters, block, kernel=1)


def latent_not_named(input_shape, filters, block=None):
    """Gives the map in the middle another name."""
    return _build(input_shape, filters, block, latent="middle")


def latent_before_pooling(input_shape, filters, block=None):
    """Names the map in the middle before it is pooled for the last time."""
    block = block or autoencoder_block
    inputs = x = keras.Input(input_shape)
    for stage, width in enumerate(filters):
        x = block(x, width, f"encoder_{stage}")
        if stage == len(filters) - 1:
            x = layers.Identity(name="latent")(x)
        x = layers.MaxPooling2D()(x)
    for stage, width in enumerate(filters[::-1]):
        x = layers.UpSampling2D()(block(x, width, f"decoder_{stage}"))
    outputs = layers.Conv2D(input_shape[-1], 3, padding="same", activation="sigmoid")(x)
    return keras.Model(inputs, outputs)


def pooled_before_block(input_shape, filters, block=None):
    """Encoder: halves first, then the block."""
    block = block or autoencoder_block
    inputs = x = keras.Input(input_shape)
    for stage, width in enumerate(filters):
        x = block(layers.MaxPooling2D()(x), width, f"encoder_{stage}")
    x = layers.Identity(name="latent")(x)
    for stage, width in enumerate(filters[::-1]):
        x = layers.UpSampling2D()(block(x, width, f"decoder_{stage}"))
    outputs = layers.Conv2D(input_shape[-1], 3, padding="same", activation="sigmoid")(x)
    return keras.Model(inputs, outputs)


def up_sampled_before_block(input_shape, filters, block=None):
    """Decoder: doubles first, then the block."""
    block = block or autoencoder_block
    inputs = x = keras.Input(input_shape)
    for stage, width in enumerate(filters):
        x = layers.MaxPooling2D()(block(x, width, f"encoder_{stage}"))
    x = layers.Identity(name="latent")(x)
    for stage, width in enumerate(filters[::-1]):
        x = block(layers.UpSampling2D()(x), width, f"decoder_{stage}")
    outputs = layers.Conv2D(input_shape[-1], 3, padding="same", activation="sigmoid")(x)
    return keras.Model(inputs, outputs)


def transposed_convolutions(input_shape, filters, block=None):
    """Doubles with a convolution that has weights of its own."""
    block = block or autoencoder_block
    inputs = x = keras.Input(input_shape)
    for stage, width in enumerate(filters):
        x = layers.MaxPooling2D()(block(x, width, f"encoder_{stage}"))
    x = layers.Identity(name="latent")(x)
    for stage, width in enumerate(filters[::-1]):
        x = layers.Conv2DTranspose(width, 2, strides=2)(block(x, width, f"decoder_{stage}"))
    outputs = layers.Conv2D(input_shape[-1], 3, padding="same", activation="sigmoid")(x)
    return keras.Model(inputs, outputs)


def encoder_only(input_shape, filters, block=None):
    """Ends with the map in the middle."""
    block = block or autoencoder_block
    inputs = x = keras.Input(input_shape)
    for stage, width in enumerate(filters):
        x = layers.MaxPooling2D()(block(x, width, f"encoder_{stage}"))
    return keras.Model(inputs, layers.Identity(name="latent")(x))


def filters_hard_coded(input_shape, filters, block=None):
    """Builds two stages of 16 and 32 channels whatever is asked for."""
    return _build(input_shape, (16, 32), block)


def output_returned(input_shape, filters, block=None):
    """Gives back the last feature map, not a model."""
    return _build(input_shape, filters, block).output


def layer_names_repeated(input_shape, filters, block=None):
    """Gives every stage of the encoder the same name."""
    block = block or autoencoder_block
    inputs = x = keras.Input(input_shape)
    for width in filters:
        x = layers.MaxPooling2D()(block(x, width, "encoder"))
    x = layers.Identity(name="latent")(x)
    for width in filters[::-1]:
        x = layers.UpSampling2D()(block(x, width, "decoder"))
    outputs = layers.Conv2D(input_shape[-1], 3, padding="same", activation="sigmoid")(x)
    return keras.Model(inputs, outputs)


def block_ignored(input_shape, filters, block=None):
    """Always builds autoencoder blocks, whatever block it is handed."""
    return _build(input_shape, filters, autoencoder_block)


def no_padding_at_the_end(input_shape, filters, block=None):
    """Leaves the last convolution without padding.

    Source: https://github.com/keras-team/keras/issues/12674
    """
    block = block or autoencoder_block
    inputs = x = keras.Input(input_shape)
    for stage, width in enumerate(filters):
        x = layers.MaxPooling2D()(block(x, width, f"encoder_{stage}"))
    x = layers.Identity(name="latent")(x)
    for stage, width in enumerate(filters[::-1]):
        x = layers.UpSampling2D()(block(x, width, f"decoder_{stage}"))
    return keras.Model(inputs, layers.Conv2D(input_shape[-1], 3, activation="sigmoid")(x))


def encoder_not_chained(input_shape, filters, block=None):
    """Hands the image, not the map of the stage before, to every block of the encoder."""
    block = block or autoencoder_block
    inputs = keras.Input(input_shape)
    for stage, width in enumerate(filters):
        x = layers.MaxPooling2D()(block(inputs, width, f"encoder_{stage}"))
    x = layers.Identity(name="latent")(x)
    for stage, width in enumerate(filters[::-1]):
        x = layers.UpSampling2D()(block(x, width, f"decoder_{stage}"))
    outputs = layers.Conv2D(input_shape[-1], 3, padding="same", activation="sigmoid")(x)
    return keras.Model(inputs, outputs)


def decoder_not_chained(input_shape, filters, block=None):
    """Hands the map in the middle to every block of the decoder."""
    block = block or autoencoder_block
    inputs = x = keras.Input(input_shape)
    for stage, width in enumerate(filters):
        x = layers.MaxPooling2D()(block(x, width, f"encoder_{stage}"))
    latent = layers.Identity(name="latent")(x)
    for stage, width in enumerate(filters[::-1]):
        x = layers.UpSampling2D()(block(latent, width, f"decoder_{stage}"))
    outputs = layers.Conv2D(input_shape[-1], 3, padding="same", activation="sigmoid")(x)
    return keras.Model(inputs, outputs)


def last_convolution_in_the_loop(input_shape, filters, block=None):
    """Indents the last convolution into the decoder's loop."""
    block = block or autoencoder_block
    inputs = x = keras.Input(input_shape)
    for stage, width in enumerate(filters):
        x = layers.MaxPooling2D()(block(x, width, f"encoder_{stage}"))
    x = layers.Identity(name="latent")(x)
    for stage, width in enumerate(filters[::-1]):
        x = layers.UpSampling2D()(block(x, width, f"decoder_{stage}"))
        x = layers.Conv2D(input_shape[-1], 3, padding="same", activation="sigmoid")(x)
    return keras.Model(inputs, x)
