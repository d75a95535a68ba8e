"""A verdict in words, in the reader's language: at most six lines."""

from itertools import groupby

from autograder.checking.diagnosis import Finding, WeightsDiffer
from autograder.checking.judge import Verdict
from autograder.checking.measurement import Weight
from autograder.checking.runs import CellRun, Stale
from curriculum.exercises import Case, Exercise
from curriculum.messages import current_language, say, sentence

# Findings that are the answer's own, whatever an earlier exercise that it uses is like.
OWN = ("problem", "layers", "twice", "shape.dtype", "shape.layer", "shape.no_layer")
MOST_DIFFERENCES = 2  # layers or weights that are named before an ellipsis


def summary(verdict: Verdict, language: str | None = None) -> str:
    """One line: the points earned, and which aspects are right."""
    points = {"exercise": verdict.exercise.name, "points": f"{verdict.points:g}", "total": verdict.exercise.total}
    right, earned = verdict.right, verdict.credit
    aspects = "   ".join(
        f"{'✓' if right[aspect] else '✗'} {say(f'check.aspect.{aspect}', language)} {earned[aspect]:g}/{possible}"
        for aspect, possible in verdict.exercise.points.items()
    )
    return say("check.passed" if verdict.passed else "check.failed", language, **points) + "   " + aspects


def explanation(
    verdict: Verdict, language: str | None = None, *, show_values: bool = True, drawn: bool = False
) -> list[str]:
    """What differs and where, then the likely mistake by its name or the next step; empty if all is right.

    Without `show_values`, no value of the reference's outputs is told: grading uses inputs that stay hidden.
    `drawn` says that the difference is in a picture already.
    """
    finding = verdict.finding
    if finding is None:
        return []
    language = language or current_language()
    exercise = verdict.exercise
    values = finding.values | {"line": finding.line, "call": called(exercise, finding, language)}
    if "weights" in values:
        values["weights"] = _weights(values["weights"], values["count"], language)
    if "unreached" in values:
        values["unreached"] = _unreached(values["unreached"], language)
    what = say(_key(finding, "what", language) or f"finding.{finding.key}.what", language, **values)
    if show_values and (key := _key(finding, "values", language)):
        what += " " + say(key, language, **values)
    lines = [what]
    if finding.line:
        key = "check.at_line_inside" if "inside" in finding.values else "check.at_line"
        lines.append(say(key, language, line=finding.line, part=finding.values.get("inside")))
    if verdict.mistake:
        likely = say(f"{exercise.name}.mistake.{verdict.mistake}", language)
        lines.append(say("check.likely", language, mistake=likely))
    elif verdict.right_cases:
        lines.append(say("check.right_first", language, call=call(exercise, verdict.right_cases[0], language)))
    if verdict.right_cases and _is_partly_credited(verdict):
        counts = {"right": len(verdict.right_cases), "calls": len(verdict.wrong)}
        lines.append(say("check.right_in_most", language, **counts))
    if besides := verdict.besides:
        what, step = (say(f"finding.{besides.key}.{part}", language, **besides.values) for part in ("what", "next"))
        lines.append(say("check.besides", language, what=what, step=step))
    if not verdict.mistake:  # the mistake's name says what to do; a general step could only contradict it
        lines.append(_next_step(exercise, finding, values, language, drawn))
    return lines


def out_of_date(exercise: str, stale: Stale, language: str | None = None) -> list[str]:
    """Why an answer is not checked: its cell, or that of something it uses, was run again without defining it."""
    key = "check.stopped" if stale.last.error else "check.left_out"
    what = say(f"{key}.what", language, name=stale.name, error=stale.last.error)
    if stale.name != exercise:
        what = say("check.uses", language, exercise=exercise, name=stale.name) + " " + what
    return [what, *_line_and_step(key, stale.name, stale.last, language)]


def stopped(exercise: str, run: CellRun, language: str | None = None) -> list[str]:
    """Why there is no answer to check: the cell that was to define it has stopped."""
    what = say("check.stopped.first", language, name=exercise, error=run.error)
    return [what, *_line_and_step("check.stopped", exercise, run, language)]


def _line_and_step(key: str, name: str, run: CellRun, language: str | None) -> list[str]:
    """The student's line that stopped a cell, if one did, and what to do next."""
    lines = [say("check.at_line", language, line=run.line)] if run.line else []
    return [*lines, say("check.next", language, step=say(f"{key}.next", language, name=name))]


def part_first(exercise: str, part: str, language: str | None = None) -> str:
    """The next step where an earlier exercise that an answer uses is not right itself."""
    return say("check.next", language, step=say("check.part_first", language, exercise=exercise, part=part))


def with_wrong_part(lines: list[str], verdict: Verdict, part: str, language: str | None = None) -> list[str]:
    """An explanation without a named mistake, where `part`, an earlier exercise that the answer uses, is not right.

    That comes first, but for a finding that is the answer's own: both are told then.
    """
    finding = verdict.finding
    if finding and finding.key.startswith(OWN) and finding.values.get("inside") != part:
        return [*lines, say("check.part_too", language, exercise=verdict.exercise.name, part=part)]
    return [*lines[:-1], part_first(verdict.exercise.name, part, language)]


def _key(finding: Finding, part: str, language: str) -> str | None:
    """The key of a finding's sentence; what an error means stands in a file of its own, by its kind."""
    parts = [part] if finding.line or part != "next" else ["next_without_line", part]
    names = [f"finding.{finding.key}", f"error.{finding.key.removeprefix('problem.')}"]
    keys = [f"{name}.{part}" for part in parts for name in names]
    return next((key for key in keys if sentence(key, language)), None)


