"""Watching a training: the curve, the stop button, and going on from where it stopped."""

import signal
import threading

import keras
import numpy as np
import pytest
from keras import layers

from coursekit import live_curve, training
from coursekit.live_curve import LiveCurve, StopButton
from coursekit.results import Budget
from coursekit.training import BATCH, NothingToGoOn, go_on, train
from curriculum import messages

BATCHES, EPOCHS = 3, 2
IMAGES = BATCHES * BATCH - 40  # the last batch of an epoch is smaller
BUDGET = Budget(images=IMAGES, epochs=EPOCHS, seeds=1, test_images=BATCH)


def tiny() -> keras.Model:
    """A classifier small enough to train at once, with batch normalisation, which keeps a state of its own."""
    image = keras.Input((28, 28, 1))
    x = layers.BatchNormalization()(layers.AveragePooling2D(7)(image))
    return keras.Model(image, layers.Dense(10, activation="softmax")(layers.Flatten()(x)))


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (500, 28, 28), np.uint8), rng.integers(0, 10, 500)
    return (images, labels), (images, labels)


@pytest.fixture(autouse=True)
def nothing_stopped(monkeypatch):
    monkeypatch.setattr(training, "_stopped", None)


@pytest.fixture
def shown(monkeypatch):
    """What a notebook's output has shown, as HTML."""
    found = []

    class Handle:
        def update(self, html):
            found.append(html.data)

    def display(html, display_id):
        found.append(html.data)
        return Handle()

    monkeypatch.setattr(live_curve, "display", display)
    return found


@pytest.fixture
def interrupt(monkeypatch):
    """Makes an interrupt arrive behind one of Keras' callbacks, when so many batches are done."""

    def arrange(moment, done):
        original = getattr(LiveCurve, moment)

        def interrupted(self, *given, **named):
            original(self, *given, **named)
            if self.done == done:
                signal.raise_signal(signal.SIGINT)

        monkeypatch.setattr(LiveCurve, moment, interrupted)

    return arrange


def weights(model: keras.Model) -> np.ndarray:
    return np.concatenate([np.ravel(weight) for weight in model.weights])


@pytest.fixture(scope="module")
def whole(data):
    """The run and the network of a training that nobody stopped."""
    return train("whole", tiny, data, BUDGET, "classification")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("moment", "pressed_at", "stop_at"),
    [
        ("on_train_batch_begin", 1, 2),  # batches that are done by then; within an epoch
        ("on_train_batch_begin", 2, 3),  # at its end
        ("on_train_begin", 0, 1),  # before there is a batch
        ("on_train_end", 3, 3),  # after the epoch's last picture
    ],
)
def test_what_is_stopped_and_taken_up_again_ends_as_if_it_had_not_been_stopped(
    data, whole, shown, interrupt, capsys, moment, pressed_at, stop_at
):
    interrupt(moment, pressed_at)
    run, model = train("tiny", tiny, data, BUDGET, "classification", watch=True)
    assert int(model.optimizer.iterations) == stop_at
    assert len(run.history) == -(-stop_at // BATCHES)
    assert "go_on()" in capsys.readouterr().out
    assert f"stopped at epoch {stop_at / BATCHES:.1f} of 2" in shown[-1]

    run, same_model = go_on()
    assert same_model is model
    assert capsys.readouterr().out == ""
    np.testing.assert_allclose(weights(model), weights(whole[1]), atol=1e-5)
    np.testing.assert_allclose(run.history, whole[0].history, rtol=1e-4)
    assert "all 2 epochs done" in shown[-1]
    with pytest.raises(NothingToGoOn):
        go_on()


def test_a_second_interrupt_raises_and_the_training_can_still_go_on(data, shown, interrupt):
    interrupt("on_train_batch_begin", 3)
    original = LiveCurve.on_train_batch_end

    def impatient(self, batch, logs=None):
        original(self, batch, logs)
        if self.button.pressed:
            signal.raise_signal(signal.SIGINT)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LiveCurve, "on_train_batch_end", impatient)
        with pytest.raises(KeyboardInterrupt):
            train("tiny", tiny, data, BUDGET, "classification", watch=True)
    _, model = go_on()
    assert int(model.optimizer.iterations) == EPOCHS * BATCHES


def test_the_stop_button_is_as_before_afterwards_and_leaves_other_threads_alone():
    before = signal.getsignal(signal.SIGINT)
    with StopButton():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before

    handlers = []

    def elsewhere():
        with StopButton():
            handlers.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert handlers == [before]


@pytest.mark.parametrize(
    ("task", "quantities"), [("classification", {"loss", "accuracy"}), ("reconstruction", {"loss"})]
)
def test_the_curve_shows_each_stretch_of_batches_as_keras_measured_it(data, shown, monkeypatch, task, quantities):
    curves = []
    monkeypatch.setattr(training, "LiveCurve", lambda *given: curves.append(LiveCurve(*given)) or curves[0])
    builder = tiny if task == "classification" else drawing
    run, _ = train("tiny", builder, data, BUDGET, task, watch=True)
    (curve,) = curves
    assert set(curve.points) == quantities
    epochs, losses = np.array(curve.points["loss"]).T
    np.testing.assert_allclose(epochs, np.arange(1, 1 + EPOCHS * BATCHES) / BATCHES)
    sizes = [BATCH, BATCH, BATCH - 40]
    means = np.average(losses.reshape(EPOCHS, BATCHES), axis=1, weights=sizes)
    np.testing.assert_allclose(means, run.history, rtol=1e-4)
    if task == "reconstruction":  # noise is as hard to draw in a smaller batch
        assert np.ptp(losses) < 0.1 * losses.mean()
    for quantity in quantities:
        assert f"{quantity} {curve.points[quantity][-1][1]:.4g}" in shown[-1]
    assert shown[-1].count('<img alt="') == 1


def drawing() -> keras.Model:
    image = keras.Input((28, 28, 1))
    return keras.Model(image, layers.Conv2D(1, 3, padding="same", activation="sigmoid")(image))


def test_the_line_above_the_curve_is_in_the_readers_language(data, shown):
    messages.set_language("ko")
    train("tiny", tiny, data, BUDGET, "classification", watch=True)
    assert "정지 버튼" in shown[0]
    assert "모두 끝났습니다" in shown[-1]


def test_nothing_is_shown_unless_asked_for(data, shown, capsys):
    train("tiny", tiny, data, BUDGET, "classification")
    assert shown == []
    assert capsys.readouterr().out == ""


def test_a_step_is_traced_once(data):
    """What one waits for before the first step: a step that creates variables would be traced again without."""
    traced = []

    class Counted(keras.Model):
        def train_step(self, batch):
            traced.append(batch)
            return super().train_step(batch)

    model = tiny()
    train("counted", lambda: Counted(model.input, model.output), data, BUDGET, "classification")
    assert len(traced) == 1
