"""The attention blocks of the course, one module for each paper.

Each takes a feature map, (batch, height, width, channels), and a name for its layers. Where a paper and its authors'
released code differ, an argument chooses and its docstring says which is which.
"""

from coursekit.models.attention.bam import bam
from coursekit.models.attention.cbam import cbam
from coursekit.models.attention.coordinate import coordinate_attention
from coursekit.models.attention.eca import eca
from coursekit.models.attention.global_context import global_context
from coursekit.models.attention.residual_attention import residual_attention
from coursekit.models.attention.response_norm import global_response_norm
from coursekit.models.attention.simam import simam
from coursekit.models.attention.squeeze_excitation import efficientnet_se, mobilenet_se, squeeze_excitation

__all__ = [
    "bam",
    "cbam",
    "coordinate_attention",
    "eca",
    "efficientnet_se",
    "global_context",
    "global_response_norm",
    "mobilenet_se",
    "residual_attention",
    "simam",
    "squeeze_excitation",
]
