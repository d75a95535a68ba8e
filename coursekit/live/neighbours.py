"""The demo of lesson 5: a gate asks its neighbours, with three weights set by hand."""

from math import prod

import keras
import numpy as np

from coursekit.live.demo import Demo, Shown, choices, slider
from coursekit.live.garments import test_images
from coursekit.live.layer import Function, as_layer, gates_of, nameless, run
from coursekit.live.pictures.neighbours import Stage
from coursekit.live.question import choose
from coursekit.models.attention import eca
from coursekit.scenes import ORDERS, on_stage
from curriculum.messages import say

IMAGES, SEED = 2_000, 1  # the lesson's test scenes
SHAPE = (14, 14, 16)  # of what the microphones hear
SCENES = 12  # of them can be looked at
REACH = 8  # how far a weight goes to both sides
POSITIONS = np.arange(-REACH, REACH + 1, dtype="float32")  # of a slider
SIGNS = {"+ − +": (1, -1, 1), "− + −": (-1, 1, -1), "0 − 0": (0, -1, 0), "+ + +": (1, 1, 1), "− − −": (-1, -1, -1)}


def weighable_eca(eca_block: Function | None) -> tuple[keras.Model, keras.Variable, str]:
    """ECA over sixteen channels, its kernel, and a sentence that says whose layer it is.

    It is the reader's `eca_block` if that runs and has one place for three weights, else the course's.
    """
    notice = say("live.ask_the_neighbours.course")
    if eca_block:
        layer, notice = as_layer(nameless(eca_block), "eca_block", SHAPE, SHAPE)
        if layer is not None:
            kernels = [weight for weight in layer.weights if prod(weight.shape) == 3]
            if len(kernels) == 1:
                return layer, kernels[0], say("live.ask_the_neighbours.own")
            shapes = ", ".join(str(tuple(weight.shape)) for weight in layer.weights) or "–"
            notice = say("live.ask_the_neighbours.no_kernel", shapes=shapes)
    maps = keras.Input(SHAPE)
    layer = keras.Model(maps, eca(maps, "live"))
    return layer, layer.weights[0], notice


def signed(weights: tuple[int, ...]) -> str:
    """Weights as text: their signs are what matters."""
    return ", ".join(f"{weight:+d}".replace("-", "−") if weight else "0" for weight in weights)


def turned_up(quiet: np.ndarray, said: np.ndarray) -> tuple[np.ndarray, float]:
    """What is heard of the speakers at the best volume, one for all scenes, and its mean squared error × 1,000.

    Half-open gates make everything quieter; an error that only measures this would tell nothing about the static.
    """
    volume = (quiet * said).sum() / max((quiet**2).sum(), 1e-12)
    return volume * quiet, float(1_000 * np.mean((volume * quiet - said) ** 2))


