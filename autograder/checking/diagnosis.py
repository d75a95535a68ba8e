"""What is wrong with weights or values that differ: the most telling difference, in the terms of the formula."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

import numpy as np

from autograder.checking.measurement import CaseResult, Measurement, Weight
from curriculum.exercises import Case, Exercise

# float32 sums in another order differ by some 1e-6 of their size in a layer and 1e-5 in the deepest network here;
# the mildest named mistake differs by more than 1e-3.
TOLERANCE = 1e-4
# Logits of 50 are off by some 1e-4 in float32.
LOGARITHM_TOLERANCE = 1e-3
SMALLEST_PROBABILITY = 1e-30  # near the smallest float32
# Gates are read off as output / input. Where the input is nearer to zero than this, rounding would blur them.
SMALLEST_INPUT = 0.1
LARGEST_NEAR = 0.01  # of the largest value: what differs by less is nearly right
HEADS = "EinsumDense"
FEWEST_RIGHT = 0.25  # share of channels; a few that a ReLU silences are right by chance


@dataclass(frozen=True)
class Finding:
    """What is wrong: a message key, what to fill it with, and the case in which it was seen.

    `output` says in which of several outputs: 0 is the first.
    """

    key: str
    values: dict[str, Any] = field(default_factory=dict)
    case: Case | None = None
    line: str = ""
    output: int | None = None


@dataclass(frozen=True)
class WeightsDiffer:
    """Weights that are missing, that are too many, and (expected, received) pairs of one role with another shape.

    `layers` counts the layers of each class, in `own_layers` those of the answer, and `weights_of` the weights of each
    layer: how one speaks of a weight depends on whether there is a second dense layer, and on whether all of its layer
    is missing.
    """

    missing: tuple[Weight, ...]
    extra: tuple[Weight, ...]
    resized: tuple[tuple[Weight, Weight], ...]
    layers: dict[str, int]
    own_layers: dict[str, int]
    weights_of: dict[tuple[str, int], int]


def compare_weights(got: CaseResult, want: CaseResult) -> WeightsDiffer:
    """Match the weights received with those expected; what finds no partner of its shape differs.

    Lengths of 1 do not count in a shape: a dense layer and a 1x1 convolution have the same weights. Nor does it count
    how the layers that MultiHeadAttention is made of divide their length into heads.
    """
    missing = list(want.weights)
    extra = [weight for weight in got.weights if weight.layer != HEADS]
    heads = [weight for weight in got.weights if weight.layer == HEADS]
    _pair(missing, heads, lambda weight: (prod(weight.shape), weight.role, weight.trainable))
    # Partners in the same place first: of two biases of one length, the one that is really missing is then named.
    _pair(missing, extra, lambda weight: (_kind(weight), weight.layer, weight.number, weight.role))
    _pair(missing, extra, lambda weight: (_kind(weight), weight.role))
    _pair(missing, extra, _kind)
    resized = _pair(missing, extra, lambda weight: (weight.layer, weight.number, weight.role))
    resized += _pair(missing, extra, lambda weight: (weight.role, len(_lengths(weight))))
    resized += _pair(missing, heads, lambda weight: weight.role)
    extra += heads
    weights_of = Counter((weight.layer, weight.number) for weight in want.weights)
    weights_of |= Counter((weight.layer, weight.number) for weight in got.weights)  # the larger of both
    layers = Counter(layer for layer, _ in weights_of)
    own_layers = Counter(layer for layer, _ in {(weight.layer, weight.number) for weight in got.weights})
    return WeightsDiffer(tuple(missing), tuple(extra), tuple(resized), layers, own_layers, weights_of)


def weights_by_name(weights: list[Weight], of: CaseResult) -> WeightsDiffer:
    """Some weights of an answer, in the form in which they are put into words."""
    layers = Counter(layer for layer, _ in {(weight.layer, weight.number) for weight in of.weights})
    weights_of = Counter((weight.layer, weight.number) for weight in of.weights)
    return WeightsDiffer((), tuple(weights), (), layers, layers, weights_of)


def _pair(missing: list[Weight], extra: list[Weight], key: Callable[[Weight], Any]) -> list[tuple[Weight, Weight]]:
    """Take out of both lists the weights that have a partner with the same key; returns the pairs."""
    pairs = []
    for wanted in list(missing):
        partner = next((weight for weight in extra if key(weight) == key(wanted)), None)
        if partner is not None:
            pairs.append((wanted, partner))
            missing.remove(wanted)
            extra.remove(partner)
    return pairs


def swapped_convolution(got: CaseResult, want: CaseResult) -> dict[str, Any] | None:
    """The numbers of a convolution whose filters and kernel size have changed places: 3 filters of 16x16; or None."""
    wanted = {_convolution(weight) for weight in want.weights}
    for filters, size in filter(None, map(_convolution, got.weights)):
        if filters != size and (filters, size) not in wanted and (size, filters) in wanted:
            return {"filters": filters, "size": size}
    return None


def _convolution(weight: Weight) -> tuple[int, int] | None:
    """The filters and the kernel size of a Conv2D, from its kernel (size, size, channels, filters)."""
    if (weight.layer, weight.role, len(weight.shape)) != ("Conv2D", "kernel", 4) or weight.shape[0] != weight.shape[1]:
        return None
    return weight.shape[3], weight.shape[0]


def _kind(weight: Weight) -> tuple[tuple[int, ...], bool]:
    return _lengths(weight), weight.trainable


def _lengths(weight: Weight) -> tuple[int, ...]:
    return tuple(length for length in weight.shape if length != 1)


def diagnose_values(
    exercise: Exercise, case: Case, inputs: np.ndarray, received: np.ndarray, expected: np.ndarray
) -> Finding:
    """The most telling thing that is wrong with `received`, which has the shape of `expected` but other values."""
    if exercise.kind == "number":
        return Finding("outputs.number", {"expected": str(expected), "received": str(received)}, case)
    inputs, received, expected = (array.astype(np.float64) for array in (inputs, received, expected))
    if not np.isfinite(received).all():
        return Finding("outputs.not_finite", {}, case)
    same_shape = exercise.takes_input and inputs.shape == received.shape
    if same_shape and not case.zero_weights and is_close(received, inputs):
        return Finding("outputs.unchanged", {}, case)
    found = next(_relations(received, expected), None)
    if found is None and exercise.gates and same_shape:
        found = _diagnose_gates(exercise.gates, inputs, received, expected)
    found = found or next(_places(received, expected), None) or ("outputs.differ", {})
    key, values = found
    return Finding(key, _worst(received, expected) | values, case)


def with_layers(finding: Finding, got: CaseResult) -> Finding:
    """A finding in values, made more exact by what the answer's network is made of."""
    if finding.key == "outputs.unchanged" and got.weights:  # x itself would have brought none with it
        return replace(finding, key="outputs.unchanged_by_weights")
    if finding.key == "outputs.nearly" and any(weight.layer == "BatchNormalization" for weight in got.weights):
        return replace(finding, key="outputs.nearly_normalized")
    return finding


