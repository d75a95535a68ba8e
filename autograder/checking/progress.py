"""What a learner has reached, over all lessons and in both languages: one JSON file that can be taken along."""

import json
import os
from pathlib import Path

from IPython.display import display

from autograder.exercises import LESSONS, load
from autograder.messages import say
from autograder.paths import REPOSITORY, in_clone

EMPTY = {"points": 0, "tries": 0, "hints": 0}


def progress_file() -> Path:
    """Where progress is kept: `$COURSE_PROGRESS`, else `course/progress.json` of the clone, else the working folder."""
    if chosen := os.environ.get("COURSE_PROGRESS"):
        return Path(chosen)
    return (REPOSITORY / "course" if in_clone() else Path.cwd()) / "progress.json"


def read(path: Path | None = None) -> dict[str, dict[str, int]]:
    """Exercise -> {"points", "tries", "hints"}. An unreadable file counts as empty and is kept as `*.unreadable`."""
    path = path or progress_file()
    if not path.exists():
        return {}
    try:
        entries = json.loads(path.read_text("utf-8"))["exercises"]
        return {
            str(name): {key: int(entry[key]) for key in ("points", "tries", "hints")} for name, entry in entries.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        path.replace(path.with_name(path.name + ".unreadable"))
        print(say("progress.unreadable", file=path.name))
        return {}


def _write(entries: dict[str, dict[str, int]]) -> None:
    path = progress_file()
    new = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(json.dumps({"exercises": entries}, indent=1, sort_keys=True) + "\n", "utf-8")
        new.replace(path)  # a notebook that is killed now leaves the old file whole
    except OSError as error:
        print(say("progress.not_kept", file=path, error=error.strerror))


def _update(exercise: str, **changes: int) -> dict[str, int]:
    entries = read()
    entry = entries.setdefault(exercise, dict(EMPTY))
    entry["points"] = max(entry["points"], changes.get("points", 0))
    entry["tries"] += changes.get("tries", 0)
    entry["hints"] += changes.get("hints", 0)
    _write(entries)
    return entry


def record_check(exercise: str, points: int) -> None:
    """Keep the best points of an exercise, and count the try."""
    _update(exercise, points=points, tries=1)


def record_hint(exercise: str) -> int:
    """Count a hint; returns how many were asked for so far."""
    return _update(exercise, hints=1)["hints"]


def progress(restore: str | Path | None = None) -> None:
    """Show a table of all lessons. `restore` names a progress file brought from elsewhere, which is merged in.

    Raises: FileNotFoundError if there is no such file.
    """
    if restore is not None:
        _merge(Path(restore))
    display(_Table(read()))
    print(say("progress.where", file=_shown(progress_file())))


class _Table:
    """All lessons as a Markdown table: JupyterLab, Colab and VS Code draw it; a terminal shows its text."""

    def __init__(self, entries: dict[str, dict[str, int]]) -> None:
        self.entries = entries

    def _repr_markdown_(self) -> str:
        columns = [say(f"progress.{name}") for name in ("lesson", "exercise", "points", "tries", "hints")]
        lines = [f"**{say('progress.title')}**", "", _row(*columns), "|:--|:--|--:|--:|--:|"]
        earned = total = 0
        for lesson, names in LESSONS.items():
            for number, name in enumerate(names):
                entry, points = self.entries.get(name, EMPTY), load(name).total
                mark = "✓" if entry["points"] == points else "·"
                reached = f"{entry['points']}/{points}"
                shown_lesson = lesson if number == 0 else ""
                lines.append(_row(shown_lesson, f"{mark} `{name}`", reached, entry["tries"], entry["hints"]))
                earned, total = earned + entry["points"], total + points
        return "\n".join([*lines, _row(f"**{say('progress.total')}**", "", f"**{earned}/{total}**", "", "")])

    __repr__ = _repr_markdown_


def _row(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def _merge(path: Path) -> None:
    """Add another progress file to this one: the better points, the larger counts."""
    if not path.exists():
        raise FileNotFoundError(say("progress.no_file", file=path))
    entries = read()
    for name, other in read(path).items():
        own = entries.get(name, {})
        entries[name] = {key: max(own.get(key, 0), value) for key, value in other.items()}
    _write(entries)


def _shown(path: Path) -> str:
    return str(path.relative_to(REPOSITORY)) if path.is_relative_to(REPOSITORY) else str(path)
