"""What the recorded notebook shows: under each check its verdict, and under other cells what happened to them.

No expected value and nothing of the run's challenge is shown, and nothing that a student's cell printed.
"""

import textwrap
import unicodedata

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.checking.explain import explanation, summary
from autograder.grading.extraction import LONGEST_CODE, Remark
from autograder.grading.judging import CheckOutcome
from autograder.grading.plan import OWN_PREFIX
from autograder.grading.session import NotebookOutcome
from autograder.grading.submission_file import clean
from curriculum.messages import say

NOT_THERE = ("FileNotFoundError", "ModuleNotFoundError")  # errors of code that needs more than its notebook
PAGE_WIDTH = 90  # characters that nbgrader's feedback page shows without scrolling


def verdict_lines(check: CheckOutcome, language: str) -> list[str]:
    """A check's outcome in words."""
    lines = [summary(check.verdict, language)]
    told = explanation(check.notebook_verdict or check.verdict, language, show_values=False)
    if check.event:
        told.append(say(f"grading.event.{check.event}", language))
    if check.error:
        told.append(say("grading.stopped", language, exercise=check.exercise, error=check.error, text=check.text))
    return lines + told


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
    """Write verdicts, events, errors and remarks into the outputs of a notebook's cells."""
    language = notebook.metadata.course.language
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in code:
        lines = []
        if cell.id in outcome.events:
            event = say(f"grading.event.{outcome.events[cell.id]}", language)
            lines.append(say("grading.cell_lost", language, event=event))
        if cell.id in outcome.checks:
            lines += verdict_lines(outcome.checks[cell.id], language)
        if cell.id.startswith(OWN_PREFIX) or cell.metadata.get("nbgrader", {}).get("solution"):
            lines += _stopped_lines(*outcome.errors.get(cell.id, ("", "")), language)
        cell.outputs = _output(lines)
    general = [refused] if refused else []
    if remarks:
        general += [say("grading.remarks", language), *(f"- {remark_text(remark, language)}" for remark in remarks)]
    code[0].outputs = _output(general) + code[0].outputs


def _output(lines: list[str]) -> list[NotebookNode]:
    wrapped = "\n".join(_wrapped(clean(line)) for line in lines)
    return [new_output("stream", name="stdout", text=f"{wrapped}\n")] if lines else []


def _wrapped(line: str) -> str:
    """The line in pieces that the page is wide enough for; a Korean letter is as wide as two Latin ones."""
    wide = "\N{WORD JOINER}"  # stands behind each wide letter while widths are counted
    spread = "".join(letter + wide * (unicodedata.east_asian_width(letter) in "WF") for letter in line)
    return textwrap.fill(spread, PAGE_WIDTH, subsequent_indent="    ").replace(wide, "")
