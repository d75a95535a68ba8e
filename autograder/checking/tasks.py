"""Tasks without points: `predict`, which asks before a cell is run, and `mend`, which tries a repaired block.

Nothing graded depends on them. What a reader has predicted and mended is kept with their progress.
"""

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as widgets
from IPython.display import display

from autograder.checking import progress
from autograder.checking.asked import exercise_called
from autograder.checking.challenge import Challenge
from autograder.checking.expected import load_expected
from autograder.checking.judge import judge
from autograder.checking.measure import measure
from coursekit.live.question import as_paragraph
from curriculum.exercises import load
from curriculum.messages import catalogue, current_language, say
from curriculum.predictions import PREDICTIONS
from curriculum.quiet import limited_output


class Question(widgets.VBox):
    """A question, a field, a button, and, once it is pressed, what is right and why.

    The first answer counts, and no other can be given: the answer is told then.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.options: dict[str, str] = catalogue(current_language())["tasks"][name].get("options", {})
        self.field: widgets.ValueWidget = (
            widgets.RadioButtons(
                options=[(said, key) for key, said in self.options.items()], value=None, layout={"width": "auto"}
            )
            if self.options
            else widgets.Text(placeholder=say("tasks.field"), layout={"width": "14em"})
        )
        self.button = widgets.Button(description=say("tasks.predict"))
        self.verdict = widgets.HTML()
        self.button.on_click(lambda _: self._judge())
        asked = widgets.HTML(as_paragraph(f"<b>{escape(say(f'tasks.{name}.asks'))}</b>"))
        super().__init__([asked, self.field, self.button, self.verdict])

    def _judge(self) -> None:
        said = self.field.value if self.options else _number(self.field.value)
        if said is None:
            self._say(say("tasks.choose_first" if self.options else "tasks.no_number"))
            return
        asked = PREDICTIONS[self.name]
        right = said == asked.right if self.options else abs(said - float(asked.right)) <= asked.within
        kept = progress.record_prediction(self.name, right)
        told = self.options.get(self.field.value, self.field.value.strip())
        words = [say("tasks.right") if right else say("tasks.wrong", said=told), say(f"tasks.{self.name}.why")]
        self._say(" ".join([*words, *[say("tasks.kept")] * (kept != right)]))
        self.button.disabled = self.field.disabled = True

    def _say(self, text: str) -> None:
        self.verdict.value = as_paragraph(f'<span role="status">{escape(text)}</span>')


def predict(name: str) -> None:
    """Ask for a prediction of `curriculum/predictions.py`, before the next cell shows what is true.

    Raises: KeyError if there is none of this name.
    """
    display(Question(name))


def mend(answer: Callable[..., Any], exercise: str) -> None:
    """Try a repaired block as the check of an exercise would, and say no more than which aspects are right.

    The mistake is not named, for to find it is the task; and nothing is raised, for it is no part of the lesson.

    Args:
        answer: the function under any name.
        exercise: the exercise, of any lesson, that it is an answer to.
    """
    name = exercise_called(exercise)
    with limited_output(say("check.printed", count="{count:,}")):
        measured = measure(answer, load(name), Challenge())
    verdict = judge(load(name), measured, load_expected(name))
    right = verdict.right.items()
    print("   ".join(f"{'✓' if good else '✗'} {say(f'check.aspect.{aspect}')}" for aspect, good in right))
    if verdict.passed:
        progress.record_mended(name)
    print(say("tasks.works_again") if verdict.passed else say("tasks.still_broken", calls=len(verdict.wrong)))


def _number(text: str) -> float | None:
    """What a reader has written as a number; None if it is none."""
    try:
        return float(text.replace(",", "").replace(" ", ""))
    except ValueError:
        return None
