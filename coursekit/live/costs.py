"""The demo of lesson 10: what an attention costs, beside the others and beside the convolution before it."""

from functools import cache, partial

import keras
from keras import layers

from coursekit.live.demo import Demo, Shown, choices, steps
from coursekit.live.layer import Function, why_not
from coursekit.live.pictures.costs import Costs
from coursekit.live.question import choose
from coursekit.models.catalogue import BLOCKS, described
from coursekit.models.cost import multiply_adds, trainable
from curriculum.exercises.my_attention import PARAMETERS_PER_CHANNEL
from curriculum.exercises.my_network import BUDGET
from curriculum.messages import say

CHANNELS = (8, 16, 32, 64, 128, 256, 512)
SIDES = (7, 14, 28, 56)
ASKED_SIDE = 14  # of the map in the question
COUNTS = {"parameters": trainable, "multiply-adds": multiply_adds}
CONVOLUTION, SELF_ATTENTION = "3×3 convolution", "self-attention, 4 heads"
OWN = "your my_attention"


def convolution(x: keras.KerasTensor) -> keras.KerasTensor:
    """What stands before most attention blocks, to compare with: as many channels as x."""
    return layers.Conv2D(x.shape[-1], 3, padding="same", use_bias=False)(x)


COMPARED = {CONVOLUTION: convolution} | {
    name: partial(BLOCKS[name], name="block") for name in ("SE", "ECA", "CBAM", "BAM", SELF_ATTENTION)
}


def described_layer(layer: Function, channels: int, side: int) -> keras.Model:
    """A layer on a map of side × side with so many channels, its weights only described: large ones cost no memory.

    Raises:
        WrongShape: it gives another shape; and whatever the layer raises.
    """
    shape = (side, side, channels)
    x = keras.Input(shape)
    model = described(lambda: keras.Model(x, layer(x)))
    if model.output.shape[1:] != shape:
        raise WrongShape(model.output.shape[1:])
    return model


class WrongShape(Exception):
    """A layer gives this shape, another one than it gets."""


@cache
def models_compared(channels: int, side: int) -> dict[str, keras.Model]:
    """The layers to compare with."""
    return {name: described_layer(layer, channels, side) for name, layer in COMPARED.items()}


def compared(channels: int, side: int, number: str) -> dict[str, int]:
    """What each layer to compare with costs, by one of the numbers in COUNTS."""
    return {name: COUNTS[number](model) for name, model in models_compared(channels, side).items()}


def cheaper_from(side: int) -> int:
    """The fewest channels with which self-attention takes fewer multiply-adds than the convolution."""
    costs = {channels: compared(channels, side, "multiply-adds") for channels in CHANNELS}
    return next(channels for channels, of in costs.items() if of[SELF_ATTENTION] < of[CONVOLUTION])


def what_it_costs(my_attention: Function | None = None) -> Demo:
    """Parameters or multiply-adds of the reader's `my_attention`, of the course's blocks and of a convolution.

    Args:
        my_attention: called as `my_attention(x)`; without it, only the others are shown.
    """

    @cache
    def own(channels: int, side: int, number: str) -> tuple[int | None, str]:
        """What the reader's costs, if that can be counted, and a sentence about it."""
        name = "my_attention"
        if my_attention is None:
            return None, say("live.what_it_costs.not_written", exercise=name)
        try:
            return COUNTS[number](described_layer(my_attention, channels, side)), say("live.what_it_costs.own")
        except WrongShape as error:
            shapes = {"expected": (side, side, channels), "received": tuple(error.args[0])}
            return None, say("live.what_it_costs.other_shape", exercise=name, **shapes)
        except (Exception, SystemExit) as error:  # whatever the reader's code raises
            return None, why_not(error, name, "live.what_it_costs")

    def show(channels: int, side: int, number: str) -> Shown:
        costs = compared(channels, side, number)
        cheapest, dearest = min(costs, key=costs.get), max(costs, key=costs.get)
        values = {"channels": channels, "side": side, "number": names[number]}
        values |= {"cheapest": cheapest, "least": costs[cheapest], "dearest": dearest, "most": costs[dearest]}
        of_own, _ = own(channels, side, number)
        if of_own is not None:
            costs[OWN] = of_own
            values |= {"own": of_own, "share": of_own / costs[CONVOLUTION]}
        budgets = {}
        if number == "parameters":
            values["budget"] = PARAMETERS_PER_CHANNEL * channels
            budgets = {"my_attention": values["budget"], "my_network": BUDGET}
        picture.update(costs, f"{channels} channels, {side} × {side}", number, budgets)
        listed = ", ".join(f"{name} {count:,}" for name, count in costs.items())
        marked = ", ".join(f"{name} {count:,}" for name, count in budgets.items()) or "–"
        return Shown(
            say(f"live.what_it_costs.{'others' if of_own is None else number}", **values),
            say("live.what_it_costs.alt", **values, listed=listed, marked=marked),
        )

    def why() -> str:
        right = CHANNELS.index(cheaper_from(ASKED_SIDE))
        listed = []
        for channels in CHANNELS[max(0, right - 1) : right + 1]:
            costs = compared(channels, ASKED_SIDE, "multiply-adds")
            values = {"attention": costs[SELF_ATTENTION], "convolution": costs[CONVOLUTION]}
            listed.append(say("live.what_it_costs.of_channels", channels=channels, **values))
        return say("live.what_it_costs.why", listed="; ".join(listed))

    names = {number: say(f"live.what_it_costs.number.{number}") for number in COUNTS}
    picture = Costs([*COMPARED, OWN])
    controls = {
        "channels": steps("channels", CHANNELS, 64),
        "side": steps("side", SIDES, 14),
        "number": choices("number", {name: number for number, name in names.items()}, "parameters"),
    }
    options = {str(channels): channels for channels in CHANNELS}
    question = choose(
        say("live.what_it_costs.question", side=ASKED_SIDE), options, lambda: cheaper_from(ASKED_SIDE), why
    )
    return Demo(
        picture.figure,
        show,
        controls,
        question,
        lambda: own(**{name: control.value for name, control in controls.items()})[1],
    )
