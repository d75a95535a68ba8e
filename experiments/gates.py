"""What gates do after training: how they differ between classes, and what happens to the accuracy without them.

    nice python experiments/gates.py

Reads the networks that `comparison.py blocks` has trained, from build/comparison, and trains nothing. For each network
and seed that is there: the accuracy with the gates as they are; with all gates, or those of one layer, put to 1; with
each gate put to its mean over the test images; with the gates of another image of the same class, and of any image. A
gate that stands at its mean can scale, but it cannot attend. Gates of another image of the class are chosen by the
label, so they may do better than the image's own. Writes data/results/comparison-gates.json.

Prediction: put to their means, gates lose less than half a point; put to 1, several points, because the layers behind
them were trained for smaller values. Gates of another image of the class lose less than gates of any image. In the
first stage the classes' mean gates differ less than in the last.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
import keras
import numpy as np
from keras import ops

from coursekit.results import write_json
from experiments.networks import build
from experiments.recipe import TEST_BATCH, Sweep, read_state, versions

COMMAND = "python experiments/gates.py"
NETWORKS = ("SE", "ECA", "CBAM", "BAM", "spatial", "channel + spatial")
Change = Callable[[keras.KerasTensor], keras.KerasTensor]


@click.command()
def main() -> None:
    """Measure every trained network that is there."""
    sweep = Sweep("blocks", COMMAND)
    pictures = sweep.experiment.prepared(sweep.data, 0)[1]
    measured = []
    for name in NETWORKS:
        model = build(sweep.experiment.networks[name], sweep.experiment.input_shape(sweep.data))
        for seed in range(sweep.seeds):
            state = read_state(sweep.checkpoint(name, seed), recipe := sweep.recipe(name))
            if state is None or state.epoch < recipe.epochs:
                continue
            for weight in model.weights:
                weight.assign(state.weights[weight.path])
            measured.append({"name": name, "seed": seed, **measure(model, *pictures)})
            click.echo(f"{name}, seed {seed}: {json.dumps(measured[-1]['accuracy'])}")
    if measured:
        content = {"command": COMMAND, "data": "Fashion-MNIST", "versions": versions(), "networks": measured}
        write_json(sweep.path.with_name("comparison-gates.json"), content)


def gate_layers(model: keras.Model) -> list[keras.layers.Layer]:
    """The layers that give gates, from the first stage to the last: all blocks' end in an activation, their sigmoid."""
    return [layer for layer in model.layers if layer.name.endswith("_gates")]


def measure(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """Accuracies with changed gates, and how far the gates of the classes lie apart.

    Args:
        model: trained; it is left as it is.
        images: to test on, (batch, height, width, channels), uint8.
        labels: (batch,).

    Returns:
        `accuracy`: by what was done to the gates. `layers`: for each layer that gives gates its name, the gates' `mean`
        and `spread` over everything, and the standard deviation of the `classes`' means and of the `images` within a
        class, both as the root of the mean square over the gates.
    """
    rng = np.random.default_rng(0)
    by_class = np.lexsort((rng.random(len(labels)), labels))
    mixed = rng.permutation(len(labels))
    layers = gate_layers(model)
    gates = gates_of(model, layers, images)
    means = [ops.convert_to_tensor(values.mean(axis=0, keepdims=True)) for values in gates]
    ones = [ops.ones_like] * len(layers)
    constant = [lambda values, mean=mean: ops.ones_like(values) * mean for mean in means]
    neighbours = [lambda values: ops.roll(values, 1, axis=0)] * len(layers)

    def accuracy(changes: dict[keras.layers.Layer, Change], order: np.ndarray = mixed) -> float:
        with changed(changes):
            return float(np.mean(predicted(model, images[order]) == labels[order]))

    def pairs(changes: list[Change]) -> dict[keras.layers.Layer, Change]:
        return dict(zip(layers, changes, strict=True))

    found = {
        "as they are": accuracy({}),
        "1": accuracy(pairs(ones)),
        "their mean": accuracy(pairs(constant)),
        "of another image of the class": accuracy(pairs(neighbours), by_class),
        "of any image": accuracy(pairs(neighbours)),
    }
    for layer, one, mean in zip(layers, ones, constant, strict=True):
        found[f"{layer.name}: 1"] = accuracy({layer: one})
        found[f"{layer.name}: their mean"] = accuracy({layer: mean})
    spreads = [spread(layer.name, values, labels) for layer, values in zip(layers, gates, strict=True)]
    return {"accuracy": found, "layers": spreads}


@contextmanager
def changed(changes: dict[keras.layers.Layer, Change]) -> Iterator[None]:
    """In between, the layers give what their change makes of their gates."""
    original = {layer: layer.activation for layer in changes}
    for layer, change in changes.items():
        layer.activation = lambda scores, own=original[layer], change=change: change(own(scores))
    try:
        yield
    finally:
        for layer, activation in original.items():
            layer.activation = activation


def predicted(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """The class of each image, (batch,); a swap of gates stays within a batch of images."""
    return np.concatenate([np.argmax(model(batch, training=False), axis=1) for batch in batches(images)])


def gates_of(model: keras.Model, layers: list[keras.layers.Layer], images: np.ndarray) -> list[np.ndarray]:
    """What each layer gives for each image, (batch, ...), float32."""
    watched = keras.Model(model.input, [layer.output for layer in layers])
    given = [
        [ops.convert_to_numpy(values) for values in keras.tree.flatten(watched(batch, training=False))]
        for batch in batches(images)
    ]
    return [np.concatenate(parts) for parts in zip(*given, strict=True)]


def batches(images: np.ndarray) -> list[np.ndarray]:
    """Float32 in 0 to 1, a batch at a time, so that not all are floats at once."""
    starts = range(0, len(images), TEST_BATCH)
    return [images[start : start + TEST_BATCH].astype("float32") / 255 for start in starts]


def spread(name: str, gates: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """How far gates (batch, ...) lie apart; as in `measure`."""
    rows = gates.reshape(len(gates), -1)
    classes = np.stack([rows[labels == label].mean(axis=0) for label in np.unique(labels)])
    within = rows - classes[np.searchsorted(np.unique(labels), labels)]
    return {
        "name": name,
        "mean": float(rows.mean()),
        "spread": float(rows.std()),
        "classes": float(np.sqrt(np.mean((classes - classes.mean(axis=0)) ** 2))),
        "images": float(np.sqrt(np.mean(within**2))),
    }


if __name__ == "__main__":
    sys.exit(main())
