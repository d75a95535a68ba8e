"""What a notebook calls: `start`, `check`, `hint`, `your_turn`. Everything it prints is in the reader's language."""

import inspect
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from IPython.display import display

from autograder.checking import explain, progress
from autograder.checking.challenge import Challenge
from autograder.checking.diagnosis import Finding
from autograder.checking.expected import load_expected
from autograder.checking.judge import Verdict, judge
from autograder.checking.measure import NotWritten, measure
from autograder.checking.measurement import Measurement
from autograder.exercises import LESSONS, Exercise, all_names, is_exercise, load
from autograder.messages import say, set_language
from autograder.quiet import import_tensorflow, limited_output


class CourseError(Exception):
    """An error meant for the reader of a notebook: shown as its own words, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


class CheckFailed(CourseError):
    """The answer is not right yet."""


class StillToWrite(CourseError, NotWritten):
    """A cell that the student has not filled in was called."""

    def __init__(self, exercise: str) -> None:
        super().__init__(exercise)
        self.exercise = exercise

    def _render_traceback_(self) -> list[str]:
        return [say("check.your_turn", exercise=self.exercise)]


def start(lesson: str, language: str | None = None) -> None:
    """Make a notebook ready: choose the language, import TensorFlow without its noise, say in one line what is there.

    Raises: CourseError if the environment cannot run the course.
    """
    set_language(language)
    if lesson not in LESSONS:
        raise CourseError(say("start.unknown_lesson", lesson=lesson, lessons=", ".join(LESSONS)))
    try:
        import_tensorflow()
    except ImportError as error:
        raise CourseError(say("start.no_tensorflow", error=error)) from None
    import keras
    import tensorflow

    if keras.config.backend() != "tensorflow" or int(keras.__version__.split(".")[0]) < 3:
        raise CourseError(say("start.keras", found=keras.__version__, backend=keras.config.backend()))
    print(
        say(
            "start.ready",
            lesson=lesson,
            tensorflow=tensorflow.__version__,
            keras=keras.__version__,
            exercises=len(LESSONS[lesson]),
            course=version("cnn-attention-course"),
        )
    )


def your_turn(exercise: str) -> None:
    """Stands where the student's code belongs.

    Raises: StillToWrite, always.
    """
    raise StillToWrite(exercise)


def check(answer: Callable[..., Any], exercise: str | None = None, *, show: bool = False) -> None:
    """Check an answer and print the verdict; with `show`, draw the expected output, the answer's, and the difference.

    `exercise` is needed only if the function has another name.

    Raises: CheckFailed if something is not right yet.
    """
    asked = load(exercise or _name_of(answer))
    expected = load_expected(asked.name)
    with limited_output(say("check.printed", count="{count:,}")):
        measured = measure(answer, asked, Challenge())
    verdict = judge(asked, measured, expected)
    progress.record_check(asked.name, verdict.points)
    print(explain.summary(verdict))
    if show:
        _draw(asked, verdict, measured, expected.reference)
    if not verdict.passed:
        raise CheckFailed("\n".join(explain.explanation(verdict, drawn=show)))


def _draw(exercise: Exercise, verdict: Verdict, measured: Measurement, expected: Measurement) -> None:
    """The outputs in the case that the verdict speaks of, else in the first."""
    from coursekit.plots import expected_and_received

    if exercise.budget:
        print(say("check.no_expected"))
        return
    finding = verdict.finding or Finding("", case=exercise.cases[0], output=0)
    number, place = exercise.cases.index(finding.case), finding.output or 0
    received = measured.cases[number].outputs
    if not received or received[place].size == 0:
        print(say("check.no_picture"))
        return
    print(say("check.picture", call=explain.called(exercise, finding)))
    display(expected_and_received(expected.cases[number].outputs[place], received[place]))


def _name_of(answer: Any) -> str:
    """The exercise that `answer` belongs to: by its own name, else by the name that holds it in the caller."""
    own = getattr(answer, "__name__", "")
    if is_exercise(own):
        return own
    caller = inspect.currentframe().f_back.f_back
    names = [name for name, value in caller.f_globals.items() if value is answer and is_exercise(name)]
    if names:
        return names[0]
    if not callable(answer):
        raise CourseError(say("check.not_a_function", received=type(answer).__name__))
    raise CourseError(say("check.unknown", name=own, exercises=", ".join(all_names())))


def hint(exercise: str) -> None:
    """Print the next of the three hints for an exercise; after the third, all of them again."""
    if not is_exercise(exercise):
        raise CourseError(say("check.unknown", name=exercise, exercises=", ".join(all_names())))
    shown = progress.record_hint(exercise)
    for step in [shown] if shown <= 3 else [1, 2, 3]:
        print(say("check.hint", step=step, hint=say(f"{exercise}.hint_{step}")))
