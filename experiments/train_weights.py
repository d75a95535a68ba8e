"""Trains the networks that the live demos start from, and keeps them in data/weights.

    python experiments/train_weights.py [NAME...]

An interrupted run goes on with the network it stopped at; a network that is there already is trained again only if it
is named. Writes data/weights/<name>.npz, what was measured to data/weights/training.json, and the card in
data/README.md.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any

import click
import keras
import numpy as np
from keras import layers

from autograder.lessons.reference import lesson_namespace
from coursekit import weights
from coursekit.data import load_fashion_mnist, refuse_stand_in
from coursekit.live.networks import POCKET_RATIO
from coursekit.results import Budget
from coursekit.statistics import summary
from coursekit.training import IMAGE_SHAPE, Batches, Builder, Data, train
from curriculum.paths import data_folder, weights_folder
from experiments.lessons import EXPERIMENTS, prepared

COMMAND = "python experiments/train_weights.py"
SEED = 0


def pocket_networks() -> dict[str, Builder]:
    """Small classifiers with one block in the middle, to look into it: CBAM's two halves, BAM's two branches by sum.

    The block gets maps (batch, 14, 14, 16).
    """

    def around(block: Callable[[keras.KerasTensor], keras.KerasTensor]) -> keras.Model:
        image = keras.Input(IMAGE_SHAPE)
        x = layers.Conv2D(16, 3, strides=2, padding="same", use_bias=False)(image)
        x = layers.ReLU()(layers.BatchNormalization()(x))
        x = layers.Conv2D(16, 3, padding="same", use_bias=False)(x)
        x = block(layers.ReLU(name="maps")(layers.BatchNormalization()(x)))
        x = layers.Conv2D(32, 3, strides=2, padding="same", use_bias=False, name="behind")(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
        return keras.Model(image, layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(x)))

    def cbam(maps: keras.KerasTensor) -> keras.KerasTensor:
        lesson = lesson_namespace("6-cbam")
        return lesson["cbam_spatial_attention"](lesson["cbam_channel_attention"](maps, POCKET_RATIO))

    def bam(maps: keras.KerasTensor) -> keras.KerasTensor:
        lesson = lesson_namespace("7-bam")
        branches = lesson["bam_channel_gate"](maps, POCKET_RATIO), lesson["bam_spatial_gate"](maps, POCKET_RATIO)
        return maps * (1 + keras.ops.sigmoid(layers.Add(name="scores")(branches)))

    return {"CBAM": partial(around, cbam), "BAM": partial(around, bam)}


# name -> (networks, task)
SOURCES = {name: (networks, task) for name, (networks, task, _) in EXPERIMENTS.items()}
SOURCES["pocket"] = (pocket_networks, "classification")
# by the name of the experiment in SOURCES
BUDGETS = {
    "reconstruction": Budget(images=30_000, epochs=4, seeds=1),
    "depth": Budget(images=6_000, epochs=4, seeds=1),
    "pocket": Budget(images=20_000, epochs=6, seeds=1),
    "clutter": Budget(images=30_000, epochs=5, seeds=1),
    "masks": Budget(images=30_000, epochs=5, seeds=1),
}
OPTIONS = {"clutter": {"filters": (16, 32)}}  # half as wide as in the experiment: a smaller file
# file name -> (lesson, experiment, name among the experiment's networks)
NETWORKS = {
    "autoencoder": (1, "reconstruction", "no attention"),
    "autoencoder-channel": (3, "reconstruction", "channel"),
    "autoencoder-spatial": (4, "reconstruction", "spatial"),
    "autoencoder-channel-spatial": (4, "reconstruction", "channel + spatial"),
    "resnet-8-plain": (2, "depth", "plain, 8 layers"),
    "resnet-8-residual": (2, "depth", "residual, 8 layers"),
    "resnet-20-plain": (2, "depth", "plain, 20 layers"),
    "resnet-20-residual": (2, "depth", "residual, 20 layers"),
    "resnet-44-plain": (2, "depth", "plain, 44 layers"),
    "resnet-44-residual": (2, "depth", "residual, 44 layers"),
    "pocket-cbam": (6, "pocket", "CBAM"),
    "pocket-bam": (7, "pocket", "BAM"),
    "rectified": (8, "clutter", "attend and rectify"),
    "mask-soft": (9, "masks", "(1 + M) · T"),
    "mask-self-attention": (10, "masks", "self-attention"),
}
RESULTS = weights_folder() / "training.json"
CARD = data_folder() / "README.md"
CARD_BEGINS, CARD_ENDS = f"<!-- made by {COMMAND} -->\n", "<!-- end -->\n"


def builder(name: str) -> Builder:
    """What builds the network of this file, from the lessons' reference answers."""
    _, experiment, network = NETWORKS[name]
    networks, _ = SOURCES[experiment]
    return networks(**OPTIONS.get(experiment, {}))[network]