def is_close(received: np.ndarray, expected: np.ndarray, unit: float = 1.0) -> bool:
    """Whether all values agree, within what float32 can tell apart. A value near 0 may be off by a share of `unit`."""
    return bool(_right(received, expected, unit).all())


def rounding_unit(case: Case, expected: np.ndarray) -> float:
    """1, but where inputs are large the size of the outputs: a small value, too, may come from large ones."""
    return min(case.scale, max(1.0, float(np.sqrt(np.mean(np.square(expected))))))


def _right(received: np.ndarray, expected: np.ndarray, unit: float = 1.0) -> np.ndarray:
    right: np.ndarray = np.abs(received - expected) <= TOLERANCE * (unit + np.abs(expected))
    if _are_probabilities(expected):
        # A network that is nearly certain of one class gives 1 and zeros, whatever else is wrong with it.
        right &= _right_logarithms(received, expected)
    return right


def _right_logarithms(received: np.ndarray, expected: np.ndarray) -> np.ndarray:
    received, expected = (np.log(np.clip(array, SMALLEST_PROBABILITY, None)) for array in (received, expected))
    right: np.ndarray = np.abs(received - expected) <= LOGARITHM_TOLERANCE * (1 + np.abs(expected))
    return right


def would_show_mistakes(reference: Measurement) -> bool:
    """Whether nothing hides behind the reference's outputs, as behind a softmax that gives 1 and zeros."""
    outputs = (output for case in reference.cases for output in case.outputs)
    return not any(_are_probabilities(output) and output.min() < SMALLEST_PROBABILITY for output in outputs)


def _are_probabilities(values: np.ndarray) -> bool:
    """Whether this is (batch, classes) with a sum of 1 for each of the batch, as a softmax gives it."""
    return (
        values.ndim == 2
        and values.size > 0
        and values.min() >= 0
        and bool((np.abs(values.sum(axis=1) - 1) < TOLERANCE).all())
    )


def _softmax(values: np.ndarray) -> np.ndarray:
    powers = np.exp(values)
    result: np.ndarray = powers / powers.sum(axis=-1, keepdims=True)
    return result


def _worst(received: np.ndarray, expected: np.ndarray) -> dict[str, str]:
    """Where the two differ most."""
    worst = np.unravel_index(np.abs(received - expected).argmax(), expected.shape)
    return {
        "position": "[" + ", ".join(map(str, worst)) + "]",
        "expected": f"{expected[worst]:.4g}",
        "received": f"{received[worst]:.4g}",
    }


Found = tuple[str, dict[str, Any]]


