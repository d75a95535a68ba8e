"""What measuring an answer gives: plain data only, so that it can cross to another process and be judged there."""

import io
import json
from dataclasses import asdict, dataclass, field
from itertools import count, takewhile
from typing import Any, NamedTuple

import numpy as np

# What a network may do in training though its outputs and gradients are right: the keys of what is said of it.
TRAITS = (
    ADDS_A_LOSS := "training.adds_a_loss",
    REGULARISED := "training.regularised",
    CONSTRAINED := "training.constrained",
    ALWAYS_TRAINING := "training.always",
    STARTS_DEAD := "gradient.starts_dead",
    STARTS_ALIKE := "gradient.starts_alike",
)


@dataclass(frozen=True)
class Problem:
    """Why a case could not be measured: a message key, what to fill it with, and the student's line if one is known."""

    kind: str
    values: dict[str, str] = field(default_factory=dict)
    line: str = ""


class Weight(NamedTuple):
    """One weight: the `role` ("bias") that it has in the `number`-th layer of class `layer` ("Dense") that has any."""

    shape: tuple[int, ...]
    trainable: bool
    layer: str = ""
    number: int = 1
    role: str = ""


def _no_numbers() -> np.ndarray:
    return np.zeros(0, np.float32)


@dataclass(frozen=True)
class Trained:
    """One run with `training=True`: its outputs, and the gradients of a weighted sum of them.

    `weights` has the length of the gradient by each trainable weight, `inputs` the gradients by the inputs, and `moved`
    how far each other weight has moved: the running statistics. `traits` names what a network does in training besides
    (`TRAITS`), such as to start where nothing learns.
    """

    problem: Problem | None = None
    outputs: tuple[np.ndarray, ...] = ()
    weights: np.ndarray = field(default_factory=_no_numbers)
    inputs: tuple[np.ndarray, ...] = ()
    moved: np.ndarray = field(default_factory=_no_numbers)
    traits: tuple[str, ...] = ()

    def arrays(self) -> dict[str, np.ndarray]:
        """All arrays by names of their own."""
        outputs = {f"output{place}": output for place, output in enumerate(self.outputs)}
        inputs = {f"input{place}": gradient for place, gradient in enumerate(self.inputs)}
        return outputs | inputs | {"weights": self.weights, "moved": self.moved}

    @staticmethod
    def of(arrays: dict[str, np.ndarray], problem: Problem | None = None, traits: tuple[str, ...] = ()) -> "Trained":
        """Made again of its arrays."""

        def several(kind: str) -> tuple[np.ndarray, ...]:
            names = takewhile(arrays.__contains__, (f"{kind}{place}" for place in count()))
            return tuple(arrays[name] for name in names)

        return Trained(problem, several("output"), arrays["weights"], several("input"), arrays["moved"], traits)


@dataclass(frozen=True)
class Twice:
    """The answer built twice in one network: how many parameters both have together, or why they do not fit in one."""

    problem: Problem | None = None
    parameters: int = 0


@dataclass(frozen=True)
class CaseResult:
    """One case, measured. Without outputs there is a problem, and with a problem there are no outputs.

    `named_layers` has the output shapes of layers that the task names, `other_type` a layer that does not compute in
    float32, with its type. `unused` names layers that are called and do not lead to what is returned, `nested` those
    that the task names and that a network within the network has. `trained` and `twice` are there in cases in which
    they are measured.
    """

    problem: Problem | None = None
    outputs: tuple[np.ndarray, ...] = ()
    weights: tuple[Weight, ...] = ()
    named_layers: dict[str, tuple[int, ...]] = field(default_factory=dict)
    trained: Trained | None = None
    twice: Twice | None = None
    other_type: tuple[str, str] | None = None
    unused: tuple[str, ...] = ()
    nested: tuple[str, ...] = ()

    @property
    def output(self) -> np.ndarray | None:
        """The only output, or the first of several."""
        return self.outputs[0] if self.outputs else None

    @property
    def in_training(self) -> Trained:
        """`trained`, for who cannot do without.

        Raises: ValueError if it was not measured.
        """
        if self.trained is None:
            raise ValueError("not measured in training")
        return self.trained

    def count(self, trainable: bool) -> int:
        """Trainable or other parameters."""
        return sum(int(np.prod(weight.shape)) for weight in self.weights if weight.trainable == trainable)


