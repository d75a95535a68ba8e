"""Right answers to `vgg16_cbam`, as different as students write them."""

import keras
import tensorflow as tf


def on_the_backbones_own_tensors(input_shape, backbone=keras.applications.VGG16):
    """The attention continues from the backbone's output; no model within a model."""
    base = backbone(include_top=False, weights=None, input_shape=input_shape)
    x = cbam_channel_attention(base.output)
    return keras.Model(base.input, stacked_spatial_attention(x))


def input_tensor(input_shape, backbone=keras.applications.VGG16):
    """The images are handed to the backbone as a tensor."""
    images = keras.Input(shape=input_shape)
    base = backbone(include_top=False, weights=None, input_tensor=images)
    refined = cbam_channel_attention(base.output, ratio=8)
    return keras.Model(inputs=images, outputs=stacked_spatial_attention(refined, kernel_size=3))


def by_position(input_shape, backbone=keras.applications.VGG16):
    """include_top and weights by their places."""
    base = backbone(False, None, input_shape=input_shape)
    return keras.Model(base.inputs[0], stacked_spatial_attention(cbam_channel_attention(base.outputs[0])))


def sequential(input_shape, backbone=keras.applications.VGG16):
    """A Sequential model of the backbone and one model for the attention."""
    base = backbone(include_top=False, weights=None, input_shape=input_shape)
    features = keras.Input(base.output_shape[1:])
    attention = keras.Model(features, stacked_spatial_attention(cbam_channel_attention(features)))
    return keras.Sequential([keras.Input(input_shape), base, attention])


class _Attended(keras.Model):
    """A model of its own; its attention a model as well."""

    def __init__(self, base, **options):
        super().__init__(**options)
        features = keras.Input(base.output_shape[1:])
        self.base = base
        self.attention = keras.Model(features, stacked_spatial_attention(cbam_channel_attention(features)))

    def call(self, images):
        return self.attention(self.base(images))


def model_subclass(input_shape, backbone=keras.applications.VGG16):
    """A subclass of keras.Model."""
    return _Attended(backbone(include_top=False, weights=None, input_shape=input_shape))


def style_of_the_japanese_article(input_shape, backbone=keras.applications.VGG16):
    """In the style of the CBAM article: `inp`, `base`, and one module after the other on `x`."""
    inp = tf.keras.layers.Input(shape=input_shape)
    base = backbone(input_shape=input_shape, include_top=False, weights=None)

    x = base(inp)
    x = cbam_channel_attention(x)
    x = stacked_spatial_attention(x)

    return tf.keras.models.Model(inp, x)


def base_model_and_its_output(input_shape, backbone=keras.applications.VGG16):
    """The base model's own input and output, with the attention put on the output.

    Source: https://github.com/keras-team/keras/issues/3465
    """
    base_model = backbone(weights=None, include_top=False, input_shape=input_shape)
    x = base_model.output
    x = cbam_channel_attention(x)
    x = stacked_spatial_attention(x)
    return keras.Model(inputs=base_model.input, outputs=x)


def last_layer_by_its_place(input_shape, backbone=keras.applications.VGG16):
    """The last layer's output, taken by its place.

    Source: https://github.com/keras-team/keras/issues/4040
    """
    model = backbone(include_top=False, weights=None, input_shape=input_shape)
    features = model.layers[-1].output
    return keras.Model(model.inputs, stacked_spatial_attention(cbam_channel_attention(features)))


def features_then_scale(input_shape, backbone=keras.applications.VGG16):
    """The features first, then one attention after the other on x.

    Source: https://github.com/arp95/cbam_cnn_architectures_image_classification/issues/1
    """
    image = keras.Input(shape=input_shape)
    features_1 = backbone(input_shape=input_shape, weights=None, include_top=False)
    x = features_1(image)
    x = cbam_channel_attention(x)
    x = stacked_spatial_attention(x)
    return keras.Model(image, x)
