"""The reference networks of the course, in Keras alone so that they run on any Keras backend."""

from coursekit.models.residual_attention import residual_attention_network
from coursekit.models.resnet import resnet, resnet_cifar
from coursekit.models.vgg import vgg16_cbam
from coursekit.models.wide_resnet import attend_and_rectify, wide_resnet

__all__ = [
    "attend_and_rectify",
    "residual_attention_network",
    "resnet",
    "resnet_cifar",
    "vgg16_cbam",
    "wide_resnet",
]
