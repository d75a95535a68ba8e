"""The demo of lesson 9: how strongly one position of a feature map depends on every other."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from coursekit.live.demo import Demo, Shown, choices, slider
from coursekit.live.garments import some_of_each
from coursekit.live.layer import nameless, own_layer, run
from coursekit.live.networks import split_onlooker, split_soft_mask
from coursekit.live.pictures.influence import LookingAcross
from coursekit.live.question import choose
from curriculum.messages import say

HEADS, KEY_DIM = 4, 4  # of the trained network
MIX = 6  # which of the trained layer's weights mixes the heads: (heads · key_dim, channels)
SIDE = 7  # of its maps
ALL = 0  # all heads
SHARES = (0, 0.1, 0.5, 0.9)  # to choose from

Function = Callable[..., Any]


def _distances() -> np.ndarray:
    """How many positions apart two positions are, the larger of rows and columns, (49, 49)."""
    places = np.stack(np.divmod(np.arange(SIDE**2), SIDE), axis=1)
    return np.abs(places[:, None] - places).max(axis=-1)


DISTANCES = _distances()
FAR = DISTANCES > 1  # than a 3×3 kernel reaches


def influences(layer: keras.Model, maps: np.ndarray) -> np.ndarray:
    """How much the output at each position changes when another one is blanked, as the lesson measures it.

    Args:
        layer: from maps to maps.
        maps: (batch, 7, 7, channels).

    Returns:
        (batch, 49, 49): for each position that looks, each one it looks at; 0 for its own place.
    """
    count, places, channels = len(maps), np.arange(SIDE**2), maps.shape[-1]
    blanked = np.repeat(maps, SIDE**2, axis=0).reshape(count, SIDE**2, SIDE**2, channels)
    blanked[:, places, places] = maps.mean(axis=(1, 2))[:, None]
    changed = run(layer, blanked.reshape(-1, SIDE, SIDE, channels)).reshape(count, SIDE**2, SIDE**2, -1)
    found = np.abs(changed - run(layer, maps).reshape(count, 1, SIDE**2, -1)).sum(axis=-1)
    found[:, places, places] = 0
    return found.swapaxes(1, 2)


def from_afar(found: np.ndarray) -> float:
    """Which share of all these influences (..., 49, 49) comes from farther away than a 3×3 kernel reaches."""
    return float(found[..., FAR].sum() / max(found.sum(), 1e-9))


def own_attention(self_attention: Function | None, trained: keras.Model) -> tuple[keras.Model, str]:
    """The reader's self-attention with the trained weights, and a sentence that says whose it is."""
    return own_layer(nameless(self_attention), "self_attention", trained, heads=HEADS, key_dim=KEY_DIM)


def of_each_head(layer: keras.Model, trained: keras.Model, maps: np.ndarray) -> list[np.ndarray]:
    """The influences through all heads, then through each head alone.

    A head is alone when the others' rows of the weight that mixes the heads are 0. A layer without that weight gives
    the same for every head.
    """
    mix, own = trained.get_weights()[MIX], layer.get_weights()
    found = [influences(layer, maps)]
    for head in range(HEADS):
        alone = np.zeros_like(mix)
        rows = slice(head * KEY_DIM, (head + 1) * KEY_DIM)
        alone[rows] = mix[rows]
        layer.set_weights([alone.reshape(w.shape) if np.array_equal(w.ravel(), mix.ravel()) else w for w in own])
        found.append(influences(layer, maps))
    layer.set_weights(own)
    return found


def looking_across(self_attention: Function | None = None) -> Demo:
    """What one position of a garment's map depends on: by a convolution, by a soft mask, by self-attention.

    Args:
        self_attention: called as `self_attention(x, heads, key_dim)`; without it, the trained one.
    """
    images, names = some_of_each(1)
    before_unit, unit, trained = split_onlooker()
    layer, notice = own_attention(self_attention, trained)
    before_mask, mask = split_soft_mask()
    maps = run(before_unit, images)
    of_heads = of_each_head(layer, trained, run(unit, maps))
    of_unit, of_mask = influences(unit, maps), influences(mask, run(before_mask, images))
    picture = LookingAcross(SIDE)

    def by_distance(found: np.ndarray, here: int) -> np.ndarray:
        """Which share of what one position sees, (49,), comes from each distance, (7,)."""
        return np.bincount(DISTANCES[here], found, SIDE) / max(found.sum(), 1e-9)

    def show(garment: int, row: int, column: int, head: int) -> Shown:
        here = row * SIDE + column
        found = [of[garment, here] for of in (of_unit, of_mask, of_heads[head])]
        even = np.where(DISTANCES[here] > 0, 1.0, 0.0)
        shares = [by_distance(of, here) for of in [*found, even]]
        picture.update(images[garment, ..., 0], (row, column), [of.reshape(SIDE, SIDE) for of in found], shares)
        values = {"garment": names[garment], "row": row, "column": column, "which": heads[head]}
        values |= dict(zip(("unit", "mask", "own", "even"), (float(share[2:].sum()) for share in shares), strict=True))
        seen, most = np.divmod(found[-1].argmax(), SIDE)
        values |= {"most_row": int(seen), "most_column": int(most)}
        return Shown(say("live.looking_across.finding", **values), say("live.looking_across.alt", **values))

    def why() -> str:
        values = {"own": from_afar(of_heads[ALL]), "mask": from_afar(of_mask), "unit": from_afar(of_unit)}
        return say("live.looking_across.why", **values, even=float(FAR.sum() / (DISTANCES > 0).sum()))

    def nearest() -> float:
        return min(SHARES, key=lambda share: abs(share - from_afar(of_heads[ALL])))

    heads = [say("live.looking_across.all")] + [say("live.looking_across.head", head=1 + n) for n in range(HEADS)]
    controls = {
        "garment": choices("garment", {name: place for place, name in enumerate(names)}, names.index("Trouser")),
        "row": slider("row", 0, SIDE - 1, 3),
        "column": slider("column", 0, SIDE - 1, 2),
        "head": choices("head", {name: head for head, name in enumerate(heads)}, ALL),
    }
    options = {say("live.looking_across.share", share=share): share for share in SHARES}
    question = choose(say("live.looking_across.question", count=len(images)), options, nearest, why)
    return Demo(picture.figure, show, controls, question, lambda: notice)
