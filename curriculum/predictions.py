"""What a reader can predict before running a cell, and what is right. The sentences are in messages/*/tasks.toml."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Prediction:
    """One question of a lesson.

    Attributes:
        lesson: the name of the lesson without its number.
        right: the number, or the key of the right option.
        within: how far a number may be off.
    """

    lesson: str
    right: float | str
    within: float = 0


MOST_IN_A_LESSON = 3
PREDICTIONS = {
    "weights_16_to_32": Prediction("autoencoder", 4_704),
    "bias_plus_5": Prediction("autoencoder", "same"),
    "plain_and_residual": Prediction("resnet", 2_752),
    "gates_of_64": Prediction("channel-attention", 1_096),
    "width_for_72": Prediction("channel-attention", 24),
    "positions_of_64": Prediction("spatial-attention", 3_137),
    "dense_against_window": Prediction("eca", "tens_of_thousands"),
    "squeezed_twice": Prediction("cbam", "same"),
    "vgg16_and_attention": Prediction("cbam", 90_448),
    "dilated_scores": Prediction("bam", "same"),
    "bam_of_64": Prediction("bam", 1_173),
    "gate_with_tanh": Prediction("attend-and-rectify", 0.71, within=0.02),
    "module_of_64": Prediction("attend-and-rectify", 27_648),
    "six_masks": Prediction("residual-attention", "sixty_fourth"),
    "shuffled_positions": Prediction("self-attention", "attention"),
    "side_doubled": Prediction("self-attention", 16),
    "channels_more_alike": Prediction("what-came-after", "less"),
    "nearly_free": Prediction("capstone", "eca"),
    "last_two_gates": Prediction("a-real-network", "three_fifths"),
    "open_by_bias": Prediction("a-real-network", "nothing"),
}
