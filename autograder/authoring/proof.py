"""The proof that a check can be trusted: what it says to many right and wrong answers, on one page an exercise.

Right answers (solutions/answers) must pass, usual mistakes (solutions/mistakes) must be refused under their own names,
and mutants of the reference must be refused unless solutions/equivalent_mutants.toml says why one is right. Where
students design the answer, there is no reference to be equal to: a mutant that has all properties asked for is right.

What ends in a NameError, an AttributeError or an ImportError proves nothing about a check: Python has refused it, and
any typing mistake ends so. A mutant that does is not counted. A mistake of the bank that does is a failure, unless the
error is of a kind in OTHER_APIS: whoever meets one of those has meant another library or an older version, as `K.mean`.

An answer whose docstring ends with a line `Source: …` was found outside: a right one is written after that published
implementation, a mistake is one that this report, question or published code shows. Ideas are taken over, never code.
"""

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autograder.authoring.freshness import EQUIVALENT_MUTANTS
from autograder.authoring.mutants import mutants
from autograder.checking.challenge import Challenge
from autograder.checking.expected import Expected
from autograder.checking.explain import called, explanation
from autograder.checking.judge import Verdict, judge
from autograder.checking.measure import measure
from autograder.checking.measurement import Measurement, Problem
from autograder.checking.mistake_matching import mistake_of
from autograder.lessons.master import read_master
from autograder.lessons.reference import (
    ANSWERS_FOLDER,
    MISTAKES_FOLDER,
    lesson_namespace,
    mistakes,
    reference,
    right_answers,
    solution_source,
)
from curriculum.exercises import Exercise, module_path
from curriculum.messages import say
from curriculum.paths import shown

