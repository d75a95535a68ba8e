"""Usual wrong answers to `residual_block`, each under the name by which a check recognises it."""

from keras import ops


def _branch(x, filters, stride, name, bias=False):
    """The branch as asked for: convolution, normalisation, ReLU, convolution, normalisation."""
    x = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=bias, name=f"{name}_conv1")(x)
    x = layers.BatchNormalization(name=f"{name}_bn1")(x)
    x = layers.ReLU(name=f"{name}_relu1")(x)
    x = layers.Conv2D(filters, 3, padding="same", use_bias=bias, name=f"{name}_conv2")(x)
    return layers.BatchNormalization(name=f"{name}_bn2")(x)


def _project(x, filters, stride, name, bias=False):
    """The projection as asked for: convolution 1×1, normalisation."""
    x = layers.Conv2D(filters, 1, strides=stride, use_bias=bias, name=f"{name}_shortcut_conv")(x)
    return layers.BatchNormalization(name=f"{name}_shortcut_bn")(x)


def _shortcut(x, filters, stride, name, bias=False):
    """The shortcut as asked for: x itself, or its projection where the shape changes."""
    if stride != 1 or x.shape[-1] != filters:
        return _project(x, filters, stride, name, bias)
    return x


def shortcut_forgotten(x, filters, stride, name):
    """Nothing is added: the plain block."""
    return layers.ReLU(name=f"{name}_relu2")(_branch(x, filters, stride, name))


def relu_before_addition(x, filters, stride, name):
    """The branch ends in a ReLU, so the block can only add and never take away.

    Source: https://github.com/kuangliu/pytorch-cifar/issues/4
    """
    branch = layers.ReLU(name=f"{name}_relu2")(_branch(x, filters, stride, name))
    total = layers.Add(name=f"{name}_add")([_shortcut(x, filters, stride, name), branch])
    return layers.ReLU(name=f"{name}_relu3")(total)


def relu_before_addition_only(x, filters, stride, name):
    """The last ReLU is before the addition instead of after it.

    Source: https://github.com/akamaster/pytorch_resnet_cifar10/issues/23
    """
    branch = layers.ReLU(name=f"{name}_relu2")(_branch(x, filters, stride, name))
    return layers.Add(name=f"{name}_add")([_shortcut(x, filters, stride, name), branch])


def no_last_relu(x, filters, stride, name):
    """No ReLU after the addition."""
    return layers.Add(name=f"{name}_add")([_shortcut(x, filters, stride, name), _branch(x, filters, stride, name)])


def no_inner_relu(x, filters, stride, name):
    """No ReLU between the two convolutions."""
    branch = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False, name=f"{name}_conv1")(x)
    branch = layers.BatchNormalization(name=f"{name}_bn1")(branch)
    branch = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"{name}_conv2")(branch)
    branch = layers.BatchNormalization(name=f"{name}_bn2")(branch)
    return layers.ReLU(name=f"{name}_relu")(branch + _shortcut(x, filters, stride, name))


def biased_convolutions(x, filters, stride, name):
    """The convolutions keep their bias, Keras' default."""
    branch = _branch(x, filters, stride, name, bias=True)
    return layers.ReLU(name=f"{name}_relu2")(branch + _shortcut(x, filters, stride, name, bias=True))


def biased_projection(x, filters, stride, name):
    """Only the 1×1 convolution of the shortcut keeps its bias."""
    branch = _branch(x, filters, stride, name)
    return layers.ReLU(name=f"{name}_relu2")(branch + _shortcut(x, filters, stride, name, bias=True))


def always_projected(x, filters, stride, name):
    """The shortcut is a projection even where x fits as it is."""
    return layers.ReLU(name=f"{name}_relu2")(_branch(x, filters, stride, name) + _project(x, filters, stride, name))


def never_projected(x, filters, stride, name):
    """The shortcut is x itself even where its shape does not fit."""
    return layers.ReLU(name=f"{name}_relu2")(layers.Add(name=f"{name}_add")([x, _branch(x, filters, stride, name)]))


def projected_for_stride_only(x, filters, stride, name):
    """The condition looks at the stride, not at the channels."""
    shortcut = _project(x, filters, stride, name) if stride != 1 else x
    return layers.ReLU(name=f"{name}_relu2")(
        layers.Add(name=f"{name}_add")([shortcut, _branch(x, filters, stride, name)])
    )


def projected_for_channels_only(x, filters, stride, name):
    """The condition looks at the channels, not at the stride."""
    shortcut = _project(x, filters, stride, name) if x.shape[-1] != filters else x
    return layers.ReLU(name=f"{name}_relu2")(
        layers.Add(name=f"{name}_add")([shortcut, _branch(x, filters, stride, name)])
    )


