"""The usual wrong answers to `attention_residual_block`."""

from keras import layers


def _both(x, name):
    """Channel attention, then spatial attention."""
    return spatial_attention(channel_attention(x, f"{name}_channel"), f"{name}_spatial")


def _unchanged(x, name):
    """No attention."""
    return x


def _branch(x, filters, stride, middle=_unchanged, before_norm=_unchanged):
    """The residual branch without attention at its end; `middle` follows the first ReLU, `before_norm` the second."""
    x = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(middle(x, "middle"))
    return layers.BatchNormalization()(before_norm(x, "before_norm"))


def _shortcut(x, filters, stride):
    """The shortcut as it should be."""
    if stride == 1 and x.shape[-1] == filters:
        return x
    return layers.BatchNormalization()(layers.Conv2D(filters, 1, strides=stride, use_bias=False)(x))


def _join(shortcut, branch):
    """Addition and ReLU."""
    return layers.ReLU()(layers.Add()([shortcut, branch]))


def no_attention(x, filters, stride, name):
    """The residual block of lesson 2."""
    return residual_block(x, filters, stride, name)


def channel_only(x, filters, stride, name):
    """The spatial attention is missing."""
    branch = channel_attention(_branch(x, filters, stride), name)
    return _join(_shortcut(x, filters, stride), branch)


def spatial_only(x, filters, stride, name):
    """The channel attention is missing."""
    branch = spatial_attention(_branch(x, filters, stride), name)
    return _join(_shortcut(x, filters, stride), branch)


def spatial_first(x, filters, stride, name):
    """Spatial attention before channel attention."""
    branch = spatial_attention(_branch(x, filters, stride), f"{name}_spatial")
    return _join(_shortcut(x, filters, stride), channel_attention(branch, f"{name}_channel"))


def after_the_addition(x, filters, stride, name):
    """Attention on the sum, before the last ReLU: it gates the shortcut too."""
    total = layers.Add()([_shortcut(x, filters, stride), _branch(x, filters, stride)])
    return layers.ReLU()(_both(total, name))


def after_the_last_relu(x, filters, stride, name):
    """Attention behind the finished block: it gates the shortcut too.

    Source: https://github.com/kobiso/CBAM-tensorflow-slim/issues/1
    """
    return _both(residual_block(x, filters, stride, name), name)


def on_the_shortcut(x, filters, stride, name):
    """Attention on the shortcut instead of the branch.

    Source: https://github.com/kobiso/SENet-tensorflow-slim/issues/2
    """
    return _join(_both(_shortcut(x, filters, stride), name), _branch(x, filters, stride))


def on_branch_and_shortcut(x, filters, stride, name):
    """Attention on the branch, and attention of its own on the shortcut."""
    shortcut = _both(_shortcut(x, filters, stride), f"{name}_shortcut")
    return _join(shortcut, _both(_branch(x, filters, stride), name))


def between_the_convolutions(x, filters, stride, name):
    """Attention in the middle of the branch, before the second convolution.

    Source: https://github.com/facebookresearch/pycls/issues/125
    """
    return _join(_shortcut(x, filters, stride), _branch(x, filters, stride, middle=_both))


def before_the_normalisation(x, filters, stride, name):
    """Attention between the second convolution and its batch normalisation."""
    return _join(_shortcut(x, filters, stride), _branch(x, filters, stride, before_norm=_both))


def relu_before_attention(x, filters, stride, name):
    """The branch ends with a ReLU before its attention, so it can only add."""
    branch = layers.ReLU()(_branch(x, filters, stride))
    return _join(_shortcut(x, filters, stride), _both(branch, name))


def side_by_side(x, filters, stride, name):
    """Both attentions read the branch, and their results are added."""
    branch = _branch(x, filters, stride)
    attended = layers.Add()(
        [channel_attention(branch, f"{name}_channel"), spatial_attention(branch, f"{name}_spatial")]
    )
    return _join(_shortcut(x, filters, stride), attended)


def shortcut_missing(x, filters, stride, name):
    """Nothing is added: the branch alone."""
    return layers.ReLU()(_both(_branch(x, filters, stride), name))


def shortcut_always_projected(x, filters, stride, name):
    """A 1×1 convolution on the shortcut even where x would do."""
    shortcut = layers.BatchNormalization()(layers.Conv2D(filters, 1, strides=stride, use_bias=False)(x))
    return _join(shortcut, _both(_branch(x, filters, stride), name))


def last_relu_missing(x, filters, stride, name):
    """No ReLU after the addition."""
    return layers.Add()([_shortcut(x, filters, stride), _both(_branch(x, filters, stride), name)])


def small_kernel(x, filters, stride, name):
    """A 3×3 kernel in the spatial attention instead of the default."""
    branch = channel_attention(_branch(x, filters, stride), f"{name}_channel")
    branch = spatial_attention(branch, f"{name}_spatial", kernel_size=3)
    return _join(_shortcut(x, filters, stride), branch)


def padded_by_one(x, filters, stride, name):
    """One row of zeros on every side before each 3×3 convolution, as PyTorch's padding=1.

    Source: https://github.com/asmith26/wide_resnets_keras/issues/17
    """
    branch = layers.Conv2D(filters, 3, strides=stride, use_bias=False)(layers.ZeroPadding2D(1)(x))
    branch = layers.ReLU()(layers.BatchNormalization()(branch))
    branch = layers.Conv2D(filters, 3, use_bias=False)(layers.ZeroPadding2D(1)(branch))
    return _join(_shortcut(x, filters, stride), _both(layers.BatchNormalization()(branch), name))


def resnet_d_shortcut(x, filters, stride, name):
    """The shortcut averages 2×2 values before its 1×1 convolution: ResNet-D.

    Source: https://github.com/taki0112/ResNet-Tensorflow/issues/1
    """
    shortcut = x
    if stride != 1 or x.shape[-1] != filters:
        if stride != 1:
            shortcut = layers.AveragePooling2D(2, strides=stride, padding="same")(x)
        shortcut = layers.BatchNormalization()(layers.Conv2D(filters, 1, use_bias=False)(shortcut))
    return _join(shortcut, _both(_branch(x, filters, stride), name))


def shortcut_added_twice(x, filters, stride, name):
    """The shortcut is added a second time.

    Source: https://github.com/yakhyo/darknet-pytorch/issues/2
    """
    shortcut = _shortcut(x, filters, stride)
    return _join(shortcut, layers.Add()([shortcut, _both(_branch(x, filters, stride), name)]))
