"""The demo of lesson 10: how strongly one position of a feature map depends on every other."""

import keras
import numpy as np

from coursekit.live.demo import Demo, Shown, choices, garment_choice, slider
from coursekit.live.garments import some_of_each
from coursekit.live.layer import Function, nameless, own_layer, run
from coursekit.live.networks import split_onlooker, split_soft_mask
from coursekit.live.pictures.self_attention import ReceptiveFieldsFigure, ReceptiveFieldsState
from coursekit.live.question import Question, choose
from curriculum.messages import say

HEADS, KEY_DIM = 4, 4  # of the trained network
MIX = 6  # which of the trained layer's weights mixes the heads: (heads · key_dim, channels)
SIDE = 7  # of its maps
ALL = 0  # all heads
SHARES = (0, 0.1, 0.5, 0.9)  # to choose from


def _distances() -> np.ndarray:
    """How many positions apart two positions are, the larger of rows and columns, (49, 49)."""
    places = np.stack(np.divmod(np.arange(SIDE**2), SIDE), axis=1)
    return np.abs(places[:, None] - places).max(axis=-1)


DISTANCES = _distances()
FAR = DISTANCES > 1  # than a 3×3 kernel reaches


def influences(layer: keras.Model, maps: np.ndarray) -> np.ndarray:
    """How much the output at each position changes when another one is blanked, as the lesson measures it.

    Blanked means: replaced by the mean of all positions.

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


def by_distance(found: np.ndarray, here: int) -> np.ndarray:
    """Which share of the influences on one position comes from each distance.

    Args:
        found: of every position on `here`, (49,).
        here: 7 * row + column.

    Returns:
        (7,), from distance 0 on; all 0 if there are no influences.
    """
    return np.bincount(DISTANCES[here], found, SIDE) / max(found.sum(), 1e-9)


class ReceptiveFields:
    """What `receptive_fields` shows."""

    def __init__(self, self_attention: Function | None) -> None:
        self.images, self.names = some_of_each(1)
        before_unit, unit, trained = split_onlooker()
        layer, self._notice = own_attention(self_attention, trained)
        before_mask, mask = split_soft_mask()
        maps = run(before_unit, self.images)
        self.of_heads = of_each_head(layer, trained, run(unit, maps))
        self.of_unit, self.of_mask = influences(unit, maps), influences(mask, run(before_mask, self.images))
        self.picture = ReceptiveFieldsFigure(SIDE)
        self.heads = [say("live.receptive_fields.all")]
        self.heads += [say("live.receptive_fields.head", head=1 + n) for n in range(HEADS)]
        self.controls = {
            "garment": garment_choice(self.names, "Trouser"),
            "row": slider("row", 0, SIDE - 1, 3),
            "column": slider("column", 0, SIDE - 1, 2),
            "head": choices("head", {name: head for head, name in enumerate(self.heads)}, ALL),
        }

    def notice(self) -> str:
        """Whose self-attention is at work."""
        return self._notice

    def show(self, garment: int, row: int, column: int, head: int) -> Shown:
        """Show what the position at `row` and `column` depends on; `head` is 0 for all, else counted from 1."""
        here = row * SIDE + column
        found = [of[garment, here] for of in (self.of_unit, self.of_mask, self.of_heads[head])]
        even = np.where(DISTANCES[here] > 0, 1.0, 0.0)
        shares = [by_distance(of, here) for of in [*found, even]]
        maps = [of.reshape(SIDE, SIDE) for of in found]
        self.picture.update(ReceptiveFieldsState(self.images[garment, ..., 0], (row, column), maps, shares))
        values = {"garment": self.names[garment], "row": row, "column": column, "which": self.heads[head]}
        values |= dict(zip(("unit", "mask", "own", "even"), (float(share[2:].sum()) for share in shares), strict=True))
        most_row, most_column = np.divmod(found[-1].argmax(), SIDE)
        values |= {"most_row": int(most_row), "most_column": int(most_column)}
        return Shown(say("live.receptive_fields.finding", **values), say("live.receptive_fields.alt", **values))

    def question(self) -> Question:
        """Which share of what self-attention sees lies beyond a 3×3 kernel."""
        options = {say("live.receptive_fields.share", share=share): share for share in SHARES}
        text = say("live.receptive_fields.question", count=len(self.images))
        return choose(text, options, self.nearest_share, self.why)

    def nearest_share(self) -> float:
        """Of the shares to choose from, the nearest to what self-attention sees from afar."""
        seen = from_afar(self.of_heads[ALL])
        return min(SHARES, key=lambda share: abs(share - seen))

    def why(self) -> str:
        """What the answer rests on, in the reader's language."""
        found = {"own": self.of_heads[ALL], "mask": self.of_mask, "unit": self.of_unit}
        values = {name: from_afar(of) for name, of in found.items()}
        return say("live.receptive_fields.why", **values, even=float(FAR.sum() / (DISTANCES > 0).sum()))


def receptive_fields(self_attention: Function | None = None) -> Demo:
    """What one position of a garment's map depends on: by a convolution, by a soft mask, by self-attention.

    Args:
        self_attention: called as `self_attention(x, heads, key_dim)`; without it, the trained one.
    """
    return Demo(ReceptiveFields(self_attention))
