"""Measuring an answer, where the student's code is: build it, give its weights known values, run it. No judgement."""

import inspect
import re
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from autograder.checking.challenge import Challenge
from autograder.checking.measurement import CaseResult, Measurement, Problem, Twice, Weight
from autograder.checking.problems import describe, written
from autograder.checking.returned import are_several, not_a, not_several
from autograder.checking.training import train_once
from autograder.checking.values import confident, could_be_transposed, values_of
from curriculum.exercises import Case, Exercise

Answer = Callable[..., Any]

# Above this, a network is not what any exercise asks for, and building its weights would stop the machine.
MOST_PARAMETERS = 5_000_000
# Layers that networks of keras.applications have: VGG, ResNet, MobileNet and EfficientNet.
OF_APPLICATIONS = {"block1_conv1", "conv1_conv", "Conv1", "stem_conv"}


class NotWritten(Exception):
    """The student has not replaced the stub yet."""


def measure(answer: Answer, exercise: Exercise, challenge: Challenge) -> Measurement:
    """Measure `answer` on every case of the exercise. Errors in it become problems of their case, warnings never."""
    with warnings.catch_warnings(action="ignore"):  # somebody may have made errors of them, the tests do
        cases = tuple(
            _measure_case(answer, exercise, case, number, challenge) for number, case in enumerate(exercise.cases)
        )
    own, transposed = zip(*cases, strict=True)
    if not any(transposed):
        return Measurement(exercise.name, own)
    return Measurement(exercise.name, own, tuple(other or case for case, other in cases))


def _measure_case(
    answer: Answer, exercise: Exercise, case: Case, number: int, challenge: Challenge
) -> tuple[CaseResult, CaseResult | None]:
    """The case, and once more with transposed matrices where a layer of the student's own has any."""
    if misfit := _signature_misfit(answer, exercise, case):
        return CaseResult(misfit), None
    try:
        if exercise.kind == "function":
            return _measure_function(answer, case, challenge.inputs(case, number)), None
        if exercise.kind == "number":
            return _measure_number(answer, exercise, case), None
        return _measure_network(answer, exercise, case, number, challenge)
    except NotWritten as stub:
        return CaseResult(Problem("not_written", {"exercise": str(stub)})), None
    except (Exception, SystemExit) as error:
        problem = _setting() if exercise.kind in ("layer", "model") else None
        return CaseResult(problem or describe(error, answer)), None


def _measure_function(answer: Answer, case: Case, inputs: np.ndarray) -> CaseResult:
    given = inputs.copy()
    returned = answer(given, **case.arguments)
    if not np.array_equal(given, inputs):
        return CaseResult(Problem("input_changed"))
    outputs, problem = _as_arrays([returned], answer)
    return CaseResult(problem, outputs)


def _measure_number(answer: Answer, exercise: Exercise, case: Case) -> CaseResult:
    """Accept any integer, Python's or NumPy's. 5.0 is rejected: a layer that needs an integer would refuse it, too."""
    returned = answer(**case.arguments)
    if exercise.returns and not are_several(exercise, returned):
        return CaseResult(not_several(answer, exercise, returned))
    outputs = []
    for number in returned if exercise.returns else [returned]:
        if isinstance(number, (np.generic, np.ndarray)) and number.ndim == 0:
            number = number.item()
        if isinstance(number, float):
            return CaseResult(Problem("not_an_integer", {"received": str(number)}))
        if type(number) is not int:  # a bool is rejected, too
            return CaseResult(not_a("number", answer, number, exercise.returns))
        outputs.append(np.asarray(number, np.int64))
    return CaseResult(outputs=tuple(outputs))


