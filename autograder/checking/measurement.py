"""What measuring an answer gives: plain data only, so that it can cross to another process and be judged there."""

import io
import json
from dataclasses import asdict, dataclass, field
from typing import NamedTuple

import numpy as np


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


@dataclass(frozen=True)
class CaseResult:
    """One case, measured. Without outputs there is a problem, and with a problem there are no outputs.

    `named_layers` has the output shapes of layers that the task names.
    """

    problem: Problem | None = None
    outputs: tuple[np.ndarray, ...] = ()
    weights: tuple[Weight, ...] = ()
    named_layers: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def output(self) -> np.ndarray | None:
        """The only output, or the first of several."""
        return self.outputs[0] if self.outputs else None

    def count(self, trainable: bool) -> int:
        """Trainable or other parameters."""
        return sum(int(np.prod(weight.shape)) for weight in self.weights if weight.trainable == trainable)


@dataclass(frozen=True)
class Measurement:
    """All cases of an exercise, measured on one answer."""

    exercise: str
    cases: tuple[CaseResult, ...]

    def pack(self) -> bytes:
        """As bytes: an .npz archive of the outputs and a JSON text. Never pickle."""
        facts = [
            {
                "problem": asdict(case.problem) if case.problem else None,
                "outputs": len(case.outputs),
                "weights": case.weights,
                "named_layers": case.named_layers,
            }
            for case in self.cases
        ]
        text = json.dumps({"exercise": self.exercise, "cases": facts})
        arrays = {
            f"{number}.{place}": output
            for number, case in enumerate(self.cases)
            for place, output in enumerate(case.outputs)
        }
        buffer = io.BytesIO()
        np.savez(buffer, facts=np.frombuffer(text.encode(), np.uint8), **arrays)
        return buffer.getvalue()

    @staticmethod
    def unpack(data: bytes) -> "Measurement":
        """The measurement in these bytes.

        Raises: ValueError if they are not one.
        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as archive:
                facts = json.loads(archive["facts"].tobytes().decode())
                cases = tuple(
                    CaseResult(
                        problem=Problem(**_strings(case["problem"])) if case["problem"] else None,
                        outputs=tuple(archive[f"{number}.{place}"] for place in range(int(case["outputs"]))),
                        weights=tuple(map(_weight, case["weights"])),
                        named_layers={str(name): _shape(shape) for name, shape in case["named_layers"].items()},
                    )
                    for number, case in enumerate(facts["cases"])
                )
                return Measurement(str(facts["exercise"]), cases)
        except Exception as error:  # whatever is wrong with bytes from an untrusted process, they are no measurement
            raise ValueError(f"Not a measurement: {error}") from error


def _shape(lengths: list) -> tuple[int, ...]:
    return tuple(int(length) for length in lengths)


def _weight(entry: list) -> Weight:
    shape, trainable, layer, number, role = entry
    return Weight(_shape(shape), bool(trainable), str(layer), int(number), str(role))


def _strings(problem: dict) -> dict:
    values = {str(name): str(value) for name, value in problem["values"].items()}
    return {"kind": str(problem["kind"]), "values": values, "line": str(problem["line"])}
