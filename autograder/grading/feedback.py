"""What the recorded notebook shows: under each check its verdict, and under other cells what happened to them.

No expected value and nothing of the run's challenge is shown, and nothing that a student's cell printed.
"""

import re
import textwrap
import unicodedata
from dataclasses import asdict
from typing import NotRequired, TypedDict

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.checking.explain import explanation, summary, with_wrong_part
from autograder.grading.extraction import LONGEST_CODE, Remark
from autograder.grading.judging import CheckOutcome
from autograder.grading.plan import OWN_PREFIX, is_explanation
from autograder.grading.session import NotebookOutcome, TimeLimits
from autograder.grading.submission_file import clean
from autograder.grading.worker.namespace import GIB, Limits
from autograder.lessons.cells import checksum
from curriculum.messages import say, sentence

NOT_THERE = ("FileNotFoundError", "ModuleNotFoundError")  # errors of code that needs more than its notebook
LINE_WIDTH = 90  # characters that formgrader shows of an output's line without scrolling
UNWRITTEN = "problem.not_written"  # the finding about an answer that still is its stub
KEY = "autograder"  # in the recorded notebook's metadata, and in those of its cells: what the student's page shows


class Told(TypedDict):
    """What is told of a cell, each line a sentence or a few; of a check also what the page says of it at its top.

    `verdict` is a message key under `grading.page.verdict`, `points` are those that the check gave. `written` is what a
    student has written into a cell that takes a sentence.
    """

    told: list[str]
    verdict: NotRequired[str]
    points: NotRequired[float]
    aspects: NotRequired[list[str]]
    advice: NotRequired[list[str]]
    written: NotRequired[str]


def verdict_lines(check: CheckOutcome, language: str, part: str = "") -> list[str]:
    """A check's outcome in words; `part` is an exercise that the answer calls and whose own answer is not right."""
    return [summary(check.verdict, language), *_explained(check, language, part), *_lost(check, language)]


def _explained(check: CheckOutcome, language: str, part: str) -> list[str]:
    verdict = check.notebook_verdict or check.verdict
    lines = explanation(verdict, language, show_values=False)
    if part and not check.passed and not verdict.mistake:  # as the notebook's own check does
        return with_wrong_part(lines, verdict, part, language)
    return lines


def _wrong_part(exercise: str, source: str, outcome: NotebookOutcome) -> str:
    """The first exercise, in the order of the lesson, that an answer calls and whose own is not right; else "".

    It is looked for in the text: code of students is not parsed in the process that records grades.
    """
    wrong = [check.exercise for check in outcome.checks.values() if not check.passed and check.exercise != exercise]
    return next((name for name in wrong if re.search(rf"\b{name}\s*\(", source)), "")


def _lost(check: CheckOutcome, language: str) -> list[str]:
    """For what other reason than a wrong answer points were lost."""
    lines = []
    if check.event:
        lines.append(say(f"grading.event.{check.event}", language))
        lines.extend(_next_step(check, language))
    if check.error:
        lines.append(say("grading.stopped", language, exercise=check.exercise, error=check.error, text=check.text))
    return lines


def _next_step(check: CheckOutcome, language: str) -> list[str]:
    """What a student can do about an event, with the limits that were met; nothing where there is nothing to do."""
    key = f"grading.next.{check.event}"
    if not sentence(key, language):
        return []
    waited = {name: f"{seconds:g}" for name, seconds in asdict(TimeLimits()).items()}
    return [say(key, language, exercise=check.exercise, memory=f"{Limits().data / GIB:g}", **waited)]


def _verdict(check: CheckOutcome) -> str:
    """Whether an answer is right, as a message key under `grading.page.verdict`."""
    if check.passed:
        return "passed"
    finding = (check.notebook_verdict or check.verdict).finding
    unwritten = finding is not None and finding.key == UNWRITTEN
    return "open" if unwritten else "partly" if check.points else "failed"


