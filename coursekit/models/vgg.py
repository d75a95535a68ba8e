"""VGG16 with one CBAM at its end, as in a Japanese tutorial on attention in Keras."""

import keras

from coursekit.models.attention.cbam import channel_attention, stacked_spatial_attention


def vgg16_cbam(input_shape: tuple[int, int, int] = (224, 224, 3)) -> keras.Model:
    """VGG16 without its dense layers, then channel attention and spatial attention with stacked 3x3 convolutions.

    14,805,136 weights: 14,714,688 of VGG16, 66,112 and 24,336 of the two attentions. The paper places CBAM in every
    block of a network; here it stands once, behind the last.

    Args:
        input_shape: (height, width, channels) of one image, at least 32x32.

    Returns:
        A model from (batch, height, width, 3) to features (batch, height // 32, width // 32, 512).
    """
    vgg = keras.applications.VGG16(include_top=False, weights=None, input_shape=input_shape)
    x = channel_attention(vgg.output, "channel", ratio=8)
    return keras.Model(vgg.input, stacked_spatial_attention(x, "spatial"), name="vgg16_cbam")