def _relations(received: np.ndarray, expected: np.ndarray) -> Iterator[Found]:
    """Simple ways in which all values together differ from the expected ones."""
    if np.ptp(received) < TOLERANCE < np.ptp(expected):
        yield "outputs.constant", {"value": f"{received.flat[0]:.4g}"}
        return
    factor = (received * expected).sum() / max((expected**2).sum(), TOLERANCE)
    if abs(factor) > TOLERANCE and is_close(received / factor, expected):
        told = f"{factor:.4g}"
        yield "outputs.scaled", {"factor": f"{factor:.7g}" if told == "1" else told}
    shift = (received - expected).mean()
    if is_close(received - shift, expected):
        yield "outputs.shifted", {"shift": f"{shift:+.4g}"}
    ordered = np.sort(received, axis=None), np.sort(expected, axis=None)
    if is_close(*ordered) and (not _are_probabilities(expected) or _right_logarithms(*ordered).all()):
        yield "outputs.moved", {}
    if _are_probabilities(expected) and is_close(received, _softmax(expected)):
        yield "outputs.softmax_twice", {}
    highest = received.max()
    if (
        not _are_probabilities(expected)
        and highest < expected.max() - TOLERANCE
        and is_close(received, np.minimum(expected, highest))
    ):
        yield "outputs.cut_off", {"highest": f"{highest:.4g}"}
    if received.min() < -TOLERANCE and expected.min() >= 0:
        yield "outputs.negative", {"lowest": f"{received.min():.4g}"}
    if received.max() > 1 + TOLERANCE and expected.max() <= 1 and expected.min() >= 0:
        yield "outputs.above_one", {"highest": f"{received.max():.4g}"}


def _places(received: np.ndarray, expected: np.ndarray) -> Iterator[Found]:
    """Parts of a feature map (batch, height, width, channels), or of a batch, that are right while others are not."""
    right = _right(received, expected)
    difference = np.abs(received - expected).max() / max(np.abs(expected).max(), TOLERANCE)
    if difference < LARGEST_NEAR and not _are_probabilities(expected):
        yield "outputs.nearly", {"percent": f"{100 * difference:.2g}"}
    if right.ndim == 4:
        positions = np.all(right, axis=(0, 3))
        inner = positions[1:-1, 1:-1]
        if inner.size and inner.all():
            yield "outputs.border", {}
        channels = right.all(axis=(0, 1, 2))
        if channels.mean() >= FEWEST_RIGHT:
            yield "outputs.some_channels", {"right": int(channels.sum()), "total": channels.size}
    images = right.reshape(len(right), -1).all(axis=1)
    if images.any():
        yield "outputs.some_images", {"right": int(images.sum()), "total": images.size}


def _diagnose_gates(kind: str, inputs: np.ndarray, received: np.ndarray, expected: np.ndarray) -> Found:
    """What is wrong with an output that should be `inputs` times gates: one for each channel, or for each position."""
    shared = {"channel": (1, 2), "spatial": (3,)}  # the axes along which a gate stays the same
    other = {"channel": "spatial", "spatial": "channel"}[kind]
    unusable = np.abs(inputs) < SMALLEST_INPUT
    gates, wanted = (
        np.ma.masked_array(array / np.where(unusable, 1, inputs), unusable) for array in (received, expected)
    )
    if not _is_same_along(gates, shared[kind]):
        if _is_same_along(gates, shared[other]):
            return f"gates.{other}_instead", {}
        if _is_same_along(received - inputs, shared[kind]):
            return "gates.added", {}
        return f"gates.not_one_per_{kind}", {}
    low, high = gates.min(), gates.max()
    ends = {"low": low, "high": high, "expected_low": wanted.min(), "expected_high": wanted.max()}
    alike = all(f"{ends[end]:.3g}" == f"{ends[f'expected_{end}']:.3g}" for end in ("low", "high"))
    values = {name: f"{end:.{6 if alike else 3}g}" for name, end in ends.items()}
    if low > 1 - TOLERANCE and high < 2 + TOLERANCE and high - low > TOLERANCE:
        return "gates.input_added", values
    if low < -TOLERANCE or high > 1 + TOLERANCE:
        return "gates.outside", values
    if high - low < TOLERANCE:
        return "gates.all_equal", values
    if low > 0.5 - TOLERANCE > wanted.min():
        return "gates.half_or_more", values
    if kind == "channel" and np.ma.allclose(gates.mean(axis=(1, 2)).sum(axis=-1), 1, atol=0.01):
        return "gates.sum_to_one", values
    if len(gates) > 1 and _is_same_along(gates, (0,), TOLERANCE) and not _is_same_along(wanted, (0,)):
        return "gates.same_for_all", values
    return "gates.differ", values


def _is_same_along(values: np.ndarray, axes: tuple[int, ...], spread_of_same: float = 100 * TOLERANCE) -> bool:
    """Whether values, masked or not, do not change along these axes."""
    spread = np.ma.max(values, axis=axes) - np.ma.min(values, axis=axes)
    return bool((np.ma.filled(spread, 0) < spread_of_same).all())
