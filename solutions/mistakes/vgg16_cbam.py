"""The usual wrong answers to `vgg16_cbam`."""


def _start(input_shape, backbone, **options):
    """Images and the backbone's feature map as asked for, unless the options say otherwise."""
    images = keras.Input(input_shape)
    options = {"include_top": False, "weights": None, "input_shape": input_shape} | options
    return images, backbone(**options)(images)


def trained_weights(input_shape, backbone=keras.applications.VGG16):
    """`weights` is left at its default, trained weights from the network.

    Source: https://github.com/keras-team/keras/issues/4040
    """
    images = keras.Input(input_shape)
    features = backbone(include_top=False, input_shape=input_shape)(images)
    return keras.Model(images, stacked_spatial_attention(cbam_channel_attention(features)))


def backbone_ignored(input_shape, backbone=keras.applications.VGG16):
    """Always VGG16, whatever `backbone` is."""
    images = keras.Input(input_shape)
    features = keras.applications.VGG16(include_top=False, weights=None, input_tensor=images).output
    return keras.Model(images, stacked_spatial_attention(cbam_channel_attention(features)))


def classifier_kept(input_shape, backbone=keras.applications.VGG16):
    """`include_top` is left at its default, True."""
    images, features = _start(input_shape, backbone, include_top=True)
    return keras.Model(images, stacked_spatial_attention(cbam_channel_attention(features)))


def shape_not_handed_on(input_shape, backbone=keras.applications.VGG16):
    """The backbone is not told the images' shape.

    Source: https://github.com/keras-team/keras/issues/4040
    """
    images, features = _start(input_shape, backbone, input_shape=None)
    return keras.Model(images, stacked_spatial_attention(cbam_channel_attention(features)))


def no_attention(input_shape, backbone=keras.applications.VGG16):
    """The backbone alone."""
    images, features = _start(input_shape, backbone)
    return keras.Model(images, features)


def channel_only(input_shape, backbone=keras.applications.VGG16):
    """The spatial attention is missing."""
    images, features = _start(input_shape, backbone)
    return keras.Model(images, cbam_channel_attention(features))


def spatial_only(input_shape, backbone=keras.applications.VGG16):
    """The channel attention's result is not used."""
    images, features = _start(input_shape, backbone)
    cbam_channel_attention(features)
    return keras.Model(images, stacked_spatial_attention(features))


def spatial_first(input_shape, backbone=keras.applications.VGG16):
    """Spatial attention before channel attention."""
    images, features = _start(input_shape, backbone)
    return keras.Model(images, cbam_channel_attention(stacked_spatial_attention(features)))


def large_kernel(input_shape, backbone=keras.applications.VGG16):
    """CBAM's own spatial attention instead of the stack."""
    images, features = _start(input_shape, backbone)
    return keras.Model(images, cbam_block(features))


def attention_on_the_images(input_shape, backbone=keras.applications.VGG16):
    """Attention in front of the backbone instead of behind it."""
    images = keras.Input(input_shape)
    x = stacked_spatial_attention(cbam_channel_attention(images))
    return keras.Model(images, backbone(include_top=False, weights=None, input_shape=input_shape)(x))


def papers_ratio(input_shape, backbone=keras.applications.VGG16):
    """The paper's ratio of 16 instead of the default."""
    images, features = _start(input_shape, backbone)
    return keras.Model(images, stacked_spatial_attention(cbam_channel_attention(features, ratio=16)))


def pooled_before_the_attention(input_shape, backbone=keras.applications.VGG16):
    """The backbone pools its map to a vector."""
    images, features = _start(input_shape, backbone, pooling="avg")
    return keras.Model(images, stacked_spatial_attention(cbam_channel_attention(features)))


def pooled_at_the_end(input_shape, backbone=keras.applications.VGG16):
    """Global average pooling behind the attention."""
    images, features = _start(input_shape, backbone)
    x = stacked_spatial_attention(cbam_channel_attention(features))
    return keras.Model(images, layers.GlobalAveragePooling2D()(x))


def input_added(input_shape, backbone=keras.applications.VGG16):
    """The backbone's map is added to the gated one."""
    images, features = _start(input_shape, backbone)
    return keras.Model(images, features + stacked_spatial_attention(cbam_channel_attention(features)))


def tensor_returned(input_shape, backbone=keras.applications.VGG16):
    """The feature map is returned, and no model is made."""
    _, features = _start(input_shape, backbone)
    return stacked_spatial_attention(cbam_channel_attention(features))


def added_to_the_model(input_shape, backbone=keras.applications.VGG16):
    """`add`, which only a Sequential model has.

    Source: https://github.com/keras-team/keras/issues/4040
    """
    model = backbone(include_top=False, weights=None, input_shape=input_shape)
    model.add(layers.GlobalAveragePooling2D())
    return model
