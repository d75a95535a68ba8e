"""The comparison for an accelerator: the same recipe on JAX, all seeds of a network side by side in one program.

    python experiments/comparison_jax.py blocks|starts|longer|larger|clutter|framed|few|channels

It gives the same files as `comparison.py`, from the same first weights and batches; what is there is not trained again,
and an interrupted command goes on with the epoch it stopped in. Each network first trains a few steps in every way of
`WAYS`, and takes the fastest. Without TensorFlow: `README.md` says what it needs.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")  # before Keras is imported
# XLA's own matrix products stop with a failed check on these programs (JAX 0.11.2, H200); cuBLAS has others.
os.environ.setdefault("XLA_FLAGS", "--xla_gpu_enable_triton_gemm=false")

import sys
import time
from functools import partial
from multiprocessing.pool import ThreadPool
from typing import Any

import click
import jax
import jax.numpy as jnp
import keras
import numpy as np
from keras import layers

from coursekit.results import Run
from coursekit.training import Data
from experiments.networks import build, initial_weights
from experiments.recipe import (
    EXPERIMENTS,
    SEEDS,
    TEST_BATCH,
    Recipe,
    State,
    Sweep,
    activations,
    nesterov,
    read_state,
    table,
    write_state,
)

GROUPED, PRODUCTS, ONE_BY_ONE = WAYS = ("side by side", "side by side, as products", "one by one")
TRIAL_STEPS = 20
TRIALS = 3
COMPILERS = 12  # at a time
TENSOR_CORE = 8  # numbers
Tree = Any  # lists of arrays, whose first axis is the seed


def convolved(inputs: jax.Array, kernel: jax.Array, strides: tuple[int, ...], dilation: tuple[int, ...]) -> jax.Array:
    """A convolution without padding by one matrix product.

    With a kernel for each seed, it stays a product, one for each seed in a batch of products; JAX makes a convolution
    with as many groups of that, which takes twenty times as long.

    Args:
        inputs: (batch, *places, channels).
        kernel: (*places, channels, filters).
        strides: of each axis of places.
        dilation: of each axis of places.

    Returns:
        (batch, *places, filters).
    """
    *sizes, channels, filters = kernel.shape
    offsets = [np.multiply(place, dilation) for place in np.ndindex(*sizes)]
    ends = [size - step * (taps - 1) for size, step, taps in zip(inputs.shape[1:], dilation, sizes, strict=False)]

    def seen_from(values: jax.Array, offset: np.ndarray) -> jax.Array:
        return values[:, *(slice(at, at + end, step) for at, end, step in zip(offset, ends, strides, strict=True))]

    if filters == 1:  # what each place gives to all that see it, then the sum of what each place gets
        given = product(inputs, jnp.moveaxis(kernel.reshape(-1, channels), 0, 1))
        return sum(seen_from(given[..., [tap]], offset) for tap, offset in enumerate(offsets))
    seen = jnp.concatenate([seen_from(inputs, offset) for offset in offsets], axis=-1)
    return product(seen, kernel.reshape(-1, filters))


def product(values: jax.Array, matrix: jax.Array) -> jax.Array:
    """(..., channels) times (channels, filters); with zeros up to a length that the tensor cores take."""
    missing = -len(matrix) % TENSOR_CORE
    padded = jnp.pad(values, [(0, 0)] * (values.ndim - 1) + [(0, missing)])
    return padded @ jnp.pad(matrix, [(0, missing), (0, 0)])


def as_product(layer: layers.Layer) -> layers.Layer:
    """The layer anew; if it is a convolution, one that computes a matrix product."""
    if not isinstance(layer, (layers.Conv1D, layers.Conv2D)):
        return layer.__class__.from_config(layer.get_config())

    class Product(layer.__class__):  # type: ignore[misc, name-defined]
        """The same convolution by `convolved`."""

        def convolution_op(self, inputs: jax.Array, kernel: jax.Array) -> jax.Array:
            kernel = jnp.asarray(kernel)
            if self.padding == "same":
                spread = [
                    step * (size - 1) + 1 for step, size in zip(self.dilation_rate, self.kernel_size, strict=True)
                ]
                pads = jax.lax.padtype_to_pads(inputs.shape[1:-1], spread, self.strides, "SAME")
                inputs = jnp.pad(inputs, [(0, 0), *pads, (0, 0)])
            return convolved(inputs, kernel, self.strides, self.dilation_rate)

    return Product.from_config(layer.get_config())


@click.command()
@click.argument("name", type=click.Choice(list(EXPERIMENTS)))
@click.option("--seeds", default=SEEDS, help=f"How many seeds; {SEEDS} unless told.")
@click.option("--way", "ways", type=click.Choice(WAYS), multiple=True, help="Try this way alone; may be given twice.")
@click.option("--steps", is_flag=True, help="Measure how long a step takes, and train nothing.")
def main(name: str, seeds: int, ways: tuple[str, ...], steps: bool) -> None:
    """Train every network with every seed that has no result yet."""
    sweep = Sweep(name, f"python experiments/comparison_jax.py {name}", seeds)
    open_seeds: dict[str, list[int]] = {}
    for seed, network in sweep.open_runs():
        open_seeds.setdefault(network, []).append(seed)
    pictures = Pictures(sweep, range(seeds))
    every = [Seeds(sweep, network, wanted) for network, wanted in open_seeds.items()]
    trials = [(each, way) for each in every for way in ways or WAYS]
    pool = ThreadPool(COMPILERS)
    baselines = None if "baselines" in sweep.facts or steps else pool.apply_async(sweep.baselines)
    # Compiling takes about as long as training, and uses one core a program.
    pool.starmap(partial(Seeds.try_once, pictures=pictures), trials)
    for each, way in trials:
        each.time(way, pictures)
    if "steps" not in sweep.facts:
        sweep.keep(steps={each.name: each.step() for each in every if each.network.epochs is not None})
    if steps:
        return
    for each in every:
        runs = each.train(pictures)
        sweep.keep(*runs, **({"baselines": baselines.get()} if baselines else {}))
        click.echo(f"{each.name}, {len(runs)} seeds: {np.mean([run.metric for run in runs]):.4f}, {each.way}")
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
        self.test_images, self.test_labels = jnp.asarray(test_images), test_labels

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
        self.network = sweep.experiment.networks[network]
        self.model = build(self.network, sweep.experiment.input_shape(sweep.data))
        self.trained = [weight.path for weight in self.model.trainable_variables]
        self.moving = [weight.path for weight in self.model.non_trainable_variables]
        self.programs = {
            GROUPED: Program(self.model, sweep.experiment.recipe),
            PRODUCTS: Program(keras.models.clone_model(self.model, clone_function=as_product), sweep.experiment.recipe),
            ONE_BY_ONE: OneByOne(self.model, sweep.experiment.recipe),
        }
        self.milliseconds: dict[str, float] = {}

    @property
    def way(self) -> str:
        """The fastest of those that were timed."""
        return min(self.milliseconds, key=self.milliseconds.__getitem__)

    def step(self) -> dict[str, float]:
        """Milliseconds of a step of one seed, trained in the fastest way; megabytes as in `comparison.py`."""
        batch = self.sweep.experiment.recipe.batch
        return {
            "milliseconds": round(self.milliseconds[self.way], 4),
            "activations_mb": activations(self.model, batch),
        }

    def try_once(self, way: str, pictures: Pictures) -> None:
        """One step, which compiles."""
        states = [self.first_state(seed) for seed in self.seeds]
        self.run(way, states, self.seeds, self.sweep.experiment.recipe, 0, pictures, 1)

    def time(self, way: str, pictures: Pictures) -> None:
        """Note the best of a few trials; the first of them waits for what compiling has left to do."""
        recipe = self.sweep.experiment.recipe
        steps = min(TRIAL_STEPS, recipe.steps)
        seconds = []
        for _ in range(TRIALS):
            states = [self.first_state(seed) for seed in self.seeds]
            begin = time.perf_counter()
            self.run(way, states, self.seeds, recipe, 0, pictures, steps)
            seconds.append(time.perf_counter() - begin)
        self.milliseconds[way] = 1000 * min(seconds) / steps / len(self.seeds)
        click.echo(f"{self.name}, {way}: {self.milliseconds[way]:.3f} ms a step of one seed")

    def train(self, pictures: Pictures) -> list[Run]:
        """Train all of them, each from its checkpoint if there is one; those that are behind catch up first."""
        recipe = self.sweep.recipe(self.name)
        paths = [self.sweep.checkpoint(self.name, seed) for seed in self.seeds]
        states = [
            read_state(path, recipe) or self.first_state(seed) for path, seed in zip(paths, self.seeds, strict=True)
        ]
        while (done := min(state.epoch for state in states)) < recipe.epochs:
            behind = [at for at, state in enumerate(states) if state.epoch == done]
            chosen = [states[at] for at in behind]
            begin = time.perf_counter()
            losses = self.run(self.way, chosen, [self.seeds[at] for at in behind], recipe, done, pictures)
            seconds = (time.perf_counter() - begin) / len(behind)
            accuracies = self.accuracies(chosen, pictures) if recipe.is_tested(done) else []
            for at, loss in zip(behind, losses, strict=True):
                states[at].seconds += seconds
                states[at].history.append(float(loss))
            for at, accuracy in zip(behind, accuracies, strict=False):
                states[at].test_history.append(accuracy)
            for at in behind:
                write_state(paths[at], states[at], recipe)
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

    def stacked(self, states: list[State]) -> tuple[Tree, Tree, Tree]:
        """Trainable weights, running means and variances, and velocities: arrays whose first axis is the seed."""
        kinds = ("weights", self.trained), ("weights", self.moving), ("velocities", self.trained)
        trained, moving, velocities = (
            [np.stack([getattr(state, kind)[path] for state in states]) for path in paths] for kind, paths in kinds
        )
        return trained, moving, velocities

    def run(
        self,
        way: str,
        states: list[State],
        seeds: list[int],
        recipe: Recipe,
        number: int,
        pictures: Pictures,
        steps: int | None = None,
    ) -> np.ndarray:
        """Train an epoch, or its first steps, and put what it gives into the states; the mean losses, (seeds,)."""
        batches = [recipe.batches(seed, number) for seed in seeds]
        order, flips = (np.stack([batch[at] for batch in batches]) for at in (0, 1))
        places = np.array([pictures.place(seed) for seed in seeds])
        *trees, losses = self.programs[way].epoch(
            *self.stacked(states),
            places,
            order,
            flips,
            recipe.rates(number),
            steps or recipe.steps,
            pictures.images,
            pictures.labels,
        )
        trained, moving, velocities = jax.device_get(trees)
        for at, state in enumerate(states):
            found = zip([*self.trained, *self.moving], [*trained, *moving], strict=True)
            state.weights = {path: value[at] for path, value in found}
            state.velocities = {path: value[at] for path, value in zip(self.trained, velocities, strict=True)}
        return np.asarray(losses)

    def accuracies(self, states: list[State], pictures: Pictures) -> list[float]:
        """Of each state on all test pictures."""
        trained, moving, _ = self.stacked(states)
        starts = range(0, len(pictures.test_labels), TEST_BATCH)
        batches = [pictures.test_images[start : start + TEST_BATCH] for start in starts]
        predicted = [self.programs[self.way].predict(trained, moving, batch) for batch in batches]
        return [float(value) for value in np.mean(np.concatenate(predicted, axis=1) == pictures.test_labels, axis=1)]


class Program:
    """An epoch and a prediction of one network with many weights at a time.

    Args:
        model: the network.
        recipe: how it is trained; its number of epochs is not used.
    """

    def __init__(self, model: keras.Model, recipe: Recipe) -> None:
        self.model, self.recipe = model, recipe
        self.epoch = jax.jit(jax.vmap(self.one_epoch, in_axes=(0, 0, 0, 0, 0, 0, None, None, None, None)))
        self.predict = jax.jit(jax.vmap(self.one_prediction, in_axes=(0, 0, None)))

    def one_prediction(self, trained: Tree, moving: Tree, images: jax.Array) -> jax.Array:
        """The class of each image, (batch,), by one seed."""
        scores, _ = self.model.stateless_call(trained, moving, scaled(images), training=False)
        return jnp.argmax(scores, axis=1)

    def one_epoch(
        self,
        trained: Tree,
        moving: Tree,
        velocities: Tree,
        place: jax.Array,
        order: jax.Array,
        flips: jax.Array,
        rates: jax.Array,
        steps: jax.Array,
        images: jax.Array,
        labels: jax.Array,
    ) -> tuple[Tree, Tree, Tree, jax.Array]:
        """The first steps of an epoch of one seed: new weights and velocities, and the mean loss.

        How many is a number and no shape, so that a trial and an epoch are one program, which is compiled once.
        """

        def one_step(at: int, state: tuple[Tree, Tree, Tree, jax.Array]) -> tuple[Tree, Tree, Tree, jax.Array]:
            chosen = order[at]
            seen = scaled(images[place, chosen])
            seen = jnp.where(flips[at][:, None, None, None], seen[:, :, ::-1], seen)
            return self.one_step(state, seen, labels[place, chosen], rates[at])

        *trees, total = jax.lax.fori_loop(0, steps, one_step, (trained, moving, velocities, jnp.float32(0)))
        return (*trees, total / steps)

    def one_step(
        self, state: tuple[Tree, Tree, Tree, jax.Array], images: jax.Array, labels: jax.Array, rate: jax.Array
    ) -> tuple[Tree, Tree, Tree, jax.Array]:
        """The state after a step: weights, running means and variances, velocities, and the sum of the losses."""
        trained, moving, velocities, total = state

        def loss(trained: Tree) -> tuple[jax.Array, Tree]:
            scores, updated = self.model.stateless_call(trained, moving, images, training=True)
            right = jnp.take_along_axis(jax.nn.log_softmax(scores), labels[:, None], axis=1)
            return -jnp.mean(right), updated

        (value, moving), gradients = jax.value_and_grad(loss, has_aux=True)(trained)
        changes = [nesterov(*three, self.recipe) for three in zip(trained, gradients, velocities, strict=True)]
        trained = [weight - rate * change for weight, (change, _) in zip(trained, changes, strict=True)]
        return trained, moving, [speed for _, speed in changes], total + value


class OneByOne(Program):
    """The same, one seed after the other."""

    def __init__(self, model: keras.Model, recipe: Recipe) -> None:
        super().__init__(model, recipe)
        one = jax.jit(self.one_epoch)

        def epoch(trained: Tree, *rest: Any) -> Any:
            of_seeds, shared = (trained, *rest[:5]), rest[5:]
            each = [
                one(*jax.tree.map(lambda value, at=at: value[at], of_seeds), *shared) for at in range(len(trained[0]))
            ]
            return jax.tree.map(lambda *values: jnp.stack(values), *each)

        self.epoch = epoch


def scaled(images: jax.Array) -> jax.Array:
    """uint8 to float32 in 0 to 1."""
    return images.astype(jnp.float32) / 255


if __name__ == "__main__":
    sys.exit(main())
