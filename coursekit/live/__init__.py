"""Live demos: controls and a picture that follows them, driven by the layer that the reader has just written."""

from coursekit.live.channels import channel_gates
from coursekit.live.positions import where_it_looks

__all__ = ["channel_gates", "where_it_looks"]
