"""`attention_residual_block(x, filters, stride, name)`: attention on the branch, before the addition."""

from random import Random

from curriculum.exercises import LARGE, Case, Exercise
from curriculum.exercises.draws import not_divisible


def _same(draw: Random, lowest: int, highest: int) -> dict[str, int]:
    channels = draw.randint(lowest, highest)
    return {"channels": channels, "filters": channels}


def _wider(draw: Random) -> dict[str, int]:
    channels = draw.randint(4, 9)
    return {"channels": channels, "filters": channels + draw.randint(2, 8)}


EXERCISE = Exercise(
    name="attention_residual_block",
    kind="layer",
    cases=(
        # A stride is 1 or 2, and whether there are as many filters as channels decides about the shortcut.
        Case((2, 8, 8, 16), {"filters": 16, "stride": 1, "name": "same"}, fresh=lambda draw: _same(draw, 12, 24)),
        Case(
            (1, 8, 6, 8),
            {"filters": 14, "stride": 2, "name": "down"},
            fresh=lambda draw: {"channels": draw.randint(4, 9), "filters": not_divisible(draw, 8, (1, 2))},
        ),
        Case((2, 5, 7, 4), {"filters": 10, "stride": 1, "name": "wider"}, scale=LARGE, fresh=_wider),
        Case((1, 7, 7, 6), {"filters": 6, "stride": 2, "name": "odd"}, fresh=lambda draw: _same(draw, 5, 12)),
        Case(
            (2, 6, 6, 8),
            {"filters": 8, "stride": 1, "name": "silent"},
            zero_weights=True,
            fresh=lambda draw: _same(draw, 5, 12),
        ),
    ),
    points={"shape": 1, "parameters": 2, "outputs": 3},
)