def _signature_misfit(answer: Answer, exercise: Exercise, case: Case) -> Problem | None:
    """The problem that the answer cannot be called as the exercise says, if it cannot."""
    if isinstance(answer, type):
        return Problem("answer_is_a_class", {"received": answer.__name__})
    keras = sys.modules.get("keras")
    layer: Any = answer if keras is not None and isinstance(answer, keras.Layer) else None
    try:
        signature = inspect.signature(layer.call if layer else answer)
    except (TypeError, ValueError):  # not a function, or one that does not tell: calling it will show
        return None
    try:
        signature.bind(*([None] if exercise.takes_input else []), **case.extra_inputs, **case.arguments)
    except TypeError:
        if layer:
            return Problem("answer_is_a_layer", {"received": type(answer).__name__})
        return Problem("arguments", {"received": definition(exercise.name, answer)})
    for name, wanted in exercise.default_functions.items():
        default = getattr(signature.parameters.get(name), "default", None)
        if inspect.isfunction(default) and default.__name__ != wanted:
            values = {"exercise": exercise.name, "name": name, "expected": wanted, "received": default.__name__}
            return Problem("other_default", values)
    return None


def definition(name: str, answer: Answer) -> str:
    """The answer's first line, without `def`; functions among its defaults by their names."""
    return re.sub(r"<function ([\w.<>]+) at 0x\w+>", r"\1", f"{name}{inspect.signature(answer)}")


def _measure_network(
    answer: Answer, exercise: Exercise, case: Case, number: int, challenge: Challenge
) -> tuple[CaseResult, CaseResult | None]:
    inputs = [challenge.inputs(case, number), *challenge.extra_inputs(case, number).values()]
    try:
        model = _build(answer, exercise, case)
        if problem := _setting() or _problem_with(model, case):
            return CaseResult(problem), None
        unused = _unused(model)
        twice = _twice(answer, exercise, case, model) if number == exercise.doubled_case else None
        trains = number in exercise.trained_cases
        found = _run(model, exercise, case, inputs, challenge, trains=trains)
        transposed = None
        if could_be_transposed(model):
            transposed = _run(model, exercise, case, inputs, challenge, trains=trains, transposed=True)
        found = replace(found, twice=twice, unused=unused)
        return found, transposed and replace(transposed, twice=twice, unused=unused)
    finally:
        _forget_described_weights()


def _problem_with(model: Any, case: Case) -> Problem | None:
    """The problem that there is no network, or one that is too large."""
    if isinstance(model, Problem):
        return model
    if model.count_params() > MOST_PARAMETERS:
        is_handed_over = any(map(callable, case.arguments.values()))
        kind = "network_of_applications" if is_handed_over and _is_of_applications(model) else "too_many_parameters"
        return Problem(kind, {"count": f"{model.count_params():,}"})
    return None


def _is_of_applications(model: Any) -> bool:
    """Whether a network of keras.applications is in it, told by its name or by what it calls its layers."""
    names = {layer.name for layer in model._flatten_layers()}
    return bool(names & OF_APPLICATIONS)


def _run(
    model: Any,
    exercise: Exercise,
    case: Case,
    inputs: list[np.ndarray],
    challenge: Challenge,
    *,
    trains: bool,
    transposed: bool = False,
) -> CaseResult:
    """Run the network with the challenge's values, and once more as in training if it `trains`.

    The weights are never made: the challenge's values take their place. Making them took most of a check's time.
    """
    import keras

    classes = case.arguments["classes"] if exercise.kind == "model" and "classes" in case.arguments else 0
    values = values_of(model, challenge, zeros=case.zero_weights, transposed=transposed, classes=classes)
    with keras.StatelessScope(values, initialize_variables=False):
        returned = model(inputs if len(inputs) > 1 else inputs[0], training=False)
        outputs, problem = _as_arrays(returned if exercise.returns else [returned])
        if exercise.budget and not problem:
            outputs = (*outputs, np.asarray(model(inputs[0][:1], training=False)))
    if exercise.budget and classes and not problem:
        with keras.StatelessScope(confident(values, classes), initialize_variables=False):
            outputs = (*outputs, np.asarray(model(inputs[0], training=False)))
    trained = train_once(model, values, inputs, challenge) if trains and not problem else None
    return CaseResult(
        problem,
        outputs,
        weights=_weights(model),
        named_layers=_named_layers(model, exercise),
        trained=trained,
        other_type=_other_type(model),
        nested=_nested(model, exercise),
    )


