"""Trains ResNet-20 on Fashion-MNIST with each attention block: what does attention buy?

    python experiments/attention.py             the smaller set, for two cores
    python experiments/attention.py --full      all images, for an accelerator; any Keras backend
    python experiments/attention.py --steps     measures only how long a training step takes

Runs and what they say together land in data/results/attention.json (attention_full.json), the table in
experiments/attention.md (attention_full.md). An interrupted command goes on where it stopped.
"""

import sys
import time
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path
from statistics import median
from typing import Any

import click
import keras
import numpy as np

from coursekit.data import load_fashion_mnist
from coursekit.models import resnet_cifar
from coursekit.models.attention import bam, cbam, eca, squeeze_excitation
from coursekit.models.catalogue import abstract_model
from coursekit.models.cost import Cost, cost
from coursekit.results import Budget, Run, by_name, load_results, write_results
from coursekit.statistics import summary
from coursekit.training import BATCH, IMAGE_SHAPE, JIT_COMPILE, train
from curriculum.paths import results_folder

# Each block with its paper's default arguments, where its paper places it.
NETWORKS: dict[str, dict[str, Any]] = {
    "plain": {},
    "SE": {"block_attention": squeeze_excitation},
    "ECA": {"block_attention": eca},
    "CBAM": {"block_attention": cbam},
    "BAM": {"stage_attention": bam},
}
BUDGETS = {
    "attention": Budget(images=2_500, epochs=4, seeds=5),
    "attention_full": Budget(images=60_000, epochs=30, seeds=5),
}
STEP_ROUNDS = 15
PAGES = Path(__file__).parent


@click.command()
@click.option("--full", is_flag=True, help="60,000 images and 30 epochs instead of 2,500 and 4.")
@click.option("--steps", is_flag=True, help="Measure the time of a training step, and train nothing else.")
def main(full: bool, steps: bool) -> None:
    """Train every network with every seed that has no result yet."""
    name = "attention_full" if full else "attention"
    budget, command = BUDGETS[name], "python experiments/attention.py" + (" --full" if full else "")
    data = load_fashion_mnist()
    if steps:
        keep(name, budget, command, step_ms=measure_steps())
        return
    done = {(run.name, run.seed) for run in kept(name, budget)["runs"]}
    for seed in range(budget.seeds):
        for network in NETWORKS:
            if (network, seed) not in done:
                run, _ = train(network, partial(build, network), data, budget, "classification", seed)
                keep(name, budget, command, run)
                click.echo(f"{network}, seed {seed}: {run.metric:.4f} in {run.seconds:.0f} s")


def kept(name: str, budget: Budget) -> dict[str, Any]:
    """The runs and step times that are there already.

    Raises:
        click.UsageError: they were measured with another budget. Only the number of seeds may have grown.
    """
    if not (results_folder() / f"{name}.json").exists():
        return {"runs": [], "step_ms": {}}
    content = load_results(name)
    if content["budget"] | {"seeds": budget.seeds} != asdict(budget):
        raise click.UsageError(f"data/results/{name}.json has runs of another budget, {content['budget']}; delete it")
    return content


def keep(
    name: str, budget: Budget, command: str, run: Run | None = None, step_ms: dict[str, float] | None = None
) -> None:
    """Add a run, or new step times, to what is there; write the results and the page."""
    content = kept(name, budget)
    runs = content["runs"] + ([run] if run else [])
    step_ms = step_ms or content["step_ms"]
    rows = compare(runs, step_ms)
    write_results(results_folder() / f"{name}.json", runs, budget, command, step_ms=step_ms, networks=rows)
    (PAGES / f"{name}.md").write_text(page(rows, budget, command), "utf-8")


def build(network: str) -> keras.Model:
    """ResNet-20 for Fashion-MNIST with the attention of this name."""
    return resnet_cifar(20, IMAGE_SHAPE, 10, **NETWORKS[network])


@cache
def cost_of(network: str) -> Cost:
    """Parameters and multiply-adds of the network of this name."""
    return cost(abstract_model(partial(build, network)))


