"""Training networks: small enough for a notebook, or in full for the results that are shipped."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext

import keras
import numpy as np

from coursekit.live_curve import LiveCurve
from coursekit.results import Budget, Run
from curriculum.messages import network_name, say
from curriculum.quiet import silent_stderr

Builder = Callable[[], keras.Model]
Split = tuple[np.ndarray, np.ndarray]
Data = tuple[Split, Split]  # as load_fashion_mnist() gives it
Finished = Callable[[Run, keras.Model], None]  # called after every run
Loss = Callable[[keras.KerasTensor, keras.KerasTensor], keras.KerasTensor]
IMAGE_SHAPE = (28, 28, 1)
BATCH = 128
LEARNING_RATE = 3e-3
JIT_COMPILE = keras.config.backend() == "jax"  # slow without; TensorFlow would compile for longer than it trains here

_stopped: "_Training | None" = None  # what `go_on` continues


class Batches(keras.utils.PyDataset):
    """Images that stay uint8 until their batch: (batch, 28, 28, 1) float32 in 0 to 1, and their targets.

    Args:
        images: (images, 28, 28), uint8.
        labels: (images,); without labels the target is the image itself.
        order: which images to read, as indices, in this order.
    """

    def __init__(self, images: np.ndarray, labels: np.ndarray | None, order: np.ndarray) -> None:
        super().__init__()
        self.images, self.labels, self.order = images, labels, order

    def __len__(self) -> int:
        return -(-len(self.order) // BATCH)

    def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        chosen = self.order[number * BATCH : (number + 1) * BATCH]
        images = self.images[chosen, ..., np.newaxis].astype("float32") / 255
        return images, images if self.labels is None else self.labels[chosen]


def reconstruction(
    builders: dict[str, Builder], data: Data, budget: Budget, finished: Finished | None = None, watch: bool = False
) -> list[Run]:
    """Train autoencoders with mean squared error; lower is better. `finished` is called after every run."""
    return list(_train_all(builders, data, budget, "reconstruction", finished, watch))


def classification(
    builders: dict[str, Builder],
    data: Data,
    budget: Budget,
    finished: Finished | None = None,
    watch: bool = False,
    loss: Loss | None = None,
) -> list[Run]:
    """Train classifiers with `loss` (labels, outputs), or cross-entropy; the metric is accuracy, higher is better."""
    return list(_train_all(builders, data, budget, "classification", finished, watch, loss))


def _train_all(
    builders: dict[str, Builder],
    data: Data,
    budget: Budget,
    task: str,
    finished: Finished | None,
    watch: bool,
    loss: Loss | None = None,
) -> Iterator[Run]:
    for seed in range(budget.seeds):
        for name, builder in builders.items():
            run, model = train(name, builder, data, budget, task, seed, watch, loss)
            if finished:
                finished(run, model)
            del model
            gc.collect()  # networks are full of cycles; without this the memory of several adds up
            yield run


def train(
    name: str,
    builder: Builder,
    data: Data,
    budget: Budget,
    task: str,
    seed: int = 0,
    watch: bool = False,
    loss: Loss | None = None,
) -> tuple[Run, keras.Model]:
    """Train one network: Adam, cosine decay from 0.003 to 0, final epoch. The seed sets weights and order.

    `loss` is a function of (labels, outputs) to train with instead of the task's own.
    With `watch`, in a notebook: show a curve that grows, and let Jupyter's stop button end the training early. The
    network then keeps what it has learned, the run says how good it is, and `go_on` trains the rest.
    """
    return _Training(name, builder, data, budget, task, seed, watch, loss).run()


def go_on() -> tuple[Run, keras.Model]:
    """Train the rest of the training that was stopped last, from where it stopped: the same step, order and optimizer.

    Raises:
        NothingToGoOn: if none was stopped.
    """
    if _stopped is None:
        raise NothingToGoOn(say("training.nothing_stopped"))
    return _stopped.run()


class NothingToGoOn(Exception):
    """No training was stopped, in the reader's language."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a traceback, which would have no line of the student's code in it."""
        return [str(self)]


class _Training:
    """One training, which can be stopped after any batch and taken up again."""

    def __init__(
        self,
        name: str,
        builder: Builder,
        data: Data,
        budget: Budget,
        task: str,
        seed: int,
        watch: bool,
        loss: Loss | None,
    ) -> None:
        self.name, self.data, self.budget, self.seed = name, data, budget, seed
        self.reconstructs = task == "reconstruction"
        self.images = min(budget.images, len(data[0][0]))
        self.steps_per_epoch = -(-self.images // BATCH)
        self.steps = budget.epochs * self.steps_per_epoch
        keras.utils.set_random_seed(seed)
        self.model = builder()
        self.model.compile(
            optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(LEARNING_RATE, self.steps)),
            loss=loss or ("mse" if self.reconstructs else "sparse_categorical_crossentropy"),
            metrics=None if self.reconstructs else ["accuracy"],
            jit_compile=JIT_COMPILE,
        )
        _settle_quickly(self.model)
        self._create_variables()
        self.curve = LiveCurve(name, self.images, BATCH, budget.epochs) if watch else None
        self.losses: dict[int, list[tuple[int, float]]] = {}  # epoch -> (images, their mean loss), in parts
        self.seconds = 0.0

    def run(self) -> tuple[Run, keras.Model]:
        """Train what is left, unless it is stopped; then measure."""
        global _stopped
        _stopped = self  # also if a second interrupt raises
        if self.curve:
            self.curve.new_picture()
        with silent_stderr():  # where TensorFlow reports how it reads batches
            with self.curve.button if self.curve else nullcontext():
                while self._done() < self.steps and not self._is_stopped():
                    self._train_epoch()
            if self.curve and self._is_stopped():
                self.curve.show()  # the button may have been pressed after the last picture
            test = self._batches(self.data[1], np.arange(min(self.budget.test_images, len(self.data[1][0]))))
            measured = self.model.evaluate(test, verbose=0, return_dict=True)
        if self._done() == self.steps:
            _stopped = None
        else:
            print(say("training.how_to_go_on", name=network_name(self.name)))
        history = [sum(n * loss for n, loss in parts) / sum(n for n, _ in parts) for parts in self.losses.values()]
        parameters = sum(int(np.prod(weight.shape)) for weight in self.model.trainable_weights)
        metric = float(measured["loss" if self.reconstructs else "accuracy"])
        return Run(self.name, self.seed, metric, parameters, round(self.seconds, 1), history), self.model

    def _create_variables(self) -> None:
        """Create the variables of optimizer and metrics, as the first step would.

        TensorFlow would trace a step that creates variables a second time, and for a small network tracing is most of
        what one waits for.
        """
        self.model.optimizer.build(self.model.trainable_variables)
        images, labels = self._batches(self.data[0], np.arange(1))[0]
        self.model.compute_metrics(images, labels, self.model(images))
        self.model.reset_metrics()

    def _done(self) -> int:
        """Batches trained so far."""
        return int(self.model.optimizer.iterations)

    def _is_stopped(self) -> bool:
        return self.curve is not None and self.curve.button.pressed

    def _batches(self, split: Split, order: np.ndarray) -> Batches:
        images, labels = split
        return Batches(images, None if self.reconstructs else labels, order)

    def _train_epoch(self) -> None:
        """Train an epoch, or what an interrupt has left of it. The order depends only on the seed and the epoch."""
        epoch, done = divmod(self._done(), self.steps_per_epoch)
        order = np.random.default_rng([self.seed, epoch]).permutation(self.images)
        begin = time.perf_counter()
        found = self.model.fit(
            self._batches(self.data[0], order[done * BATCH :]),
            shuffle=False,  # else Keras would shuffle the batches of a PyDataset anew in every call
            initial_epoch=epoch,
            epochs=epoch + 1,
            callbacks=[self.curve] if self.curve else None,
            verbose=0,
        )
        self.seconds += time.perf_counter() - begin
        seen = min((self._done() - epoch * self.steps_per_epoch) * BATCH, self.images) - done * BATCH
        self.losses.setdefault(epoch, []).append((seen, float(found.history["loss"][0])))


def _settle_quickly(model: keras.Model) -> None:
    """Let the running means of batch normalisation settle within some tens of batches.

    With Keras' default momentum of 0.99 they lag some hundreds of batches behind. A short training would then be tested
    with the statistics of weights that it left long ago, and deeper networks would suffer more. 0.9 is PyTorch's
    default.
    """
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.9
