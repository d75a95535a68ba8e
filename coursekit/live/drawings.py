"""The demos of lesson 1: what the autoencoder's latent map holds, and what it does to a disturbed image."""

from collections.abc import Callable
from functools import cache, partial
from itertools import combinations
from typing import Any

import keras
import numpy as np

from coursekit import weights
from coursekit.live.demo import Demo, Shown, choices, slider
from coursekit.live.garments import scaled, some_of_each, test_images
from coursekit.live.layer import own_network
from coursekit.live.pictures.drawings import Disturbed, LatentWalk
from coursekit.live.question import choose
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
    """The encoder and the decoder. Raises: ValueError if no layer is called latent, or the network cannot be cut."""
    latent = network.get_layer("latent").output
    return keras.Model(network.input, latent), keras.Model(latent, network.output)


def _error(drawn: np.ndarray, goal: np.ndarray) -> np.ndarray:
    """Mean squared error of each of the last three axes' images, times 1,000."""
    return 1_000 * np.mean((drawn - goal) ** 2, axis=(-3, -2, -1))


def latent_walk(autoencoder: Build | None = None) -> Demo:
    """A walk in the latent space from one garment to another and beyond, drawn by the reader's decoder.

    Args:
        autoencoder: called as `autoencoder(input_shape, filters)`; without it, the trained one.
    """
    images, names = some_of_each(1)
    network, notice = _network(autoencoder)
    try:
        encoder, decoder = _at_latent(network)
    except ValueError:
        encoder, decoder = _at_latent(weights.load(NETWORK))
        notice = say("live.no_latent", exercise="autoencoder")
    latents = np.array(encoder(images))
    picture = LatentWalk(STEPS)

    def between(ends: np.ndarray, start: int, end: int, percent: float | np.ndarray) -> np.ndarray:
        """What lies `percent` of the way from one entry of `ends` to another; for several percents, a batch."""
        share = np.reshape(percent, (-1, 1, 1, 1)).astype("float32") / 100
        return (1 - share) * ends[start] + share * ends[end]

    @cache
    def film(start: int, end: int) -> np.ndarray:
        return np.array(decoder(between(latents, start, end, STEPS)))[..., 0]

    def show(start: int, end: int, percent: int) -> Shown:
        drawn = np.array(decoder(between(latents, start, end, percent)))[0]
        both = between(images, start, end, percent)[0].clip(0, 1)
        picture.update(images[start, ..., 0], images[end, ..., 0], drawn[..., 0], both[..., 0], film(start, end))
        picture.mark((percent - STEPS[0]) / (STEPS[1] - STEPS[0]))
        values = {"start": names[start], "end": names[end], "percent": percent, "error": _error(drawn, both)}
        return Shown(say("live.latent_walk.finding", **values), say("live.latent_walk.alt", **values))

    @cache
    def halfway() -> dict[str, float]:
        """How far, on average over all pairs, the drawing halfway is from each of the three answers."""
        pairs = np.array(list(combinations(range(len(images)), 2)))
        drawn = np.array(decoder((latents[pairs[:, 0]] + latents[pairs[:, 1]]) / 2))
        ends = images[pairs.T]
        others = scaled(test_images()[0][-OTHERS:])
        third = [_error(others, one).min() for one in drawn]
        return {
            "both": float(_error(drawn, ends.mean(axis=0)).mean()),
            "one": float(_error(drawn, ends).min(axis=0).mean()),
            "third": float(np.mean(third)),
        }

    def why() -> str:
        return say("live.latent_walk.why", others=OTHERS, **halfway())

    places = {name: place for place, name in enumerate(names)}
    controls = {
        "start": choices("start", places, names.index("T-shirt/top")),
        "end": choices("end", places, names.index("Ankle boot")),
        "percent": slider("percent", -FARTHEST, 100 + FARTHEST, 0),
    }
    options = {say(f"live.latent_walk.{answer}"): answer for answer in ("third", "one", "both")}
    question = choose(say("live.latent_walk.question"), options, lambda: min(halfway(), key=halfway().get), why)
    return Demo(picture.figure, show, controls, question, lambda: notice)


def disturb(autoencoder: Build | None = None) -> Demo:
    """An image with noise and a grey patch on it, and what the reader's autoencoder makes of it.

    Args:
        autoencoder: called as `autoencoder(input_shape, filters)`; without it, the trained one.
    """
    images, names = some_of_each(1)
    network, notice = _network(autoencoder)
    static = np.random.default_rng(0).standard_normal(images.shape).astype("float32")
    clean = np.array(network(images))
    picture = Disturbed()

    def disturbed(noise: int, size: int = 0, row: int = 0, column: int = 0) -> np.ndarray:
        """All images with this much noise, in percent, and a grey square."""
        shown = (images + noise / np.float32(100) * static).clip(0, 1)
        shown[:, row : row + size, column : column + size] = 0.5
        return shown

    def show(garment: int, noise: int, size: int, row: int, column: int) -> Shown:
        image, seen = images[garment], disturbed(noise, size, row, column)[garment]
        drawn = np.array(network(seen[np.newaxis]))[0]
        errors = [float(_error(found, image)) for found in (seen, drawn, clean[garment])]
        picture.update(image[..., 0], seen[..., 0], drawn[..., 0], errors)
        values = {"garment": names[garment], "noise": noise, "size": size, "row": row, "column": column}
        values |= dict(zip(("shown", "drawn", "clean"), errors, strict=True))
        better = "nearer" if errors[1] < errors[0] else "farther"
        return Shown(say(f"live.disturb.{better}", **values), say("live.disturb.alt", **values))

    @cache
    def errors(noise: int) -> tuple[float, float]:
        """The mean errors of all garments with this noise, as shown and redrawn."""
        seen = disturbed(noise)
        return float(_error(seen, images).mean()), float(_error(np.array(network(seen)), images).mean())

    def least() -> int | None:
        return next((noise for noise in NOISES if errors(noise)[1] < errors(noise)[0]), None)

    def why() -> str:
        listed = (f"{noise} %: {shown:.1f} → {drawn:.1f}" for noise in NOISES for shown, drawn in [errors(noise)])
        return say("live.disturb.why", errors=", ".join(listed))

    controls = {
        "garment": choices("garment", {name: place for place, name in enumerate(names)}, names.index("Pullover")),
        "noise": slider("noise", 0, 60, 30),
        "size": slider("size", 0, 20, 0),
        "row": slider("row", 0, 27, 9),
        "column": slider("column", 0, 27, 9),
    }
    options = {f"{noise} %": noise for noise in NOISES}
    question = choose(say("live.disturb.question", count=len(images)), options, least, why)
    return Demo(picture.figure, show, controls, question, lambda: notice)