def _is_partly_credited(verdict: Verdict) -> bool:
    """Whether an aspect earns something although it is wrong in a call."""
    return any(points and not verdict.right[aspect] for aspect, points in verdict.credit.items())


def _next_step(exercise: Exercise, finding: Finding, values: dict[str, object], language: str, drawn: bool) -> str:
    values = values | {"exercise": exercise.name}
    group = finding.key.split(".")[0]
    own = _key(finding, "next", language)
    step = say(own or _general_step(group, language), language, **values)
    is_drawable = group not in ("problem", "twice", "training", "gradient") and not exercise.budget
    if own is None and is_drawable and not drawn:
        step += " " + say("check.see_difference", language, **values)
    return say("check.next", language, step=step)


def _general_step(group: str, language: str) -> str:
    """The key of the step for findings that have none of their own: their group's, else to ask for a hint."""
    return f"finding.{group}.next" if sentence(f"finding.{group}.next", language) else "check.ask_for_hint"


def called(exercise: Exercise, finding: Finding, language: str | None = None) -> str:
    """The call in which something was found; where several things are returned, which of them it is about."""
    typed = call(exercise, finding.case, language)
    if finding.output is None or not exercise.returns:
        return typed
    return say("check.one_of_several", language, name=exercise.returns[finding.output], call=typed)


def call(exercise: Exercise, case: Case | None, language: str | None = None) -> str:
    """How the answer was called in this case, as one would type it."""
    if case is None:
        return f"{exercise.name}(...)"
    arguments = [
        f"{name}={getattr(value, '__name__', repr(value))}" for name, value in case.arguments.items() if name != "name"
    ]
    arguments = [f"{name}{list(shape)}" for name, shape in case.extra_inputs.items()] + arguments
    if exercise.takes_input:
        arguments.insert(0, f"x{list(case.shape)}")
    typed = f"{exercise.name}({', '.join(arguments)})"
    return say("check.zeroed", language, call=typed) if case.zero_weights else typed


def _weights(differ: WeightsDiffer, count: int, language: str) -> str:
    """How many parameters are too many or missing, and the layers or weights that they are in."""
    parts = []
    for wanted, received in differ.resized:
        if wanted.role == "bias" and len(differ.resized) > 1:
            continue  # follows from its kernel
        key = "weights.resized" if wanted.trainable == received.trainable else "weights.not_trained"
        # Spoken of as the answer has it: a dense layer where the reference has a 1×1 convolution, or the reverse.
        expected = wanted._replace(shape=_like(wanted.shape, received.shape))
        values = {"expected": _size(expected), "received": _size(received)}
        weight = _weight(received, differ, language, "weights.role_of", own=True)
        parts.append(say(key, language, weight=weight, **values))
    parts += _each("weights.missing", differ.missing, differ, language)
    parts += _each("weights.extra", differ.extra, differ, language)
    if count:
        key = "weights.fewer" if count < 0 else "weights.more"
        parts.insert(0, say(key, language, count=f"{abs(count):,}"))
    return _joined("weights.then", parts, MOST_DIFFERENCES + bool(count), language)


def _unreached(differ: WeightsDiffer, language: str) -> str:
    parts = _each("weights.unreached", differ.extra, differ, language)
    return _joined("weights.and", parts, MOST_DIFFERENCES, language)


def _joined(between: str, parts: list[str], most: int, language: str) -> str:
    """So many of the parts, and an ellipsis for the others."""
    return say(between, language).join(parts[:most] + ["…"] * (len(parts) > most))


def _each(key: str, weights: tuple[Weight, ...], differ: WeightsDiffer, language: str) -> list[str]:
    """Each weight by its name, or each layer of which all weights are there."""
    parts = []
    for place, group in groupby(weights, key=lambda weight: (weight.layer, weight.number)):
        first, *others = group
        whole = len(others) + 1 == differ.weights_of[place] and others
        names = ["weights.whole"] if whole else ["weights.weight"] * (len(others) + 1)
        parts += [
            say(key, language, weight=_weight(weight, differ, language, name, own=key != "weights.missing"))
            for weight, name in zip((first, *others), names, strict=False)
        ]
    return parts


def _weight(weight: Weight, differ: WeightsDiffer, language: str, key: str, *, own: bool = False) -> str:
    """`the bias (32) of the second dense layer`; its `own` if it is of the answer and not of the reference."""
    layer = _named("weights.layer", weight.layer, language)
    ordinal = sentence(f"weights.ordinal.{weight.number}", language)
    layers = differ.own_layers if own else differ.layers
    place = "only" if layers[weight.layer] == 1 else "counted" if ordinal else "numbered"
    layer = say(f"weights.place.{place}", language, layer=layer, number=ordinal or weight.number)
    return say(key, language, role=_named("weights.role", weight.role, language), layer=layer, size=_size(weight))


def _named(table: str, name: str, language: str) -> str:
    """The course's word for a class of layers or a role; the name itself if it has none."""
    return sentence(f"{table}.{name}", language) or name


def _size(weight: Weight) -> str:
    return "×".join(map(str, weight.shape)) or "1"


def _like(shape: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    """The shape with as many lengths as the other has, if it is one but for lengths of 1."""
    if len(shape) > len(other) and set(shape[: len(shape) - len(other)]) == {1}:
        return shape[len(shape) - len(other) :]
    return (*(1,) * (len(other) - len(shape)), *shape)
