"""Training runs of the lessons: small enough for a notebook, or the full ones whose results are shipped."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from autograder.quiet import silent_stderr
from coursekit.data import refuse_stand_in
from coursekit.paths import results_folder

Builder = Callable[[], keras.Model]
Split = tuple[np.ndarray, np.ndarray]
Data = tuple[Split, Split]  # as load_fashion_mnist() gives it
IMAGE_SHAPE = (28, 28, 1)
BATCH = 128
LEARNING_RATE = 3e-3
JIT_COMPILE = keras.config.backend() == "jax"  # slow without; TensorFlow would compile for longer than it trains here


@dataclass(frozen=True)
class Budget:
    """How much a run may train: images, passes over them, repetitions with other seeds, and test images."""

    images: int
    epochs: int
    seeds: int
    test_images: int = 10_000


@dataclass(frozen=True)
class Run:
    """One training: `metric` is the mean squared error or the accuracy on the test images after the last epoch."""

    name: str
    seed: int
    metric: float
    parameters: int
    seconds: float
    history: list[float]


Finished = Callable[[Run, keras.Model], None]
Loss = Callable[[keras.KerasTensor, keras.KerasTensor], keras.KerasTensor]


class Batches(keras.utils.PyDataset):
    """Images that stay uint8 until their batch: (batch, 28, 28, 1) float32 in 0 to 1, and their targets.

    Without labels the target is the image itself.
    """

    def __init__(self, images: np.ndarray, labels: np.ndarray | None, seed: int | None = None) -> None:
        super().__init__()
        self.images, self.labels = images, labels
        self.generator = None if seed is None else np.random.default_rng(seed)
        self.order = np.arange(len(images))
        self.on_epoch_end()

    def __len__(self) -> int:
        return -(-len(self.images) // BATCH)

    def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        chosen = self.order[number * BATCH : (number + 1) * BATCH]
        images = self.images[chosen, ..., np.newaxis].astype("float32") / 255
        return images, images if self.labels is None else self.labels[chosen]

    def on_epoch_end(self) -> None:
        """Shuffle before the next epoch; test images, which have no seed, keep their order."""
        if self.generator is not None:
            self.generator.shuffle(self.order)


def reconstruction(
    builders: dict[str, Builder], data: Data, budget: Budget, finished: Finished | None = None
) -> list[Run]:
    """Train autoencoders with mean squared error; lower is better. `finished` is called after every run."""
    return list(_train_all(builders, data, budget, "reconstruction", finished))


def classification(
    builders: dict[str, Builder],
    data: Data,
    budget: Budget,
    finished: Finished | None = None,
    loss: Loss | None = None,
) -> list[Run]:
    """Train classifiers with `loss` (labels, outputs), or cross-entropy; the metric is accuracy, higher is better."""
    return list(_train_all(builders, data, budget, "classification", finished, loss))


def _train_all(
    builders: dict[str, Builder],
    data: Data,
    budget: Budget,
    task: str,
    finished: Finished | None,
    loss: Loss | None = None,
) -> Iterator[Run]:
    for seed in range(budget.seeds):
        for name, builder in builders.items():
            run, model = train(name, builder, data, budget, task, seed, loss)
            if finished:
                finished(run, model)
            yield run


def train(
    name: str, builder: Builder, data: Data, budget: Budget, task: str, seed: int = 0, loss: Loss | None = None
) -> tuple[Run, keras.Model]:
    """Train one network: Adam, cosine decay from 0.003 to 0, final epoch. The seed sets weights and order.

    `loss` is a function of (labels, outputs) to train with instead of the task's own.
    """
    (images, labels), (test_images, test_labels) = data
    reconstructs = task == "reconstruction"
    keras.utils.set_random_seed(seed)
    model = builder()
    training = Batches(images[: budget.images], None if reconstructs else labels[: budget.images], seed)
    test = Batches(test_images[: budget.test_images], None if reconstructs else test_labels[: budget.test_images])
    schedule = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, budget.epochs * len(training))
    model.compile(
        optimizer=keras.optimizers.Adam(schedule),
        loss=loss or ("mse" if reconstructs else "sparse_categorical_crossentropy"),
        metrics=None if reconstructs else ["accuracy"],
        jit_compile=JIT_COMPILE,
    )
    _settle_quickly(model)
    begin = time.perf_counter()
    with silent_stderr():  # TensorFlow reports there how it reads batches
        history = model.fit(training, epochs=budget.epochs, verbose=0).history["loss"]
        seconds = time.perf_counter() - begin
        measured = model.evaluate(test, verbose=0, return_dict=True)
    metric = measured["loss" if reconstructs else "accuracy"]
    parameters = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    return Run(name, seed, float(metric), parameters, round(seconds, 1), [float(loss) for loss in history]), model


def _settle_quickly(model: keras.Model) -> None:
    """Let the running means of batch normalisation follow within some tens of batches.

    With Keras' default momentum of 0.99 they lag by some hundreds: a short training would be tested with statistics of
    networks that it had long left behind, and deeper networks would suffer more. 0.9 is PyTorch's default.
    """
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.9


def by_name(runs: list[Run]) -> dict[str, list[float]]:
    """The metric of every seed, for each network."""
    metrics: dict[str, list[float]] = {}
    for run in runs:
        metrics.setdefault(run.name, []).append(run.metric)
    return metrics


def write_results(path: Path, runs: list[Run], budget: Budget, command: str, **facts: Any) -> None:
    """Keep measured runs as JSON.

    Raises: whatever `refuse_stand_in` does if they were measured on the stand-in set.
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
    path.write_text(json.dumps(content, indent=1) + "\n", "utf-8")


def load_results(name: str) -> dict[str, Any]:
    """The shipped results of an experiment: `command`, `budget`, and `runs` as a list of Run.

    Raises: FileNotFoundError if the course ships none of this name.
    """
    content = json.loads((results_folder() / f"{name}.json").read_text("utf-8"))
    content["runs"] = [Run(**run) for run in content["runs"]]
    return content
