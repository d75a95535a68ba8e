"""Live demos: controls and a picture that follows them, driven by the layer that the reader has just written."""

from coursekit.live.attend_and_rectify import masks_and_hypotheses
from coursekit.live.autoencoder import disturb, latent_walk
from coursekit.live.bam import bam_branches
from coursekit.live.cbam import cbam_arrangement
from coursekit.live.channel_attention import channel_gates, gates_by_class
from coursekit.live.costs import what_it_costs
from coursekit.live.demo import Demo
from coursekit.live.eca import cross_channel_interaction
from coursekit.live.gradients import depths
from coursekit.live.later_blocks import one_value
from coursekit.live.network_gates import network_gates
from coursekit.live.residual_attention import masked_trunk
from coursekit.live.self_attention import receptive_fields
from coursekit.live.spatial_attention import spatial_gates

__all__ = [
    "Demo",
    "bam_branches",
    "cbam_arrangement",
    "channel_gates",
    "cross_channel_interaction",
    "depths",
    "disturb",
    "gates_by_class",
    "latent_walk",
    "masked_trunk",
    "masks_and_hypotheses",
    "network_gates",
    "one_value",
    "receptive_fields",
    "spatial_gates",
    "what_it_costs",
]
