"""How the comparison is trained and kept: recipe, batches, experiments, checkpoints, results. On any Keras backend."""

import json
import os
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from importlib import import_module
from math import prod
from pathlib import Path
from typing import Any

import click
import keras
import numpy as np

from coursekit.baselines import linear_accuracy, nearest_neighbour_accuracy
from coursekit.data import load_fashion_mnist, refuse_stand_in
from coursekit.models.catalogue import abstract_model
from coursekit.models.cost import cost
from coursekit.results import Budget, Run, by_name, load_results, write_results
from coursekit.statistics import correlation, paired, summary, welch
from coursekit.training import Data
from curriculum.paths import REPOSITORY, results_folder
from experiments.networks import BLOCKS, CONTROL_OF, PAPERS, PLAIN, Network, build, other_starts
from experiments.settings import (
    FEW,
    Setting,
    channels,
    clutter,
    few,
    framed,
    garments,
)

SEEDS = 10
TEST_BATCH = 1_000
CHECKPOINTS = REPOSITORY / "build" / "comparison"


@dataclass(frozen=True)
class Recipe:
    """How every network of an experiment is trained, without a choice among epochs: the last one counts.

    Stochastic gradient descent with Nesterov's momentum, as PyTorch has it. The rate rises in a line, and falls as a
    cosine to 0. Weight decay is added to the gradients of kernels alone: it would pull a gate's bias, which says how
    far the gate is open, to one half.

    Attributes:
        images: the training images, of which each epoch leaves out what fills no batch.
        epochs: passes over them.
        batch: images in a batch.
        rate: the highest learning rate.
        warm_up: steps until there.
        momentum: what is kept of the last step.
        decay: of the kernels.
        flips: whether half of the images, others in each epoch, are mirrored.
        tests: epochs from one test to the next; the last one is followed by one anyway.
    """

    images: int = 60_000
    epochs: int = 8
    batch: int = 128
    rate: float = 0.1
    warm_up: int = 200
    momentum: float = 0.9
    decay: float = 5e-4
    flips: bool = True
    tests: int = 1

    @property
    def steps(self) -> int:
        """Of an epoch."""
        return self.images // self.batch

    def is_tested(self, epoch: int) -> bool:
        """Whether a test follows an epoch, counted from 0."""
        return (epoch + 1) % self.tests == 0 or epoch + 1 == self.epochs

    def rates(self, epoch: int) -> np.ndarray:
        """The learning rate of each step of an epoch, counted from 0: (steps,), float32."""
        step, total = np.arange(self.steps) + epoch * self.steps, self.epochs * self.steps
        rising = (step + 1) / self.warm_up
        falling = (1 + np.cos(np.pi * np.clip((step - self.warm_up) / (total - self.warm_up), 0, 1))) / 2
        return (self.rate * np.minimum(rising, falling)).astype("float32")

    def batches(self, seed: int, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        """Which images each step sees, (steps, batch) int32, and which of them mirrored, (steps, batch) bool.

        They depend on the seed and the epoch alone: every network of a seed sees the same.
        """
        rng = np.random.default_rng([seed, epoch])
        order = rng.permutation(self.images)[: self.steps * self.batch].astype("int32")
        flips = (rng.random(order.shape) < 0.5) & self.flips
        return order.reshape(self.steps, self.batch), flips.reshape(self.steps, self.batch)


def nesterov(weight: Any, gradient: Any, velocity: Any, recipe: Recipe) -> tuple[Any, Any]:
    """What is subtracted from a weight, but for the learning rate, and its new velocity; on any backend."""
    if len(weight.shape) > 1:
        gradient = gradient + recipe.decay * weight
    speed = recipe.momentum * velocity + gradient
    return gradient + recipe.momentum * speed, speed


def activations(model: keras.Model, batch: int) -> float:
    """Megabytes of what all layers give for a batch in float32, which a step keeps for the gradients."""
    return round(4 * batch * sum(prod(layer.output.shape[1:]) for layer in model.layers) / 1e6, 1)


@dataclass(frozen=True)
class Experiment:
    """Networks that are compared on one setting by one recipe.

    Attributes:
        networks: by name.
        setting: what is seen.
        recipe: how they are trained.
    """

    networks: dict[str, Network]
    setting: Setting
    recipe: Recipe

    def input_shape(self, data: Data) -> tuple[int, int, int]:
        """(height, width, channels) of its pictures."""
        (few_images, few_labels), _ = data
        tiny = (few_images[:1], few_labels[:1])
        return self.setting.make((tiny, tiny), 0)[0][0].shape[1:]

    def prepared(self, data: Data, seed: int) -> Data:
        """The pictures of a seed: where they are the same for all seeds, made of the recipe's first images."""
        (images, labels), test = data
        if not self.setting.drawn:
            images, labels = images[: self.recipe.images], labels[: self.recipe.images]
        return self.setting.make(((images, labels), test), seed)


# A network that gets further, for an accelerator: images at their full size, and twice the channels.
LARGER = {
    name: replace(network, stem_stride=1, filters=(32, 64, 128))
    for name, network in BLOCKS.items()
    if name in (*PLAIN, *PAPERS, "ECA", "spatial")
}
ORDINARY = PLAIN | PAPERS | {name: BLOCKS[name] for name in ("spatial", "66 wide")}
SMALLER = Recipe(images=20_000)
EXPERIMENTS = {
    "blocks": Experiment(BLOCKS, Setting(garments), Recipe()),
    "starts": Experiment(other_starts(), Setting(garments), Recipe()),
    "longer": Experiment(PLAIN | PAPERS, Setting(garments), Recipe(epochs=20)),
    "larger": Experiment(LARGER, Setting(garments), Recipe(epochs=16)),
    "clutter": Experiment(ORDINARY, Setting(clutter), SMALLER),
    "framed": Experiment(ORDINARY, Setting(framed), SMALLER),
    "few": Experiment(ORDINARY, Setting(few, drawn=True), Recipe(images=FEW, epochs=80, warm_up=50, tests=10)),
    "channels": Experiment(ORDINARY | {"ECA": BLOCKS["ECA"]}, Setting(channels), SMALLER),
}


@dataclass
class State:
    """Where a training stands: what a checkpoint holds.

    Attributes:
        weights: path -> value.
        velocities: path of a trainable weight -> value.
        seconds: trained so far.
        history: the training loss of each epoch.
        test_history: the test accuracy after each epoch that a test follows.
    """

    weights: dict[str, np.ndarray]
    velocities: dict[str, np.ndarray]
    seconds: float = 0.0
    history: list[float] = field(default_factory=list)
    test_history: list[float] = field(default_factory=list)

    @property
    def epoch(self) -> int:
        """Epochs that are done."""
        return len(self.history)


def write_state(path: Path, state: State, recipe: Recipe) -> None:
    """Keep a state in a file that is whole or not there, whenever the machine stops."""
    path.parent.mkdir(parents=True, exist_ok=True)
    facts = {"recipe": asdict(recipe), "seconds": state.seconds}
    facts |= {"history": state.history, "test_history": state.test_history}
    arrays = {f"weight:{place}": value for place, value in state.weights.items()}
    arrays |= {f"velocity:{place}": value for place, value in state.velocities.items()}
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("wb") as file:
        np.savez(file, facts=np.array(json.dumps(facts)), **arrays)
    unfinished.replace(path)


def read_state(path: Path, recipe: Recipe) -> State | None:
    """The state in a file, None if there is none.

    Raises:
        click.UsageError: it belongs to another recipe.
    """
    if not path.exists():
        return None
    with np.load(path) as arrays:
        found = dict(arrays)
    facts = json.loads(str(found.pop("facts")))
    if facts.pop("recipe") != asdict(recipe):
        raise click.UsageError(f"{path} is a training by another recipe; delete it")
    kinds: dict[str, dict[str, np.ndarray]] = {"weight": {}, "velocity": {}}
    for name, value in found.items():
        kind, _, place = name.partition(":")
        kinds[kind][place] = value
    return State(kinds["weight"], kinds["velocity"], **facts)


class Sweep:
    """What is there of an experiment, and what is still to be trained.

    Args:
        name: of the experiment.
        command: how to run it again.
        seeds: how many are wanted.
    """

    def __init__(self, name: str, command: str, seeds: int = SEEDS) -> None:
        self.name, self.command, self.seeds = name, command, seeds
        self.experiment = EXPERIMENTS[name]
        self.file = f"comparison-{name}"
        self.path = results_folder() / f"{self.file}.json"
        self.data = load_fashion_mnist()
        refuse_stand_in()
        self.runs: list[Run] = []
        self.facts: dict[str, Any] = {"recipe": asdict(self.experiment.recipe)}
        if self.path.exists():
            content = load_results(self.file)
            self.runs = content.pop("runs")
            if content["recipe"] != self.facts["recipe"]:
                raise click.UsageError(f"{self.path} has runs by another recipe, {content['recipe']}; delete it")
            self.facts = {key: content[key] for key in ("recipe", "steps", "baselines") if key in content}

    def open_runs(self) -> Iterator[tuple[int, str]]:
        """Seeds and names of the networks that are still to be trained; seed by seed, so that all get as far."""
        for seed in range(self.seeds):
            for network in self.experiment.networks:
                if not any((run.name, run.seed) == (network, seed) for run in self.runs):
                    yield seed, network

    def recipe(self, network: str) -> Recipe:
        """The recipe with the network's own number of epochs.

        Raises:
            click.UsageError: it shall be trained as long as the slowest block, and no step has been measured.
        """
        recipe, times = self.experiment.recipe, self.experiment.networks[network].epochs
        if times is None:
            if "steps" not in self.facts:
                raise click.UsageError("measure the steps first: they say how long the slowest block takes")
            steps = {name: step["milliseconds"] for name, step in self.facts["steps"].items()}
            times = max(steps.values()) / steps["plain"]
        return replace(recipe, epochs=round(recipe.epochs * times))

    def checkpoint(self, network: str, seed: int) -> Path:
        """Where a training's state is kept, also after its end."""
        return CHECKPOINTS / self.name / f"{network}-{seed}.npz"

    def keep(self, *runs: Run, **facts: Any) -> None:
        """Add runs or facts to what is there, and write the file."""
        self.runs += runs
        self.facts |= facts
        self.facts["versions"] = versions()
        self.facts["networks"] = self.rows()
        recipe = self.experiment.recipe
        budget = Budget(recipe.images, recipe.epochs, self.seeds, len(self.data[1][0]))
        write_results(self.path, self.runs, budget, self.command, **self.facts)

    def baselines(self) -> dict[str, list[float]]:
        """Linear regression and nearest neighbours on the same pictures; for each seed if these have their own."""
        seeds = range(self.seeds if self.experiment.setting.drawn else 1)
        found: dict[str, list[float]] = {"logistic regression": [], "nearest neighbour": []}
        for seed in seeds:
            pictures = self.experiment.prepared(self.data, seed)
            found["logistic regression"].append(linear_accuracy(*pictures))
            found["nearest neighbour"].append(nearest_neighbour_accuracy(*pictures))
        return found

    def rows(self) -> list[dict[str, Any]]:
        """For each network its cost, its accuracy, and its difference to the plain network and to its wider one.

        One whose gates start in another way is also compared with the block as it was published. The interval is
        Welch's, or the paired one where every seed has pictures of its own; the correlation is given in both cases. An
        experiment without a plain network of its own is compared with those of `blocks`.
        """
        metrics = by_name(self.runs)
        if "plain" not in self.experiment.networks and (results_folder() / "comparison-blocks.json").exists():
            metrics = by_name(load_results("comparison-blocks")["runs"]) | metrics
        shape, rows = self.experiment.input_shape(self.data), []
        for name, network in self.experiment.networks.items():
            values = metrics.get(name, [])
            if not values:
                continue
            costs = cost(abstract_model(partial(build, network, shape)))
            own = [run for run in self.runs if run.name == name]
            mean, low, high = summary(values)
            row = {
                "name": name,
                "parameters": costs.trainable,
                "parameters_with_running_means": costs.total,
                "multiply_adds": costs.multiply_adds,
                "epochs": len(own[0].history),
                "epoch_seconds": sum(run.seconds for run in own) / sum(len(run.history) for run in own),
                "seeds": len(values),
                "mean": mean,
                "interval": [low, high] if len(values) > 1 else None,
            }
            started_anew = name.partition(", ")[0] if name in other_starts() else None
            for title, other in (("plain", "plain"), ("wider", CONTROL_OF.get(name)), ("block", started_anew)):
                if other and other != name and min(len(values), len(metrics.get(other, []))) > 1:
                    row[f"to_{title}"] = self.difference(values, metrics[other])
            rows.append(row)
        return rows

    def difference(self, values: list[float], others: list[float]) -> dict[str, Any]:
        """A network's difference to another one over the seeds that both have."""
        both = min(len(values), len(others))
        kind = paired if self.experiment.setting.drawn else welch
        found = asdict(kind(values[:both], others[:both]))
        return {"kind": kind.__name__, **found, "correlation": correlation(values[:both], others[:both]), "seeds": both}


def table(content: dict[str, Any]) -> str:
    """What a result file says, as Markdown."""
    titles = {"plain": "to plain", "wider": "to the wider one", "block": "to the block as published"}
    titles = {kind: title for kind, title in titles.items() if any(f"to_{kind}" in row for row in content["networks"])}
    heads = ["network", "parameters", "multiply-adds (M)", "epochs", "seeds", "accuracy", *titles.values(), "r"]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for row in content["networks"]:
        differences = [row.get(f"to_{kind}") for kind in titles]
        cells = [f"{100 * d['mean']:+.2f} {_bounds(d['low'], d['high'], '+.2f')}" if d else "–" for d in differences]
        together = f"{row['to_plain']['correlation']:+.2f}" if "to_plain" in row else "–"
        accuracy = f"{100 * row['mean']:.2f}" + (f" {_bounds(*row['interval'], '.2f')}" if row["interval"] else "")
        lines.append(
            f"| {row['name']} | {row['parameters']:,} | {row['multiply_adds'] / 1e6:.2f} | {row['epochs']} "
            f"| {row['seeds']} | {' | '.join([accuracy, *cells, together])} |"
        )
    for name, values in content.get("baselines", {}).items():
        empty = " | –" * (len(titles) + 1)
        lines.append(f"| {name} | – | – | – | – | {100 * float(np.mean(values)):.2f}{empty} |")
    return "\n".join(lines)


def _bounds(low: float, high: float, form: str) -> str:
    return f"({100 * low:{form}} to {100 * high:{form}})"


def versions() -> dict[str, str]:
    """What the numbers may depend on."""
    backend = keras.config.backend()
    module = import_module(backend)
    found = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "keras": keras.__version__,
        backend: module.__version__,
        "processor": f"{platform.machine()}, {os.cpu_count()} cores",
    }
    return found | ({"accelerator": module.devices()[0].device_kind} if backend == "jax" else {})
