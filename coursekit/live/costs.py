"""The demo of lesson 12: what an attention costs, beside the others and beside the convolution before it."""

from functools import cache, partial

import keras
from keras import layers

from coursekit.live.demo import Demo, Shown, choices, steps
from coursekit.live.layer import Function, why_not
from coursekit.live.pictures.costs import CostsFigure, CostsState
from coursekit.live.question import Question, choose
from coursekit.models.catalogue import BLOCKS, on_a_map
from coursekit.models.cost import multiply_adds, trainable
from curriculum.exercises.my_attention import PARAMETERS_PER_CHANNEL
from curriculum.exercises.my_network import BUDGET
from curriculum.messages import network_name, say

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


class WrongShape(Exception):
    """A layer gives another shape than it gets; the argument is the shape it gives."""


def abstract_layer(layer: Function, channels: int, side: int) -> keras.Model:
    """A layer on a map of side × side with so many channels, as an `abstract_model`: large weights cost no memory.

    Raises:
        WrongShape: it gives another shape. Whatever the layer raises is passed on.
    """
    shape = (side, side, channels)
    model = on_a_map(layer, shape)
    if model.output.shape[1:] != shape:
        raise WrongShape(model.output.shape[1:])
    return model


@cache
def models_compared(channels: int, side: int) -> dict[str, keras.Model]:
    """The layers to compare with."""
    return {name: abstract_layer(layer, channels, side) for name, layer in COMPARED.items()}


def compared(channels: int, side: int, number: str) -> dict[str, int]:
    """What each layer to compare with costs, by one of the numbers in COUNTS."""
    return {name: COUNTS[number](model) for name, model in models_compared(channels, side).items()}


def cheaper_from(side: int) -> int:
    """The fewest channels with which self-attention takes fewer multiply-adds than the convolution."""
    costs = {channels: compared(channels, side, "multiply-adds") for channels in CHANNELS}
    return next(channels for channels, of in costs.items() if of[SELF_ATTENTION] < of[CONVOLUTION])


class WhatItCosts:
    """What `what_it_costs` shows."""

    def __init__(self, my_attention: Function | None) -> None:
        self.my_attention = my_attention
        self.own = cache(self._own)
        self.picture = CostsFigure([*COMPARED, OWN])
        self.numbers = {number: say(f"live.what_it_costs.number.{number}") for number in COUNTS}
        self.controls = {
            "channels": steps("channels", CHANNELS, 64),
            "side": steps("side", SIDES, 14),
            "number": choices("number", {name: number for number, name in self.numbers.items()}, "parameters"),
        }

    def _own(self, channels: int, side: int, number: str) -> tuple[int | None, str]:
        """What the reader's costs, if that can be counted, and a sentence about it."""
        name = "my_attention"
        if self.my_attention is None:
            return None, say("live.what_it_costs.not_written", exercise=name)
        try:
            model = abstract_layer(self.my_attention, channels, side)
            return COUNTS[number](model), say("live.what_it_costs.own")
        except WrongShape as error:
            shapes = {"expected": (side, side, channels), "received": tuple(error.args[0])}
            return None, say("live.what_it_costs.other_shape", exercise=name, **shapes)
        except (Exception, SystemExit) as error:  # whatever the reader's code raises
            return None, why_not(error, name, "live.what_it_costs")

    def notice(self) -> str:
        """Whether the reader's attention is counted, and if not, why."""
        return self.own(**{name: control.value for name, control in self.controls.items()})[1]

    def show(self, channels: int, side: int, number: str) -> Shown:
        """Show one of COUNTS for each layer on a map of side × side with so many channels."""
        costs = compared(channels, side, number)
        own, _ = self.own(channels, side, number)
        budgets = {}
        if number == "parameters":
            budgets = {"my_attention": PARAMETERS_PER_CHANNEL * channels, "my_network": BUDGET}
        with_own = costs if own is None else costs | {OWN: own}
        self.picture.update(
            CostsState(with_own, say("picture.map", channels=channels, side=side), self.numbers[number], budgets)
        )
        cheapest, dearest = min(costs, key=costs.get), max(costs, key=costs.get)
        values = {"channels": channels, "side": side, "number": self.numbers[number]}
        values |= {"cheapest": network_name(cheapest), "least": costs[cheapest]}
        values |= {"dearest": network_name(dearest), "most": costs[dearest]}
        if own is not None:
            values |= {"own": own, "share": own / costs[CONVOLUTION], "budget": budgets.get("my_attention")}
        return Shown(
            say(f"live.what_it_costs.{'others' if own is None else number}", **values),
            say("live.what_it_costs.alt", **values, listed=_listed(with_own), marked=_listed(budgets) or "–"),
        )

    def question(self) -> Question:
        """From how many channels on self-attention takes fewer multiply-adds than a convolution."""
        options = {str(channels): channels for channels in CHANNELS}
        text = say("live.what_it_costs.question", side=ASKED_SIDE)
        return choose(text, options, lambda: cheaper_from(ASKED_SIDE), self.why)

    def why(self) -> str:
        """What the answer rests on, in the reader's language."""
        right = CHANNELS.index(cheaper_from(ASKED_SIDE))
        listed = []
        for channels in CHANNELS[max(0, right - 1) : right + 1]:
            costs = compared(channels, ASKED_SIDE, "multiply-adds")
            values = {"attention": costs[SELF_ATTENTION], "convolution": costs[CONVOLUTION]}
            listed.append(say("live.what_it_costs.of_channels", channels=channels, **values))
        return say("live.what_it_costs.why", listed="; ".join(listed))


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{network_name(name)} {count:,}" for name, count in counts.items())


def what_it_costs(my_attention: Function | None = None) -> Demo:
    """Parameters or multiply-adds of the reader's `my_attention`, of the course's blocks and of a convolution.

    Args:
        my_attention: called as `my_attention(x)`; without it, only the others are shown.
    """
    return Demo(WhatItCosts(my_attention))
