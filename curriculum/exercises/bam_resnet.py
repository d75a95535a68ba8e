"""`bam_resnet(input_shape, blocks, filters, classes, **options)`: a BAM at the end of every stage but the last."""

from random import Random
from typing import Any

from curriculum.exercises import Case, Exercise
from curriculum.exercises.draws import distinct, image, not_divisible


def _filters(draw: Random) -> dict[str, Any]:
    ratio = draw.randint(3, 5)
    return {"ratio": ratio, "filters": (not_divisible(draw, ratio, (2, 3)), draw.randint(6, 15))}


EXERCISE = Exercise(
    name="bam_resnet",
    kind="model",
    cases=(
        Case(
            (1, 16, 12, 1),
            {"input_shape": (16, 12, 1), "blocks": (1, 1, 1, 1), "filters": (16, 4, 8, 6), "classes": 5},
            train=False,
            fresh=lambda draw: {
                "input_shape": image(draw, 12, 17, 1),
                "filters": distinct(draw, 4, 4, 20),
                "classes": draw.randint(3, 8),
            },
        ),
        Case(
            (2, 9, 8, 3),
            {
                "input_shape": (9, 8, 3),
                "blocks": (1, 2),
                "filters": (11, 9),
                "classes": 5,
                "ratio": 3,
                "dilation": 2,
                "combine": "product",
            },
            fresh=lambda draw: {
                "input_shape": image(draw, 8, 12, draw.randint(2, 5)),
                "blocks": draw.choice([(1, 2), (1, 3), (2, 1)]),
                "classes": draw.randint(3, 8),
                "dilation": draw.choice([1, 2, 3, 5]),
                **_filters(draw),
            },
        ),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 2},
)
