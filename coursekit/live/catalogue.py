"""Every demo by its lesson, and how its picture in the lesson is set: the list that pictures, tests and timings use."""

from collections.abc import Callable

from coursekit import live

# lesson -> demo -> the controls that differ, in its picture, from how the demo starts
DEMOS: dict[str, dict[Callable[..., live.Demo], dict[str, object]]] = {
    "1-autoencoder": {live.latent_walk: {"percent": 50}, live.disturb: {"size": 10}},
    "2-resnet": {live.depths: {}},
    "3-channel-attention": {live.channel_gates: {"change": "inverted"}, live.gates_by_class: {}},
    "4-spatial-attention": {live.spatial_gates: {"size": 12}},
    "5-eca": {live.cross_channel_interaction: {"left": 4, "own": -8, "right": 4}},
    "6-cbam": {live.cbam_arrangement: {"order": "spatial_first"}},
    "7-bam": {live.bam_branches: {}},
    "8-attend-and-rectify": {live.masks_and_hypotheses: {}},
    "9-attention-everywhere": {live.receptive_fields: {}},
    "10-capstone": {live.what_it_costs: {}},
}


def draw(demo: Callable[..., live.Demo], controls: dict[str, object]) -> bytes:
    """The picture of a demo with the trained layer.

    Args:
        demo: one of DEMOS.
        controls: the values of those that differ from how the demo starts.

    Returns:
        A PNG.
    """
    shown = demo()
    for name, value in controls.items():
        shown.controls[name].value = value
    return shown.png(compress_level=9)
