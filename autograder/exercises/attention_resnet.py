"""`attention_resnet(input_shape, blocks, filters, classes)`: the ResNet with both attentions in every block."""

from autograder.exercises import Case, Exercise

EXERCISE = Exercise(
    name="attention_resnet",
    kind="model",
    cases=(
        Case((2, 28, 28, 1), {"input_shape": (28, 28, 1), "blocks": (1, 1, 1), "filters": (16, 32, 64), "classes": 10}),
        Case((1, 12, 8, 3), {"input_shape": (12, 8, 3), "blocks": (1, 2), "filters": (4, 9), "classes": 5}),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 2},
)
