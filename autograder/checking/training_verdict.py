"""Judging what only training shows: outputs with `training=True`, gradients, running statistics, two in one network."""

from collections import defaultdict
from math import prod

import numpy as np

from autograder.checking.diagnosis import Finding, is_close, weights_by_name
from autograder.checking.measurement import TRAITS, CaseResult, Trained, Weight
from curriculum.exercises import Case

# Batch statistics of a few values and the slopes behind them enlarge what float32 rounds.
OUTPUT_TOLERANCE = 2e-3
# A ReLU whose input is zero but for rounding lets a gradient through or not: one of thousands, in a whole that agrees.
GRADIENT_TOLERANCE = 2e-2
# Of the longest gradient of all weights. What is shorter may be rounding, as of a bias before batch normalisation.
SHORTEST_GRADIENT = 1e-4


def missing_in_training(case: Case, got: CaseResult, want: CaseResult) -> dict[str, Finding | None]:
    """What is wrong with an answer, by aspect, that gives what it should when it only infers."""
    if want.trained is None:
        return {}
    mine, right = got.in_training, want.trained
    if mine.problem:
        values = {"error": "", "text": ""} | mine.problem.values
        return {"outputs": Finding("training.stopped", values, case, mine.problem.line)}
    _refuse_other_forms(got, want)
    if outputs := _outputs(case, got, want):
        return {"outputs": outputs}
    return {
        "parameters": _weights(case, got, want) or _traits(case, mine, right),
        "outputs": _inputs(case, mine, right) or _statistics(case, got, want),
    }


def built_twice(case: Case, got: CaseResult) -> Finding | None:
    """What is wrong with an answer of which two do not fit in one network."""
    if got.twice is None or not got.outputs:
        return None
    if problem := got.twice.problem:
        if problem.kind == "duplicate_names":
            return Finding("twice.names" if "name" in case.arguments else "twice.fixed_names", problem.values, case)
        return Finding("twice.stopped", {"error": "", "text": ""} | problem.values, case, problem.line)
    wanted, count = 2 * sum(map(got.count, (True, False))), got.twice.parameters
    if count != wanted:
        return Finding("twice.shared", {"count": f"{count:,}", "wanted": f"{wanted:,}"}, case)
    return None


def _refuse_other_forms(got: CaseResult, want: CaseResult) -> None:
    """Raises: ValueError if the arrays are not those of one run of this network."""
    mine, right = got.in_training, want.in_training
    trainable = sum(weight.trainable for weight in got.weights)
    shapes = [[array.shape for array in (*one.outputs, *one.inputs)] for one in (mine, right)]
    if (
        shapes[0] != shapes[1]
        or mine.weights.shape != (trainable,)
        or mine.moved.shape != (len(got.weights) - trainable,)
    ):
        raise ValueError("other arrays than a run in training has")


def _outputs(case: Case, got: CaseResult, want: CaseResult) -> Finding | None:
    mine, right = got.in_training, want.in_training
    pairs = zip(mine.outputs, right.outputs, strict=True)
    if all(_is_near(one, other) for one, other in pairs):
        return None
    stays = all(is_close(one, other) for one, other in zip(right.outputs, want.outputs, strict=True))
    if stays:  # nothing in the right answer depends on training
        return Finding("training.not_the_same", {}, case)
    if all(is_close(one, other) for one, other in zip(mine.outputs, got.outputs, strict=True)):
        return Finding("training.frozen", {}, case)
    return Finding("training.differs", {}, case)


def _is_near(one: np.ndarray, other: np.ndarray) -> bool:
    one, other = one.astype(np.float64), other.astype(np.float64)
    return bool((np.abs(one - other) <= OUTPUT_TOLERANCE * (1 + np.abs(other))).all())


def _weights(case: Case, got: CaseResult, want: CaseResult) -> Finding | None:
    """Of equally many weights of a size, the gradients must have the same lengths, in whatever order."""
    own, right = (_by_size(one, one.in_training.weights, trainable=True) for one in (got, want))
    if {size: len(of) for size, of in own.items()} != {size: len(of) for size, of in right.items()}:
        return None  # the weights are stored otherwise, which values have said already
    shortest = SHORTEST_GRADIENT * float(want.in_training.weights.max(initial=0))
    wrong: list[Weight] = []
    for size, of in right.items():
        lengths, wanted = ([length for length, _ in sorted(each, key=lambda one: one[0])] for each in (own[size], of))
        if all(_agree(*pair, shortest) for pair in zip(lengths, wanted, strict=True)):
            continue
        spare = sum(not length > shortest for length in wanted)  # so many are not reached in the right answer either
        unreached = [weight for length, weight in sorted(own[size], key=lambda one: one[0]) if not length > shortest]
        if not unreached[spare:]:
            return Finding("gradient.otherwise", {}, case)
        wrong += unreached[spare:]
    if not wrong:
        return None
    if len(wrong) == sum(weight.trainable for weight in got.weights):
        return Finding("gradient.to_no_weight", {}, case)
    return Finding("gradient.unreached", {"unreached": weights_by_name(wrong, got)}, case)


def _traits(case: Case, mine: Trained, right: Trained) -> Finding | None:
    """The first of the traits that the answer has and the right one has not."""
    found = [trait for trait in TRAITS if trait in mine.traits and trait not in right.traits]
    return Finding(found[0], {}, case) if found else None


def _inputs(case: Case, mine: Trained, right: Trained) -> Finding | None:
    for place, (one, other) in enumerate(zip(mine.inputs, right.inputs, strict=True)):
        one, other = one.astype(np.float64), other.astype(np.float64)
        wanted = float(np.linalg.norm(other))
        if np.linalg.norm(one - other) <= GRADIENT_TOLERANCE * wanted + SHORTEST_GRADIENT:
            continue
        name = ("x", *case.extra_inputs)[place]
        return Finding("gradient.not_to_x" if not np.any(one) else "gradient.partly_to_x", {"name": name}, case)
    return None


def _statistics(case: Case, got: CaseResult, want: CaseResult) -> Finding | None:
    """How far the running means and variances move in a step: by 1 % of the way, as Keras has it."""
    own, right = (_by_size(one, one.in_training.moved, trainable=False) for one in (got, want))
    for size, of in right.items():
        lengths, wanted = (sorted(length for length, _ in each) for each in (own.get(size, []), of))
        if len(lengths) != len(wanted) or all(_agree(*pair, 1e-4) for pair in zip(lengths, wanted, strict=True)):
            continue
        return Finding("training.statistics_stay" if not any(lengths) else "training.statistics", {}, case)
    return None


def _by_size(case: CaseResult, numbers: np.ndarray, *, trainable: bool) -> dict[int, list[tuple[float, Weight]]]:
    found = defaultdict(list)
    weights = (weight for weight in case.weights if weight.trainable == trainable)
    for number, weight in zip(map(float, numbers), weights, strict=True):
        found[prod(weight.shape)].append((number, weight))
    return dict(found)


def _agree(one: float, other: float, shortest: float) -> bool:
    return abs(one - other) <= GRADIENT_TOLERANCE * other + shortest
