"""Live demos: controls and a picture that follows them, driven by the layer that the reader has just written."""

from coursekit.live.branches import two_branches
from coursekit.live.channels import channel_gates, gates_by_class
from coursekit.live.clutter import in_the_clutter
from coursekit.live.costs import what_it_costs
from coursekit.live.demo import Demo
from coursekit.live.drawings import disturb, latent_walk
from coursekit.live.gradients import depths
from coursekit.live.halves import which_then_where
from coursekit.live.influence import looking_across
from coursekit.live.neighbours import ask_the_neighbours
from coursekit.live.positions import where_it_looks

__all__ = [
    "Demo",
    "ask_the_neighbours",
    "channel_gates",
    "depths",
    "disturb",
    "gates_by_class",
    "in_the_clutter",
    "latent_walk",
    "looking_across",
    "two_branches",
    "what_it_costs",
    "where_it_looks",
    "which_then_where",
]
