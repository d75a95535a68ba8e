"""`efficientnet_se(x, filters_in, ratio=0.25)`: squeeze-and-excitation inside EfficientNet's MBConv block."""

from curriculum.exercises import Case, Exercise


def _filters(filters_in: int, expansion: int = 1) -> dict[str, int]:
    return {"filters_in": filters_in, "channels": expansion * filters_in}


EXERCISE = Exercise(
    name="efficientnet_se",
    kind="layer",
    gates="channel",
    cases=(
        Case((2, 6, 6, 32), {"filters_in": 32}, fresh=lambda draw: _filters(4 * draw.randint(6, 10))),
        Case((1, 5, 7, 96), {"filters_in": 16}, fresh=lambda draw: _filters(4 * draw.randint(3, 5), 6)),
        Case(
            (2, 4, 4, 40),
            {"filters_in": 10, "ratio": 0.5},
            fresh=lambda draw: _filters(8 * draw.randint(1, 3), 4) | {"ratio": draw.choice([0.125, 0.375, 0.5, 0.75])},
        ),
        Case((1, 3, 5, 18), {"filters_in": 3}, fresh=lambda draw: _filters(draw.randint(1, 3), draw.randint(5, 9))),
        # 7 / 4 is cut to 1, not rounded to 2
        Case((1, 3, 4, 14), {"filters_in": 7}, fresh=lambda draw: _filters(4 * draw.randint(1, 4) + 3, 2)),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 2},
)
