"""What a learner has reached, over all lessons and in both languages: one JSON file that can be taken along."""

import itertools
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from IPython.display import display

from autograder.checking.asked import CourseError, asked_for
from curriculum.due_dates import DueDate, DueDatesError, due_dates
from curriculum.exercises import all_names, is_exercise, load
from curriculum.messages import say
from curriculum.paths import REPOSITORY, in_clone

EMPTY = {"points": 0, "tries": 0, "hints": 0}
LARGEST_FILE = 2**20  # bytes; a file with every exercise has a few thousand
WITHOUT_POINTS = ("predictions", "mended", "designed")  # what is kept beside exercises: name -> bool
MOST = 10**6  # of tries or hints
LONGEST_NAME = 60  # characters of an exercise's name
MOST_NAMES = 10  # that one sentence lists
LOCK_SECONDS = 5  # for another kernel to write; it takes milliseconds


class _NotProgressError(ValueError):
    """A file that holds no progress."""


def progress_file() -> Path:
    """Where progress is kept: `$COURSE_PROGRESS`, else `course/progress.json` of the clone, else the working folder.

    A hub gives all its users one value, so `~` is whoever reads it.
    """
    if chosen := os.environ.get("COURSE_PROGRESS"):
        return Path(chosen).expanduser()
    return (REPOSITORY / "course" if in_clone() else Path.cwd()) / "progress.json"


def read() -> dict[str, dict[str, float]]:
    """Exercise -> {"points", "tries", "hints"}. An unreadable file counts as empty and is kept as `*.unreadable`."""
    path = progress_file()
    try:
        return _entries(path)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (_NotProgressError, OSError):
        kept = _put_aside(path)
        print(say("progress.unreadable", file=path.name, kept=kept) if kept else say("progress.blocked", file=path))
        return {}


def predictions() -> dict[str, bool]:
    """Name of a prediction -> whether the first answer was right."""
    return _without_points("predictions")


def mended() -> dict[str, bool]:
    """The exercises whose broken copies were mended."""
    return _without_points("mended")


def designed() -> dict[str, bool]:
    """The gates that were designed within a budget."""
    return _without_points("designed")


def _without_points(kind: str) -> dict[str, bool]:
    """What the progress file holds of one kind of tasks; nothing if the file lacks it, or cannot be read."""
    try:
        return _tasks(_content(progress_file()), kind)
    except (_NotProgressError, OSError):
        return {}


def _tasks(content: dict[str, Any], kind: str) -> dict[str, bool]:
    kept = content.get(kind, {})
    if not isinstance(kept, dict) or not all(type(value) is bool for value in kept.values()):
        raise _NotProgressError
    return {_name(name): value for name, value in kept.items()}