def _setting() -> Problem | None:
    """The problem that a setting of Keras is left on that makes other networks of the same code."""
    import keras

    policy, layout = keras.config.dtype_policy().name, keras.config.image_data_format()
    if policy != "float32":
        return Problem("setting", {"setting": policy, "statement": 'keras.config.set_dtype_policy("float32")'})
    if keras.config.floatx() != "float32":
        return Problem("setting", {"setting": keras.config.floatx(), "statement": 'keras.config.set_floatx("float32")'})
    if layout != "channels_last":
        statement = 'keras.config.set_image_data_format("channels_last")'
        return Problem("setting", {"setting": layout, "statement": statement})
    return None


def _other_type(model: Any) -> tuple[str, str] | None:
    """The first layer that does not compute in float32, and its type."""
    for layer in model._flatten_layers():
        policy = layer.dtype_policy.name
        if policy != "float32" and "float" in policy:
            return type(layer).__name__, policy
    return None


def _twice(answer: Answer, exercise: Exercise, case: Case, model: Any) -> Twice | None:
    """The answer built once more, and what both have together.

    A layer is built into the same network, on inputs of its own, under another name where it takes one.
    """
    import keras

    if exercise.kind == "model":
        return _two_networks(answer, exercise, case, model)
    arguments = case.arguments | ({"name": f"{case.arguments['name']}_second"} if "name" in case.arguments else {})
    try:
        with keras.StatelessScope(initialize_variables=False):
            inputs = [keras.Input(first.shape[1:]) for first in model.inputs]
            symbolic, *extra_inputs = inputs
            returned = answer(symbolic, **dict(zip(case.extra_inputs, extra_inputs, strict=True)), **arguments)
            second = list(returned) if exercise.returns else [returned]
            both = keras.Model([*model.inputs, *inputs], [*model.outputs, *second])
            return Twice(parameters=both.count_params())
    except ValueError as error:
        if "in a stateless scope" in str(error):  # its weights come with their values: they cannot be described only
            return None
        return Twice(describe(error))
    except (Exception, SystemExit) as error:
        return Twice(describe(error))


def _two_networks(answer: Answer, exercise: Exercise, case: Case, model: Any) -> Twice:
    try:
        second = _build(answer, exercise, case)
    except (Exception, SystemExit) as error:
        return Twice(describe(error))
    if isinstance(second, Problem):
        return Twice(second)
    weights = {id(weight): weight for weight in (*model.weights, *second.weights)}
    return Twice(parameters=sum(prod(weight.shape) for weight in weights.values()))


def _described_weights() -> list[Any]:
    """The weights that were described in a `StatelessScope` and are not forgotten yet, in the order of their making.

    Weights that came with their values are not among them.
    """
    from keras.src.backend.common import global_state  # there is no public way

    return list(global_state.get_global_attribute("uninitialized_variables") or ())


def _forget_described_weights() -> None:
    """Let Keras forget the weights that were described in a `StatelessScope` and never made.

    It would make them at its next chance, and those of a network that is far too large fill the memory.
    """
    from keras.src.backend.common import global_state  # there is no public way

    global_state.set_global_attribute("uninitialized_variables", [])


def _named_layers(model: Any, exercise: Exercise) -> dict[str, tuple[int, ...]]:
    """The output shapes of the layers that the exercise names, as far as they are there and have one."""
    shapes = {}
    for layer in model.layers:
        # A layer that only a subclass's `call` runs has no output that later cells could take.
        if layer.name in exercise.named_layers and layer._inbound_nodes:
            shapes[layer.name] = tuple(layer.output.shape[1:])
    return shapes


def _nested(model: Any, exercise: Exercise) -> tuple[str, ...]:
    """The layers that the exercise names and that only a network within the network has."""
    own = {layer.name for layer in model.layers}
    inner = {layer.name for layer in model._flatten_layers()} - own
    return tuple(name for name in exercise.named_layers if name in inner)


