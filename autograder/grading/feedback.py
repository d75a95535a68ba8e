"""What the recorded notebook shows: under each check its verdict, and under other cells what happened to them.

No expected value and nothing of the run's challenge is shown, and nothing that a student's cell printed.
"""

import textwrap
import unicodedata
from typing import Any

from nbformat.v4 import new_output

from autograder.checking.explain import explanation, summary
from autograder.grading.answers import Remark
from autograder.grading.carrier import clean
from autograder.grading.judging import Check
from autograder.messages import say

PAGE_WIDTH = 90  # characters that nbgrader's feedback page shows without scrolling


def verdict_lines(check: Check, language: str) -> list[str]:
    """A check's outcome in words."""
    lines = [summary(check.verdict, language)]
    told = explanation(check.verdict, language, show_values=False)
    if check.event:
        told.append(say(f"grading.event.{check.event}", language))
    if check.error:
        told.append(say("grading.stopped", language, exercise=check.exercise, error=check.error, text=check.text))
    return lines + told


def remark_text(remark: Remark, language: str) -> str:
    """A remark in words."""
    return say(f"grading.remark.{remark.key}", language, cell=remark.cell, what=remark.what)


def annotate(
    notebook: Any, checks: dict[str, Check], events: dict[str, str], remarks: tuple[Remark, ...], refused: str = ""
) -> None:
    """Write verdicts, events and remarks into the outputs of a notebook's cells."""
    language = notebook.metadata.course.language
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in code:
        lines = []
        if cell.id in events:
            lines.append(say("grading.cell_lost", language, event=say(f"grading.event.{events[cell.id]}", language)))
        if cell.id in checks:
            lines += verdict_lines(checks[cell.id], language)
        cell.outputs = _output(lines)
    general = [refused] if refused else []
    if remarks:
        general += [say("grading.remarks", language), *(f"- {remark_text(remark, language)}" for remark in remarks)]
    code[0].outputs = _output(general) + code[0].outputs


def _output(lines: list[str]) -> list[Any]:
    wrapped = "\n".join(_wrapped(clean(line)) for line in lines)
    return [new_output("stream", name="stdout", text=f"{wrapped}\n")] if lines else []


def _wrapped(line: str) -> str:
    """The line in pieces that the page is wide enough for; a Korean letter is as wide as two Latin ones."""
    wide = "\N{WORD JOINER}"  # stands behind each wide letter while widths are counted
    spread = "".join(letter + wide * (unicodedata.east_asian_width(letter) in "WF") for letter in line)
    return textwrap.fill(spread, PAGE_WIDTH, subsequent_indent="    ").replace(wide, "")
