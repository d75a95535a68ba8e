"""Watching a training in a notebook: a curve that grows while `fit` runs, and Jupyter's stop button to end it.

A kernel that is busy with a cell takes no messages from widgets, so a button drawn here would be read only when the
training is over. Jupyter's own stop button sends an interrupt, which arrives at once, as a signal.
"""

import io
import signal
import threading
import time
from html import escape
from types import FrameType

import keras
import numpy as np
from IPython.display import HTML, display
from matplotlib.figure import Figure

from coursekit.plots.style import MUTED, PALETTE, picture, sheet
from curriculum.messages import network_name, say

LONGEST_WAIT_S = 1.0  # between two pictures
MOST_DRAWING = 0.05  # of the time is spent on pictures
POINTS_AN_EPOCH = 20


class StopButton:
    """A context in which a first interrupt is noted instead of raised; a second one raises KeyboardInterrupt.

    Only the main thread receives signals: in any other, this does nothing.

    Attributes:
        pressed: whether there was an interrupt since it was entered.
    """

    def __init__(self) -> None:
        self.pressed = False

    def __enter__(self) -> None:
        self.pressed = False
        self.takes_signals = threading.current_thread() is threading.main_thread()
        if self.takes_signals:
            self.before = signal.signal(signal.SIGINT, self._press)

    def __exit__(self, *raised: object) -> None:
        if self.takes_signals:
            signal.signal(signal.SIGINT, self.before)

    def _press(self, number: int, frame: FrameType | None) -> None:
        if self.pressed:
            raise KeyboardInterrupt
        self.pressed = True


class LiveCurve(keras.callbacks.Callback):
    """Shows the loss, the accuracy if it is measured, and the time left, while `fit` runs.

    One instance can watch several calls of `fit` for the same network, one after the other. While its `button` is
    entered, an interrupt ends `fit` after the current batch; between two calls the caller has to look at the button.

    Args:
        name: what is trained.
        images: seen in an epoch.
        batch_size: images in a batch; the last batch of an epoch may have fewer.
        epochs: to be trained in all.
    """

    def __init__(self, name: str, images: int, batch_size: int, epochs: int) -> None:
        super().__init__()
        self.name, self.images, self.batch_size, self.epochs = name, images, batch_size, epochs
        self.steps = -(-images // batch_size)  # in an epoch
        self.button = StopButton()
        self.points: dict[str, list[tuple[float, float]]] = {}  # loss or accuracy -> (epoch, value)
        self.new_picture()

    def new_picture(self) -> None:
        """Draw what follows in a new picture: each cell that trains has its own."""
        self.handle = None

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Start a new picture, unless the training goes on in the last one."""
        if self.handle is None:
            self.done = self.before = int(self.model.optimizer.iterations)
            self.began = time.perf_counter()
            self.show()

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Note where Keras' means begin."""
        self.first = self._seen()  # Keras' logs are means over the images since then
        self.means: dict[str, tuple[int, float]] = {}

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Draw, if it is time to, and end the training if the button was pressed."""
        self.done += 1
        if self.done == self.before + 1:
            self.began = time.perf_counter()  # the first batch takes seconds, in which TensorFlow compiles
        if self.done % max(1, self.steps // POINTS_AN_EPOCH) == 0 or self.done % self.steps == 0:
            self._add_points(logs or {})
        if time.perf_counter() - self.drawn > self.wait:
            self.show()

        if self.button.pressed:
            self.model.stop_training = True  # not when it is pressed: `fit` unsets this as it begins

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Draw what came after the last picture."""
        self.show()

    def _add_points(self, logs: dict[str, float]) -> None:
        """The mean of each quantity over the batches since its last point, from Keras' means since the epoch began."""
        count = self._seen() - self.first
        for quantity in ("loss", "accuracy"):
            if quantity in logs:
                before, mean = self.means.get(quantity, (0, 0.0))
                latest = (count * logs[quantity] - before * mean) / (count - before)
                self.means[quantity] = count, logs[quantity]
                self.points.setdefault(quantity, []).append((self.done / self.steps, latest))

    def _seen(self) -> int:
        """Images seen since the first epoch began."""
        epochs, batches = divmod(self.done, self.steps)
        return epochs * self.images + batches * self.batch_size

    def show(self) -> None:
        """Draw the curve and the line above it."""
        begin = time.perf_counter()
        png = io.BytesIO()
        self.figure().savefig(png, format="png")
        shown = HTML(f"<div>{escape(self.status())}</div>{picture(png.getvalue(), self.alt())}")
        if self.handle is None:
            self.handle = display(shown, display_id=True)
        else:
            self.handle.update(shown)
        self.drawn = time.perf_counter()
        self.wait = max(LONGEST_WAIT_S, (self.drawn - begin) / MOST_DRAWING)

    def status(self) -> str:
        """How far the training is, in the reader's language."""
        total = self.steps * self.epochs
        values = {"name": network_name(self.name), "epoch": f"{self.done / self.steps:.1f}", "epochs": self.epochs}
        if self.done == total:
            return say("training.done", **values)
        if self.button.pressed:
            return say("training.stopped", **values)
        if self.done <= self.before + 1:
            return say("training.starts", **values)
        a_batch = (time.perf_counter() - self.began) / (self.done - self.before - 1)
        return say("training.runs", seconds=f"{a_batch * (total - self.done):.0f}", **values)

    def alt(self) -> str:
        """The curve in words."""
        return say("training.alt", name=network_name(self.name), numbers=self._last() or "–")

    def _last(self) -> str:
        """The last value of each quantity, in the reader's language."""
        last = {quantity: points[-1][1] for quantity, points in self.points.items() if points}
        return ", ".join(f"{say(f'training.{quantity}')} {value:.4g}" for quantity, value in last.items())

    def figure(self) -> Figure:
        """A panel for each quantity, against the epoch."""
        quantities = {"loss": self.points.get("loss", [])}
        quantities |= {name: points for name, points in self.points.items() if name != "loss"}
        with sheet(f"{self.name}: {self._last() or say('figure.training.no_batch')}", 2.8) as figure:
            axes = figure.subplots(1, len(quantities), squeeze=False)[0]
            for ax, (name, points), colour in zip(axes, quantities.items(), PALETTE, strict=False):
                ax.plot(*(np.array(points).T if points else ([], [])), color=colour, linewidth=1.8)
                ax.set(xlim=(0, self.epochs), xlabel=say("figure.training.epoch"))
                ax.set_ylabel(say(f"figure.training.{name}"))
                ax.grid(axis="y")
            axes[0].set_title(say("figure.training.points"), loc="left", fontsize=9, color=MUTED)
        return figure