@click.command()
@click.argument("chosen", nargs=-1, type=click.Choice(list(NETWORKS)), metavar="[NAME...]")
def main(chosen: tuple[str, ...]) -> None:
    """Train the named networks, or those that are missing."""
    garments = load_fashion_mnist()
    refuse_stand_in()
    weights_folder().mkdir(exist_ok=True)
    for name in chosen or [name for name in NETWORKS if name not in read_results()]:
        lesson, experiment, _ = NETWORKS[name]
        budget, task = BUDGETS[experiment], SOURCES[experiment][1]
        data, loss = prepared(experiment, garments, budget.images)
        run, model = train(name, builder(name), data, budget, task, SEED, loss=loss)
        path = weights.save(model, weights_folder(), name)
        error, low, high = quality(weights.load(name), data, task)
        found = {
            "lesson": lesson,
            "task": task,
            "budget": asdict(budget),
            "seed": SEED,
            "metric": error,
            "interval": [low, high],
            "metric in float32": run.metric,
            "parameters": run.parameters,
            "bytes": path.stat().st_size,
            "seconds": run.seconds,
            "keras": f"{keras.__version__} on {keras.config.backend()}",
        }
        measured = read_results() | {name: found}  # read again: another process may have added to them
        RESULTS.write_text(json.dumps(measured, indent=1) + "\n", "utf-8")
        click.echo(f"{name}: {error:.5f} ({low:.5f} to {high:.5f}), {run.seconds:.0f} s")
    CARD.write_text(with_card(CARD.read_text("utf-8"), read_results()), "utf-8")


def read_results() -> dict[str, Any]:
    """What was measured so far, by file name."""
    return json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}


def quality(model: keras.Model, data: Data, task: str) -> tuple[float, float, float]:
    """Mean over the test images and its 95 % interval: of the mean squared error, or of the accuracy."""
    images, labels = data[1]
    predicted = model.predict(Batches(images, None, np.arange(len(images))), verbose=0)
    if task == "reconstruction":
        of_each = np.mean((predicted[..., 0] - images / np.float32(255)) ** 2, axis=(1, 2))
    else:
        of_each = predicted.argmax(axis=1) == labels
    return summary(of_each)


def card(measured: dict) -> str:
    """The table of all networks, as Markdown."""
    lines = [
        "| file in `weights/` | lesson | parameters | trained on | test images | as float32 | size |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, found in sorted(measured.items(), key=lambda item: (item[1]["lesson"], item[0])):
        budget, (low, high) = found["budget"], found["interval"]
        if found["task"] == "reconstruction":
            quality = f"error {1000 * found['metric']:.2f} ({1000 * low:.2f} to {1000 * high:.2f}) / 1000"
            exact = f"{1000 * found['metric in float32']:.2f} / 1000"
        else:
            quality = f"accuracy {found['metric']:.1%} ({low:.1%} to {high:.1%})"
            exact = f"{found['metric in float32']:.1%}"
        lines.append(
            f"| `{name}.npz` | {found['lesson']} | {found['parameters']:,} | {budget['images']:,} images, "
            f"{budget['epochs']} epochs | {quality} | {exact} | {found['bytes'] / 1000:.0f} kB |"
        )
    total = sum(found["bytes"] for found in measured.values())
    return "\n".join([*lines, "", f"{len(measured)} networks, {total / 1e6:.1f} MB together.", ""])


def with_card(text: str, measured: dict) -> str:
    """The text with the card between its marks made anew."""
    before, _, rest = text.partition(CARD_BEGINS)
    _, _, after = rest.partition(CARD_ENDS)
    return f"{before}{CARD_BEGINS}\n{card(measured)}\n{CARD_ENDS}{after}"


if __name__ == "__main__":
    sys.exit(main())
