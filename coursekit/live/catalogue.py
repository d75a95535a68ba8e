"""Every demo by its lesson, its picture there and its recording: the list for pictures, site, tests and timings."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from coursekit import live


@dataclass(frozen=True)
class Recorded:
    """What of a demo can be seen where no kernel runs.

    Attributes:
        moved: the control that the recording moves.
        values: what it is set to, one after the other; that of the picture is one of them.
        controls: those that differ, in the picture, from how the demo starts.
    """

    moved: str
    values: Sequence[object]
    controls: Mapping[str, object] = field(default_factory=dict)


WEIGHTS = {"left": 4, "own": -8, "right": 4}
DEMOS: dict[str, dict[Callable[..., live.Demo], Recorded]] = {
    "1-autoencoder": {
        live.latent_walk: Recorded("percent", range(-50, 151, 25), {"percent": 50}),
        live.disturb: Recorded("noise", (0, 5, 10, 15, 20, 30, 40, 50, 60), {"size": 10}),
    },
    "2-resnet": {live.depths: Recorded("depth", (8, 20, 44))},
    "3-channel-attention": {
        live.channel_gates: Recorded(
            "change", ("own", "equal", "inverted", "shuffled", "swapped"), {"change": "inverted"}
        ),
        live.gates_by_class: Recorded("label", range(10)),
    },
    "4-spatial-attention": {live.spatial_gates: Recorded("row", range(0, 17, 2), {"size": 12})},
    "5-eca": {live.cross_channel_interaction: Recorded("own", range(-8, 9, 2), WEIGHTS)},
    "6-cbam": {
        live.cbam_arrangement: Recorded(
            "order", ("channel_first", "spatial_first", "parallel"), {"order": "spatial_first"}
        )
    },
    "7-bam": {live.bam_branches: Recorded("dilation", (1, 2, 4, 6))},
    "8-attend-and-rectify": {live.masks_and_hypotheses: Recorded("column", range(1, 15, 2))},
    "9-residual-attention": {live.masked_trunk: Recorded("modules", range(7))},
    "10-self-attention": {live.receptive_fields: Recorded("column", range(7))},
    "11-what-came-after": {live.one_value: Recorded("column", range(0, 14, 2), {"column": 6})},
    "12-capstone": {live.what_it_costs: Recorded("channels", (8, 16, 32, 64, 128, 256, 512))},
    "13-a-real-network": {live.network_gates: Recorded("layer", range(4))},
}


def as_in_lesson(demo: Callable[..., live.Demo], recorded: Recorded) -> live.Demo:
    """A demo of DEMOS with the trained layer, set as in the lesson's picture."""
    shown = demo()
    for name, value in recorded.controls.items():
        shown.controls[name].value = value
    return shown


def positions(shown: live.Demo, recorded: Recorded) -> Iterator[str]:
    """Set the demo to one value of the recording after the other; each time, what its control then says."""
    control = shown.controls[recorded.moved]
    for value in recorded.values:
        control.value = value
        yield str(getattr(control, "label", value))  # a slider over whole numbers has none