def mixed(gated: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The mean of each speaker's microphones, (batch, 14, 14, 4), from what leaves the gates, (batch, 14, 14, 16)."""
    beside = gated[..., np.argsort(order)]
    return beside.reshape(*beside.shape[:-1], 4, 4).mean(axis=-1)


def errors_of_all_weights(heard: np.ndarray, said: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The error of ECA for all positions of the sliders: (left, own, right), each from -REACH to REACH.

    The same as running the layer for each, but quick enough for thousands: of the pictures a squared error needs only
    their products, which are taken once.

    Args:
        heard, said: as `on_stage` gives them.
        order: of the microphones before the layer.
    """
    pictures = heard.reshape(len(heard), -1, 4, 4).transpose(0, 2, 3, 1)  # (batch, speaker, microphone, pixels)
    of_pairs = pictures @ pictures.swapaxes(2, 3)
    with_said = (pictures @ said.reshape(len(said), -1, 4).transpose(0, 2, 1)[..., np.newaxis])[..., 0]
    padded = np.pad(heard.mean(axis=(1, 2))[:, order], ((0, 0), (1, 1)))
    asked = np.stack([padded[:, :-2], padded[:, 1:-1], padded[:, 2:]], axis=-1)[:, np.argsort(order)]
    own_and_right = np.stack(np.meshgrid(POSITIONS, POSITIONS, indexing="ij")).reshape(2, -1)
    errors = []
    for left in POSITIONS:
        sums = asked @ np.vstack([np.full_like(own_and_right[:1], left), own_and_right])
        gates = (1 / (1 + np.exp(-sums))).reshape(len(heard), 4, 4, -1)
        squares = (gates * (of_pairs @ gates)).sum(axis=(0, 1, 2)) / 16
        products = (gates * with_said[..., np.newaxis]).sum(axis=(0, 1, 2)) / 4
        errors.append(((said**2).sum() - products**2 / squares) / said.size)
    return 1_000 * np.reshape(errors, (len(POSITIONS),) * 3)


def best_with_signs(errors: np.ndarray, signs: tuple[int, ...]) -> tuple[float, tuple[int, ...]]:
    """The smallest error of all weights with these signs, and these weights."""
    fits = np.ix_(*(np.sign(POSITIONS) == sign for sign in signs))
    place = np.unravel_index(errors[fits].argmin(), errors[fits].shape)
    found = [POSITIONS[np.sign(POSITIONS) == sign][at] for sign, at in zip(signs, place, strict=True)]
    return float(errors[fits].min()), tuple(map(int, found))


def ask_the_neighbours(eca_block: Function | None = None) -> Demo:
    """Sixteen microphones and their gates, from ECA with three weights that the reader sets by hand.

    Args:
        eca_block: called as `eca_block(maps)`; without it, the course's.
    """
    images, _ = test_images()
    heard, said = on_stage(images[:IMAGES], SEED)
    broken = (heard != np.repeat(said, 4, axis=-1)).any(axis=(1, 2))
    layer, kernel, notice = weighable_eca(eca_block)
    _, without_gates = turned_up(mixed(heard, ORDERS["beside"]), said)
    heard_in = {order: heard[..., places] for order, places in ORDERS.items()}
    errors = {order: errors_of_all_weights(heard, said, places) for order, places in ORDERS.items()}
    picture = Stage()

    def show(left: int, own: int, right: int, order: str, scene: int) -> Shown:
        kernel.assign(np.reshape((left, own, right), kernel.shape))
        gated = run(layer, heard_in[order])
        clearest, error = turned_up(mixed(gated, ORDERS[order]), said)
        at = scene - 1
        (gates,) = gates_of(heard_in[order][[at]], gated[[at]])
        averages, off = heard_in[order][at].mean(axis=(0, 1)), broken[at, ORDERS[order]]
        best = float(errors[order].min())
        picture.update(averages, gates, off, ORDERS[order] // 4, said[at], clearest[at], (without_gates, error, best))
        listed = [
            say(f"live.ask_the_neighbours.{'broken' if static else 'sound'}", speaker=of, average=average, gate=gate)
            for of, average, gate, static in zip(ORDERS[order] // 4, averages, gates, off, strict=True)
        ]
        values = {"weights": signed((left, own, right)), "order": names[order], "scene": scene}
        values |= {"error": error, "without": without_gates, "best": best, "listed": "; ".join(listed)}
        return Shown(say("live.ask_the_neighbours.finding", **values), say("live.ask_the_neighbours.alt", **values))

    def found() -> dict[str, tuple[float, tuple[int, ...]]]:
        return {shown: best_with_signs(errors["beside"], signs) for shown, signs in SIGNS.items()}

    def right_signs() -> str:
        return min(found(), key=found().get)

    def why() -> str:
        listed = [
            say("live.ask_the_neighbours.of_signs", error=error, weights=signed(weights))
            for error, weights in sorted(found().values())
        ]
        return say("live.ask_the_neighbours.why", listed="; ".join(listed))

    names = {order: say(f"live.ask_the_neighbours.{order}") for order in ORDERS}
    controls = {
        **{key: slider(key, -REACH, REACH, 0) for key in ("left", "own", "right")},
        "order": choices("order", {name: order for order, name in names.items()}, "beside"),
        "scene": slider("scene", 1, min(SCENES, len(said)), 1),
    }
    question = choose(say("live.ask_the_neighbours.question"), {signs: signs for signs in SIGNS}, right_signs, why)
    return Demo(picture.figure, show, controls, question, lambda: notice)
