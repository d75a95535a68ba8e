"""The pictures that lessons show where no kernel runs: python -m coursekit.live

Each demo with the trained layer, as a PNG beside the notebooks that show it. They have the same words in every
language.
"""

from collections.abc import Callable
from pathlib import Path

from coursekit import live
from coursekit.data import refuse_stand_in
from coursekit.live.garments import test_images
from curriculum.messages import LANGUAGES

COURSE = Path(__file__).resolve().parents[2] / "course"
# lesson -> demo -> the controls that differ from how the demo starts
PICTURES: dict[str, dict[Callable[[], live.Demo], dict[str, object]]] = {
    "1-autoencoder": {live.latent_walk: {"percent": 50}, live.disturb: {"size": 10}},
    "2-resnet": {live.depths: {}},
    "3-channel-attention": {live.channel_gates: {"change": "inverted"}, live.gates_by_class: {}},
    "4-spatial-attention": {live.where_it_looks: {"size": 12}},
    "5-eca": {live.ask_the_neighbours: {"left": 4, "own": -8, "right": 4}},
    "6-cbam": {live.which_then_where: {"order": "where_first"}},
    "7-bam": {live.two_branches: {}},
    "8-attend-and-rectify": {live.in_the_clutter: {}},
    "9-attention-everywhere": {live.looking_across: {}},
    "10-capstone": {live.what_it_costs: {}},
}


def draw(demo: Callable[[], live.Demo], controls: dict[str, object]) -> bytes:
    """The picture of a demo with the trained layer, as PNG."""
    shown = demo()
    for name, value in controls.items():
        shown.controls[name].value = value
    return shown.png(compress_level=9)


def main() -> None:
    test_images()
    refuse_stand_in()
    for lesson, demos in PICTURES.items():
        for demo, controls in demos.items():
            picture = draw(demo, controls)
            for language in LANGUAGES:
                path = COURSE / language / lesson / f"{demo.__name__}.png"
                path.write_bytes(picture)
                print(f"{path.relative_to(COURSE.parent)}: {len(picture) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
