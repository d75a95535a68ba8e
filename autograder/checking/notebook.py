"""What a notebook calls: `start`, `check`, `hint`, `your_turn`. Everything it prints is in the reader's language."""

import ast
import inspect
import linecache
import re
import sys
from collections.abc import Callable
from importlib.metadata import version
from textwrap import shorten
from types import FrameType
from typing import Any

from IPython import get_ipython
from IPython.display import display

from autograder.checking import explain, progress
from autograder.checking.asked import LONGEST_NAME, Asked, CourseError, asked_for, exercise_called, unknown
from autograder.checking.cell_code import parsed
from autograder.checking.challenge import Challenge
from autograder.checking.diagnosis import Finding
from autograder.checking.expected import load_expected
from autograder.checking.judge import Verdict, judge
from autograder.checking.measure import NotWritten, measure
from autograder.checking.measurement import Measurement
from autograder.checking.near_names import near
from autograder.checking.problems import students_line
from autograder.checking.reach import used_names
from autograder.checking.runs import RUNS, Attempt
from curriculum.exercises import LESSONS, Exercise, all_names, is_exercise, load
from curriculum.former_lessons import FORMER_LESSONS
from curriculum.messages import say, set_language
from curriculum.quiet import import_tensorflow, limited_output

STEPS = (1, 2, 3)  # of the hints
ASKING = re.compile(r"(check|hint|progress)\(")
NOTHING = object()  # None may be what a function has returned

_started = ""  # the lesson
_last = Attempt("", 0)  # the exercise that was checked or asked about last


