"""Judging an answer that everyone designs for themselves: by what every such answer does, whatever its outputs.

Measuring gives two arrays a case, the outputs for the batch and those for its first input alone, of a classifier also
those for the batch with large weights in its last layer, and what a run in training shows: the gradient of each
trainable weight.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder.checking.challenge import OTHER_CHANNEL, OTHER_CORNER, other_channel, other_corner
from autograder.checking.diagnosis import (
    SMALLEST_INPUT,
    SMALLEST_PROBABILITY,
    TOLERANCE,
    Finding,
    is_close,
    weights_by_name,
)
from autograder.checking.measurement import CaseResult
from curriculum.exercises import Case, Exercise

# Gates, and logarithms of probabilities, that differ by less are taken for equal.
LEAST_CHANGE = 1e-3
Missing = tuple[str, dict[str, Any]]  # a message key and what to fill it with
# What a right answer shows too in a case in which all of its ReLUs happen to be silent.
SILENT = ("outputs.one_gate", "outputs.same_for_all", "outputs.own_value", "outputs.limited")
WITHOUT_ARGUMENT = ("parameters.argument_unused", "parameters.argument_without_effect")


def missing_properties(
    exercise: Exercise, case: Case, inputs: np.ndarray, got: CaseResult, budget: int
) -> dict[str, Finding]:
    """What the answer lacks in one case, by aspect. `budget` is how many trainable parameters it may have."""
    batch, alone, *confident = got.outputs
    if got.trained and case.train and (problem := got.trained.problem):
        finding = Finding("training.stopped", {"error": "", "text": ""} | problem.values, case, problem.line)
        return dict.fromkeys(exercise.points, finding)
    trainable = sum(weight.trainable for weight in got.weights)
    gradients = got.in_training.weights if case.train else np.ones(trainable)
    if gradients.shape != (trainable,):
        raise ValueError("other weights than a run in training has")
    wanted = inputs.shape if exercise.kind == "layer" else (len(inputs), case.arguments["classes"])
    shape: Missing | None = None
    outputs: Missing | None
    if batch.shape != wanted:
        shape, outputs = ("shape.differs", {"expected": wanted, "received": batch.shape}), ("outputs.no_comparison", {})
    else:
        find = _of_a_layer if exercise.kind == "layer" else _of_a_classifier
        outputs = next(find(inputs, batch.astype(np.float64), alone, *confident), None)
    parameters = next(_of_weights(case, got, gradients, budget), None)
    found = {"shape": shape, "parameters": parameters, "outputs": outputs}
    return {aspect: Finding(*what, case) for aspect, what in found.items() if what and aspect in exercise.points}


def forgive_silence(found: list[dict[str, Finding]]) -> list[dict[str, Finding]]:
    """Without findings that silent ReLUs explain, unless all cases show one."""
    silent = [case.get("outputs") is not None and case["outputs"].key in SILENT for case in found]
    if all(silent):
        return found
    return [
        {aspect: finding for aspect, finding in case.items() if not (is_silent and aspect == "outputs")}
        for case, is_silent in zip(found, silent, strict=True)
    ]


def unreached_everywhere(
    exercise: Exercise, cases: tuple[CaseResult, ...], found: list[dict[str, Finding]]
) -> list[dict[str, Finding]]:
    """With a finding in every case if a weight, the same in all, gets no gradient in any of them.

    In one case it may be that a ReLU is silent.
    """
    runs = [case for case, asked in zip(cases, exercise.cases, strict=True) if asked.train]
    gradients = [case.trained.weights for case in runs if case.trained and not case.trained.problem]
    if not runs or len(gradients) < len(runs) or len({len(lengths) for lengths in gradients}) > 1:
        return found
    silent = ~np.any([lengths > 0 for lengths in gradients], axis=0)
    weights = [weight for weight in runs[0].weights if weight.trainable]
    unreached = [weight for weight, is_silent in zip(weights, silent, strict=True) if is_silent]
    if not unreached:
        return found
    values = {"unreached": weights_by_name(unreached, runs[0])}
    finding = Finding("gradient.unreached", values, exercise.cases[0])
    return [{"parameters": finding} | case for case in found]


def without_argument_everywhere(found: list[dict[str, Finding]]) -> list[dict[str, Finding]]:
    """With the finding in every case if an argument is left out in one: only that one can show it."""
    of_weights = [case["parameters"] for case in found if "parameters" in case]
    left_out = [finding for finding in of_weights if finding.key in WITHOUT_ARGUMENT]
    return [{"parameters": left_out[0]} | case for case in found] if left_out else found


def _of_weights(case: Case, got: CaseResult, gradients: np.ndarray, budget: int) -> Iterator[Missing]:
    count = got.count(True)
    if count == 0:
        yield "parameters.nothing_to_train", {}
    elif count > budget:
        yield "parameters.over_budget", {"received": f"{count:,}", "budget": f"{budget:,}"}
    elif not np.any(gradients > 0):
        yield "parameters.no_gradient", {}
    elif case.expected_layer and case.expected_layer not in {weight.layer for weight in got.weights}:
        yield "parameters.argument_unused", {}
    elif case.expected_layer and not np.any(
        gradients[[weight.layer == case.expected_layer for weight in got.weights if weight.trainable]]
    ):
        yield "parameters.argument_without_effect", {}


def _of_any(outputs: np.ndarray, alone: np.ndarray) -> Iterator[Missing]:
    if not np.isfinite(outputs).all():
        yield "outputs.not_finite", {}
    elif alone.shape != outputs[:1].shape or not is_close(alone.astype(np.float64), outputs[:1]):
        yield "outputs.batch_mixed", {}


def _of_a_layer(inputs: np.ndarray, outputs: np.ndarray, alone: np.ndarray) -> Iterator[Missing]:
    """What a layer lacks that multiplies its input by gates which it computes from all of it."""
    yield from _of_any(outputs, alone)
    if is_close(outputs, inputs.astype(np.float64)):
        yield "outputs.unchanged", {}
    if np.abs(outputs[inputs == 0]).max() > TOLERANCE:
        yield "outputs.not_gated", {}
    usable = np.abs(inputs) >= SMALLEST_INPUT
    gates = np.where(usable, outputs / np.where(usable, inputs, 1), np.nan)
    if np.nanmax(gates) - np.nanmin(gates) < LEAST_CHANGE:
        yield "outputs.one_gate", {"value": f"{np.nanmean(gates):.4g}"}
    if not _differ(gates[1:], gates[:1]):
        yield "outputs.same_for_all", {}
    # A gate elsewhere than what was changed tells that it depends on more than the value it scales.
    for number, place in ((OTHER_CHANNEL, other_channel), (OTHER_CORNER, other_corner)):
        gates[number][place(inputs.shape)] = np.nan
    if not _differ(gates[[OTHER_CHANNEL, OTHER_CORNER]], gates[:1]):
        yield "outputs.own_value", {}


def _of_a_classifier(
    inputs: np.ndarray, outputs: np.ndarray, alone: np.ndarray, confident: np.ndarray
) -> Iterator[Missing]:
    """What a network lacks that gives the probabilities of classes."""
    yield from _of_any(outputs, alone)
    if outputs.min() < 0 or np.abs(outputs.sum(axis=1) - 1).max() > TOLERANCE:
        yield "outputs.not_probabilities", {}
    # The most that a softmax gives whose inputs are probabilities: one of them is 1, the others are 0.
    most = np.e / (np.e + outputs.shape[1] - 1)
    if confident.max() < most + LEAST_CHANGE and not np.array_equal(confident, outputs.astype(confident.dtype)):
        yield "outputs.limited", {"value": f"{most:.2f}"}
    # A difference too small to see, as where the logits are divided by a temperature, is large with large weights.
    if not any(_differ(each[1:], each[:1]) for each in map(_logarithms, (outputs, confident))):
        yield "outputs.same_for_all", {}


def _logarithms(probabilities: np.ndarray) -> np.ndarray:
    return np.asarray(np.log(np.clip(probabilities, SMALLEST_PROBABILITY, None)))


def _differ(some: np.ndarray, others: np.ndarray) -> bool:
    """Whether any two numbers in the same place differ."""
    return bool(np.any(np.abs(some - others) > LEAST_CHANGE))
