"""Judging a measurement against the reference's, wherever the reference is. Knows nothing of the student's code."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from autograder.checking.challenge import Challenge
from autograder.checking.diagnosis import (
    Finding,
    compare_weights,
    diagnose_values,
    is_close,
    rounding_unit,
    swapped_convolution,
    with_layers,
)
from autograder.checking.expected import Expected
from autograder.checking.measurement import CaseResult, Measurement, Problem
from autograder.checking.mistake_matching import match_mistake
from autograder.checking.properties import (
    forgive_silence,
    missing_properties,
    unreached_everywhere,
    without_argument_everywhere,
)
from autograder.checking.training_verdict import built_twice, missing_in_training
from curriculum.exercises import Case, Exercise

# Findings by the beginning of their keys, from the nearest to the cause to the farthest. That x came back as it was
# tells more than that there are no parameters.
ORDER = (
    *("problem", "shape", "outputs.unchanged", "parameters", "outputs", "gates"),
    *("twice", "training.stopped", "training.not_the_same", "training.frozen", "training.differs"),
    *("gradient", "training"),
)
# What layers that are misplaced or made wrongly may explain, and what is explained already.
OF_LAYERS = ("shape", "parameters", "outputs", "gates")
NOT_OF_LAYERS = (
    *("shape.dtype", "shape.layer_inside", "outputs.unchanged", "outputs.unchanged_by_weights"),
    *("outputs.layer_type", "outputs.stored_otherwise"),
)
# What no mistake is recognised by: its signature has what the answer gives when it is called once, to infer, and not
# where a layer is.
UNNAMED = ("twice", "training", "gradient", "shape.layer_inside")


@dataclass(frozen=True)
class Verdict:
    """The outcome of a check: the aspects that are wrong in each call, the first finding, the mistake's name if any.

    `besides` is what two of these blocks together show, where the first finding is another one.
    """

    exercise: Exercise
    wrong: tuple[frozenset[str], ...]
    finding: Finding | None = None
    mistake: str | None = None
    besides: Finding | None = None

    @property
    def right(self) -> dict[str, bool]:
        """Which aspects are right in every call."""
        return {aspect: not any(aspect in wrong for wrong in self.wrong) for aspect in self.exercise.points}

    @property
    def credit(self) -> dict[str, float]:
        """Points earned, by aspect."""
        return {aspect: credit(points, self.share(aspect)) for aspect, points in self.exercise.points.items()}

    @property
    def points(self) -> float:
        """Points earned."""
        return round(sum(self.credit.values()), 1)

    @property
    def passed(self) -> bool:
        """Whether everything is right."""
        return not any(self.wrong)

    @property
    def right_cases(self) -> tuple[Case, ...]:
        """The calls in which everything is right."""
        return tuple(case for case, wrong in zip(self.exercise.cases, self.wrong, strict=True) if not wrong)

    def share(self, aspect: str) -> float:
        """The share of the calls in which an aspect is right."""
        return sum(aspect not in wrong for wrong in self.wrong) / len(self.wrong)


def credit(points: int, share: float) -> float:
    """What an aspect earns that is right in this share of the calls: its share if that is most, rounded down to 0.1.

    One call that fails does not take what is right in all others; an answer that is right here and there earns nothing.
    """
    if share <= 0.5:
        return 0.0
    return math.floor(10 * points * share + 1e-9) / 10  # 10 * 3 * 0.7 is a little less than 21


def judge(exercise: Exercise, measured: Measurement, expected: Expected) -> Verdict:
    """Compare what was measured on an answer with what was measured on the reference and on the usual mistakes.

    Raises: ValueError if this is no measurement of the exercise.
    """
    if measured.exercise != exercise.name or len(measured.cases) != len(exercise.cases):
        raise ValueError(f"Expected {len(exercise.cases)} cases of {exercise.name}. Received: {measured}")
    if measured.transposed:
        readings = [replace(measured, transposed=()), replace(measured, cases=measured.transposed, transposed=())]
        verdicts = [judge(exercise, reading, expected) for reading in readings]
        return max(verdicts, key=lambda verdict: verdict.points)  # of equal ones the first
    found = _findings_by_case(exercise, measured, expected)
    wrong = tuple(frozenset(by_aspect) for by_aspect in found)
    findings = [finding for by_aspect in found for finding in by_aspect.values()]
    if not findings:
        return Verdict(exercise, wrong)
    first = min(findings, key=lambda finding: next(n for n, key in enumerate(ORDER) if finding.key.startswith(key)))
    mistake = None
    if not first.key.startswith(UNNAMED):
        mistake = match_mistake(measured, expected.mistakes, with_unused=False)
        nearer = first if mistake else _nearer_to_the_cause(exercise, first, measured, expected)
        if nearer is first:
            mistake = mistake or match_mistake(measured, expected.mistakes)
        first = nearer
    first = replace(first, values=first.values | {"definition": expected.definition})
    together = [finding for finding in findings if finding.key.startswith("twice") and finding.key != first.key]
    return Verdict(exercise, wrong, first, mistake, together[0] if together else None)


def _nearer_to_the_cause(exercise: Exercise, found: Finding, measured: Measurement, expected: Expected) -> Finding:
    """Where shapes, counts or values are wrong: how that comes about, if the network's layers tell."""
    case = found.case
    if exercise.budget or case is None or not found.key.startswith(OF_LAYERS) or found.key in NOT_OF_LAYERS:
        return found
    number = exercise.cases.index(case)
    got, want = measured.cases[number], expected.reference.cases[number]
    if swapped := swapped_convolution(got, want):
        return replace(found, key="layers.swapped", values=swapped, output=None)
    if got.unused:
        return replace(found, key="layers.unused", values={"layer": got.unused[0]}, output=None)
    return found


