"""The reference's measurements that are shipped in data/expected: written by the build, read by every check.

`<exercise>.json` holds the counts and shapes, readable; `<exercise>.npz` the outputs of the reference, what its run in
training gives, and a few values of each usual mistake's outputs.
"""

import json
from dataclasses import dataclass
from functools import cache
from itertools import count, takewhile
from pathlib import Path
from typing import Any

import numpy as np

from autograder.checking.challenge import NOTEBOOK_SEED
from autograder.checking.measurement import CaseResult, Measurement, Problem, Trained, Weight
from curriculum.paths import expected_folder

DEFINITION, REFERENCE = "definition", "reference"


@dataclass(frozen=True)
class Expected:
    """What measuring gives under one challenge on the reference and, as signatures, on each usual mistake."""

    seed: int
    definition: str  # of the reference: "channel_attention(x, name, ratio=8)"
    reference: Measurement
    mistakes: dict[str, Measurement]

    def files(self) -> tuple[str, dict[str, np.ndarray]]:
        """The JSON text and the arrays that `load_expected` reads."""
        answers = {REFERENCE: self.reference} | self.mistakes
        facts = {name: [_facts(case) for case in answer.cases] for name, answer in answers.items()}
        arrays = {
            _array_name(name, number, place): output
            for name, answer in answers.items()
            for number, case in enumerate(answer.cases)
            for place, output in enumerate(case.outputs)
        }
        arrays |= {
            f"{REFERENCE}.{number}.trained.{name}": array
            for number, case in enumerate(self.reference.cases)
            if case.trained
            for name, array in case.trained.arrays().items()
        }
        lines = [
            f"  {json.dumps(name)}: [\n    " + ",\n    ".join(map(json.dumps, cases)) + "\n  ]"
            for name, cases in facts.items()
        ]
        return "{\n" + ",\n".join([f'  "{DEFINITION}": {json.dumps(self.definition)}', *lines]) + "\n}\n", arrays


def _array_name(answer: str, case: int, place: int) -> str:
    """`reference.0`; of several outputs, those behind the first as `reference.0.1`."""
    return f"{answer}.{case}.{place}" if place else f"{answer}.{case}"


def _facts(case: CaseResult) -> dict[str, Any]:
    """A case without its output; the counts are there for the human reader."""
    if case.problem:
        return {"problem": {"kind": case.problem.kind, "values": case.problem.values}}
    shapes = [output.shape for output in case.outputs]
    return {
        "shape": shapes[0] if len(shapes) == 1 else shapes,
        "trainable": case.count(True),
        "other": case.count(False),
        "weights": case.weights,
        "named_layers": case.named_layers,
        **({"unused": case.unused} if case.unused else {}),
    }


def load_expected(exercise: str, folder: Path | None = None) -> Expected:
    """What is expected of this exercise in a notebook.

    Raises: FileNotFoundError if the build has not made it.
    """
    return _load(exercise, folder or expected_folder())


@cache
def _load(exercise: str, folder: Path) -> Expected:
    facts = json.loads((folder / f"{exercise}.json").read_text("utf-8"))
    with np.load(folder / f"{exercise}.npz", allow_pickle=False) as archive:
        arrays = dict(archive)
    definition = facts.pop(DEFINITION)
    answers = {
        name: Measurement(exercise, tuple(_case(case, arrays, f"{name}.{n}") for n, case in enumerate(cases)))
        for name, cases in facts.items()
    }
    return Expected(NOTEBOOK_SEED, definition, answers.pop(REFERENCE), answers)


def _case(facts: dict[str, Any], arrays: dict[str, np.ndarray], place: str) -> CaseResult:
    if "problem" in facts:
        return CaseResult(Problem(**facts["problem"]))
    names = takewhile(arrays.__contains__, (f"{place}.{number}" if number else place for number in count()))
    weights = tuple(Weight(tuple(shape), *rest) for shape, *rest in facts["weights"])
    named_layers = {name: tuple(shape) for name, shape in facts["named_layers"].items()}
    start = f"{place}.trained."
    own = {name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)}
    trained = Trained.of(own) if own else None
    return CaseResult(
        outputs=tuple(arrays[name] for name in names),
        weights=weights,
        named_layers=named_layers,
        trained=trained,
        unused=tuple(facts.get("unused", ())),
    )
