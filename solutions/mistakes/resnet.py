"""Usual wrong answers to `resnet`, each under the name by which a check recognises it."""


def _stem(inputs, filters, bias=False):
    """The stem as asked for: convolution, normalisation, ReLU."""
    x = layers.Conv2D(filters, 3, padding="same", use_bias=bias, name="stem_conv")(inputs)
    x = layers.BatchNormalization(name="stem_bn")(x)
    return layers.ReLU(name="stem_relu")(x)


def _strides(stage, number):
    """The stride as asked for: 2 in the first block of every stage but the first."""
    return 2 if stage > 1 and number == 1 else 1


def _stages(x, blocks, filters, block, stride=_strides):
    """The stages as asked for."""
    for stage, (count, width) in enumerate(zip(blocks, filters, strict=True), start=1):
        for number in range(1, count + 1):
            x = (block or residual_block)(x, width, stride(stage, number), f"stage{stage}_block{number}")
    return x


def _classifier(inputs, x, classes, activation="softmax"):
    """The end as asked for: global average pooling, a dense layer, softmax."""
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(inputs, layers.Dense(classes, activation=activation, name="classes")(x))


def every_stage_halves(input_shape, blocks, filters, classes, block=None):
    """The first stage has stride 2 as well.

    Source: https://github.com/labmlai/annotated_deep_learning_paper_implementations/issues/83
    """
    inputs = keras.Input(input_shape)
    x = _stages(_stem(inputs, filters[0]), blocks, filters, block, lambda stage, number: 2 if number == 1 else 1)
    return _classifier(inputs, x, classes)


def never_halved(input_shape, blocks, filters, classes, block=None):
    """Every block has stride 1, so the map keeps its size to the end."""
    inputs = keras.Input(input_shape)
    x = _stages(_stem(inputs, filters[0]), blocks, filters, block, lambda stage, number: 1)
    return _classifier(inputs, x, classes)


def every_block_halves(input_shape, blocks, filters, classes, block=None):
    """Every block has stride 2."""
    inputs = keras.Input(input_shape)
    x = _stages(_stem(inputs, filters[0]), blocks, filters, block, lambda stage, number: 2)
    return _classifier(inputs, x, classes)


def one_block_a_stage(input_shape, blocks, filters, classes, block=None):
    """`blocks` is not read: every stage has one block."""
    inputs = keras.Input(input_shape)
    x = _stages(_stem(inputs, filters[0]), (1,) * len(filters), filters, block)
    return _classifier(inputs, x, classes)


def widths_doubled(input_shape, blocks, filters, classes, block=None):
    """Each stage is twice as wide as the one before, whatever `filters` says."""
    inputs = keras.Input(input_shape)
    widths = [filters[0] * 2**stage for stage in range(len(blocks))]
    return _classifier(inputs, _stages(_stem(inputs, filters[0]), blocks, widths, block), classes)


def ten_classes(input_shape, blocks, filters, classes, block=None):
    """The number of classes is written down as 10."""
    inputs = keras.Input(input_shape)
    return _classifier(inputs, _stages(_stem(inputs, filters[0]), blocks, filters, block), 10)


def no_softmax(input_shape, blocks, filters, classes, block=None):
    """The last layer gives raw scores.

    Source: https://github.com/miraclewkf/SENet-PyTorch/issues/6
    """
    inputs = keras.Input(input_shape)
    return _classifier(inputs, _stages(_stem(inputs, filters[0]), blocks, filters, block), classes, None)


def sigmoid_for_softmax(input_shape, blocks, filters, classes, block=None):
    """Sigmoid instead of softmax: the classes do not share one probability of 1."""
    inputs = keras.Input(input_shape)
    return _classifier(inputs, _stages(_stem(inputs, filters[0]), blocks, filters, block), classes, "sigmoid")


def stem_biased(input_shape, blocks, filters, classes, block=None):
    """The stem's convolution keeps its bias, Keras' default."""
    inputs = keras.Input(input_shape)
    return _classifier(inputs, _stages(_stem(inputs, filters[0], bias=True), blocks, filters, block), classes)


def stem_not_normalised(input_shape, blocks, filters, classes, block=None):
    """No batch normalisation in the stem."""
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(filters[0], 3, padding="same", use_bias=False, activation="relu", name="stem_conv")(inputs)
    return _classifier(inputs, _stages(x, blocks, filters, block), classes)


