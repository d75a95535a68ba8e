"""Tasks without points: `predict` asks before a cell is run, `mend` tries a repaired block, `design` one's own gates.

Nothing graded depends on them. What a reader has predicted, mended and designed is kept with their progress.
"""

from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import Any

import ipywidgets as widgets
import numpy as np
from IPython.display import display

from autograder.checking import progress
from autograder.checking.asked import CourseError, exercise_called
from autograder.checking.challenge import Challenge
from autograder.checking.expected import load_expected
from autograder.checking.explain import explanation
from autograder.checking.judge import Verdict, judge
from autograder.checking.measure import measure
from autograder.checking.values import values_of
from coursekit.paragraph import as_paragraph
from curriculum.exercises import Case, load
from curriculum.messages import catalogue, current_language, say
from curriculum.predictions import PREDICTIONS
from curriculum.quiet import limited_output

DESIGNED_LIKE = "my_attention"  # the exercise that is judged by what every such answer does, whatever its outputs
SIDES = (8, 6, 5)  # of the maps on which a design is tried: of few units, all may be silent on one of them
MAPS = 16  # on each of which one channel after the other is doubled
NOTHING_TO_COMPARE = "problem."  # of findings: the answer stops, or gives back what is no map
LEAST_MOVE = 1e-5  # of a gate that sees a channel; rounding moves it by 1e-7


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

    The mistake is not named, for to find it is the task. But where there is nothing to compare, because the code stops
    or gives back no map, that is told as a check tells it.

    Args:
        answer: the function under any name.
        exercise: the exercise, of any lesson, that it is an answer to.

    Raises: CourseError if there is no such exercise, or if `answer` is no function.
    """
    name = exercise_called(exercise)
    own = _name_of(answer, "mend")
    asked, expected = replace(load(name), name=own), load_expected(name)
    with limited_output(say("check.printed", count="{count:,}")):
        measured = measure(answer, asked, Challenge())
    wanted = expected.definition.replace(f"{name}(", f"{own}(", 1)
    verdict = judge(asked, measured, replace(expected, definition=wanted, mistakes={}))
    right = verdict.right.items()
    print("   ".join(f"{'✓' if good else '✗'} {say(f'check.aspect.{aspect}')}" for aspect, good in right))
    if verdict.passed:
        progress.record_mended(name)
    if verdict.finding and verdict.finding.key.startswith(NOTHING_TO_COMPARE):
        print(_told(verdict))
    else:
        print(say("tasks.works_again") if verdict.passed else say("tasks.still_broken", calls=len(verdict.wrong)))


def design(answer: Callable[..., Any], channels: int, budget: int) -> None:
    """Try gates of one's own: a gate for every channel, each of which depends on all channels, within a budget.

    What is wrong is said in the words of a check.

    Args:
        answer: a function of a feature map, (batch, height, width, channels), that returns it times its gates.
        channels: of the map.
        budget: the most trainable parameters that it may have.

    Raises: CourseError if `answer` is no function.
    """
    own = _name_of(answer, "design")
    cases = tuple(Case((4, side, side, channels), related=True) for side in SIDES)
    asked = replace(load(DESIGNED_LIKE), name=own, cases=cases, budget=lambda _: budget)
    expected = replace(load_expected(DESIGNED_LIKE), definition=f"{own}(x)", mistakes={})
    with limited_output(say("check.printed", count="{count:,}")):
        measured = measure(answer, asked, Challenge())
        verdict = judge(asked, measured, expected)
        moved = _moved(answer, channels) if verdict.passed else None
    if moved is None:
        print("✗", _told(verdict))
    elif np.ptp(moved, axis=0).max() < LEAST_MOVE:
        print("✗", say("tasks.one_gate_for_all"))
    elif (seen := int((moved > LEAST_MOVE).sum(axis=1).min())) < channels:
        print("✗", say("tasks.not_all_seen", seen=seen, channels=channels))
    else:
        count = measured.cases[0].count(True)
        progress.record_designed(f"gates_of_{channels}")
        print("✓", say("tasks.within_budget", count=f"{count:,}", budget=f"{budget:,}", channels=channels))


def _told(verdict: Verdict) -> str:
    """What a check would say of the first finding, but for hint and points: a task has neither."""
    step = say("check.next", step=say("tasks.read_again"))
    return "\n".join(step if "hint(" in line else line for line in explanation(replace(verdict, besides=None)))


def _name_of(answer: Any, task: str) -> str:
    """What the answer is called. Raises: CourseError if it is nothing that can be called."""
    if not callable(answer):
        raise CourseError(say("tasks.no_function", task=task, received=type(answer).__name__))
    return getattr(answer, "__name__", type(answer).__name__)


def _moved(answer: Callable[..., Any], channels: int) -> np.ndarray:
    """How far each gate moves, at most, when a channel is doubled: (gates, channels that were doubled)."""
    import keras

    random, side = np.random.default_rng(0), min(SIDES)
    means = random.choice((-1, 1), (MAPS, 1, 1, channels)) * random.uniform(0.5, 2, (MAPS, 1, 1, channels))
    maps = (means + random.uniform(-0.3, 0.3, (MAPS, side, side, channels))).astype("float32")  # no value is near 0
    doubled = 1 + np.eye(channels, dtype="float32")[:, None, None]  # (channels, 1, 1, channels)
    x = keras.Input((side, side, channels))
    model = keras.Model(x, answer(x))
    with keras.StatelessScope(values_of(model, Challenge()), initialize_variables=False):
        still = np.asarray(model(maps, training=False)) / maps
        moved = [np.asarray(model(maps * each, training=False)) / (maps * each) for each in doubled]
    return np.stack([np.abs(gates - still).max(axis=(0, 1, 2)) for gates in moved], axis=1)


def _number(text: str) -> float | None:
    """What a reader has written as a number; None if it is none."""
    try:
        return float(text.replace(",", "").replace(" ", ""))
    except ValueError:
        return None
