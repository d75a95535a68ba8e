"""Trying one exercise while it is being written: what its check says to each answer of the bank, without building."""

from collections.abc import Iterator

from autograder.authoring.build import IncompleteError, ProofError, expected_of
from autograder.authoring.lacking import lacking_of, message_path, problem_of_module
from autograder.authoring.proof import Tried, prove_bank
from autograder.checking.challenge import Challenge
from autograder.checking.explain import explanation, summary
from curriculum.exercises import is_exercise, load
from curriculum.messages import sentence
from curriculum.paths import shown
from curriculum.quiet import import_tensorflow


def trial(name: str, language: str) -> Iterator[str]:
    """The verdicts on the reference, the right answers and the mistakes, as a student reads them; then what is left.

    Raises: ProofError, after everything is told, if a verdict is not what it should be; before anything is, if the
    reference cannot be measured. IncompleteError if the exercise's module cannot be used. KeyError if there is no such
    exercise.
    """
    if is_exercise(name) and (problem := problem_of_module(name)):
        raise IncompleteError(problem)
    exercise = load(name)
    import_tensorflow()
    proof = prove_bank(exercise, expected_of(exercise, Challenge()))
    for what, answers in (("Right answers", proof.right), ("Usual mistakes", proof.mistakes)):
        yield f"{what}: {len(answers)}"
        yield ""
        for answer in answers:
            yield from _told(answer, language)
    if lacks := lacking_of(name):
        yield "Before `make build`:"
        yield from lacks
    if proof.failures:
        raise ProofError("\n".join(proof.failures))


def _told(answer: Tried, language: str) -> Iterator[str]:
    """An answer's name, what it is about, and its verdict."""
    verdict = answer.verdict
    name = verdict.exercise.name
    yield f"{answer.name}: {answer.what.partition(chr(10))[0]}"
    yield f"    {summary(verdict, language)}"
    if verdict.mistake and not sentence(f"{name}.mistake.{verdict.mistake}", language):
        yield f"    {shown(message_path(name, language))}: no sentence yet for {verdict.mistake}"
    else:
        yield from (f"    {line}" for line in explanation(verdict, language))
    yield ""