def _unused(model: Any) -> tuple[str, ...]:
    """The layers that were called on something of the network and do not lead to its outputs; of a chain the last."""
    import keras

    # The calls that it is made of; of a subclass none are known.
    own = [node for nodes in getattr(model, "_nodes_by_depth", {}).values() for node in nodes]
    layers = {id(node.operation) for node in own}
    seen, left, apart = {id(node) for node in own}, list(own), []
    while left:
        node = left.pop()
        for taker in node.operation._outbound_nodes:
            if id(taker) not in seen and any(before is node for before in _origins(taker)):
                seen.add(id(taker))
                left.append(taker)
                apart += [taker] if id(taker.operation) not in layers else []
    called = [node for node in apart if isinstance(node.operation, keras.Layer)]
    taken: set[int] = set()
    left = [before for node in called for before in _origins(node)]
    while left:
        node = left.pop()
        if id(node) not in taken:
            taken.add(id(node))
            left += _origins(node)
    last = (type(node.operation).__name__ for node in called if id(node) not in taken)
    return tuple(dict.fromkeys(map(written, last)))


def _origins(node: Any) -> list[Any]:
    """The calls of layers, and of functions of keras.ops, that have made what this one takes."""
    histories = [tensor._keras_history for tensor in node.arguments.keras_tensors]
    return [history.operation._inbound_nodes[history.node_index] for history in histories]


def _build(answer: Answer, exercise: Exercise, case: Case) -> Any:
    """The network that the answer makes, its weights only described, or the problem that it makes none."""
    import keras

    try:
        with keras.StatelessScope(initialize_variables=False):
            return _network(answer, exercise, case)
    except ValueError as error:
        if "in a stateless scope" not in str(error):
            raise
        _forget_described_weights()
    return _network(answer, exercise, case)  # a weight that comes with its values cannot be described only


def _network(answer: Answer, exercise: Exercise, case: Case) -> Any:
    """The network that the answer makes, or the problem that it makes none."""
    import keras

    if exercise.kind == "layer":
        symbolic = keras.Input(case.shape[1:])
        extra_inputs = {name: keras.Input(shape[1:]) for name, shape in case.extra_inputs.items()}
        returned = answer(symbolic, **extra_inputs, **case.arguments)
        if exercise.returns and not are_several(exercise, returned):
            return not_several(answer, exercise, returned)
        for tensor in returned if exercise.returns else [returned]:
            if not isinstance(tensor, keras.KerasTensor):
                return not_a("feature_map", answer, tensor, exercise.returns)
        inputs = [symbolic, *extra_inputs.values()] if extra_inputs else symbolic
        return keras.Model(inputs, list(returned) if exercise.returns else returned)
    model = answer(**case.arguments)
    if not isinstance(model, keras.Model):
        return not_a("model", answer, model)
    if not model.built:
        model(keras.Input(case.shape[1:]))
    return model


def _weights(model: Any) -> tuple[Weight, ...]:
    """Every weight with its place: the innermost layer that has it, counted among those of its class.

    Layers are counted in the order in which the code has used them first, as a reader of it counts: the network's own
    order is by depth, which mixes branches.
    """
    owners: dict[int, Any] = {}
    numbers: dict[int, int] = {}
    layers_of_class: Counter[str] = Counter()
    for layer in model._flatten_layers():  # outer layers first
        owners |= {id(weight): layer for weight in layer.weights}
    described = {id(weight): place for place, weight in enumerate(_described_weights())}

    def first_used(layer: Any) -> int:
        return min((described.get(id(weight), len(described)) for weight in layer.weights), default=0)

    for layer in sorted(model._flatten_layers(), key=first_used):
        if any(owners[id(weight)] is layer for weight in layer.weights):
            layers_of_class[type(layer).__name__] += 1
            numbers[id(layer)] = layers_of_class[type(layer).__name__]
    trainable = {id(weight) for weight in model.trainable_weights}
    return tuple(
        Weight(tuple(weight.shape), id(weight) in trainable, type(owner).__name__, numbers[id(owner)], weight.name)
        for weight in model.weights
        for owner in [owners[id(weight)]]
    )


def _as_arrays(returned: Iterable[Any], answer: Answer | None = None) -> tuple[tuple[np.ndarray, ...], Problem | None]:
    """What was returned as arrays, or the problem that something is not an array."""
    outputs = []
    for one in returned:
        if one is None or isinstance(one, (list, tuple, dict, str, int, float)):
            return (), not_a("array", answer, one)
        outputs.append(np.asarray(one))
        if outputs[-1].dtype.kind not in "fiub":
            return (), not_a("array", answer, one)
    return tuple(outputs), None