def projection_not_normalised(x, filters, stride, name):
    """No BatchNormalization behind the 1×1 convolution of the shortcut."""
    shortcut = x
    if stride != 1 or x.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 1, strides=stride, use_bias=False, name=f"{name}_shortcut_conv")(x)
    return layers.ReLU(name=f"{name}_relu2")(_branch(x, filters, stride, name) + shortcut)


def relu_on_projection(x, filters, stride, name):
    """The projection passes a ReLU of its own before it is added."""
    shortcut = _shortcut(x, filters, stride, name)
    if shortcut is not x:
        shortcut = layers.ReLU(name=f"{name}_shortcut_relu")(shortcut)
    return layers.ReLU(name=f"{name}_relu2")(_branch(x, filters, stride, name) + shortcut)


def projection_of_3x3(x, filters, stride, name):
    """The shortcut is projected by a 3×3 convolution instead of a 1×1.

    Source: https://github.com/yunjey/pytorch-tutorial/issues/153
    """
    shortcut = x
    if stride != 1 or x.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
        shortcut = layers.BatchNormalization()(shortcut)
    return layers.ReLU(name=f"{name}_relu2")(_branch(x, filters, stride, name) + shortcut)


def stride_twice(x, filters, stride, name):
    """Both 3×3 convolutions have the stride, so the branch is smaller than the shortcut."""
    branch = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False, name=f"{name}_conv1")(x)
    branch = layers.ReLU(name=f"{name}_relu1")(layers.BatchNormalization(name=f"{name}_bn1")(branch))
    branch = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False, name=f"{name}_conv2")(branch)
    branch = layers.BatchNormalization(name=f"{name}_bn2")(branch)
    total = layers.Add(name=f"{name}_add")([_shortcut(x, filters, stride, name), branch])
    return layers.ReLU(name=f"{name}_relu2")(total)


def stride_on_second_convolution(x, filters, stride, name):
    """The second 3×3 convolution has the stride instead of the first.

    Source: https://github.com/google-deepmind/dm-haiku/issues/85
    """
    branch = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"{name}_conv1")(x)
    branch = layers.ReLU(name=f"{name}_relu1")(layers.BatchNormalization(name=f"{name}_bn1")(branch))
    branch = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False, name=f"{name}_conv2")(branch)
    branch = layers.BatchNormalization(name=f"{name}_bn2")(branch)
    return layers.ReLU(name=f"{name}_relu2")(branch + _shortcut(x, filters, stride, name))


def valid_padding(x, filters, stride, name):
    """The 3×3 convolutions have Keras' default padding, so each one cuts off the border."""
    branch = layers.Conv2D(filters, 3, strides=stride, use_bias=False, name=f"{name}_conv1")(x)
    branch = layers.ReLU(name=f"{name}_relu1")(layers.BatchNormalization(name=f"{name}_bn1")(branch))
    branch = layers.Conv2D(filters, 3, use_bias=False, name=f"{name}_conv2")(branch)
    branch = layers.BatchNormalization(name=f"{name}_bn2")(branch)
    total = layers.Add(name=f"{name}_add")([_shortcut(x, filters, stride, name), branch])
    return layers.ReLU(name=f"{name}_relu2")(total)


def x_overwritten(x, filters, stride, name):
    """The branch was written into x, so the shortcut starts where the branch ends."""
    x = _branch(x, filters, stride, name)
    total = layers.Add(name=f"{name}_add")([_shortcut(x, filters, stride, name), x])
    return layers.ReLU(name=f"{name}_relu2")(total)


def multiplied(x, filters, stride, name):
    """Shortcut and branch are multiplied instead of added."""
    total = layers.Multiply(name=f"{name}_multiply")(
        [_shortcut(x, filters, stride, name), _branch(x, filters, stride, name)]
    )
    return layers.ReLU(name=f"{name}_relu2")(total)


def concatenated(x, filters, stride, name):
    """Shortcut and branch are laid side by side instead of added."""
    both = [_shortcut(x, filters, stride, name), _branch(x, filters, stride, name)]
    return layers.ReLU(name=f"{name}_relu2")(layers.Concatenate(name=f"{name}_concatenate")(both))


def not_normalised(x, filters, stride, name):
    """There is no batch normalisation anywhere in the block."""
    branch = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False, name=f"{name}_conv1")(x)
    branch = layers.ReLU(name=f"{name}_relu1")(branch)
    branch = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"{name}_conv2")(branch)
    shortcut = x
    if stride != 1 or x.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 1, strides=stride, use_bias=False, name=f"{name}_shortcut_conv")(x)
    return layers.ReLU(name=f"{name}_relu2")(branch + shortcut)


