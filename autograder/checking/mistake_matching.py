"""Recognising a usual mistake by what it does: its errors, its counts, and some values of its outputs."""

import re
from dataclasses import replace

import numpy as np

from autograder.checking.diagnosis import TOLERANCE
from autograder.checking.measurement import CaseResult, Measurement, Problem, Weight

# A mistake is recognised by each output's shape, kept under this name, and by this many values, evenly spread.
OUTPUT = "(output)"
SAMPLED_VALUES = 24
AMOUNT = re.compile(r"\b(?:units|filters)=(-?\d+(?:\.\d+)?)")
LAYER_NAME = re.compile(r"(?i)(?<=layer )['\"][^'\"]*['\"]|(?<=name )['\"][^'\"]*['\"]|path='[^']*'|_\d+\b")


def match_mistake(measured: Measurement, mistakes: dict[str, Measurement], *, with_unused: bool = True) -> str | None:
    """The name of the mistake that has this signature, or None.

    Without `with_unused`, of an answer that leaves a layer unused only a mistake that does so, too.
    """
    own = signature(measured)
    fitting = (name for name, known in mistakes.items() if with_unused or _leaves_no_more_unused(own, known))
    return next((mistake_of(name) for name in fitting if _is_same(own, mistakes[name])), None)


def mistake_of(answer: str) -> str:
    """The mistake that a wrong answer makes. One of several that make it is called `mistake__how`."""
    return answer.partition("__")[0]


def signature(measured: Measurement) -> Measurement:
    """What a mistake is recognised by."""
    return Measurement(measured.exercise, tuple(map(_signature, measured.cases)))


def _signature(case: CaseResult) -> CaseResult:
    if case.output is None:
        return case
    return replace(
        case,
        trained=None,
        twice=None,
        other_type=None,
        outputs=tuple(map(_sample, case.outputs)),
        weights=tuple(Weight(weight.shape, weight.trainable) for weight in case.weights),
        named_layers=case.named_layers | {OUTPUT + "'" * n: output.shape for n, output in enumerate(case.outputs)},
    )


def _sample(output: np.ndarray) -> np.ndarray:
    flat = output.reshape(-1)
    return flat[np.linspace(0, flat.size - 1, SAMPLED_VALUES).astype(int)] if flat.size else flat


def _leaves_no_more_unused(own: Measurement, known: Measurement) -> bool:
    pairs = zip(own.cases, known.cases, strict=True)
    return all(set(mine.unused) <= set(theirs.unused) for mine, theirs in pairs)


def _is_same(own: Measurement, known: Measurement) -> bool:
    return all(_is_same_case(*pair) for pair in zip(own.cases, known.cases, strict=True))


def _is_same_case(got: CaseResult, known: CaseResult) -> bool:
    if (got.problem is None) != (known.problem is None):
        return False
    if got.problem and known.problem:
        return _is_same_problem(got.problem, known.problem)
    return (
        got.count(True) == known.count(True)
        and got.count(False) == known.count(False)
        and got.named_layers == known.named_layers
        and len(got.outputs) == len(known.outputs)
        and all(_is_same_output(*pair) for pair in zip(got.outputs, known.outputs, strict=True))
    )


def _is_same_output(got: np.ndarray, known: np.ndarray) -> bool:
    return (
        got.dtype == known.dtype
        and got.shape == known.shape
        and np.allclose(got, known, rtol=TOLERANCE, atol=TOLERANCE)
    )


def _is_same_problem(got: Problem, known: Problem) -> bool:
    """Whether two problems say the same: of errors, the same words and the same shapes in the same order."""
    if "text" not in got.values or "text" not in known.values:
        return (got.kind, got.values) == (known.kind, known.values)
    if got.values.get("name", "") != known.values.get("name", got.values.get("name", "")):
        return False  # the same sentence of another function
    return _told(got) == _told(known)


def _told(problem: Problem) -> tuple[str | None, str | float]:
    """What an error says, without the names of layers: a student calls them anything, and Keras numbers the others."""
    text = problem.values["text"]
    if amount := AMOUNT.search(text):  # Dense and Conv2D say it in other words
        return "units", float(amount[1])
    return problem.values.get("error"), LAYER_NAME.sub("", text)
