"""`attention_autoencoder(input_shape, filters)`: the autoencoder with both attentions behind every block."""

from curriculum.exercises import Case, Exercise
from curriculum.exercises.draws import distinct, image, not_divisible

EXERCISE = Exercise(
    name="attention_autoencoder",
    kind="model",
    cases=(
        Case(
            (2, 28, 28, 1),
            {"input_shape": (28, 28, 1), "filters": (16, 32)},
            fresh=lambda draw: {"input_shape": image(draw, 4, 8, 1, step=4), "filters": distinct(draw, 2, 12, 34)},
        ),
        Case(
            (1, 16, 24, 3),
            {"input_shape": (16, 24, 3), "filters": (8, 14, 9)},
            train=False,
            fresh=lambda draw: {
                "input_shape": image(draw, 2, 4, draw.randint(2, 5), step=8),
                "filters": (draw.randint(6, 9), not_divisible(draw, 8, (1, 1)), draw.randint(10, 12)),
            },
        ),
    ),
    points={"shape": 1, "parameters": 2, "outputs": 2},
    named_layers=("latent",),
)