def measure_steps() -> dict[str, float]:
    """Median milliseconds of a training step on 128 images. The networks take turns, so a busy machine slows all."""
    rng = np.random.default_rng(0)
    images, labels = rng.random((BATCH, *IMAGE_SHAPE), dtype="float32"), rng.integers(10, size=BATCH)
    models = {network: build(network) for network in NETWORKS}
    for model in models.values():
        model.compile("adam", "sparse_categorical_crossentropy", jit_compile=JIT_COMPILE)
        model.train_on_batch(images, labels)
    seconds: dict[str, list[float]] = {network: [] for network in NETWORKS}
    for _ in range(STEP_ROUNDS):
        for network, model in models.items():
            begin = time.perf_counter()
            model.train_on_batch(images, labels)
            seconds[network].append(time.perf_counter() - begin)
    return {network: round(1000 * median(values), 1) for network, values in seconds.items()}


def compare(runs: list[Run], step_ms: dict[str, float]) -> list[dict[str, Any]]:
    """For each network its cost, its accuracy over the seeds, and the difference to plain on the same seeds.

    Intervals are 95 % t-intervals; those of the differences are paired: one difference for each seed.
    """
    accuracy = {(run.name, run.seed): run.metric for run in runs}
    rows = []
    for network, values in by_name(runs).items():
        costs = cost_of(network)
        mean, interval = _mean_and_interval(values)
        row: dict[str, Any] = {
            "name": network,
            "parameters": costs.trainable,
            "multiply_adds": costs.multiply_adds,
            "step_ms": step_ms.get(network),
            "seeds": len(values),
            "mean": mean,
            "interval": interval,
        }
        pairs = [
            value - accuracy["plain", seed]
            for (name, seed), value in accuracy.items()
            if name == network and ("plain", seed) in accuracy
        ]
        if network != "plain" and pairs:
            row["difference"], row["difference_interval"] = _mean_and_interval(pairs)
        rows.append(row)
    return rows


def _mean_and_interval(values: list[float]) -> tuple[float, list[float] | None]:
    """The mean and its 95 % interval, None for a single seed, which has none."""
    mean, low, high = summary(values)
    return mean, None if len(values) == 1 else [low, high]


def page(rows: list[dict[str, Any]], budget: Budget, command: str) -> str:
    """The comparison as Markdown."""
    lines = [
        f"ResNet-20 on Fashion-MNIST: {budget.images:,} training images, {budget.epochs} epochs, "
        f"{budget.test_images:,} test images; made by `{command}`.",
        "",
        "Accuracy after the last epoch in %, mean and 95 % t-interval over the seeds. The difference to plain is",
        "paired: both networks saw the same images in the same order. An interval that contains 0 shows no difference.",
        "",
        *unfinished(rows, budget),
        "| attention | parameters | multiply-adds (M) | step (ms) | seeds | accuracy | difference to plain |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        difference = "–"
        if "difference" in row:
            difference = f"{100 * row['difference']:+.2f} {_interval(row['difference_interval'], '+.2f')}"
        lines.append(
            f"| {row['name']} | {row['parameters']:,} | {row['multiply_adds'] / 1e6:.2f} | {row['step_ms'] or '–'} "
            f"| {row['seeds']} | {100 * row['mean']:.2f} {_interval(row['interval'], '.2f')} | {difference} |"
        )
    return "\n".join([*lines, "", verdict(rows), ""])


def unfinished(rows: list[dict[str, Any]], budget: Budget) -> list[str]:
    """A warning as lines of Markdown, if runs are missing."""
    done, wanted = sum(row["seeds"] for row in rows), budget.seeds * len(NETWORKS)
    return [] if done == wanted else [f"**Unfinished: {done} of {wanted} runs.**", ""]


def verdict(rows: list[dict[str, Any]]) -> str:
    """Which blocks differ from plain by more than chance, in a sentence."""
    compared = [row for row in rows if row["name"] != "plain" and row["seeds"] > 1]
    better = [row["name"] for row in compared if row["difference_interval"][0] > 0]
    worse = [row["name"] for row in compared if row["difference_interval"][1] < 0]
    unclear = [row["name"] for row in compared if row["name"] not in better + worse]
    parts = [
        f"{text}: {', '.join(names)}."
        for text, names in (("Better than plain", better), ("Worse", worse), ("No difference shown", unclear))
        if names
    ]
    return " ".join(parts) or "One seed shows nothing."


def _interval(bounds: list[float] | None, form: str) -> str:
    return f"({100 * bounds[0]:{form}} to {100 * bounds[1]:{form}})" if bounds else ""


if __name__ == "__main__":
    sys.exit(main())
