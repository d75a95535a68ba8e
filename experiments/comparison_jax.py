"""The comparison for an accelerator: the same recipe on JAX, all seeds of a network side by side in one program.

    python experiments/comparison_jax.py blocks|starts|longer|clutter|framed|few|channels

It gives the same files as `comparison.py`, from the same first weights and batches; what is there is not trained again,
and an interrupted command goes on with the epoch it stopped in. Each network first trains a few steps in both ways, all
seeds at once and one seed after the other, and takes the faster. Without TensorFlow: `README.md` says what it needs.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")  # before Keras is imported

import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import click
import jax
import jax.numpy as jnp
import numpy as np

from coursekit.results import Run
from coursekit.training import Data
from experiments.networks import build, initial_weights
from experiments.recipe import (
    EXPERIMENTS,
    SEEDS,
    TEST_BATCH,
    State,
    Sweep,
    activations,
    nesterov,
    read_state,
    table,
    write_state,
)

TRIAL_STEPS = 20
Tree = Any  # lists of arrays, whose first axis is the seed


@click.command()
@click.argument("name", type=click.Choice(list(EXPERIMENTS)))
@click.option("--seeds", default=SEEDS, help=f"How many seeds; {SEEDS} unless told.")
def main(name: str, seeds: int) -> None:
    """Train every network with every seed that has no result yet."""
    sweep = Sweep(name, f"python experiments/comparison_jax.py {name}", seeds)
    if "baselines" not in sweep.facts:
        sweep.measure_baselines()
    open_seeds: dict[str, list[int]] = {}
    for seed, network in sweep.open_runs():
        open_seeds.setdefault(network, []).append(seed)
    pictures = Pictures(sweep, range(seeds))
    if "steps" not in sweep.facts:
        measured = [network for network, found in sweep.experiment.networks.items() if found.epochs is not None]
        sweep.keep(steps={network: Seeds(sweep, network, [0]).measure_step(pictures) for network in measured})
    for network, wanted in open_seeds.items():
        together = Seeds(sweep, network, wanted)
        runs = together.train(pictures)
        sweep.keep(*runs)
        click.echo(f"{network}, {len(runs)} seeds: {np.mean([run.metric for run in runs]):.4f}, {together.way}")
    click.echo(table(sweep.facts))


class Pictures:
    """What is learnt from and tested on, on the device.

    Args:
        sweep: the experiment.
        seeds: for which pictures are made, if every seed has its own.
    """

    def __init__(self, sweep: Sweep, seeds: range) -> None:
        self.drawn = sweep.experiment.setting.drawn
        prepared: list[Data] = [sweep.experiment.prepared(sweep.data, seed) for seed in (seeds if self.drawn else [0])]
        self.images = jnp.asarray(np.stack([images for (images, _), _ in prepared]))
        self.labels = jnp.asarray(np.stack([labels for (_, labels), _ in prepared]).astype("int32"))
        test_images, test_labels = prepared[0][1]
        self.test_images, self.test_labels = jnp.asarray(test_images), jnp.asarray(test_labels.astype("int32"))

    def place(self, seed: int) -> int:
        """Where a seed's pictures are along the first axis of `images` and `labels`."""
        return seed if self.drawn else 0