@dataclass(frozen=True)
class Measurement:
    """All cases of an exercise, measured on one answer.

    `transposed` has them once more with the matrices of the student's own layers stored as (outputs, inputs), where
    there are such matrices: either may be the right reading.
    """

    exercise: str
    cases: tuple[CaseResult, ...]
    transposed: tuple[CaseResult, ...] = ()

    def pack(self) -> bytes:
        """As bytes: an .npz archive of the arrays and a JSON text. Never pickle."""
        cases = (*self.cases, *self.transposed)
        text = json.dumps({"exercise": self.exercise, "cases": list(map(_facts, cases)), "own": len(self.cases)})
        arrays = {
            f"{number}.{place}": output
            for number, case in enumerate(cases)
            for place, output in enumerate(case.outputs)
        }
        arrays |= {
            f"{number}.trained.{name}": array
            for number, case in enumerate(cases)
            if case.trained
            for name, array in case.trained.arrays().items()
        }
        buffer = io.BytesIO()
        facts = np.frombuffer(text.encode(), np.uint8)
        np.savez(buffer, facts=facts, **arrays)  # type: ignore[arg-type]  # no array is called `allow_pickle`
        return buffer.getvalue()

    @staticmethod
    def unpack(data: bytes) -> "Measurement":
        """The measurement in these bytes.

        Raises: ValueError if they are not one.
        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as archive:
                facts = json.loads(archive["facts"].tobytes().decode())
                arrays = {name: archive[name] for name in archive.files if name != "facts"}
            cases = tuple(_case(case, arrays, number) for number, case in enumerate(facts["cases"]))
            own = int(facts["own"])
            return Measurement(str(facts["exercise"]), cases[:own], cases[own:])
        except Exception as error:  # whatever is wrong with bytes from an untrusted process, they are no measurement
            raise ValueError(f"Not a measurement: {error}") from error


def _facts(case: CaseResult) -> dict[str, Any]:
    """A case without its arrays."""
    return {
        "problem": asdict(case.problem) if case.problem else None,
        "outputs": len(case.outputs),
        "weights": case.weights,
        "named_layers": case.named_layers,
        "other_type": case.other_type,
        "unused": case.unused,
        "nested": case.nested,
        "twice": asdict(case.twice) if case.twice else None,
        "trained": {
            "problem": asdict(case.trained.problem) if case.trained.problem else None,
            "traits": case.trained.traits,
        }
        if case.trained
        else None,
    }


def _case(facts: dict[str, Any], arrays: dict[str, np.ndarray], number: int) -> CaseResult:
    trained, twice, start = None, None, f"{number}.trained."
    if facts["trained"]:
        own = {name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)}
        trained = Trained.of(own, _problem(facts["trained"]["problem"]), tuple(map(str, facts["trained"]["traits"])))
    if facts["twice"]:
        twice = Twice(_problem(facts["twice"]["problem"]), int(facts["twice"]["parameters"]))
    return CaseResult(
        problem=_problem(facts["problem"]),
        outputs=tuple(arrays[f"{number}.{place}"] for place in range(int(facts["outputs"]))),
        weights=tuple(map(_weight, facts["weights"])),
        named_layers={str(name): _shape(shape) for name, shape in facts["named_layers"].items()},
        trained=trained,
        twice=twice,
        other_type=_pair(facts["other_type"]) if facts["other_type"] else None,
        unused=tuple(map(str, facts["unused"])),
        nested=tuple(map(str, facts["nested"])),
    )


def _pair(entry: list[Any]) -> tuple[str, str]:
    layer, kind = entry
    return str(layer), str(kind)


def _shape(lengths: list[Any]) -> tuple[int, ...]:
    return tuple(int(length) for length in lengths)


def _weight(entry: list[Any]) -> Weight:
    shape, trainable, layer, number, role = entry
    return Weight(_shape(shape), bool(trainable), str(layer), int(number), str(role))


def _problem(problem: dict[str, Any] | None) -> Problem | None:
    if not problem:
        return None
    values = {str(name): str(value) for name, value in problem["values"].items()}
    return Problem(str(problem["kind"]), values, str(problem["line"]))