class _Style:
    """How a narrow JupyterLab shows a lesson: text breaks between words, and a formula that is too wide scrolls."""

    def _repr_html_(self) -> str:
        return (
            '<style class="course-style">'
            ".jp-RenderedText pre { word-break: keep-all; overflow-wrap: anywhere; }"
            '.jp-RenderedMarkdown mjx-container[display="true"] { overflow: auto hidden; max-width: 100%; }'
            ".jp-OutputArea-child:has(.course-style) { display: none; }"
            "</style>"
        )

    def __repr__(self) -> str:
        return ""


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

    A notebook of an earlier version, whose lesson has another name by now, is told so and goes on to work.

    Raises: CourseError if the environment cannot run the course.
    """
    set_language(language)
    if lesson in FORMER_LESSONS:
        print(say("start.former_lesson", lesson=lesson, lessons=", ".join(FORMER_LESSONS[lesson])))
        lesson = FORMER_LESSONS[lesson][0]
    if lesson not in LESSONS:
        raise CourseError(say("start.unknown_lesson", lesson=lesson, lessons=", ".join(LESSONS)))
    global _started
    _started = lesson
    try:
        import_tensorflow()
    except ImportError as error:
        raise CourseError(say("start.no_tensorflow", error=error)) from None
    import keras
    import tensorflow

    display(_Style())
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
    progress.tell_due_date(lesson)


def your_turn(exercise: str) -> None:
    """Stands where the student's code belongs.

    Raises: StillToWrite, always.
    """
    raise StillToWrite(exercise)


def check(answer: Any = NOTHING, exercise: Any = None, *, show: bool = False) -> None:
    """Check an answer and print the verdict; with `show`, draw the expected output, the answer's, and the difference.

    `answer` is the function, or the exercise's name in quotes. A lesson ("6-cbam", "6", 6, "cbam") checks all of its
    answers that are in this notebook. Nothing checks the exercise that was defined, checked or asked about last.
    `exercise` is needed only if the function has another name.

    Raises: CheckFailed if something is not right yet, or if the answer's cell does not define it any more.
    """
    names = _names()
    if answer is not NOTHING and not callable(answer):
        _refuse_if_no_lesson_is_meant(answer, _argument_of(sys._getframe(1)))
    if callable(answer) and not isinstance(answer, str):
        _check(answer, exercise_called(exercise) if exercise is not None else _name_of(answer, names), names, show)
        return
    if answer is not NOTHING and not isinstance(answer, (str, int)):
        raise CourseError(say("check.not_a_function", received=type(answer).__name__))
    asked = asked_for(answer) if answer is not NOTHING else Asked((_current(names),))
    if not asked.lesson:
        _check(_answer_to(asked.exercises[0], names), asked.exercises[0], names, show)
        return
    written = [name for name in asked.exercises if callable(names.get(name))]
    if not written:
        raise CourseError(say("check.no_answers_here", lesson=asked.lesson, exercises=", ".join(asked.exercises)))
    failed = []
    for name in written:
        try:
            _check(names[name], name, names, show)
        except CheckFailed as verdict:
            print(verdict, end="\n\n")
            failed.append(name)
    if failed:
        raise CheckFailed(say("check.not_all_right", lesson=asked.lesson, exercises=", ".join(failed)))


def _argument_of(frame: FrameType) -> ast.expr | None:
    """What stands in the brackets of the call that this frame is at, if its code is known."""
    positions = inspect.getframeinfo(frame).positions
    if not positions or positions.lineno is None:
        return None
    lines = linecache.getlines(frame.f_code.co_filename)
    for node in ast.walk(parsed("".join(lines)) or ast.Module([], [])):
        place = [getattr(node, name, None) for name in ("lineno", "end_lineno", "col_offset", "end_col_offset")]
        if isinstance(node, ast.Call) and place == list(positions) and node.args:
            return node.args[0]
    return None


def _refuse_if_no_lesson_is_meant(value: Any, written: ast.expr | None) -> None:
    """A number or a text may be a lesson's, but not where an answer's name stands for it, or an answer has given it.

    Raises: CourseError if it is so written.
    """
    received = type(value).__name__
    match written:
        case ast.Name(name) if is_exercise(name):
            raise CourseError(say("check.name_taken", name=name, received=received))
        case ast.Call(ast.Name(name)) if is_exercise(name):
            raise CourseError(say("check.not_a_function", received=received))


def _check(answer: Callable[..., Any], name: str, names: dict[str, Any], show: bool) -> None:
    """Check one answer, if it is what its cell says now."""
    global _last
    _last = Attempt(name, RUNS.running)
    asked = load(name)
    if stale := RUNS.stale(_bound_to(answer, name, names), names):
        print(say("check.stale", exercise=name))
        raise CheckFailed("\n".join(explain.out_of_date(name, stale)))
    expected = load_expected(asked.name)
    with limited_output(say("check.printed", count="{count:,}")):
        measured = measure(answer, asked, Challenge())
    verdict = judge(asked, measured, expected)
    is_first = progress.record_check(asked.name, verdict.points)
    print(explain.summary(verdict))
    if is_first:
        print(say("progress.first_right"))
    if show:
        _draw(asked, verdict, measured, expected.reference)
    if not verdict.passed:
        lines = explain.explanation(verdict, drawn=show)
        if not verdict.mistake and (part := _wrong_part(answer, name, names)):
            lines = explain.with_wrong_part(lines, verdict, part)
        raise CheckFailed("\n".join(lines))


def _wrong_part(answer: Callable[..., Any], name: str, names: dict[str, Any]) -> str:
    """The first exercise, in the order of the course, whose answer this one uses and which is not right; else ""."""
    used = set(used_names(_bound_to(answer, name, names), names)) - {name}
    for part in (other for other in all_names() if other in used and callable(names[other])):
        with limited_output(say("check.printed", count="{count:,}")):
            measured = measure(names[part], load(part), Challenge())
        if not judge(load(part), measured, load_expected(part)).passed:
            return part
    return ""


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


def _names() -> dict[str, Any]:
    """The names of the notebook."""
    shell = get_ipython()
    return shell.user_global_ns if shell else sys._getframe(2).f_globals  # outside of a notebook, of who asks


def _name_of(answer: Any, names: dict[str, Any]) -> str:
    """The exercise that `answer` belongs to: by its own name, else by the name that holds it in the notebook."""
    own = getattr(answer, "__name__", "")
    held = [name for name, value in names.items() if value is answer and is_exercise(name)]
    if is_exercise(own):
        return own
    if held:
        return held[0]
    if not own:  # a network or a layer can be called, too
        raise CourseError(say("check.not_a_function", received=type(answer).__name__))
    raise CourseError(unknown(own) + " " + say("check.say_which", name=own))


def _bound_to(answer: Any, exercise: str, names: dict[str, Any]) -> str:
    """The notebook's name for a function: the exercise's, else its own, else any."""
    own = getattr(answer, "__name__", "")
    held = [name for name, value in list(names.items()) if value is answer]
    return next((name for name in (exercise, own) if name in held), (held or [""])[0])


def _answer_to(exercise: str, names: dict[str, Any]) -> Callable[..., Any]:
    """The function that is called like the exercise.

    Raises: CourseError if none is there.
    """
    answer: Callable[..., Any] | None = names.get(exercise)
    if not callable(answer):
        raise CourseError(_why_there_is_none(exercise))
    return answer


def _why_there_is_none(exercise: str) -> str:
    """What to say of an answer that is not defined: its cell has stopped, defines another one, or has never run."""
    if stopped := RUNS.stopped(exercise):
        return "\n".join(explain.stopped(exercise, stopped))
    if (latest := RUNS.latest(all_names(), _names())) and latest.run == RUNS.running - 1:
        return say("check.defines_another", exercise=exercise, defined=latest.exercise)
    return say("check.not_defined", exercise=exercise)


def _tell_of_a_missing_name(shell: Any, kind: type, error: NameError, trace: Any, tb_offset: int | None) -> None:
    """Show a NameError: where an exercise's name is missing or misspelt, say so; else show what Python says."""
    name = error.name or ""
    if is_exercise(name) and not callable(_names().get(name)):
        shell.showtraceback((CourseError, CourseError(_why_there_is_none(name)), None))
    elif ASKING.match(students_line(error)) and (meant := near(name, all_names())):
        told = say("check.misspelt_function", name=name, meant=meant)
        shell.showtraceback((CourseError, CourseError(told), None))
    else:
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