def _entries(path: Path) -> dict[str, dict[str, float]]:
    """What a progress file holds of exercises.

    Raises: OSError if it cannot be read, _NotProgressError if it is none.
    """
    content = _content(path)
    for kind in WITHOUT_POINTS:
        _tasks(content, kind)
    try:
        return {_name(name): _entry(name, entry) for name, entry in content["exercises"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _NotProgressError from None


def _content(path: Path) -> dict[str, Any]:
    """A progress file as it was written.

    Raises: OSError if it cannot be read, _NotProgressError if it is none.
    """
    if path.exists() and not path.is_file():  # a pipe would keep us waiting
        raise _NotProgressError
    with path.open("rb") as file:
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise _NotProgressError
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise _NotProgressError from None
    if not isinstance(content, dict):
        raise _NotProgressError
    return content


def _name(name: str) -> str:
    if not name.isidentifier() or len(name) > LONGEST_NAME:
        raise _NotProgressError
    return name


def _entry(name: str, entry: dict[str, Any]) -> dict[str, float]:
    """One exercise's numbers: tenths of points, whole tries and hints.

    A lesson's points may have become fewer since they were earned.
    """
    read = {key: entry[key] for key in EMPTY}
    if any(type(read[key]) is not int for key in ("tries", "hints")) or type(read["points"]) not in (int, float):
        raise _NotProgressError
    if not all(0 <= value <= MOST for value in read.values()):  # NaN is not, either
        raise _NotProgressError
    points = min(round(read["points"], 1), load(name).total) if name in all_names() else read["points"]
    return read | {"points": points}


def _put_aside(path: Path) -> str:
    """Give a file that is no progress another name, to begin a new one. Returns: that name, or nothing if it stays.

    Only a file called like a progress file is taken for a broken one; anything else belongs to somebody.
    """
    if path.suffix != ".json" or path.is_symlink() or not path.is_file():
        return ""
    names = itertools.chain([f"{path.name}.unreadable"], (f"{path.name}.unreadable-{n}" for n in itertools.count(2)))
    kept = next(name for name in names if not path.with_name(name).exists())  # an earlier one stays, too
    try:
        path.replace(path.with_name(kept))
    except OSError:
        return ""
    return kept


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait while another kernel changes the file. A lock that was left behind is not waited for again."""
    lock = path.with_name(path.name + ".lock")
    end = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            break
        except FileExistsError:
            if time.monotonic() > end:  # its kernel was ended
                break
            time.sleep(0.01)
        except OSError:  # the folder cannot be written to, which writing will tell
            break
    try:
        yield
    finally:
        with suppress(OSError):
            lock.unlink()


def _write(entries: dict[str, dict[str, float]], **tasks: dict[str, bool]) -> None:
    """Write the file: these exercises, and of each kind of tasks what is told here, else what is there."""
    path = progress_file()
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with suppress(FileNotFoundError, NotADirectoryError):
            _entries(path)
    except (_NotProgressError, OSError):
        return  # something else is there, which reading has told
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = {kind: tasks.get(kind, _without_points(kind)) for kind in WITHOUT_POINTS}
        content = {"exercises": entries} | {kind: each for kind, each in kept.items() if each}
        new.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", "utf-8")
        new.replace(path)  # a notebook that is killed now leaves the old file whole
    except OSError as error:
        print(say("progress.not_kept", file=path, error=error.strerror))


def _update(exercise: str, **changes: float) -> tuple[dict[str, float], dict[str, float]]:
    """Add to an exercise's entry.

    Returns: everything's points before; the entry, or, where nbgrader runs the notebook, what it would have become.
    """
    with _alone(progress_file()):
        entries = read()
        before = {name: entry["points"] for name, entry in entries.items()}
        entry = entries.setdefault(exercise, dict(EMPTY))
        entry["points"] = max(entry["points"], changes.get("points", 0))
        for key in ("tries", "hints"):
            entry[key] = min(entry[key] + changes.get(key, 0), MOST)
        if not _runs_for_nbgrader():
            _write(entries)
    return before, entry


def _runs_for_nbgrader() -> bool:
    """Whether this is not the learner's own kernel: nbgrader's Validate runs all checks and hints once more.

    nbgrader says so in the environment of the kernels that it starts. A kernel that Jupyter starts meanwhile for
    somebody's notebook inherits that; it has the notebook's path as well. `nbconvert --execute` counts: whoever runs
    that runs their notebook.
    """
    return "NBGRADER_EXECUTION" in os.environ and "JPY_SESSION_NAME" not in os.environ


def record_check(exercise: str, points: float) -> bool:
    """Keep the best points of an exercise, and count the try.

    Returns: whether it is right, and the first that is.
    """
    before, _ = _update(exercise, points=points, tries=1)
    return _is_right(exercise, points) and not any(_is_right(name, earned) for name, earned in before.items())


def _is_right(exercise: str, points: float) -> bool:
    return is_exercise(exercise) and points >= load(exercise).total


def record_hint(exercise: str) -> int:
    """Count a hint; returns how many were asked for so far."""
    _, entry = _update(exercise, hints=1)
    return int(entry["hints"])


def record_prediction(name: str, right: bool) -> bool:
    """Keep whether the first answer to a question was right; a later one changes nothing. Returns: what is kept."""
    return _record("predictions", name, right)


def record_mended(exercise: str) -> None:
    """Keep that a broken copy of an exercise's answer works again."""
    _record("mended", exercise, True)


def record_designed(name: str) -> None:
    """Keep that a design does what it has to, within its budget."""
    _record("designed", name, True)


def _record(kind: str, name: str, value: bool) -> bool:
    with _alone(progress_file()):
        entries = read()
        kept = {name: value} | _without_points(kind)
        if not _runs_for_nbgrader():
            _write(entries, **{kind: kept})
    return kept[name]


def progress(asked: Any = None, *, restore: str | Path | None = None) -> None:
    """Show a table of points, tries and hints: of all lessons, or of the lesson or the exercise that is `asked` for.

    `asked` is a lesson ("6-cbam", "6", 6, "cbam"), an exercise's name in quotes, or its function. `restore` names a
    progress file brought from elsewhere, which is merged in; what is no progress file is said to be none, and left
    alone.

    Raises: CourseError if there is no such exercise or lesson, NoProgressFile if there is no such file.
    """
    if restore is None and isinstance(asked, (str, Path)) and Path(asked).suffix == ".json":
        asked, restore = None, asked
    chosen = all_names() if asked is None else asked_for(asked).exercises
    if restore is not None:
        _merge(Path(restore))
    display(_Table(read(), chosen, _due_dates()))
    if predicted := predictions():
        print(say("tasks.counted", right=sum(predicted.values()), all=len(predicted)))
    if repaired := mended():
        print(say("tasks.mended", names=", ".join(repaired)))
    if made := designed():
        print(say("tasks.designed", names=", ".join(made)))
    print(say("progress.where", file=_shown(progress_file())))


def tell_due_date(lesson: str) -> None:
    """Print when a lesson is due, if somebody has said so."""
    if date := _due_dates().get(lesson):
        print(say("due.was_due" if date.is_past else "due.due", date=date))


def _due_dates() -> dict[str, DueDate]:
    """The due dates; none, and why, if their file cannot be read."""
    try:
        return due_dates()
    except DueDatesError as error:
        print(error)
        return {}


class NoProgressFile(CourseError, FileNotFoundError):
    """There is no file of that name."""


class _Table:
    """Exercises by lessons as a Markdown table: JupyterLab, Colab and VS Code draw it; a terminal shows its text."""

    def __init__(
        self, entries: dict[str, dict[str, float]], chosen: tuple[str, ...], due: dict[str, DueDate] | None = None
    ) -> None:
        self.entries, self.chosen, self.due = entries, chosen, due or {}

    def _repr_markdown_(self) -> str:
        columns = [say(f"progress.{name}") for name in ("lesson", "exercise", "points", "tries", "hints")]
        columns += [say("due.column")] * bool(self.due)
        lines = [f"**{say('progress.title')}**", "", _row(*columns), "|:--|:--|--:|--:|--:|" + ":--|" * bool(self.due)]
        earned, total = 0.0, 0
        shown_lesson = ""
        for name in self.chosen:
            entry, points, lesson = self.entries.get(name, EMPTY), load(name).total, load(name).lesson
            mark = "✓" if entry["points"] == points else "·"
            reached = f"{entry['points']:g}/{points}"
            first = "" if lesson == shown_lesson else lesson
            due = [self.due.get(first, "")] * bool(self.due)
            lines.append(_row(first, f"{mark} `{name}`", reached, entry["tries"], entry["hints"], *due))
            shown_lesson, earned, total = lesson, earned + entry["points"], total + points
        whole = say("progress.total" if self.chosen == all_names() else "progress.sum")
        return "\n".join([*lines, _row(f"**{whole}**", "", f"**{earned:g}/{total}**", "", "", *[""] * bool(self.due))])

    __repr__ = _repr_markdown_


def _row(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def _merge(path: Path) -> None:
    """Add another progress file to this one: the better points, the larger counts."""
    if not path.exists():
        raise NoProgressFile(say("progress.no_file", file=path))
    try:
        brought = _entries(path)
    except (_NotProgressError, OSError):
        print(say("progress.not_progress", file=path))
        return
    with _alone(progress_file()):
        entries = read()
        for name in [name for name in brought if name in all_names()]:
            own = entries.get(name, EMPTY)
            entries[name] = {key: max(own[key], value) for key, value in brought[name].items()}
        tasks = {kind: _tasks(_content(path), kind) | _without_points(kind) for kind in WITHOUT_POINTS}
        _write(entries, **tasks)
    if unknown := sorted(name for name in brought if name not in all_names()):
        print(say("progress.unknown", names=", ".join(unknown[:MOST_NAMES]) + ", …" * (len(unknown) > MOST_NAMES)))


def _shown(path: Path) -> str:
    return str(path.relative_to(REPOSITORY)) if path.is_relative_to(REPOSITORY) else str(path)