def _findings_by_case(exercise: Exercise, measured: Measurement, expected: Expected) -> list[dict[str, Finding]]:
    """What is wrong in each case, by aspect."""
    found: list[dict[str, Finding]] = []
    in_every_call: dict[str, Finding] = {}
    for number, case in enumerate(exercise.cases):
        inputs = Challenge(expected.seed).inputs(case, number)
        got, want = measured.cases[number], expected.reference.cases[number]
        if exercise.budget and got.outputs:
            by_aspect = missing_properties(exercise, case, inputs, got, exercise.budget(case))
        else:
            by_aspect = _findings(exercise, case, inputs, got, want)
            if not by_aspect:
                # The first call that shows it says most: the later ones are small, and a dead ReLU hides weights.
                in_every_call = _wanted(exercise, missing_in_training(case, got, want)) | in_every_call
        found.append({aspect: with_layers(finding, got) for aspect, finding in by_aspect.items()})
    if exercise.budget:
        found = unreached_everywhere(exercise, measured.cases, forgive_silence(found))
        found = without_argument_everywhere(found)
    if twice := built_twice(exercise.cases[exercise.doubled_case], measured.cases[exercise.doubled_case]):
        in_every_call |= {"parameters" if "parameters" in exercise.points else "outputs": twice}
    return [in_every_call | by_aspect for by_aspect in found]


def _wanted(exercise: Exercise, found: dict[str, Finding | None]) -> dict[str, Finding]:
    """The findings that there are, of aspects that the exercise gives points for."""
    return {aspect: finding for aspect, finding in found.items() if finding and aspect in exercise.points}


def _findings(
    exercise: Exercise, case: Case, inputs: np.ndarray, got: CaseResult, want: CaseResult
) -> dict[str, Finding]:
    """What is wrong in one case, by aspect."""
    if len(got.outputs) != len(want.outputs):
        problem = got.problem or Problem("no_result")
        return dict.fromkeys(exercise.points, Finding(f"problem.{problem.kind}", problem.values, case, problem.line))
    pairs = list(zip(got.outputs, want.outputs, strict=True))
    outputs = _first(_compare_outputs(exercise, case, inputs, *pair) for pair in pairs)
    parameters = _compare_parameters(case, got, want)
    if outputs and not parameters:
        outputs = _other_reason(case, got, want) or outputs
    found = {
        "shape": _first(_compare_shape(case, *pair) for pair in pairs) or _compare_named_layers(case, got, want),
        "parameters": parameters,
        "outputs": outputs,
    }
    return _wanted(exercise, found)


def _other_reason(case: Case, got: CaseResult, want: CaseResult) -> Finding | None:
    """Why values may differ though nothing need be wrong: another type of numbers, or weights cut otherwise."""
    if got.other_type:
        return Finding("outputs.layer_type", {"layer": got.other_type[0], "type": got.other_type[1]}, case)
    differ = compare_weights(got, want)
    if differ.missing or differ.extra or differ.resized:
        return Finding("outputs.stored_otherwise", {"weights": differ, "count": 0}, case)
    return None


def _first(findings: Iterable[Finding | None]) -> Finding | None:
    """The first finding, with the place of its output; None if there is none."""
    return next((replace(finding, output=place) for place, finding in enumerate(findings) if finding), None)


def _compare_shape(case: Case, got: np.ndarray, want: np.ndarray) -> Finding | None:
    if got.shape != want.shape:
        values: dict[str, object] = {"expected": want.shape, "received": got.shape}
        if got.ndim != want.ndim:
            values |= {"expected_axes": want.ndim, "received_axes": got.ndim}
            return Finding("shape.too_many_axes" if got.ndim > want.ndim else "shape.too_few_axes", values, case)
        return Finding("shape.differs", values, case)
    if got.dtype != want.dtype:
        return Finding("shape.dtype", {"expected": want.dtype, "received": got.dtype}, case)
    return None


def _compare_named_layers(case: Case, got: CaseResult, want: CaseResult) -> Finding | None:
    for name, shape in want.named_layers.items():
        if name not in got.named_layers:
            return Finding("shape.layer_inside" if name in got.nested else "shape.no_layer", {"name": name}, case)
        if got.named_layers[name] != shape:
            values = {"name": name, "expected": shape, "received": got.named_layers[name]}
            return Finding("shape.layer_differs", values, case)
    return None


def _compare_parameters(case: Case, got: CaseResult, want: CaseResult) -> Finding | None:
    for trainable, key in ((True, "parameters.trainable"), (False, "parameters.other")):
        expected, received = want.count(trainable), got.count(trainable)
        if expected != received:
            key = key if got.weights else "parameters.none"
            values = {"expected": f"{expected:,}", "received": f"{received:,}", "count": received - expected}
            return Finding(key, values | {"weights": compare_weights(got, want)}, case)
    return None


def _compare_outputs(
    exercise: Exercise, case: Case, inputs: np.ndarray, got: np.ndarray, want: np.ndarray
) -> Finding | None:
    if got.shape != want.shape:
        return Finding("outputs.no_comparison", {}, case)
    if exercise.kind == "number":
        if got == want:
            return None
    elif is_close(got.astype(np.float64), want.astype(np.float64), rounding_unit(case, want.astype(np.float64))):
        return None
    return diagnose_values(exercise, case, inputs, got, want)
