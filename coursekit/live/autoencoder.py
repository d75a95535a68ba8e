"""The demos of lesson 1: what the autoencoder's latent map holds, and what it does to a disturbed image."""

from collections.abc import Callable
from functools import cache, cached_property, partial
from itertools import combinations
from typing import Any

import keras
import numpy as np

from coursekit import weights
from coursekit.live.demo import Demo, Shown, choices, garment_choice, slider
from coursekit.live.garments import scaled, some_of_each, test_images
from coursekit.live.layer import own_network
from coursekit.live.pictures.autoencoder import DisturbedFigure, DisturbedState, LatentWalkFigure, LatentWalkState
from coursekit.live.question import Question, choose
from curriculum.messages import say

NETWORK = "autoencoder"  # of coursekit.weights
SHAPE, FILTERS = (28, 28, 1), (16, 32)
FARTHEST = 50  # percent that a walk goes beyond either end
STEPS = np.arange(-FARTHEST, 101 + FARTHEST, 25)  # of the film strip
OTHERS = 2_000  # test images among which a third garment is looked for
NOISES = (5, 10, 15, 20, 30, 40)  # percent, to choose from

Build = Callable[..., Any]


def _network(autoencoder: Build | None) -> tuple[keras.Model, str]:
    """The autoencoder at work, and a sentence that says whose it is."""
    found = own_network(autoencoder and partial(autoencoder, SHAPE, FILTERS), "autoencoder", NETWORK)
    return found.trained, found.notice


def _at_latent(network: keras.Model) -> tuple[keras.Model, keras.Model]:
    """The encoder and the decoder.

    Raises:
        ValueError: no layer is called latent, or the network cannot be cut there.
    """
    latent = network.get_layer("latent").output
    return keras.Model(network.input, latent), keras.Model(latent, network.output)


def _error(drawn: np.ndarray, goal: np.ndarray) -> np.ndarray:
    """Mean squared error of each of the last three axes' images, times 1,000."""
    return 1_000 * np.mean((drawn - goal) ** 2, axis=(-3, -2, -1))


def between(ends: np.ndarray, start: int, end: int, percent: float | np.ndarray) -> np.ndarray:
    """What lies `percent` of the way from one entry of `ends` to another.

    Args:
        ends: (batch, height, width, channels).
        start: place in the batch of what lies at 0 percent.
        end: place in the batch of what lies at 100 percent.
        percent: one number, or several, (steps,).

    Returns:
        (1, height, width, channels), or (steps, height, width, channels).
    """
    share = np.reshape(percent, (-1, 1, 1, 1)).astype("float32") / 100
    return (1 - share) * ends[start] + share * ends[end]


class LatentWalk:
    """What `latent_walk` shows."""

    def __init__(self, autoencoder: Build | None) -> None:
        self.images, self.names = some_of_each(1)
        network, self._notice = _network(autoencoder)
        try:
            encoder, self.decoder = _at_latent(network)
        except ValueError:
            encoder, self.decoder = _at_latent(weights.load(NETWORK))
            self._notice = say("live.no_latent", exercise="autoencoder")
        self.latents = np.array(encoder(self.images))
        self.film = cache(self._film)
        self.picture = LatentWalkFigure(STEPS)
        places = {name: place for place, name in enumerate(self.names)}
        self.controls = {
            "start": choices("start", places, places["T-shirt/top"]),
            "end": choices("end", places, places["Ankle boot"]),
            "percent": slider("percent", -FARTHEST, 100 + FARTHEST, 0),
        }

    def _film(self, start: int, end: int) -> np.ndarray:
        """Drawings of the whole walk, (steps, 28, 28)."""
        return np.array(self.decoder(between(self.latents, start, end, STEPS)))[..., 0]

    def notice(self) -> str:
        """Whose autoencoder is at work."""
        return self._notice

    def show(self, start: int, end: int, percent: int) -> Shown:
        """Show the drawing `percent` of the way from one garment to another."""
        drawn = np.array(self.decoder(between(self.latents, start, end, percent)))[0]
        both = between(self.images, start, end, percent)[0].clip(0, 1)
        images = (found[..., 0] for found in (self.images[start], self.images[end], drawn, both))
        place = (percent - STEPS[0]) / (STEPS[1] - STEPS[0])
        self.picture.update(LatentWalkState(*images, film=self.film(start, end), place=place))
        values = {"start": self.names[start], "end": self.names[end], "percent": percent}
        values["error"] = _error(drawn, both)
        return Shown(say("live.latent_walk.finding", **values), say("live.latent_walk.alt", **values))

    def question(self) -> Question:
        """What the drawing halfway is most like."""
        options = {say(f"live.latent_walk.{answer}"): answer for answer in ("third", "one", "both")}
        return choose(say("live.latent_walk.question"), options, self.most_like, self.why)

    @cached_property
    def halfway(self) -> dict[str, float]:
        """How far, on average over all pairs, the drawing halfway is from each of the three answers."""
        pairs = np.array(list(combinations(range(len(self.images)), 2)))
        drawn = np.array(self.decoder((self.latents[pairs[:, 0]] + self.latents[pairs[:, 1]]) / 2))
        ends = self.images[pairs.T]
        others = scaled(test_images()[0][-OTHERS:])
        third = [_error(others, one).min() for one in drawn]
        return {
            "both": float(_error(drawn, ends.mean(axis=0)).mean()),
            "one": float(_error(drawn, ends).min(axis=0).mean()),
            "third": float(np.mean(third)),
        }

    def most_like(self) -> str:
        """The answer that the drawing halfway is nearest to."""
        return min(self.halfway, key=self.halfway.get)

    def why(self) -> str:
        """What the answer rests on, in the reader's language."""
        return say("live.latent_walk.why", others=OTHERS, **self.halfway)


