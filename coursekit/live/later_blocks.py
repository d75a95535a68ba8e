"""The demo of lesson 11: how far a single value is felt through each of four blocks."""

from typing import NamedTuple

import keras
import numpy as np

from coursekit.live.demo import Demo, Shown, garment_choice, slider
from coursekit.live.garments import some_of_each
from coursekit.live.layer import Function, as_layer, nameless, run
from coursekit.live.networks import split_cbam
from coursekit.live.pictures.later_blocks import OneValueFigure, OneValueState
from coursekit.live.question import Question, choose
from coursekit.models import attention
from curriculum.messages import say

BLOCKS = ("coordinate_attention", "simam", "global_response_norm", "global_context")
OPTIONS = {"global_context": {"ratio": 4}}  # of 16 channels; with the default one unit would be left
SEED = 3
SIDE = 14
RAISED, OTHER = 0, 1  # which of the two channels shown has the value that is raised
FELT = 1e-3  # of the largest change; what is less is not counted


class Block(NamedTuple):
    """A block at work: from maps to maps."""

    layer: keras.Model
    is_own: bool


def with_drawn_weights(layer: keras.Model) -> keras.Model:
    """The layer with weights by chance: several of these blocks begin as the identity, which would show nothing.

    Those of Keras' normalisations stay as they begin.
    """
    random = np.random.default_rng(SEED)
    normalising = (keras.layers.BatchNormalization, keras.layers.LayerNormalization)
    kept = {id(weight) for part in layer._flatten_layers() if isinstance(part, normalising) for weight in part.weights}
    for weight in layer.trainable_weights:
        if id(weight) in kept:
            continue
        fans = max(1, int(np.prod(weight.shape[:-1])))
        weight.assign(random.standard_normal(weight.shape) / np.sqrt(fans))
    return layer


def block_of(name: str, function: Function | None, shape: tuple[int, ...]) -> Block:
    """The reader's block if it runs and keeps the shape, else the course's; either with weights drawn by chance."""
    options = OPTIONS.get(name, {})
    if function:
        layer, _ = as_layer(nameless(function), name, shape, shape, **options)
        if layer is not None:
            return Block(with_drawn_weights(layer), True)
    maps = keras.Input(shape)
    return Block(with_drawn_weights(keras.Model(maps, getattr(attention, name)(maps, "live", **options))), False)


def fullest(maps: np.ndarray) -> tuple[int, int]:
    """The two channels of (batch, height, width, channels) with the fewest zeros: those that show most."""
    second, first = np.argsort((maps > 0).mean(axis=(0, 1, 2)))[-2:]
    return int(first), int(second)


class OneValue:
    """What `one_value` shows."""

    def __init__(self, functions: dict[str, Function | None]) -> None:
        front = split_cbam()[0]
        self.images, self.names = some_of_each(1)
        self.maps = run(front, self.images)
        self.channels = fullest(self.maps)
        self.blocks = {name: block_of(name, functions[name], self.maps.shape[1:]) for name in BLOCKS}
        self.picture = OneValueFigure(SIDE, BLOCKS)
        self.controls = {
            "garment": garment_choice(self.names, "Pullover"),
            "row": slider("row", 0, SIDE - 1, 6),
            "column": slider("column", 0, SIDE - 1, 7),
            "strength": slider("strength", -5, 5, 3),
        }

    def notice(self) -> str:
        """Which of the blocks are the reader's."""
        own = [name for name, block in self.blocks.items() if block.is_own]
        course = [name for name in BLOCKS if name not in own]
        if not course:
            return say("live.one_value.all_own")
        return say("live.one_value.some_own" if own else "live.one_value.none_own", names=", ".join(course))

    def show(self, garment: int, row: int, column: int, strength: int) -> Shown:
        """Show what each block makes of a value that is raised by `strength` in one channel at one position."""
        maps, changes = self.changes(garment, row, column, strength)
        self.picture.update(OneValueState(maps, changes, (row, column)))
        felt = {name: self.felt(change) for name, change in changes.items()}
        values = {"garment": self.names[garment], "row": row, "column": column, "strength": strength}
        counts = {
            f"{name}_{place}": count
            for name, of in felt.items()
            for place, count in zip(("here", "there"), of, strict=True)
        }
        return Shown(say("live.one_value.finding", **values, **counts), say("live.one_value.alt", **values, **counts))

    def changes(self, garment: int, row: int, column: int, strength: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """The two channels before the blocks, and by how much each block changes them because of the raised value.

        Returns:
            (14, 14, 2), and for each block (14, 14, 2): 0 at the raised value itself, whose change says nothing.
        """
        before = self.maps[[garment]]
        after = before.copy()
        after[0, row, column, self.channels[RAISED]] += strength
        changes = {}
        for name, block in self.blocks.items():
            without, with_value = run(block.layer, np.concatenate([before, after]))
            change = (with_value - without)[..., list(self.channels)]
            change[row, column, RAISED] = 0
            changes[name] = change
        return after[0][..., list(self.channels)], changes

    @staticmethod
    def felt(change: np.ndarray) -> tuple[int, int]:
        """At how many positions of each of the two channels the change is more than rounding."""
        largest = np.abs(change).max()
        if largest < 1e-6:
            return 0, 0
        here, there = (np.abs(change) > FELT * largest).sum(axis=(0, 1))
        return int(here), int(there)

    def question(self) -> Question:
        """Which block changes a place where there was nothing."""
        names = {say(f"picture.{name}"): name for name in BLOCKS}
        return choose(say("live.one_value.question"), names, self.fills_empty_places, self.why)

    def of_empty_places(self) -> dict[str, float]:
        """The largest change of the other channel where it is 0, over all garments, for each block."""
        found = dict.fromkeys(BLOCKS, 0.0)
        for garment in range(len(self.names)):
            maps, changes = self.changes(garment, SIDE // 2, SIDE // 2, 3)
            empty = maps[..., OTHER] == 0
            for name, change in changes.items():
                found[name] = max(found[name], float(np.abs(change[..., OTHER][empty]).max(initial=0)))
        return found

    def fills_empty_places(self) -> str:
        """The block of which `of_empty_places` is largest."""
        found = self.of_empty_places()
        return max(found, key=found.__getitem__)

    def why(self) -> str:
        """What the answer rests on, in the reader's language."""
        return say("live.one_value.why", **self.of_empty_places())


def one_value(
    coordinate_attention: Function | None = None,
    simam: Function | None = None,
    global_response_norm: Function | None = None,
    global_context: Function | None = None,
) -> Demo:
    """One value of a garment's map is raised: where, and in which channels, is it felt behind each of four blocks?

    Args:
        coordinate_attention: called as `coordinate_attention(maps)`; without it, the course's. So are the others.
        simam: called as `simam(maps)`.
        global_response_norm: called as `global_response_norm(maps)`.
        global_context: called as `global_context(maps, ratio=4)`.
    """
    functions = (coordinate_attention, simam, global_response_norm, global_context)
    return Demo(OneValue(dict(zip(BLOCKS, functions, strict=True))))
