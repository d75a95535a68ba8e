"""The demo of lesson 5: ECA's cross-channel interaction, with three weights set by hand."""

from math import prod

import keras
import numpy as np

from coursekit.composites import ORDERS, on_stage
from coursekit.live.demo import Demo, Shown, choices, slider
from coursekit.live.garments import test_images
from coursekit.live.layer import Function, as_layer, channel_gates_of, nameless, noted, run
from coursekit.live.pictures.eca import MicrophonesFigure, MicrophonesState
from coursekit.live.question import Question, choose
from coursekit.models.attention import eca
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
    maps = keras.Input(SHAPE)
    right = keras.Model(maps, eca(maps, "live"))
    notice = say("live.cross_channel_interaction.course")
    if eca_block:
        layer, notice = as_layer(nameless(eca_block), "eca_block", SHAPE, SHAPE)
        if layer is not None:
            kernels = [weight for weight in layer.weights if prod(weight.shape) == 3]
            if len(kernels) == 1:
                kernels[0].assign(np.reshape(right.weights[0], kernels[0].shape))
                own = say("live.cross_channel_interaction.own")
                return layer, kernels[0], noted(own, layer, right, "eca_block")
            shapes = ", ".join(str(tuple(weight.shape)) for weight in layer.weights) or "–"
            notice = say("live.cross_channel_interaction.no_kernel", shapes=shapes)
    return right, right.weights[0], notice


def signed(weights: tuple[int, ...]) -> str:
    """Weights as text: their signs are what matters."""
    return ", ".join(f"{weight:+d}".replace("-", "−") if weight else "0" for weight in weights)


def turned_up(quiet: np.ndarray, said: np.ndarray) -> tuple[np.ndarray, float]:
    """What is heard of the speakers at the best volume, one for all scenes, and its mean squared error × 1,000.

    Half-open gates make everything quieter; an error that only measures this would tell nothing about the static.

    Args:
        quiet: what is heard through the gates, (batch, 14, 14, 4).
        said: what each speaker said, of the same shape.
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
        heard: as `on_stage` gives it.
        said: as `on_stage` gives it.
        order: of the microphones before the layer.

    Returns:
        (17, 17, 17): mean squared errors × 1,000, each at the best volume.
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


class CrossChannelInteraction:
    """What `cross_channel_interaction` shows."""

    def __init__(self, eca_block: Function | None) -> None:
        images, _ = test_images()
        heard, self.said = on_stage(images[:IMAGES], SEED)
        self.broken = (heard != np.repeat(self.said, 4, axis=-1)).any(axis=(1, 2))
        self.layer, self.kernel, self._notice = weighable_eca(eca_block)
        _, self.without_gates = turned_up(mixed(heard, ORDERS["beside"]), self.said)
        self.heard = {order: heard[..., places] for order, places in ORDERS.items()}
        self.errors = {order: errors_of_all_weights(heard, self.said, places) for order, places in ORDERS.items()}
        self.picture = MicrophonesFigure()
        self.orders = {order: say(f"live.cross_channel_interaction.{order}") for order in ORDERS}
        self.controls = {
            **{key: slider(key, -REACH, REACH, 0) for key in ("left", "own", "right")},
            "order": choices("order", {name: order for order, name in self.orders.items()}, "beside"),
            "scene": slider("scene", 1, min(SCENES, len(self.said)), 1),
        }

    def notice(self) -> str:
        """Whose ECA has the weights of the sliders."""
        return self._notice

    def show(self, left: int, own: int, right: int, order: str, scene: int) -> Shown:
        """Show one scene, counted from 1, with these three weights and the microphones in one of ORDERS."""
        self.kernel.assign(np.reshape((left, own, right), self.kernel.shape))
        state = self._state(order, scene - 1)
        self.picture.update(state)
        without_gates, error, best = state.errors
        values = {"weights": signed((left, own, right)), "order": self.orders[order], "scene": scene}
        values |= {"error": error, "without": without_gates, "best": best, "listed": _listed(state)}
        return Shown(
            say("live.cross_channel_interaction.finding", **values),
            say("live.cross_channel_interaction.alt", **values),
        )

    def _state(self, order: str, at: int) -> MicrophonesState:
        heard, microphones = self.heard[order], ORDERS[order]
        gated = run(self.layer, heard)
        clearest, error = turned_up(mixed(gated, microphones), self.said)
        (gates,) = channel_gates_of(heard[[at]], gated[[at]])
        return MicrophonesState(
            averages=heard[at].mean(axis=(0, 1)),
            gates=gates,
            broken=self.broken[at, microphones],
            speakers=microphones // 4,
            said=self.said[at],
            heard=clearest[at],
            errors=(self.without_gates, error, float(self.errors[order].min())),
        )

    def question(self) -> Question:
        """With which signs of the weights the error gets smallest."""
        text = say("live.cross_channel_interaction.question")
        return choose(text, {signs: signs for signs in SIGNS}, self.best_signs, self.why)

    def _best(self) -> dict[str, tuple[float, tuple[int, ...]]]:
        """Signs as the reader sees them -> the smallest error with them, and its weights."""
        return {shown: best_with_signs(self.errors["beside"], signs) for shown, signs in SIGNS.items()}

    def best_signs(self) -> str:
        """The signs with the smallest error of all."""
        found = self._best()
        return min(found, key=found.get)

    def why(self) -> str:
        """What the answer rests on, in the reader's language."""
        listed = [
            say("live.cross_channel_interaction.of_signs", error=error, weights=signed(weights))
            for error, weights in sorted(self._best().values())
        ]
        return say("live.cross_channel_interaction.why", listed="; ".join(listed))


def _listed(state: MicrophonesState) -> str:
    """Every microphone in words: whom it hears, its average and its gate."""
    each = zip(state.speakers, state.averages, state.gates, state.broken, strict=True)
    return "; ".join(
        say(
            f"live.cross_channel_interaction.{'broken' if static else 'sound'}",
            speaker=speaker,
            average=average,
            gate=gate,
        )
        for speaker, average, gate, static in each
    )


def cross_channel_interaction(eca_block: Function | None = None) -> Demo:
    """Sixteen microphones and their gates, from ECA with three weights that the reader sets by hand.

    Args:
        eca_block: called as `eca_block(maps)`; without it, the course's.
    """
    return Demo(CrossChannelInteraction(eca_block))
