"""Trains a small ResNet with each attention block, by one recipe and ten seeds: what does attention buy?

    nice python experiments/comparison.py blocks|starts|longer|clutter|framed|few|channels

`experiments/README.md` says what each asks; `settings.py` has the predictions. An interrupted command goes on with the
epoch it stopped in. Results land in data/results/comparison-<name>.json after every training, the trained weights in
build/comparison, where `gates.py` reads them.
"""

import sys
import time
from dataclasses import dataclass
from statistics import median

import click
import numpy as np
import tensorflow as tf

from coursekit.results import Run, load_results
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

STEP_ROUNDS = 30
JIT_COMPILE = False  # see the table in README.md


@click.command()
@click.argument("name", type=click.Choice(list(EXPERIMENTS)))
@click.option("--seeds", default=SEEDS, help=f"How many seeds; {SEEDS} unless told.")
@click.option("--only", multiple=True, help="Train this network alone; may be given several times.")
@click.option("--threads", default=0, help="Processor threads; 1 for each of two experiments at the same time.")
@click.option("--steps", is_flag=True, help="Measure how long a step takes and how much memory, and train nothing.")
@click.option("--report", is_flag=True, help="Print the table of what is there, and train nothing.")
def main(name: str, seeds: int, only: tuple[str, ...], threads: int, steps: bool, report: bool) -> None:
    """Train every network with every seed that has no result yet."""
    if report:
        click.echo(table(load_results(f"comparison-{name}")))
        return
    if threads:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
    sweep = Sweep(name, f"python experiments/comparison.py {name}", seeds)
    if steps or "steps" not in sweep.facts:
        sweep.keep(steps=measure_steps(sweep))
    if steps:
        return
    if "baselines" not in sweep.facts:
        sweep.keep(baselines=sweep.baselines())
    trainers: dict[str, Trainer] = {}
    pictures, pictures_of = None, -1
    for seed, network in sweep.open_runs():
        if only and network not in only:
            continue
        if pictures is None or (sweep.experiment.setting.drawn and pictures_of != seed):
            pictures, pictures_of = Pictures.of(sweep.experiment.prepared(sweep.data, seed)), seed
        if network not in trainers:  # traced once, for all seeds
            trainers[network] = Trainer(sweep, network)
        run = trainers[network].train(seed, pictures)
        sweep.keep(run)
        click.echo(f"{network}, seed {seed}: {run.metric:.4f} in {run.seconds:.0f} s")


@dataclass(frozen=True)
class Pictures:
    """What is learnt from and tested on: pictures (batch, height, width, channels) uint8, labels (batch,) int32."""

    images: tf.Tensor
    labels: tf.Tensor
    test_images: tf.Tensor
    test_labels: tf.Tensor

    @classmethod
    def of(cls, data: Data) -> "Pictures":
        """The same from arrays."""
        (images, labels), (test_images, test_labels) = data
        as_numbers = [tf.constant(values, tf.int32) for values in (labels, test_labels)]
        return cls(tf.constant(images), as_numbers[0], tf.constant(test_images), as_numbers[1])