def latent_walk(autoencoder: Build | None = None) -> Demo:
    """A walk in the latent space from one garment to another and beyond, drawn by the reader's decoder.

    Args:
        autoencoder: called as `autoencoder(input_shape, filters)`; without it, the trained one.
    """
    return Demo(LatentWalk(autoencoder))


class Disturb:
    """What `disturb` shows."""

    def __init__(self, autoencoder: Build | None) -> None:
        self.images, self.names = some_of_each(1)
        self.network, self._notice = _network(autoencoder)
        self.static = np.random.default_rng(0).standard_normal(self.images.shape).astype("float32")
        self.clean = self._drawn(self.images)
        self.errors = cache(self._errors)
        self.picture = DisturbedFigure()
        self.controls = {
            "garment": garment_choice(self.names, "Pullover"),
            "noise": slider("noise", 0, 60, 30),
            "size": slider("size", 0, 20, 0),
            "row": slider("row", 0, 27, 9),
            "column": slider("column", 0, 27, 9),
        }

    def _drawn(self, images: np.ndarray) -> np.ndarray:
        return np.array(self.network(images))

    def _disturbed(self, noise: int, size: int = 0, row: int = 0, column: int = 0) -> np.ndarray:
        """All images with this much noise, in percent, and a grey square."""
        shown = (self.images + noise / np.float32(100) * self.static).clip(0, 1)
        shown[:, row : row + size, column : column + size] = 0.5
        return shown

    def notice(self) -> str:
        """Whose autoencoder is at work."""
        return self._notice

    def show(self, garment: int, noise: int, size: int, row: int, column: int) -> Shown:
        """Show a garment with noise, in percent, and a grey square of `size` pixels from `row` and `column` on."""
        image, shown = self.images[garment], self._disturbed(noise, size, row, column)[garment]
        (drawn,) = self._drawn(shown[np.newaxis])
        errors = tuple(float(_error(found, image)) for found in (shown, drawn, self.clean[garment]))
        self.picture.update(DisturbedState(image[..., 0], shown[..., 0], drawn[..., 0], errors))
        values = {"garment": self.names[garment], "noise": noise, "size": size, "row": row, "column": column}
        values |= dict(zip(("shown", "drawn", "clean"), errors, strict=True))
        better = "nearer" if errors[1] < errors[0] else "farther"
        return Shown(say(f"live.disturb.{better}", **values), say("live.disturb.alt", **values))

    def question(self) -> Question:
        """From which noise on redrawing lowers the mean error."""
        options = {f"{noise} %": noise for noise in NOISES}
        return choose(say("live.disturb.question", count=len(self.images)), options, self.least_noise, self.why)

    def _errors(self, noise: int) -> tuple[float, float]:
        """The mean errors of all garments with this noise, as shown and redrawn."""
        shown = self._disturbed(noise)
        return float(_error(shown, self.images).mean()), float(_error(self._drawn(shown), self.images).mean())

    def least_noise(self) -> int | None:
        """The least noise, in percent, from which on redrawing lowers the error; None if there is none."""
        errors = {noise: self.errors(noise) for noise in NOISES}
        return next((noise for noise, (shown, drawn) in errors.items() if drawn < shown), None)

    def why(self) -> str:
        """What the answer rests on, in the reader's language."""
        listed = (f"{noise} %: {shown:.1f} → {drawn:.1f}" for noise in NOISES for shown, drawn in [self.errors(noise)])
        return say("live.disturb.why", errors=", ".join(listed))


def disturb(autoencoder: Build | None = None) -> Demo:
    """An image with noise and a grey patch on it, and what the reader's autoencoder makes of it.

    Args:
        autoencoder: called as `autoencoder(input_shape, filters)`; without it, the trained one.
    """
    return Demo(Disturb(autoencoder))
