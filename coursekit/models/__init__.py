"""The reference networks of the course, in Keras alone so that they run on any Keras backend."""

from coursekit.models.resnet import resnet

__all__ = ["resnet"]