class Trainer:
    """One network, which is given new weights for each seed.

    Args:
        sweep: the experiment.
        network: the network's name.
        jit_compile: whether XLA compiles a step.
    """

    def __init__(self, sweep: Sweep, network: str, jit_compile: bool = JIT_COMPILE) -> None:
        self.sweep, self.name = sweep, network
        self.recipe, self.network = sweep.recipe(network), sweep.experiment.networks[network]
        self.model = build(self.network, sweep.experiment.input_shape(sweep.data))
        self.weights = {weight.path: weight for weight in self.model.weights}
        self.velocities = {
            weight.path: tf.Variable(tf.zeros(weight.shape)) for weight in self.model.trainable_variables
        }
        self.step = tf.function(self._step, jit_compile=jit_compile)
        self.epoch = tf.function(self._epoch)
        self.predict = tf.function(lambda images: tf.argmax(self.model(scaled(images), training=False), 1, tf.int32))

    def train(self, seed: int, pictures: Pictures) -> Run:
        """Train from the first weights, or from the checkpoint if there is one."""
        path = self.sweep.checkpoint(self.name, seed)
        state = read_state(path, self.recipe) or self.first_state(seed)
        self.put(state)
        while state.epoch < self.recipe.epochs:
            begin = time.perf_counter()
            loss = float(self.train_epoch(seed, state.epoch, pictures))
            state.seconds += time.perf_counter() - begin
            state.history.append(loss)
            if self.recipe.is_tested(state.epoch - 1):
                state.test_history.append(self.accuracy(pictures))
            self.take(state)
            write_state(path, state, self.recipe)
        parameters = sum(int(np.prod(weight.shape)) for weight in self.model.trainable_variables)
        return Run(
            self.name,
            seed,
            state.test_history[-1],
            parameters,
            round(state.seconds, 1),
            state.history,
            state.test_history,
        )

    def first_state(self, seed: int) -> State:
        """The seed's first weights, and no velocity."""
        velocities = {path: np.zeros(value.shape, "float32") for path, value in self.velocities.items()}
        return State(initial_weights(self.model, self.network, seed), velocities)

    def put(self, state: State) -> None:
        """Give the network the values of a state."""
        for path, value in state.weights.items():
            self.weights[path].assign(value)
        for path, value in state.velocities.items():
            self.velocities[path].assign(value)

    def take(self, state: State) -> None:
        """Give a state the network's values."""
        state.weights = {path: weight.numpy() for path, weight in self.weights.items()}
        state.velocities = {path: velocity.numpy() for path, velocity in self.velocities.items()}

    def train_epoch(self, seed: int, epoch: int, pictures: Pictures) -> tf.Tensor:
        """Train an epoch; its mean loss."""
        order, flips = self.recipe.batches(seed, epoch)
        return self.epoch(pictures.images, pictures.labels, order, flips, self.recipe.rates(epoch))

    def accuracy(self, pictures: Pictures) -> float:
        """On all test pictures."""
        right = 0
        for start in range(0, len(pictures.test_labels), TEST_BATCH):
            predicted = self.predict(pictures.test_images[start : start + TEST_BATCH])
            right += int(
                tf.reduce_sum(tf.cast(predicted == pictures.test_labels[start : start + TEST_BATCH], tf.int32))
            )
        return right / len(pictures.test_labels)

    def _epoch(
        self, images: tf.Tensor, labels: tf.Tensor, order: tf.Tensor, flips: tf.Tensor, rates: tf.Tensor
    ) -> tf.Tensor:
        total = tf.constant(0.0)
        for number in tf.range(tf.shape(order)[0]):
            chosen = order[number]
            seen = scaled(tf.gather(images, chosen))
            seen = tf.where(flips[number][:, None, None, None], seen[:, :, ::-1], seen)
            total += self.step(seen, tf.gather(labels, chosen), rates[number])
        return total / tf.cast(tf.shape(order)[0], tf.float32)

    def _step(self, images: tf.Tensor, labels: tf.Tensor, rate: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            scores = self.model(images, training=True)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, scores))
        weights = self.model.trainable_variables
        for weight, gradient in zip(weights, tape.gradient(loss, [weight.value for weight in weights]), strict=True):
            velocity = self.velocities[weight.path]
            change, speed = nesterov(weight.value, gradient, velocity, self.recipe)
            velocity.assign(speed)
            weight.value.assign_sub(rate * change)
        return loss


def scaled(images: tf.Tensor) -> tf.Tensor:
    """uint8 to float32 in 0 to 1."""
    return tf.cast(images, tf.float32) / 255


def measure_steps(sweep: Sweep) -> dict[str, dict[str, float]]:
    """Median milliseconds of a step, and megabytes of what all layers give, which a step keeps for the gradients.

    The networks take turns, so that what else the machine does slows all of them.
    """
    names = [name for name, network in sweep.experiment.networks.items() if network.epochs is not None]
    trainers = {name: Trainer(sweep, name) for name in names}
    shape = sweep.experiment.input_shape(sweep.data)
    batch = sweep.experiment.recipe.batch
    images = tf.constant(np.random.default_rng(0).random((batch, *shape), "float32"))
    labels = tf.range(batch, dtype=tf.int32) % 10
    seconds: dict[str, list[float]] = {name: [] for name in trainers}
    for number in range(STEP_ROUNDS + 1):
        for name, trainer in trainers.items():
            begin = time.perf_counter()
            float(trainer.step(images, labels, tf.constant(0.0)))
            if number:  # the first one traces
                seconds[name].append(time.perf_counter() - begin)
    return {
        name: {
            "milliseconds": round(1000 * median(values), 2),
            "activations_mb": activations(trainers[name].model, batch),
        }
        for name, values in seconds.items()
    }


if __name__ == "__main__":
    sys.exit(main())
