"""Results of training runs: written and read as JSON, and printed in a notebook."""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np

from coursekit.data import refuse_stand_in
from coursekit.statistics import summary, welch
from curriculum.messages import network_name, say
from curriculum.paths import results_folder


@dataclass(frozen=True)
class Budget:
    """How much is trained: images, passes over them, repetitions with other seeds, and images to test on."""

    images: int
    epochs: int
    seeds: int
    test_images: int = 10_000


@dataclass(frozen=True)
class Run:
    """One training.

    Attributes:
        name: of the network.
        seed: of the weights and the order.
        metric: mean squared error or accuracy on the test images after the last epoch.
        parameters: weights that training changes.
        seconds: how long it trained.
        history: the training loss of each epoch.
        test_history: the metric after each epoch that was tested; empty where only the last one was.
    """

    name: str
    seed: int
    metric: float
    parameters: int
    seconds: float
    history: list[float]
    test_history: list[float] = field(default_factory=list)


def by_name(runs: list[Run]) -> dict[str, list[float]]:
    """The metric of every seed, for each network."""
    metrics: dict[str, list[float]] = {}
    for run in runs:
        metrics.setdefault(run.name, []).append(run.metric)
    return metrics


def write_results(path: Path, runs: list[Run], budget: Budget, command: str, **facts: Any) -> None:
    """Write measured runs as JSON.

    Args:
        path: the file.
        runs: what was measured.
        budget: what each run was given.
        command: how to measure them again.
        **facts: what else the file should say.

    Raises:
        DataError: the images last loaded are the stand-in set.
        RuntimeError: no images were loaded.
    """
    refuse_stand_in()
    content = {
        "command": command,
        "data": "Fashion-MNIST",
        "budget": asdict(budget),
        "keras": f"{keras.__version__} on {keras.config.backend()}",
        **facts,
        "runs": [asdict(run) for run in runs],
    }
    write_json(path, content)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a file that is whole, whenever the machine stops: until then the old one stays."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    unfinished.replace(path)


def load_results(name: str) -> dict[str, Any]:
    """The shipped results of an experiment: `command`, `budget`, and `runs` as a list of Run.

    Raises:
        FileNotFoundError: the course ships none of this name.
    """
    content: dict[str, Any] = json.loads((results_folder() / f"{name}.json").read_text("utf-8"))
    content["runs"] = [Run(**run) for run in content["runs"]]
    return content


def report(name: str, baseline: str, scale: float, networks: Collection[str] = ()) -> dict[str, np.ndarray]:
    """Print what the shipped runs of an experiment show: means, and differences from one network.

    The intervals of the differences are Welch's: runs of two networks share no more than the number of their seed.

    Args:
        name: the experiment.
        baseline: the network that the others are compared with.
        scale: what the metrics are multiplied by, 100 for per cent.
        networks: those that are told of; all unless named.

    Returns:
        The metrics of each network, (seeds,), for the seeds that all networks have.
    """
    shipped = load_results(name)
    runs = [run for run in shipped["runs"] if not networks or run.name in networks]
    metrics = by_name(runs)
    seeds = min(map(len, metrics.values()))
    rows = {network: scale * np.array(values[:seeds]) for network, values in metrics.items()}
    budget, minutes = shipped["budget"], sum(run.seconds for run in runs) / 60
    facts = {"seeds": seeds, "images": budget["images"], "epochs": budget["epochs"], "minutes": minutes}
    print(say("figure.report.budget", **facts))
    for network, values in rows.items():
        mean, low, high = summary(values)
        print(say("figure.report.network", network=network_name(network), mean=mean, low=low, high=high))
        if network != baseline:
            found = welch(values, rows[baseline])
            verdict = say(f"figure.report.{'contains_0' if found.low <= 0 <= found.high else 'contains_no_0'}")
            print(say("figure.report.difference", mean=found.mean, low=found.low, high=found.high, verdict=verdict))
    return rows


def means_and_seeds(rows: dict[str, np.ndarray]) -> tuple[float, float]:
    """How far apart the networks' means lie, and how far apart the seeds of one network lie at most."""
    return np.ptp([values.mean() for values in rows.values()]), max(np.ptp(values) for values in rows.values())
