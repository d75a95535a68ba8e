"""Judging a measurement against the reference's, wherever the reference is. Knows nothing of the student's code."""

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from autograder.checking.measurement import CaseResult, Measurement, Problem
from autograder.exercises import ASPECTS, Case, Exercise

# float32 sums in another order differ by some 1e-6 of their size in a layer and 1e-5 in the deepest network here;
# the mildest named mistake differs by more than 1e-3.
TOLERANCE = 1e-4
# A mistake is recognised by the output's shape, kept under this name, and by this many values, evenly spread.
OUTPUT = "(output)"
SAMPLED_VALUES = 24


@dataclass(frozen=True)
class Finding:
    """What is wrong: a message key, what to fill it with, and the case in which it was seen."""

    key: str
    values: dict[str, Any] = field(default_factory=dict)
    case: Case | None = None
    line: str = ""


@dataclass(frozen=True)
class Verdict:
    """The outcome of a check: which aspects are right, the first finding, and the mistake's name if it has one."""

    exercise: Exercise
    right: dict[str, bool]
    finding: Finding | None = None
    mistake: str | None = None

    @property
    def points(self) -> int:
        """Points earned."""
        return sum(points for aspect, points in self.exercise.points.items() if self.right[aspect])

    @property
    def passed(self) -> bool:
        """Whether everything is right."""
        return all(self.right.values())


def judge(
    exercise: Exercise, measured: Measurement, expected: Measurement, mistakes: dict[str, Measurement] | None = None
) -> Verdict:
    """Compare what was measured on an answer with what was measured on the reference and on the usual mistakes."""
    if measured.exercise != expected.exercise or len(measured.cases) != len(exercise.cases):
        raise ValueError(f"Expected {len(exercise.cases)} cases of {exercise.name}. Received: {measured}")
    right = dict.fromkeys(exercise.points, True)
    findings: list[Finding] = []
    for case, got, want in zip(exercise.cases, measured.cases, expected.cases, strict=True):
        for aspect in ASPECTS:
            if aspect in right and (finding := _compare(aspect, case, got, want)):
                right[aspect] = False
                findings.append(finding)
    if not findings:
        return Verdict(exercise, right)
    # The finding that comes first in the order of the aspects is the one nearest to the cause.
    order = {"problem": -1} | {aspect: number for number, aspect in enumerate(ASPECTS)}
    first = min(findings, key=lambda finding: order[finding.key.split(".")[0]])
    named = (name for name, signature in (mistakes or {}).items() if _is_same(measured, signature))
    return Verdict(exercise, right, first, next(named, None))


def _compare(aspect: str, case: Case, got: CaseResult, want: CaseResult) -> Finding | None:
    if got.problem or got.output is None:
        problem = got.problem
        if problem is None:
            return Finding("problem.no_result", {}, case)
        return Finding(f"problem.{problem.kind}", problem.values, case, problem.line)
    compare = {"shape": _compare_shape, "parameters": _compare_parameters, "outputs": _compare_outputs}[aspect]
    return compare(case, got, want)


def _compare_shape(case: Case, got: CaseResult, want: CaseResult) -> Finding | None:
    if got.output.shape != want.output.shape:
        return Finding("shape.differs", {"expected": want.output.shape, "received": got.output.shape}, case)
    if got.output.dtype != want.output.dtype:
        return Finding("shape.dtype", {"expected": want.output.dtype, "received": got.output.dtype}, case)
    for name, shape in want.named_layers.items():
        if name not in got.named_layers:
            return Finding("shape.no_layer", {"name": name}, case)
        if got.named_layers[name] != shape:
            values = {"name": name, "expected": shape, "received": got.named_layers[name]}
            return Finding("shape.layer_differs", values, case)
    return None


def _compare_parameters(case: Case, got: CaseResult, want: CaseResult) -> Finding | None:
    for trainable, key in ((True, "parameters.trainable"), (False, "parameters.other")):
        expected, received = want.count(trainable), got.count(trainable)
        if expected != received:
            values = {"expected": f"{expected:,}", "received": f"{received:,}", "difference": _explain(got, want)}
            return Finding(key, values, case)
    return None


def _explain(got: CaseResult, want: CaseResult) -> str:
    """The weights that are missing (-) and those that are too many (+), by their shapes without ones."""
    have, need = (Counter(tuple(n for n in shape if n != 1) for shape, _ in case.weights) for case in (got, want))
    missing, extra = need - have, have - need
    parts = [
        f"{sign}{'×'.join(map(str, shape)) or '1'}"
        for sign, shapes in (("−", missing), ("+", extra))
        for shape in sorted(shapes.elements())
    ]
    return ", ".join(parts[:6]) + (", …" if len(parts) > 6 else "")


def _compare_outputs(case: Case, got: CaseResult, want: CaseResult) -> Finding | None:
    if got.output.shape != want.output.shape:
        return Finding("outputs.no_comparison", {}, case)
    received, expected = got.output.astype(np.float64), want.output.astype(np.float64)
    if not np.isfinite(received).all():
        return Finding("outputs.not_finite", {}, case)
    error = np.abs(received - expected)
    if (error <= TOLERANCE * (1 + np.abs(expected))).all():
        return None
    worst = np.unravel_index(error.argmax(), error.shape)
    values = {
        "position": "[" + ", ".join(map(str, worst)) + "]",
        "expected": f"{expected[worst]:.4g}",
        "received": f"{received[worst]:.4g}",
    }
    return Finding("outputs.differ", values, case)


def sample(output: np.ndarray) -> np.ndarray:
    """Some values of an output, evenly spread: enough to recognise it by."""
    flat = output.reshape(-1)
    return flat[np.linspace(0, flat.size - 1, SAMPLED_VALUES).astype(int)] if flat.size else flat


def signature(measured: Measurement) -> Measurement:
    """What a mistake is recognised by: its problems, counts, and some values of its outputs."""
    cases = tuple(
        case
        if case.output is None
        else replace(case, output=sample(case.output), named_layers=case.named_layers | {OUTPUT: case.output.shape})
        for case in measured.cases
    )
    return Measurement(measured.exercise, cases)


def _is_same(measured: Measurement, mistake: Measurement) -> bool:
    return all(_is_same_case(got, known) for got, known in zip(signature(measured).cases, mistake.cases, strict=True))


def _is_same_case(got: CaseResult, known: CaseResult) -> bool:
    if (got.problem is None) != (known.problem is None):
        return False
    if got.problem and known.problem:
        return (got.problem.kind, _told(got.problem)) == (known.problem.kind, _told(known.problem))
    return (
        got.count(True) == known.count(True)
        and got.count(False) == known.count(False)
        and got.named_layers == known.named_layers
        and got.output.dtype == known.output.dtype
        and got.output.shape == known.output.shape
        and np.allclose(got.output, known.output, rtol=TOLERANCE, atol=TOLERANCE)
    )


def _told(problem: Problem) -> str:
    """What an error says, without the numbers and quoted names that Keras gives to layers as it goes along."""
    return re.sub(r"\d+|'[^']*'|\"[^\"]*\"", "", problem.values.get("text", ""))