class Seeds:
    """One network with several seeds.

    Args:
        sweep: the experiment.
        network: the network's name.
        seeds: which.
    """

    def __init__(self, sweep: Sweep, network: str, seeds: list[int]) -> None:
        self.sweep, self.name, self.seeds = sweep, network, seeds
        self.recipe, self.network = sweep.recipe(network), sweep.experiment.networks[network]
        self.model = build(self.network, sweep.experiment.input_shape(sweep.data))
        self.trained = [weight.path for weight in self.model.trainable_variables]
        self.moving = [weight.path for weight in self.model.non_trainable_variables]
        self.way = "side by side"
        self.predict = jax.jit(self._predict)

    def train(self, pictures: Pictures) -> list[Run]:
        """Train all of them, each from its checkpoint if there is one; those that are behind catch up first."""
        paths = [self.sweep.checkpoint(self.name, seed) for seed in self.seeds]
        states = [
            read_state(path, self.recipe) or self.first_state(seed)
            for path, seed in zip(paths, self.seeds, strict=True)
        ]
        epoch = self.faster(states, pictures) if len(states) > 1 else self.one_by_one()
        while (done := min(state.epoch for state in states)) < self.recipe.epochs:
            behind = [at for at, state in enumerate(states) if state.epoch == done]
            chosen = [states[at] for at in behind]
            begin = time.perf_counter()
            losses = self.run(epoch, chosen, [self.seeds[at] for at in behind], done, pictures)
            seconds = (time.perf_counter() - begin) / len(behind)
            for at, loss in zip(behind, losses, strict=True):
                states[at].seconds += seconds
                states[at].history.append(float(loss))
                states[at].test_history.append(self.accuracy(states[at], pictures))
                write_state(paths[at], states[at], self.recipe)
        parameters = sum(states[0].weights[path].size for path in self.trained)
        return [
            Run(
                self.name,
                seed,
                state.test_history[-1],
                parameters,
                round(state.seconds, 1),
                state.history,
                state.test_history,
            )
            for seed, state in zip(self.seeds, states, strict=True)
        ]

    def first_state(self, seed: int) -> State:
        """The seed's first weights, and no velocity."""
        weights = initial_weights(self.model, self.network, seed)
        return State(weights, {path: np.zeros_like(weights[path]) for path in self.trained})

    def run(
        self,
        epoch: Callable[..., Any],
        states: list[State],
        seeds: list[int],
        number: int,
        pictures: Pictures,
        steps: int | None = None,
    ) -> np.ndarray:
        """Train an epoch, or its first steps, and put what it gives into the states; the mean losses, (seeds,)."""

        def stacked(kind: str, paths: list[str]) -> Tree:
            return [jnp.asarray(np.stack([getattr(state, kind)[path] for state in states])) for path in paths]

        batches = [self.recipe.batches(seed, number) for seed in seeds]
        order, flips = (np.stack([batch[at][:steps] for batch in batches]) for at in (0, 1))
        trees = stacked("weights", self.trained), stacked("weights", self.moving), stacked("velocities", self.trained)
        places = np.array([pictures.place(seed) for seed in seeds])
        *trees, losses = epoch(
            *trees, places, order, flips, self.recipe.rates(number)[:steps], pictures.images, pictures.labels
        )
        trained, moving, velocities = jax.device_get(trees)
        for at, state in enumerate(states):
            found = zip([*self.trained, *self.moving], [*trained, *moving], strict=True)
            state.weights = {path: value[at] for path, value in found}
            state.velocities = {path: value[at] for path, value in zip(self.trained, velocities, strict=True)}
        return np.asarray(losses)

    def side_by_side(self) -> Callable[..., Any]:
        """An epoch of all seeds in one program, in which a convolution with a kernel for each seed is a grouped one."""
        return jax.jit(jax.vmap(self._epoch, in_axes=(0, 0, 0, 0, 0, 0, None, None, None)))

    def one_by_one(self) -> Callable[..., Any]:
        """An epoch of one seed after the other, through one compiled program."""
        one = jax.jit(self._epoch)

        def all_of_them(
            trained: Tree,
            moving: Tree,
            velocities: Tree,
            places: np.ndarray,
            order: np.ndarray,
            flips: np.ndarray,
            *rest: Any,
        ) -> Any:
            each = [
                one(
                    *jax.tree.map(lambda value, at=at: value[at], (trained, moving, velocities, places, order, flips)),
                    *rest,
                )
                for at in range(len(order))
            ]
            return jax.tree.map(lambda *values: jnp.stack(values), *each)

        return all_of_them

    def faster(self, states: list[State], pictures: Pictures) -> Callable[..., Any]:
        """The faster of both ways, by a few steps of each; the states stay as they are."""
        seconds, ways = {}, {"side by side": self.side_by_side(), "one by one": self.one_by_one()}
        for way, epoch in ways.items():
            for _ in ("compile", "measure"):
                copies = [State(state.weights, state.velocities) for state in states]
                begin = time.perf_counter()
                self.run(epoch, copies, self.seeds, 0, pictures, TRIAL_STEPS)
                seconds[way] = time.perf_counter() - begin
        self.way = min(seconds, key=seconds.__getitem__)
        click.echo(f"{self.name}: " + ", ".join(f"{way} {value:.2f} s" for way, value in seconds.items()))
        return ways[self.way]

    def measure_step(self, pictures: Pictures) -> dict[str, float]:
        """As `comparison.measure_steps`, of one seed: a few steps in one program, three times."""
        epoch, seconds = self.one_by_one(), []
        for _ in range(4):
            begin = time.perf_counter()
            self.run(epoch, [self.first_state(0)], [0], 0, pictures, TRIAL_STEPS)
            seconds.append((time.perf_counter() - begin) / min(TRIAL_STEPS, self.recipe.steps))
        return {
            "milliseconds": round(1000 * median(seconds[1:]), 2),  # the first one compiles
            "activations_mb": activations(self.model, self.recipe.batch),
        }

    def accuracy(self, state: State, pictures: Pictures) -> float:
        """On all test pictures."""
        trained, moving = [[state.weights[path] for path in paths] for paths in (self.trained, self.moving)]
        right = 0
        for start in range(0, len(pictures.test_labels), TEST_BATCH):
            predicted = self.predict(trained, moving, pictures.test_images[start : start + TEST_BATCH])
            right += int(jnp.sum(predicted == pictures.test_labels[start : start + TEST_BATCH]))
        return right / len(pictures.test_labels)

    def _predict(self, trained: Tree, moving: Tree, images: jax.Array) -> jax.Array:
        scores, _ = self.model.stateless_call(trained, moving, scaled(images), training=False)
        return jnp.argmax(scores, axis=1)

    def _epoch(
        self,
        trained: Tree,
        moving: Tree,
        velocities: Tree,
        place: jax.Array,
        order: jax.Array,
        flips: jax.Array,
        rates: jax.Array,
        images: jax.Array,
        labels: jax.Array,
    ) -> tuple[Tree, Tree, Tree, jax.Array]:
        """An epoch of one seed: new weights and velocities, and the mean loss."""
        (trained, moving, velocities), losses = jax.lax.scan(
            partial(self._step, images=images, labels=labels, place=place),
            (trained, moving, velocities),
            (order, flips, rates),
        )
        return trained, moving, velocities, jnp.mean(losses)

    def _step(
        self,
        trees: tuple[Tree, Tree, Tree],
        batch: tuple[jax.Array, jax.Array, jax.Array],
        images: jax.Array,
        labels: jax.Array,
        place: jax.Array,
    ) -> tuple[tuple[Tree, Tree, Tree], jax.Array]:
        (trained, moving, velocities), (chosen, flips, rate) = trees, batch
        seen = scaled(images[place, chosen])
        seen = jnp.where(flips[:, None, None, None], seen[:, :, ::-1], seen)

        def loss(trained: Tree) -> tuple[jax.Array, Tree]:
            scores, updated = self.model.stateless_call(trained, moving, seen, training=True)
            right = jnp.take_along_axis(jax.nn.log_softmax(scores), labels[place, chosen][:, None], axis=1)
            return -jnp.mean(right), updated

        (value, moving), gradients = jax.value_and_grad(loss, has_aux=True)(trained)
        changes = [nesterov(*three, self.recipe) for three in zip(trained, gradients, velocities, strict=True)]
        trained = [weight - rate * change for weight, (change, _) in zip(trained, changes, strict=True)]
        return (trained, moving, [speed for _, speed in changes]), value


def scaled(images: jax.Array) -> jax.Array:
    """uint8 to float32 in 0 to 1."""
    return images.astype(jnp.float32) / 255


if __name__ == "__main__":
    sys.exit(main())
