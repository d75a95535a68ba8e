"""The usual wrong answers to `cbam_block`."""


def _channel_gates(x, ratio):
    """Channel attention's gates without the product, (batch, 1, 1, channels)."""
    channels = x.shape[-1]
    reduce, expand = layers.Dense(max(1, channels // ratio), activation="relu"), layers.Dense(channels)
    average, largest = (pool(x, axis=(1, 2), keepdims=True) for pool in (ops.mean, ops.max))
    return ops.sigmoid(expand(reduce(average)) + expand(reduce(largest)))


def _spatial_gates(x):
    """Spatial attention's gates without the product, (batch, height, width, 1)."""
    pooled = ops.concatenate([pool(x, axis=-1, keepdims=True) for pool in (ops.mean, ops.max)], axis=-1)
    return layers.Conv2D(1, 7, padding="same", use_bias=False, activation="sigmoid")(pooled)


def spatial_first(inputs, ratio=8):
    """Spatial attention before channel attention."""
    return cbam_channel_attention(cbam_spatial_attention(inputs), ratio)


def unrefined_map_pooled(inputs, ratio=8):
    """Both gates are computed from the inputs; the second should see the refined map."""
    return inputs * _channel_gates(inputs, ratio) * _spatial_gates(inputs)


def spatial_attention_on_the_inputs(inputs, ratio=8):
    """The channel attention is missing, or its result is not handed on."""
    cbam_channel_attention(inputs, ratio)
    return cbam_spatial_attention(inputs)


def side_by_side_added(inputs, ratio=8):
    """Both read the inputs, and their results are added.

    Source: https://github.com/Jongchan/attention-module/issues/14
    """
    return layers.Add()([cbam_channel_attention(inputs, ratio), cbam_spatial_attention(inputs)])


def side_by_side_multiplied(inputs, ratio=8):
    """Both read the inputs, and their results are multiplied: the map is squared."""
    return layers.Multiply()([cbam_channel_attention(inputs, ratio), cbam_spatial_attention(inputs)])


def inputs_scaled_last(inputs, ratio=8):
    """The spatial gates see the refined map, but multiply the inputs."""
    return inputs * _spatial_gates(cbam_channel_attention(inputs, ratio))


def channel_only(inputs, ratio=8):
    """The spatial attention is missing.

    Source: https://github.com/Christian-lyc/NAM/issues/2
    """
    return cbam_channel_attention(inputs, ratio)


def channel_twice(inputs, ratio=8):
    """Channel attention once more behind the spatial one."""
    return cbam_channel_attention(cbam_spatial_attention(cbam_channel_attention(inputs, ratio)), ratio)


def ratio_not_handed_on(inputs, ratio=8):
    """`cbam_channel_attention` without the ratio."""
    return cbam_spatial_attention(cbam_channel_attention(inputs))


def ratio_as_kernel(inputs, ratio=8):
    """The ratio is handed to the spatial attention, as its kernel's size."""
    return cbam_spatial_attention(cbam_channel_attention(inputs), ratio)


def stacked_spatial(inputs, ratio=8):
    """The four small convolutions instead of CBAM's one."""
    return stacked_spatial_attention(cbam_channel_attention(inputs, ratio))


def small_kernel(inputs, ratio=8):
    """A 3×3 kernel instead of the default."""
    return cbam_spatial_attention(cbam_channel_attention(inputs, ratio), kernel_size=3)


def input_added(inputs, ratio=8):
    """The inputs are added to the result, as a much-copied PyTorch version does.

    Source: https://github.com/xmu-xiaoma666/External-Attention-pytorch (model/attention/CBAM.py)
    """
    return inputs + cbam_spatial_attention(cbam_channel_attention(inputs, ratio))


def relu_at_the_end(inputs, ratio=8):
    """A ReLU behind the block, which belongs to the residual block around it."""
    return ops.relu(cbam_spatial_attention(cbam_channel_attention(inputs, ratio)))


def input_added_to_each(inputs, ratio=8):
    """A shortcut around each attention.

    Source: https://github.com/Youngkl0726/Convolutional-Block-Attention-Module/issues/1
    """
    refined = inputs + cbam_channel_attention(inputs, ratio)
    return refined + cbam_spatial_attention(refined)