def _current(names: dict[str, Any]) -> str:
    """The exercise that a reader is at: the last that was defined, checked or asked about, else the lesson's next.

    Raises: CourseError if there is no telling.
    """
    exercises = LESSONS[_started] if _started else all_names()  # lessons also hand out what earlier ones have asked for
    defined = RUNS.latest(exercises, names)
    if defined or _last.exercise:
        return defined.exercise if defined and defined.run >= _last.run else _last.exercise
    if not _started:
        raise CourseError(say("check.nothing_yet"))
    return _next_of(exercises)


def _next_of(exercises: tuple[str, ...]) -> str:
    """The first of these exercises that has not earned all its points yet; the first if all have."""
    earned = progress.read()
    todo = (name for name in exercises if earned.get(name, progress.EMPTY)["points"] < load(name).total)
    return next(todo, exercises[0])


def hint(exercise: Any = NOTHING, step: Any = None) -> None:
    """Print the next of the three hints for an exercise, or the one of this number; after the third, all of them again.

    `exercise` is its name in quotes or its function. For a lesson ("6-cbam", "6", 6, "cbam") it is the lesson's first
    exercise without all points; for nothing, the exercise that was defined, checked or asked about last.

    Raises: CourseError if there is no such exercise or no such hint.
    """
    global _last
    if step is not None and (type(step) is not int or step not in STEPS):
        raise CourseError(say("check.no_such_hint", received=shorten(repr(step), LONGEST_NAME, placeholder="…")))
    names = _names()
    asked = asked_for(_held(exercise, names)) if exercise is not NOTHING else Asked((_current(names),))
    name = _next_of(asked.exercises)
    _last = Attempt(name, RUNS.running)
    shown = progress.record_hint(name)
    key = "check.hint" if exercise is not NOTHING and not asked.lesson else "check.hint_for"
    for number in [step] if step is not None else [shown] if shown in STEPS else STEPS:
        print(say(key, exercise=name, step=number, hint=say(f"{name}.hint_{number}")))


def _held(asked: Any, names: dict[str, Any]) -> Any:
    """What is asked for; of a function of another name, the exercise's name that holds it in the notebook."""
    if not callable(asked) or isinstance(asked, str):
        return asked
    return next((name for name, value in list(names.items()) if value is asked and is_exercise(name)), asked)


if _shell := get_ipython():
    _shell.events.register("pre_run_cell", RUNS.begin)
    _shell.events.register("post_run_cell", RUNS.note)
    _shell.set_custom_exc((NameError,), _tell_of_a_missing_name)
