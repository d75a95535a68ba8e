"""Measuring an answer, where the student's code is: build it, give its weights known values, run it. No judgement."""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.checking.challenge import Challenge
from autograder.checking.measurement import CaseResult, Measurement, Problem
from autograder.checking.problems import describe
from autograder.exercises import Case, Exercise

Answer = Callable[..., Any]

# Above this, a network is not what any exercise asks for, and building its weights would stop the machine.
MOST_PARAMETERS = 5_000_000


class NotWritten(Exception):
    """The student has not replaced the stub yet."""


def measure(answer: Answer, exercise: Exercise, challenge: Challenge) -> Measurement:
    """Measure `answer` on every case of the exercise. Errors in it become problems of their case."""
    cases = tuple(
        _measure_case(answer, exercise, case, number, challenge) for number, case in enumerate(exercise.cases)
    )
    return Measurement(exercise.name, cases)


def _measure_case(answer: Answer, exercise: Exercise, case: Case, number: int, challenge: Challenge) -> CaseResult:
    inputs = challenge.inputs(case, number)
    try:
        if exercise.kind == "function":
            return _measure_function(answer, case, inputs)
        return _measure_network(answer, exercise, case, inputs, challenge)
    except NotWritten as stub:
        return CaseResult(Problem("not_written", {"exercise": str(stub)}))
    except (Exception, SystemExit) as error:
        return CaseResult(describe(error))


def _measure_function(answer: Answer, case: Case, inputs: np.ndarray) -> CaseResult:
    given = inputs.copy()
    returned = answer(given, **case.arguments)
    if not np.array_equal(given, inputs):
        return CaseResult(Problem("input_changed"))
    output, problem = _as_array(returned)
    return CaseResult(problem, output)


def _measure_network(
    answer: Answer, exercise: Exercise, case: Case, inputs: np.ndarray, challenge: Challenge
) -> CaseResult:
    import keras

    if exercise.kind == "layer":
        symbolic = keras.Input(case.shape[1:])
        returned = answer(symbolic, **case.arguments)
        if not isinstance(returned, keras.KerasTensor):
            return CaseResult(_not_a("feature_map", returned))
        model = keras.Model(symbolic, returned)
    else:
        model = answer(**case.arguments)
        if not isinstance(model, keras.Model):
            return CaseResult(_not_a("model", model))
        if not model.built:
            model.build(inputs.shape)
    if model.count_params() > MOST_PARAMETERS:
        return CaseResult(Problem("too_many_parameters", {"count": f"{model.count_params():,}"}))
    _give_values(model, challenge, case.zero_weights)
    output, problem = _as_array(model(inputs, training=False))
    trainable = {id(weight) for weight in model.trainable_weights}
    return CaseResult(
        problem,
        output,
        weights=tuple((tuple(weight.shape), id(weight) in trainable) for weight in model.weights),
        named_layers={
            layer.name: tuple(layer.output.shape[1:]) for layer in model.layers if layer.name in exercise.named_layers
        },
    )


def _give_values(model: Any, challenge: Challenge, zeros: bool) -> None:
    """Set every weight to its value in the challenge, or to 0 (a moving variance to 1, which changes nothing)."""
    import keras

    roles = {}
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            for role in ("gamma", "beta", "moving_mean", "moving_variance"):
                roles[id(getattr(layer, role, None))] = role
    for weight in model.weights:
        role = roles.get(id(weight), "weight")
        if zeros:
            value = np.full(weight.shape, float(role == "moving_variance"), np.float32)
        else:
            value = challenge.weight(tuple(weight.shape), role)
        weight.assign(value)


def _as_array(returned: Any) -> tuple[np.ndarray | None, Problem | None]:
    """The array in what was returned, or the problem that there is none."""
    if returned is None or isinstance(returned, (list, tuple, dict, str)):
        return None, _not_a("array", returned)
    output = np.asarray(returned)
    if output.dtype.kind not in "fiub":
        return None, _not_a("array", returned)
    return output, None


def _not_a(wanted: str, returned: Any) -> Problem:
    if returned is None:
        return Problem("returned_nothing")
    return Problem(f"not_a_{wanted}", {"received": type(returned).__name__})
