"""Which way of training the comparison's network is the fastest here: python experiments/throughput.py [ROUNDS].

Each way trains the same short stretch in turn, round after round, so that what else the machine does slows all of them.
Prints images per second, the median of the rounds, and relative to the first way. Trains on made-up images.
"""

import multiprocessing
import sys
import time
from collections.abc import Callable
from statistics import median

import click
import keras
import numpy as np
import tensorflow as tf

from experiments import recipe
from experiments.comparison import Pictures, Trainer, scaled
from experiments.networks import build

IMAGES = 6_400  # 50 batches
RECIPE = recipe.Recipe(images=IMAGES)


class MadeUp(recipe.Sweep):
    """The comparison's plain network on made-up images, without files."""

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        split = rng.integers(0, 256, (IMAGES, 28, 28), np.uint8), rng.integers(10, size=IMAGES).astype(np.uint8)
        self.name, self.data = "blocks", (split, split)
        self.experiment = recipe.Experiment(recipe.PLAIN, recipe.EXPERIMENTS["blocks"].setting, RECIPE)


def own_loop(jit_compile: bool) -> Callable[[], object]:
    """The comparison's own way: all images are one tensor, and one graph loops over the batches."""
    sweep = MadeUp()
    trainer, pictures = Trainer(sweep, "plain", jit_compile), Pictures.of(sweep.experiment.prepared(sweep.data, 0))
    trainer.put(trainer.first_state(0))
    return lambda: float(trainer.train_epoch(0, 0, pictures))


def keras_fit(jit_compile: bool) -> Callable[[], object]:
    """`fit` on a tf.data pipeline that shuffles, mirrors and scales."""
    sweep = MadeUp()
    (images, labels), _ = sweep.experiment.prepared(sweep.data, 0)
    model = build(recipe.PLAIN["plain"], images.shape[1:])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True, weight_decay=5e-4)
    model.compile(optimizer, loss, jit_compile=jit_compile)
    pipeline = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(IMAGES).batch(128, drop_remainder=True)
    pipeline = pipeline.map(lambda image, label: (tf.image.random_flip_left_right(scaled(image)), label))
    pipeline = pipeline.prefetch(2)
    return lambda: model.fit(pipeline, verbose=0)


WAYS = {
    "own loop": lambda: own_loop(False),
    "own loop, XLA": lambda: own_loop(True),
    "fit on tf.data": lambda: keras_fit(False),
    "fit on tf.data, XLA": lambda: keras_fit(True),
}


def one_thread(rounds: int, turns: "multiprocessing.synchronize.Barrier", seconds: multiprocessing.SimpleQueue) -> None:
    """Train in a process with one thread, at the same time as another one."""
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    train = own_loop(False)
    train()
    for _ in range(rounds):
        turns.wait()
        begin = time.perf_counter()
        train()
        seconds.put(time.perf_counter() - begin)
        turns.wait()


@click.command()
@click.argument("rounds", default=5)
def main(rounds: int) -> None:
    """Measure all ways."""
    spawn = multiprocessing.get_context("spawn")
    turns, queue = spawn.Barrier(3), spawn.SimpleQueue()
    processes = [spawn.Process(target=one_thread, args=(rounds, turns, queue), daemon=True) for _ in range(2)]
    for process in processes:
        process.start()
    ways = {name: make() for name, make in WAYS.items()}
    for train in ways.values():
        train()  # traces and compiles
    rates: dict[str, list[float]] = {name: [] for name in [*ways, "own loop, two processes of one thread"]}
    for _ in range(rounds):
        for name, train in ways.items():
            begin = time.perf_counter()
            train()
            rates[name].append(IMAGES / (time.perf_counter() - begin))
        turns.wait()
        turns.wait()
        rates["own loop, two processes of one thread"].append(sum(IMAGES / queue.get() for _ in processes))
    first = median(rates["own loop"])
    click.echo("| way | images/s | to the first |\n|---|---|---|")
    for name, values in rates.items():
        click.echo(f"| {name} | {median(values):,.0f} | {median(values) / first:.2f} |")


if __name__ == "__main__":
    sys.exit(main())