def no_stem(input_shape, blocks, filters, classes, block=None):
    """The first block reads the image itself."""
    inputs = keras.Input(input_shape)
    return _classifier(inputs, _stages(inputs, blocks, filters, block), classes)


def imagenet_stem(input_shape, blocks, filters, classes, block=None):
    """The stem of ImageNet's networks: 7×7 with stride 2, then max pooling.

    Source: https://github.com/tensorflow/models/issues/2072
    """
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(filters[0], 7, strides=2, padding="same", use_bias=False, name="stem_conv")(inputs)
    x = layers.ReLU(name="stem_relu")(layers.BatchNormalization(name="stem_bn")(x))
    x = layers.MaxPooling2D(3, strides=2, padding="same", name="stem_pool")(x)
    return _classifier(inputs, _stages(x, blocks, filters, block), classes)


def flattened(input_shape, blocks, filters, classes, block=None):
    """The last map is flattened instead of averaged."""
    inputs = keras.Input(input_shape)
    x = layers.Flatten(name="flatten")(_stages(_stem(inputs, filters[0]), blocks, filters, block))
    return keras.Model(inputs, layers.Dense(classes, activation="softmax", name="classes")(x))


def plain_blocks(input_shape, blocks, filters, classes, block=None):
    """Blocks without a shortcut."""
    inputs = keras.Input(input_shape)
    x = _stages(_stem(inputs, filters[0]), blocks, filters, plain_block)
    return _classifier(inputs, x, classes)


def later_stages_halve_in_every_block(input_shape, blocks, filters, classes, block=None):
    """Every block of the later stages has stride 2, not only the first of each."""
    inputs = keras.Input(input_shape)
    x = _stages(_stem(inputs, filters[0]), blocks, filters, block, lambda stage, number: 2 if stage > 1 else 1)
    return _classifier(inputs, x, classes)


def stem_without_relu(input_shape, blocks, filters, classes, block=None):
    """No ReLU at the end of the stem.

    Source: https://github.com/michuanhaohao/reid-strong-baseline/issues/4
    """
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(filters[0], 3, padding="same", use_bias=False, name="stem_conv")(inputs)
    x = layers.BatchNormalization(name="stem_bn")(x)
    return _classifier(inputs, _stages(x, blocks, filters, block), classes)


def max_pooled(input_shape, blocks, filters, classes, block=None):
    """Global max pooling instead of global average pooling."""
    inputs = keras.Input(input_shape)
    x = layers.GlobalMaxPooling2D(name="pool")(_stages(_stem(inputs, filters[0]), blocks, filters, block))
    return keras.Model(inputs, layers.Dense(classes, activation="softmax", name="classes")(x))


def block_ignored(input_shape, blocks, filters, classes, block=None):
    """Always builds residual blocks, whatever block it is handed."""
    inputs = keras.Input(input_shape)
    return _classifier(inputs, _stages(_stem(inputs, filters[0]), blocks, filters, residual_block), classes)


def only_the_first_block_halves(input_shape, blocks, filters, classes, block=None):
    """Only the first block of the network has stride 2.

    Source: https://github.com/labmlai/annotated_deep_learning_paper_implementations/issues/205
    """
    inputs = keras.Input(input_shape)
    x = _stages(
        _stem(inputs, filters[0]), blocks, filters, block, lambda stage, number: 2 if stage == number == 1 else 1
    )
    return _classifier(inputs, x, classes)


def last_stage_not_halved(input_shape, blocks, filters, classes, block=None):
    """The last stage keeps the size of the map.

    Source: https://github.com/jedol/SSD-Keras_Tensorflow/issues/7
    """
    inputs = keras.Input(input_shape)

    def stride(stage, number):
        return _strides(stage, number) if stage < len(filters) else 1

    return _classifier(inputs, _stages(_stem(inputs, filters[0]), blocks, filters, block, stride), classes)


def blocks_not_chained(input_shape, blocks, filters, classes, block=None):
    """Hands what the stem gives to every block."""
    inputs = keras.Input(input_shape)
    stem = x = _stem(inputs, filters[0])
    for stage, (count, width) in enumerate(zip(blocks, filters, strict=True), start=1):
        for number in range(1, count + 1):
            x = (block or residual_block)(stem, width, _strides(stage, number), f"stage{stage}_block{number}")
    return _classifier(inputs, x, classes)
