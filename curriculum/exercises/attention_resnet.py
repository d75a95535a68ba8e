"""`attention_resnet(input_shape, blocks, filters, classes)`: the ResNet with both attentions in every block."""

from curriculum.exercises import Case, Exercise
from curriculum.exercises.draws import distinct, image, not_divisible

EXERCISE = Exercise(
    name="attention_resnet",
    kind="model",
    cases=(
        Case(
            (2, 28, 28, 1),
            {"input_shape": (28, 28, 1), "blocks": (1, 1, 1), "filters": (16, 32, 64), "classes": 10},
            train=False,
            fresh=lambda draw: {
                "input_shape": image(draw, 16, 28, 1),
                "filters": tuple(sorted(distinct(draw, 3, 12, 64))),
                "classes": draw.randint(6, 14),
            },
        ),
        Case(
            (1, 12, 8, 3),
            {"input_shape": (12, 8, 3), "blocks": (1, 2), "filters": (4, 14), "classes": 5},
            fresh=lambda draw: {
                "input_shape": image(draw, 8, 13, draw.randint(2, 5)),
                "blocks": draw.choice([(1, 2), (1, 3), (2, 3)]),
                "filters": (draw.randint(4, 12), not_divisible(draw, 8, (1, 1))),
                "classes": draw.randint(3, 8),
            },
        ),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 2},
)
