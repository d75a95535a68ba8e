"""`count_gates(network)`: how many channel gates a network has, and how many parameters their layers have.

A network is a table of its calls, as lesson 13 reads it off any Keras model.
"""

from collections.abc import Iterator, Mapping
from random import Random

from curriculum.exercises import Case, Exercise

Call = tuple[str, tuple[str, ...], int]  # the class of what is called, the names of the calls it reads, parameters

# The parts of small networks, as their calls: class, and which calls it reads. 0 is the map that the part gets, -1 the
# call before, -2 the one before that, and so on. Of the gates, the dense layers and convolutions have parameters.
PARTS: dict[str, tuple[tuple[str, tuple[int, ...]], ...]] = {
    "conv": (("Conv2D", (0,)), ("BatchNormalization", (-1,)), ("ReLU", (-1,))),
    "residual": (("Conv2D", (0,)), ("BatchNormalization", (-1,)), ("Add", (0, -1))),
    "se": (("GlobalAveragePooling2D", (0,)), ("Dense", (-1,)), ("Dense", (-1,)), ("Multiply", (0, -1))),
    "gate_first": (("GlobalAveragePooling2D", (0,)), ("Dense", (-1,)), ("Dense", (-1,)), ("Multiply", (-1, 0))),
    "efficientnet": (
        *(("GlobalAveragePooling2D", (0,)), ("Reshape", (-1,))),
        *(("Conv2D", (-1,)), ("Conv2D", (-1,)), ("Multiply", (0, -1))),
    ),
    # The hard sigmoid is written out in Keras' MobileNetV3: + 3, ReLU6, times a sixth.
    "mobilenet": (
        *(("GlobalAveragePooling2D", (0,)), ("Conv2D", (-1,)), ("ReLU", (-1,)), ("Conv2D", (-1,))),
        *(("Add", (-1,)), ("ReLU", (-1,)), ("Multiply", (-1,)), ("Multiply", (0, -1))),
    ),
    "branches": (
        *(("GlobalAveragePooling2D", (0,)), ("Dense", (-1,)), ("Dense", (-1,)), ("Dense", (-2,))),
        *(("Add", (-2, -1)), ("Activation", (-1,)), ("Multiply", (0, -1))),
    ),
    "swish": (("Activation", (0,)), ("Multiply", (0, -1))),
    "spatial": (("Conv2D", (0,)), ("Multiply", (0, -1))),
    # Gates from another map than the one that they scale.
    "other_map": (
        *(("GlobalAveragePooling2D", (0,)), ("Dense", (-1,)), ("Dense", (-1,))),
        *(("Conv2D", (0,)), ("Multiply", (-1, -2))),
    ),
    "classes": (("GlobalAveragePooling2D", (0,)), ("Dense", (-1,))),
}
WITH_PARAMETERS = ("Conv2D", "Dense", "BatchNormalization")


class Network(Mapping[str, Call]):
    """A small network, name -> call, in the order of computing. It cannot be changed, for all answers get the same.

    Args:
        parts: of which it consists, by their names in `PARTS`.
        draw: for the parameters of each call.
        in_lesson: whether the lesson has it in `small_networks`; a network drawn for grading is not there.
    """

    def __init__(self, parts: tuple[str, ...], draw: Random, in_lesson: bool = False) -> None:
        self.name = " → ".join(parts)
        self._in_lesson = in_lesson
        self._calls: dict[str, Call] = {}
        last = self._add("InputLayer", (), draw)
        for part in parts:
            given = last
            for kind, reads in PARTS[part]:
                names = list(self._calls)
                last = self._add(kind, tuple(names[at] if at else given for at in reads), draw)

    def _add(self, kind: str, reads: tuple[str, ...], draw: Random) -> str:
        name = f"{kind.lower()}_{sum(call[0] == kind for call in self._calls.values())}"
        self._calls[name] = (kind, reads, draw.randint(100, 999) if kind in WITH_PARAMETERS else 0)
        return name

    def __getitem__(self, name: str) -> Call:
        return self._calls[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._calls)

    def __len__(self) -> int:
        return len(self._calls)

    def __hash__(self) -> int:
        return hash(tuple(self._calls.items()))

    def __repr__(self) -> str:
        """Where a reader finds it, or its parts: the table itself would fill a screen."""
        return f'small_networks["{self.name}"]' if self._in_lesson else f"<{self.name}>"


def _case(number: int, *parts: str) -> Case:
    def fresh(draw: Random) -> dict[str, Network]:
        return {"network": Network(("conv",) * draw.randint(0, 2) + parts, draw)}

    return Case((), {"network": Network(parts, Random(number), in_lesson=True)}, fresh=fresh)


NETWORKS = (
    ("conv", "se", "classes"),
    ("conv", "efficientnet", "residual", "classes"),
    ("mobilenet", "conv", "mobilenet", "classes"),
    ("conv", "residual", "swish", "classes"),
    ("conv", "gate_first", "swish", "classes"),
    ("conv", "branches", "conv", "classes"),
    ("conv", "other_map", "se", "classes"),
    ("conv", "se", "spatial", "residual", "efficientnet", "classes"),
)
EXERCISE = Exercise(
    name="count_gates",
    kind="number",
    cases=tuple(_case(number, *parts) for number, parts in enumerate(NETWORKS)),
    points={"outputs": 5},
    returns=("gates", "parameters"),
)