ANOTHER_DESIGN = "Another design, which does all that is asked for."
# Findings that say no more than that values differ. All others say in what way, or which layer.
GENERAL = ("outputs.differ", "gates.differ")
# What a missing name raises.
MISSING_NAME = ("NameError", "UnboundLocalError", "AttributeError", "ImportError", "ModuleNotFoundError")
# The kinds of those errors (checking/error_kinds.py, checking/problems.py) that no slip of the hand makes: of PyTorch,
# TensorFlow 1, Keras 2, an older NumPy, a method of an array or of another kind of network.
OTHER_APIS = frozenset(
    {
        "array_method",
        "functional_add",
        "keras_backend",
        "keras_module_moved",
        "numpy_alias",
        "static_shape",
        "tensor_method",
        "torch_name",
    }
)
ORIGINS = OWN, PUBLISHED = ("own", "published")
SOURCE = re.compile(r"^\s*Source: (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Tried:
    """An answer, what is special about it, where it was found if not among ourselves, and the verdict on it.

    `missing` is the error that a missing name has raised in a call, if one has.
    """

    name: str
    what: str
    source: str
    verdict: Verdict
    missing: Problem | None = None

    @property
    def origin(self) -> str:
        """Where it comes from."""
        return PUBLISHED if self.source else OWN

    @property
    def slip(self) -> str:
        """What Python said to a typing mistake, "AttributeError: …"; nothing if the answer has none."""
        if self.missing is None or self.missing.kind in OTHER_APIS:
            return ""
        return f"{self.missing.values['error']}: {self.missing.values['text']}"

    @property
    def named(self) -> bool:
        """Whether it was told that it makes a usual mistake."""
        return self.verdict.mistake is not None

    @property
    def specific(self) -> bool:
        """Whether it was told more than that values differ."""
        return self.named or (self.verdict.finding is not None and self.verdict.finding.key not in GENERAL)


@dataclass(frozen=True)
class Proof:
    """Everything that was tried on the check of one exercise. `equivalent` says why a mutant is a right answer."""

    exercise: Exercise
    right: tuple[Tried, ...]
    mistakes: tuple[Tried, ...]
    mutants: tuple[Tried, ...] = ()
    equivalent: dict[str, str] = field(default_factory=dict)

    @property
    def wrong(self) -> dict[str, str]:
        """The aspects that each mistake gets wrong, call by call, in a line."""
        return {
            answer.name: "; ".join(" ".join(sorted(aspects)) for aspects in answer.verdict.wrong)
            for answer in self.mistakes
        }

    @property
    def failures(self) -> list[str]:
        """What speaks against the check: nothing, if it can be trusted."""
        answers, mistakes, excuses, cases = map(shown, _files(self.exercise.name))
        survivors = {mutant.name for mutant in self.mutants if mutant.verdict.passed}
        return [
            *(
                f"{answers}: right answer {answer.name} is refused: {_told(self.exercise, answer)}"
                for answer in self.right
                if not answer.verdict.passed
            ),
            *(
                f"{mistakes}: mistake {answer.name} is accepted; make it wrong, or move it to {answers}"
                for answer in self.mistakes
                if answer.verdict.passed
            ),
            *(
                f"{mistakes}: mistake {answer.name} ends in {answer.slip}; that proves nothing, so correct it"
                for answer in self.mistakes
                if answer.slip
            ),
            *(
                f"{mistakes}: mistake {answer.name} is taken for {answer.verdict.mistake}"
                for answer in self.mistakes
                if not answer.verdict.passed and answer.verdict.mistake != mistake_of(answer.name)
            ),
            *(
                f"{excuses}: mutant accepted: {name}; if it is wrong, add a case to {cases} that refuses it; if it is"
                f' right, write under [{self.exercise.name}]: {json.dumps(name, ensure_ascii=False)} = "why"'
                for name in sorted(survivors - set(self.equivalent))
            ),
            *(
                f"{excuses}: called equivalent, but refused or gone: {name}; take it out"
                for name in sorted(set(self.equivalent) - survivors)
            ),
        ]

    @property
    def counts(self) -> dict[str, int]:
        """How many answers were tried, and how many of the refused mutants were told something specific.

        `own_…` and `published_…` count the bank by where its answers come from, and how many were judged as they should
        be.
        """
        refused = [mutant for mutant in self.mutants if not mutant.verdict.passed]
        counts = {
            "right": len(self.right),
            "mistakes": len(self.mistakes),
            "mutants": len(self.mutants),
            "equivalent": len(self.equivalent),
            "refused": len(refused),
            "named": sum(mutant.named for mutant in refused),
            "specific": sum(mutant.specific for mutant in refused),
        }
        for origin in ORIGINS:
            right = [answer for answer in self.right if answer.origin == origin]
            wrong = [answer for answer in self.mistakes if answer.origin == origin]
            counts |= {
                f"{origin}_right": len(right),
                f"{origin}_accepted": sum(answer.verdict.passed for answer in right),
                f"{origin}_mistakes": len(wrong),
                f"{origin}_refused": sum(not answer.verdict.passed for answer in wrong),
                f"{origin}_named": sum(answer.verdict.mistake == mistake_of(answer.name) for answer in wrong),
            }
        return counts


def measure_alone(answer: Callable[..., Any], exercise: Exercise, challenge: Challenge) -> Measurement:
    """Measure as in a fresh session. Keras numbers layers as it goes along, and some errors tell such a number."""
    from keras.src.utils.naming import reset_uids

    reset_uids()
    return measure(answer, exercise, challenge)


def prove(exercise: Exercise, expected: Expected) -> Proof:
    """Check every answer there is to an exercise, under the challenge of `expected`."""
    changed = (_tried(exercise, expected, *item) for item in mutants_of(exercise).items())
    counted = tuple(mutant for mutant in changed if mutant.missing is None)
    equivalent = tomllib.loads(EQUIVALENT_MUTANTS.read_text("utf-8")).get(exercise.name, {})
    if exercise.budget:
        equivalent = {mutant.name: ANOTHER_DESIGN for mutant in counted if mutant.verdict.passed}
    return replace(prove_bank(exercise, expected), mutants=counted, equivalent=equivalent)


def prove_bank(exercise: Exercise, expected: Expected) -> Proof:
    """Check the answers that people have written, without mutants: the reference, the right ones and the mistakes."""
    right = {"reference": reference(exercise.name)} | right_answers(exercise.name)
    return Proof(
        exercise,
        tuple(_tried(exercise, expected, *item) for item in right.items()),
        tuple(_tried(exercise, expected, *item) for item in mistakes(exercise.name).items()),
    )


def _tried(exercise: Exercise, expected: Expected, name: str, answer: Callable[..., Any]) -> Tried:
    measured = measure_alone(answer, exercise, Challenge(expected.seed))
    problems = (case.problem for case in measured.cases if case.problem)
    missing = next((problem for problem in problems if problem.values.get("error") in MISSING_NAME), None)
    text = answer.__doc__ or ""
    source = SOURCE.search(text)
    what = SOURCE.sub("", text).strip()
    return Tried(name, what, source[1] if source else "", judge(exercise, measured, expected), missing)


def _files(exercise: str) -> tuple[Path, ...]:
    """Where the right answers, the mistakes, the mutants that are right, and the cases are written down."""
    bank = (folder / f"{exercise}.py" for folder in (ANSWERS_FOLDER, MISTAKES_FOLDER))
    return *bank, EQUIVALENT_MUTANTS, module_path(exercise)


def mutants_of(exercise: Exercise) -> dict[str, Callable[..., Any]]:
    """The mutants of the reference as functions, by name."""
    source = solution_source(read_master(exercise.lesson).solution(exercise.name))
    return {
        mutant.name: _function(exercise, mutant.source)
        for mutant in mutants(source, exercise.name, exercise.named_layers)
    }


def _function(exercise: Exercise, source: str) -> Callable[..., Any]:
    """The exercise's function as this solution cell defines it, among the other names of its lesson."""
    namespace = dict(lesson_namespace(exercise.lesson))
    exec(compile(source, f"{exercise.name}: mutant", "exec"), namespace)
    function: Callable[..., Any] = namespace[exercise.name]
    return function


def page(proof: Proof) -> str:
    """The proof as Markdown. Measured values are left out, so that every machine writes the same page."""
    name, counts = proof.exercise.name, proof.counts
    sections = [
        f"# `{name}`",
        "Generated by `make build`; do not edit. What each verdict rests on is in `autograder/authoring/proof.py`.",
        f"## Right answers: {counts['right']}",
        _table(
            ("answer", "what is different", "source", "verdict"),
            [(f"`{a.name}`", a.what, a.source or OWN, _outcome(a)) for a in proof.right],
        ),
        f"## Usual mistakes: {counts['mistakes']}",
        _table(
            ("mistake", "what is wrong", "source", "verdict", "what the student is told"),
            [(f"`{a.name}`", a.what, a.source or OWN, _outcome(a), _told(proof.exercise, a)) for a in proof.mistakes],
        ),
        f"## Mutants of the reference: {counts['mutants']}",
        _table(
            ("mutant", "verdict", "what the student is told"),
            [(a.name, _outcome(a), _told(proof.exercise, a)) for a in proof.mutants if not a.verdict.passed],
        ),
    ]
    if survivors := [mutant for mutant in proof.mutants if mutant.verdict.passed]:
        sections += [
            f"## Mutants that are right answers: {len(survivors)}",
            _table(("mutant", "why"), [(a.name, proof.equivalent.get(a.name, "**UNEXPLAINED**")) for a in survivors]),
        ]
    return "\n\n".join(sections) + "\n"


SUMMARY = """# What the checks accept and refuse

Generated by `make build`; do not edit. `make test-all` measures all of it again.

Every check is tried on different **right answers**, which it accepts; on **usual mistakes**, which it refuses, each
recognised under its own name; and on **mutants**: the reference with one small change made by a tool. A mutant is
refused, or it is a right answer after all and its page says why. One that misses a name (NameError, AttributeError,
ImportError) is not counted: Python refuses it by itself. Of the refused mutants, some make a usual mistake and are
told its name (**named**). **Specific** counts all that are told in what way they are wrong, or in which layer, and
not only that values differ. Of the right answers and the mistakes, the second number are **published**: a right answer
written after a published implementation, a mistake that a public report, question or published code shows. Their
sources are on each page. The others are our own.

"""
BY_ORIGIN = """
By where an answer comes from:

"""


def summary_page(counts: dict[str, dict[str, int]]) -> str:
    """The tables of all exercises and of all origins as Markdown."""
    total = {key: sum(one[key] for one in counts.values()) for key in next(iter(counts.values()))}
    rows = [(f"[`{name}`]({name}.md)", *_row(one)) for name, one in counts.items()]
    header = ("exercise", "right answers", "mistakes", "mutants", "refused", "right after all", "named", "specific")
    table = _table(header, [*rows, ("**all**", *_row(total))])
    return SUMMARY + table + "\n" + BY_ORIGIN + _by_origin(total) + "\n"


def _row(counts: dict[str, int]) -> tuple[str, ...]:
    bank = (f"{counts[key]} ({counts[f'{PUBLISHED}_{key}']})" for key in ("right", "mistakes"))
    plain = (str(counts[key]) for key in ("mutants", "refused", "equivalent"))
    return (*bank, *plain, *(_share(counts[key], counts["refused"]) for key in ("named", "specific")))


def _by_origin(total: dict[str, int]) -> str:
    """How the answers of each origin were judged."""
    rows = [
        (
            origin,
            f"{total[f'{origin}_accepted']} of {total[f'{origin}_right']}",
            f"{total[f'{origin}_refused']} of {total[f'{origin}_mistakes']}",
            f"{total[f'{origin}_named']} of {total[f'{origin}_mistakes']}",
        )
        for origin in ORIGINS
    ]
    equivalent, refused = total["equivalent"], total["refused"]
    wrong = total["mutants"] - equivalent
    mutants = (f"{equivalent} of {equivalent}", f"{refused} of {wrong}", f"{total['named']} of {wrong}")
    header = ("origin", "right ones accepted", "wrong ones refused", "wrong ones told their mistake's name")
    return _table(header, [*rows, ("made by machine: mutants", *mutants)])


def _share(part: int, whole: int) -> str:
    return f"{part} ({part / whole:.0%})" if whole else "–"


def _outcome(tried: Tried) -> str:
    verdict = tried.verdict
    return f"{'accepted' if verdict.passed else 'refused'}, {verdict.points}/{verdict.exercise.total}"


def _told(exercise: Exercise, tried: Tried) -> str:
    """The mistake's name and sentence if it has one, else what was found."""
    verdict = tried.verdict
    if verdict.passed:
        return "**ACCEPTED**"
    if verdict.mistake:
        return f"`{verdict.mistake}`: {say(f'{exercise.name}.mistake.{verdict.mistake}', 'en')}"
    finding = verdict.finding
    if finding and finding.key.startswith(("outputs", "gates")):
        values = dict.fromkeys(finding.values, "…") | {"call": called(exercise, finding, "en")}
        return say(f"finding.{finding.key}.what", "en", **values)
    return explanation(verdict, "en", show_values=False)[0]


def _table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join(f"| {' | '.join(_cell(text) for text in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
