"""The folder that submissions lie in: whose are graded, and what else is there and why it is left out."""

import os
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.grading import submission_file
from curriculum.exercises import LESSONS
from curriculum.former_lessons import FORMER_LESSONS
from curriculum.messages import say

LONGEST_NAME = 128  # characters of a student's name; the gradebook's columns hold no more
NOTHING_HERE = "nothing_here"  # of this lesson, and no reason to speak of it


class GradingError(Exception):
    """Why a class cannot be graded, and what to do."""


@dataclass(frozen=True)
class LeftOut:
    """A folder or file that is not graded: its name in one line, a message key, and what was found instead."""

    name: str
    reason: str
    lesson: str
    found: str = ""

    def __str__(self) -> str:
        return say(f"grading.left_out.{self.reason}", name=self.name, lesson=self.lesson, found=self.found)


def require_lesson(lesson: str) -> None:
    """Raises: GradingError if there is no such lesson."""
    if lesson not in LESSONS:
        raise GradingError(no_lesson(lesson))


def no_lesson(name: str) -> str:
    """That there is no lesson of this name, and what became of it if there was one in an earlier version."""
    if name in FORMER_LESSONS:
        return say("grading.former_lesson", name=name, now=", ".join(FORMER_LESSONS[name]))
    return say("grading.no_such_lesson", name=name, there=", ".join(LESSONS))


def students_of(lesson: str, submissions: Path, chosen: Iterable[str] = ()) -> list[str]:
    """Who has handed something in, or the `chosen` of them.

    Raises: GradingError if there is no such lesson, or nobody, or one of the chosen has not.
    """
    require_lesson(lesson)
    students = [folder.name for folder in _folders(submissions) if not why_left_out(folder, lesson)]
    told = left_out(lesson, submissions)
    if not students:
        expected = f"No submissions found: expected {submissions}/<student>/{lesson}/<notebook>.ipynb"
        raise GradingError("\n".join([expected, *map(str, told)]))
    if unknown := [submission_file.visible(name) for name in chosen if name not in students]:
        reasons = [str(each) for each in told if each.name in unknown]
        nobody = say("grading.no_such_student", names=", ".join(unknown), there=", ".join(students))
        raise GradingError("\n".join([*reasons, nobody]))
    return [student for student in students if student in chosen] if chosen else students


def left_out(lesson: str, submissions: Path) -> list[LeftOut]:
    """What is in the folder of submissions and is not graded. Folders that only have other lessons are passed over."""
    reasons = [why_left_out(folder, lesson) for folder in _folders(submissions)]
    return [each for each in reasons if each and each.reason != NOTHING_HERE]


def why_left_out(folder: Path, lesson: str) -> LeftOut | None:
    """Why a student's folder is not graded; None if it is."""
    reason, found = _reason(folder, lesson)
    return (
        LeftOut(submission_file.visible(folder.name), reason, lesson, submission_file.visible(found))
        if reason
        else None
    )


def _reason(folder: Path, lesson: str) -> tuple[str, str]:
    """A message key, and what was found that may be meant; the key is empty if the folder is graded."""
    try:
        if folder.is_symlink():  # to another student's folder, or to nothing
            speaks = not folder.exists() or os.path.lexists(folder / lesson)
            return ("link" if speaks else NOTHING_HERE), ""
        if not folder.is_dir():
            return (NOTHING_HERE if folder.name.startswith(".") else "file"), ""
        found = [path.name for path in _entries(folder) if not path.name.startswith(".")]
        if lesson in found:
            readable = all(os.access(path, os.R_OK, effective_ids=True) for path in _notebooks(folder / lesson))
            return (_reason_of_name(folder) if readable else "unreadable"), ""
    except OSError:  # a problem of this machine, and no reason for a zero
        return "unreadable", ""
    if folder.name.startswith("."):
        return NOTHING_HERE, ""
    if not found:
        return "empty", ""
    alike = [name for name in found if letters(name).startswith(letters(lesson))]
    alike += [name for name in found if name.endswith(".ipynb")]
    alike += [f"{name}/{lesson}" for name in found if name not in LESSONS and (folder / name / lesson).is_dir()]
    return ("no_lesson", alike[0]) if alike else (NOTHING_HERE, "")


def _reason_of_name(folder: Path) -> str:
    """Why this folder's name cannot be a student's, as a message key; empty if it can."""
    name = folder.name
    if submission_file.visible(name) != name:
        return "name"
    if name.startswith(".") or name != name.strip():
        return "hidden"
    if len(name) > LONGEST_NAME:
        return "long"
    # The same letters in other bytes, as other systems write them. Some file systems find one under the other's name.
    composed = unicodedata.normalize("NFC", name)
    return "double" if composed != name and folder.with_name(composed) in folder.parent.iterdir() else ""


def _notebooks(folder: Path) -> list[Path]:
    if folder.is_symlink() or not folder.is_dir():
        return []
    return [path for path in _entries(folder) if path.suffix == ".ipynb" and path.is_file()]


def _folders(submissions: Path) -> list[Path]:
    try:
        return _entries(submissions)
    except OSError as error:
        raise GradingError(f"{submission_file.visible(str(submissions))} cannot be read: {error.strerror}") from None


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder, by name; nothing if there is no such folder."""
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        return []


def letters(name: str) -> str:
    """A name without what is easily mistyped: capitals, blanks, dashes."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", name).casefold() if letter.isalnum())
