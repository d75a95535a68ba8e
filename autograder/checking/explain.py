"""A verdict in words, in the reader's language: at most six lines."""

from autograder.checking.judge import Finding, Verdict
from autograder.exercises import Case
from autograder.messages import current_language, say, sentence


def summary(verdict: Verdict, language: str | None = None) -> str:
    """One line: the points earned, and which aspects are right."""
    points = {"exercise": verdict.exercise.name, "points": verdict.points, "total": verdict.exercise.total}
    aspects = "   ".join(
        f"{'✓' if verdict.right[aspect] else '✗'} {say(f'check.aspect.{aspect}', language)} "
        f"{points_of if verdict.right[aspect] else 0}/{points_of}"
        for aspect, points_of in verdict.exercise.points.items()
    )
    return say("check.passed" if verdict.passed else "check.failed", language, **points) + "   " + aspects


def explanation(verdict: Verdict, language: str | None = None) -> list[str]:
    """What differs and where, the likely mistake by its name, and the next step; empty if all is right."""
    finding = verdict.finding
    if finding is None:
        return []
    exercise = verdict.exercise
    values = finding.values | {"line": finding.line, "call": call(exercise.name, exercise.kind, finding.case)}
    lines = [say(f"finding.{finding.key}.what", language, **values)]
    if finding.line:
        lines.append(say("check.at_line", language, line=finding.line))
    if verdict.mistake:
        likely = say(f"{exercise.name}.mistake.{verdict.mistake}", language)
        lines.append(say("check.likely", language, mistake=likely))
    lines.append(_next_step(finding, exercise.name, values, language))
    return lines


def _next_step(finding: Finding, exercise: str, values: dict, language: str | None) -> str:
    key = f"finding.{finding.key}.next"
    if sentence(key, language or current_language()):
        return say("check.next", language, step=say(key, language, **values))
    return say("check.next", language, step=say("check.ask_for_hint", language, exercise=exercise))


def call(exercise: str, kind: str, case: Case | None) -> str:
    """How the answer was called in this case, as one would type it."""
    if case is None:
        return f"{exercise}(...)"
    arguments = [
        f"{name}={getattr(value, '__name__', repr(value))}" for name, value in case.arguments.items() if name != "name"
    ]
    if kind != "model":
        arguments.insert(0, f"x{list(case.shape)}")
    return f"{exercise}({', '.join(arguments)})"
