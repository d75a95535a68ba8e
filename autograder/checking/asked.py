"""What a reader asks for: an exercise or a lesson, by whatever they call it."""

import re
from dataclasses import dataclass
from pathlib import PurePath
from textwrap import shorten
from typing import Any

from autograder.checking.near_names import near
from curriculum.exercises import LESSONS, all_names, is_exercise
from curriculum.messages import say

MOST_MEANT = 3
LONGEST_NAME = 60  # characters of a name that a sentence repeats
WORD = re.compile(r"^(lesson|레슨)[ _-]*", re.IGNORECASE)


class CourseError(Exception):
    """An error meant for the reader of a notebook: shown as its own words, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


@dataclass(frozen=True)
class Asked:
    """An exercise, or a whole lesson: its folder's name, and its exercises."""

    exercises: tuple[str, ...]
    lesson: str = ""


def asked_for(asked: Any) -> Asked:
    """The exercise or the lesson that a function, a name or a lesson's number stands for.

    A lesson goes by the name of its folder ("6-cbam"), its number (6, "6") or its name without the number ("cbam").
    Where an exercise has that name, too ("resnet"), the exercise is meant.

    Raises: CourseError if there is none, with what may have been meant.
    """
    name = asked if isinstance(asked, (str, int, PurePath)) else getattr(asked, "__name__", None)
    if name is None or isinstance(asked, bool):
        raise CourseError(say("check.nothing_to_ask_for", received=type(asked).__name__))
    written = str(name).strip()
    if is_exercise(written):
        return Asked((written,))
    if lesson := _lesson(written):
        return Asked(LESSONS[lesson], lesson)
    raise CourseError(unknown(written))


def exercise_called(asked: Any) -> str:
    """The exercise that a function or a name stands for.

    Raises: CourseError if it is none.
    """
    found = asked_for(asked)
    if found.lesson:
        raise CourseError(
            say("check.lesson_for_an_exercise", lesson=found.lesson, exercises=", ".join(found.exercises))
        )
    return found.exercises[0]


def unknown(name: str) -> str:
    """What to say about a name that is no exercise's and no lesson's."""
    name = shorten(name, LONGEST_NAME, placeholder="…")
    if meant := _meant(name):
        return say("check.misspelt", name=name, meant=say("check.or").join(f'"{other}"' for other in meant))
    return say("check.unknown", name=name)


def _lesson(written: str) -> str:
    """The lesson of that name, or nothing. Only a notebook's name and one with a number may have underlines."""
    name = PurePath(written.replace("\\", "/")).name
    plain = WORD.sub("", name.removesuffix(".ipynb")).lower().replace(" ", "-")
    if name.endswith(".ipynb") or plain[:1].isdigit():
        plain = plain.replace("_", "-")
    return next((lesson for lesson in LESSONS if plain in (lesson, *lesson.split("-", 1))), "")


def _meant(name: str) -> list[str]:
    """What may have been meant by a name: those that have its words in them, else the one that differs by a slip."""
    words = re.sub(r"[\W_]+", "_", name.lower())
    if found := [other for other in all_names() if words and f"_{words}_" in f"_{other}_"]:
        return found[:MOST_MEANT]
    lessons = {lesson.split("-", 1)[1]: lesson for lesson in LESSONS}
    nearest = near(name, [*all_names(), *LESSONS, *lessons])
    return [nearest if is_exercise(nearest) else lessons.get(nearest, nearest)] if nearest else []