def second_not_normalised(x, filters, stride, name):
    """No batch normalisation behind the second convolution."""
    branch = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False, name=f"{name}_conv1")(x)
    branch = layers.ReLU(name=f"{name}_relu1")(layers.BatchNormalization(name=f"{name}_bn1")(branch))
    branch = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"{name}_conv2")(branch)
    return layers.ReLU(name=f"{name}_relu2")(branch + _shortcut(x, filters, stride, name))


def normalised_after_addition(x, filters, stride, name):
    """The second batch normalisation comes after the addition, where it changes the shortcut too."""
    branch = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False, name=f"{name}_conv1")(x)
    branch = layers.ReLU(name=f"{name}_relu1")(layers.BatchNormalization(name=f"{name}_bn1")(branch))
    branch = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"{name}_conv2")(branch)
    total = layers.Add(name=f"{name}_add")([_shortcut(x, filters, stride, name), branch])
    return layers.ReLU(name=f"{name}_relu2")(layers.BatchNormalization(name=f"{name}_bn2")(total))


def normalised_first(x, filters, stride, name):
    """Normalisation and ReLU before each convolution: the pre-activation block of He et al. (2016).

    Source: https://github.com/raghakot/keras-resnet/issues/48
    """
    shortcut = _shortcut(x, filters, stride, name)
    branch = layers.ReLU(name=f"{name}_relu1")(layers.BatchNormalization(name=f"{name}_bn1")(x))
    branch = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False, name=f"{name}_conv1")(branch)
    branch = layers.ReLU(name=f"{name}_relu2")(layers.BatchNormalization(name=f"{name}_bn2")(branch))
    branch = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"{name}_conv2")(branch)
    return layers.Add(name=f"{name}_add")([shortcut, branch])


def padded_by_one(x, filters, stride, name):
    """One row of zeros on every side before each 3×3 convolution, as PyTorch's padding=1.

    Source: https://github.com/asmith26/wide_resnets_keras/issues/17
    """
    branch = layers.Conv2D(filters, 3, strides=stride, use_bias=False)(layers.ZeroPadding2D(1)(x))
    branch = layers.ReLU()(layers.BatchNormalization()(branch))
    branch = layers.Conv2D(filters, 3, use_bias=False)(layers.ZeroPadding2D(1)(branch))
    branch = layers.BatchNormalization()(branch)
    return layers.ReLU()(branch + _shortcut(x, filters, stride, name))


def resnet_d_shortcut(x, filters, stride, name):
    """The shortcut averages 2×2 values before its 1×1 convolution: ResNet-D.

    Source: https://github.com/taki0112/ResNet-Tensorflow/issues/1
    """
    shortcut = x
    if stride != 1 or x.shape[-1] != filters:
        if stride != 1:
            shortcut = layers.AveragePooling2D(2, strides=stride, padding="same")(x)
        shortcut = _project(shortcut, filters, 1, name)
    return layers.ReLU()(_branch(x, filters, stride, name) + shortcut)


def shortcut_added_twice(x, filters, stride, name):
    """The shortcut is added a second time.

    Source: https://github.com/yakhyo/darknet-pytorch/issues/2
    """
    shortcut = _shortcut(x, filters, stride, name)
    total = layers.Add()([_branch(x, filters, stride, name), shortcut])
    return layers.ReLU()(layers.Add()([total, shortcut]))


def shortcut_padded_with_zeros(x, filters, stride, name):
    """Where the shape changes, every second position of x, and zeros for the new channels: the paper's option A.

    Source: https://github.com/lmbxmu/HRankPlus/issues/7
    """
    shortcut = x[:, ::stride, ::stride]
    if x.shape[-1] != filters:
        shortcut = ops.pad(shortcut, [(0, 0), (0, 0), (0, 0), (0, filters - x.shape[-1])])
    return layers.ReLU()(_branch(x, filters, stride, name) + shortcut)


def second_convolution_reads_x(x, filters, stride, name):
    """The second convolution reads x, so the first one is not used.

    Source: https://github.com/shaohua0116/Multiview2Novelview/issues/11
    """
    branch = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    branch = layers.BatchNormalization()(branch)
    return layers.ReLU()(layers.Add()([_shortcut(x, filters, stride, name), branch]))


def second_convolution_reads_x__with_the_stride(x, filters, stride, name):
    """The same where both convolutions have the stride, so that the shapes fit.

    Source: https://github.com/shaohua0116/Multiview2Novelview/issues/11
    """
    branch = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
    branch = layers.BatchNormalization()(branch)
    return layers.ReLU()(layers.Add()([_shortcut(x, filters, stride, name), branch]))
