"""`bam_resnet(input_shape, blocks, filters, classes, **options)`: a BAM at the end of every stage but the last."""

from autograder.exercises import Case, Exercise

EXERCISE = Exercise(
    name="bam_resnet",
    kind="model",
    cases=(
        Case(
            (1, 16, 12, 1),
            {"input_shape": (16, 12, 1), "blocks": (1, 1, 1, 1), "filters": (16, 4, 8, 6), "classes": 5},
        ),
        Case(
            (2, 9, 8, 3),
            {
                "input_shape": (9, 8, 3),
                "blocks": (1, 2),
                "filters": (6, 9),
                "classes": 4,
                "ratio": 2,
                "dilation": 2,
                "combine": "product",
            },
        ),
    ),
    points={"shape": 1, "parameters": 1, "outputs": 2},
)