def _told_of_check(check: CheckOutcome, language: str, part: str) -> Told:
    """The named mistake if there is one, which says what to do; else what differs, and the next step."""
    explained = _explained(check, language, part)
    named = (check.notebook_verdict or check.verdict).mistake
    advice = explained[1:] if named else [*explained[:1], *explained[1:][-1:]]
    _, *aspects = summary(check.verdict, language).split("   ")  # behind the sentence, as `summary` sets them apart
    return Told(
        told=[clean(line) for line in verdict_lines(check, language, part)],
        verdict=_verdict(check),
        points=check.points,
        aspects=aspects,
        advice=[clean(line) for line in (*advice, *_lost(check, language))],
    )


def _stopped_lines(error: str, text: str, language: str) -> list[str]:
    """What a cell of the student's stopped with, if it did."""
    if not error:
        return []
    lines = [say("grading.cell_lost", language, event=f"{error}: {text}")]
    return [*lines, say("grading.only_the_notebook", language)] if error in NOT_THERE else lines


def remark_text(remark: Remark, language: str | None) -> str:
    """A remark in words."""
    return say(f"grading.remark.{remark.key}", language, cell=remark.cell, what=remark.what, limit=f"{LONGEST_CODE:,}")


def annotate(notebook: NotebookNode, outcome: NotebookOutcome, remarks: tuple[Remark, ...], refused: str = "") -> None:
    """Write verdicts, events, errors and remarks into a notebook: in outputs for formgrader, in metadata for pages."""
    language = notebook.metadata.course.language
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    answers = {cell.id: cell.source for cell in code if cell.metadata.get("nbgrader", {}).get("solution")}
    for cell in code:
        lines = []
        if cell.id in outcome.events:
            event = say(f"grading.event.{outcome.events[cell.id]}", language)
            lines.append(say("grading.cell_lost", language, event=event))
        told = Told(told=[])
        if cell.id in outcome.checks:
            check = outcome.checks[cell.id]
            part = _wrong_part(check.exercise, answers.get(check.exercise, ""), outcome)
            told = _told_of_check(check, language, part)
        if cell.id.startswith(OWN_PREFIX) or cell.metadata.get("nbgrader", {}).get("solution"):
            told["told"] += _stopped_lines(*outcome.errors.get(cell.id, ("", "")), language)
        told["told"] = [clean(line) for line in lines + told["told"]]
        cell.outputs = _output(told["told"])
        if told["told"]:
            cell.metadata[KEY] = told
    for cell in filter(is_written, notebook.cells):
        cell.metadata[KEY] = Told(told=[], written=clean(cell.source))
        cell.source = _as_text(cell.metadata[KEY]["written"])
    told_of_all = [clean(remark_text(remark, language)) for remark in remarks]
    notebook.metadata[KEY] = {"refused": clean(refused), "remarks": told_of_all}
    general = [refused] if refused else []
    if remarks:
        general += [say("grading.remarks", language), *(f"- {remark}" for remark in told_of_all)]
    code[0].outputs = _output(general) + code[0].outputs


def is_written(cell: NotebookNode) -> bool:
    """Whether a cell takes a sentence and is not as it was handed out, by what nbgrader goes by: its checksum."""
    if not is_explanation(cell):
        return False
    given = cell.metadata.nbgrader
    return bool(checksum(cell.source, cell.cell_type, given) != given.checksum)


def _as_text(written: str) -> str:
    """Markdown that shows what was written letter by letter: formgrader would run a script in it, or set a formula."""
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", written))])
    return f"{fence}text\n{chr(10).join(map(_wrapped, written.splitlines()))}\n{fence}"


def _output(lines: list[str]) -> list[NotebookNode]:
    wrapped = "\n".join(_wrapped(clean(line)) for line in lines)
    return [new_output("stream", name="stdout", text=f"{wrapped}\n")] if lines else []


def _wrapped(line: str) -> str:
    """The line in pieces that formgrader has room for; a Korean letter is as wide as two Latin ones."""
    wide = "\N{WORD JOINER}"  # stands behind each wide letter while widths are counted
    spread = "".join(letter + wide * (unicodedata.east_asian_width(letter) in "WF") for letter in line)
    return textwrap.fill(spread, LINE_WIDTH, subsequent_indent="    ").replace(wide, "")
