"""`self_attention(x, heads, key_dim)`: every position of a feature map looks at every other.

Source: Vaswani et al., Attention Is All You Need, section 3.2, on the positions of a map; with a shortcut.
"""

from random import Random

from curriculum.exercises import Case, Exercise


def _heads(draw: Random, heads: int) -> dict[str, int]:
    return {"channels": draw.randint(5, 12), "heads": heads, "key_dim": draw.randint(2, 6)}


EXERCISE = Exercise(
    name="self_attention",
    kind="layer",
    cases=(
        Case((2, 3, 4, 8), {"heads": 2, "key_dim": 4}, fresh=lambda draw: _heads(draw, draw.randint(2, 4))),
        Case((1, 5, 3, 6), {"heads": 1, "key_dim": 3}, fresh=lambda draw: _heads(draw, 1)),
        Case((2, 2, 3, 5), {"heads": 3, "key_dim": 2}, fresh=lambda draw: _heads(draw, draw.randint(3, 5))),
    ),
    points={"shape": 1, "parameters": 2, "outputs": 3},
)
