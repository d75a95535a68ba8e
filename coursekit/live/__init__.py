"""Live demos: controls and a picture that follows them, driven by the layer that the reader has just written."""

from coursekit.live.channels import channel_gates

__all__ = ["channel_gates"]
