"""What each exercise asks for: on which inputs, with which arguments, for how many points. No answers.

Every exercise has a module of its name here that defines `EXERCISE`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any, Literal, get_args

# Lessons in their order, each with its exercises in theirs.
LESSONS: dict[str, tuple[str, ...]] = {
    "0-start-here": ("double",),
    "1-autoencoder": ("preprocess", "autoencoder_block", "autoencoder"),
    "2-resnet": ("residual_block", "resnet"),
    "3-channel-attention": ("channel_attention", "se_block", "efficientnet_se", "mobilenet_se", "attention_block"),
    "4-spatial-attention": (
        "spatial_attention",
        "attention_autoencoder",
        "attention_residual_block",
        "attention_resnet",
    ),
    "5-eca": ("eca_kernel_size", "eca_block"),
    "6-cbam": (
        "cbam_channel_attention",
        "cbam_spatial_attention",
        "stacked_spatial_attention",
        "cbam_block",
        "vgg16_cbam",
    ),
    "7-bam": ("bam_channel_gate", "bam_spatial_gate", "bam_block", "bam_resnet"),
    "8-attend-and-rectify": (
        "attention_head",
        "output_head",
        "head_gates",
        "attention_module",
        "global_gates",
        "rectify",
        "mask_diversity",
    ),
    "9-residual-attention": ("soft_mask", "residual_attention"),
    "10-self-attention": ("self_attention", "cost"),
    "11-what-came-after": ("coordinate_attention", "simam", "global_response_norm", "global_context"),
    "12-capstone": ("my_attention", "my_network"),
    "13-a-real-network": ("count_gates",),
}

LISTED = Path(__file__)  # where they stand

# What an answer is called with and gives back (`Exercise.kind`).
Kind = Literal["function", "layer", "model", "number"]
KINDS: tuple[Kind, ...] = get_args(Kind)

# What a check looks at, in the order in which it tells the student.
ASPECTS = ("shape", "parameters", "outputs")


@dataclass(frozen=True)
class Case:
    """One call of the student's answer.

    `shape` is the input's shape, batch first, and empty where the answer takes none. `zero_weights` gives every weight
    the value 0, which shows what is left when a branch is silent. `extra_inputs` are the shapes of more inputs by the
    names of their parameters; their first three axes have the lengths of the first input's. `softmax_axes` names, for
    an input that a softmax made, the axes along which its values are positive and sum to 1; the first input's name is
    "". `scale` multiplies the first input, and above 1 makes every second of the batch the negative of the one before
    it: that shows what is cut off; there is no run in training then. `bytes` are the least of an input of bytes and
    the one above its most. Without `train` there is no run in training (`Exercise.trained_cases`).
    With `related`, the batch is one map and changes of it, from which one can tell what a gate depends on
    (`Challenge.inputs`). `expected_layer` is the class of a layer that is in the answer only if the answer uses
    the argument that makes it.

    `fresh` draws what is different when the case is graded (`grading/worker/vary_sizes.py`). A right answer stays
    right, and the case keeps what it is about. It gives values of arguments by their names, `expected_layer`, and under
    "channels" or an extra input's name the length of that input's last axis. Batches, heights, widths and names vary
    without it.
    """

    shape: tuple[int, ...]
    arguments: dict[str, Any] = field(default_factory=dict)
    dtype: str = "float32"
    zero_weights: bool = False
    extra_inputs: dict[str, tuple[int, ...]] = field(default_factory=dict)
    softmax_axes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    related: bool = False
    scale: float = 1.0
    train: bool = True
    bytes: tuple[int, int] = (0, 256)
    expected_layer: str = ""
    fresh: Callable[[Random], dict[str, Any]] = field(default=lambda draw: {}, repr=False, compare=False)


@dataclass(frozen=True)
class Exercise:
    """One fill-in function and how it is checked.

    `kind` says what the answer is called with and gives back: a `function` takes and returns arrays, a `layer` takes
    and returns a symbolic feature map, a `model` takes only arguments and returns a `keras.Model`, a `number` takes
    only numbers and returns an integer.
    `named_layers` are layers that the task asks to name, because later cells look for them.
    `gates` says that the output is the input times gates, one for each channel or one for each position.
    `returns` names what an answer returns if it returns several feature maps, vectors or numbers, as a tuple.
    `budget` is for an answer that everyone designs for themselves: how many trainable parameters it may have in a case.
    Such an answer is judged by what it does (`checking/properties.py`), not by the reference's outputs.
    `default_functions` names the functions that are parameters' defaults where no case can leave the argument out:
    what they make is too large to be measured.
    """

    name: str
    kind: Kind
    cases: tuple[Case, ...]
    points: dict[str, int]
    named_layers: tuple[str, ...] = ()
    gates: Literal["", "channel", "spatial"] = ""
    returns: tuple[str, ...] = ()
    budget: Callable[[Case], int] | None = None
    default_functions: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.cases or not set(self.points) <= set(ASPECTS):
            raise ValueError(f"{self.name}: expected cases and points for some of {ASPECTS}. Received: {self.points}")
        if self.kind not in KINDS:
            raise ValueError(f"{self.name}: expected kind to be one of {KINDS}. Received: {self.kind!r}")

    @property
    def total(self) -> int:
        """All points of the exercise."""
        return sum(self.points.values())

    @property
    def trained_cases(self) -> tuple[int, ...]:
        """The numbers of the cases that are run in training, too: two are enough to compare with a reference.

        None has large inputs: of a sigmoid written out, 1 / (1 + exp(-x)), gradients are no numbers there.
        """
        able = [
            number for number, case in enumerate(self.cases) if case.train and not case.zero_weights and case.scale == 1
        ]
        return tuple(able if self.budget else able[:ENOUGH_IN_TRAINING])

    @property
    def doubled_case(self) -> int:
        """The number of the case in which the answer is built twice: the first that is run in training, if one is."""
        return next(iter(self.trained_cases), 0)

    @property
    def takes_input(self) -> bool:
        """Whether the first argument is an array or a feature map; else there are only the case's arguments."""
        return self.kind in ("function", "layer")

    @property
    def lesson(self) -> str:
        """The lesson it belongs to."""
        return next(lesson for lesson, names in LESSONS.items() if self.name in names)


ENOUGH_IN_TRAINING = 2  # cases
LARGE = 100.0  # a scale that brings nearly every unit above 6, where ReLU6 is cut off


def is_exercise(name: str) -> bool:
    """Whether some lesson has an exercise of this name."""
    return any(name in names for names in LESSONS.values())


@cache
def load(name: str) -> Exercise:
    """The exercise called `name`.

    Raises: KeyError if there is none.
    """
    if not is_exercise(name):
        raise KeyError(f"Unknown exercise. Expected one of {all_names()}. Received: {name!r}")
    exercise: Exercise = import_module(f"curriculum.exercises.{name}").EXERCISE
    return exercise


def module_path(name: str) -> Path:
    """Where the module of an exercise lies, or would."""
    return LISTED.parent / f"{name}.py"


def all_names() -> tuple[str, ...]:
    """All exercises, in the order in which they are taught."""
    return tuple(name for names in LESSONS.values() for name in names)
