"""The page that `make lab` opens: all lessons with what is done of them, and the next step one click away."""

from pathlib import Path

import nbformat

from autograder.checking.progress import EMPTY, read
from curriculum.exercises import LESSONS, load
from curriculum.messages import LANGUAGES, say
from curriculum.paths import course_folder

PAGE = "start.md"


def write_start_page(language: str, course: Path | None = None) -> Path:
    """Write the page from the progress that is kept. In a notebook, `progress()` has the same, always up to date.

    Args:
        language: of the page and of the lessons that it leads to.
        course: the folder with the lessons of every language; that of the clone unless told.

    Returns: the page's path.
    """
    course = course or course_folder()
    path = course / PAGE
    path.write_text(start_page(language, course), "utf-8")
    return path


def start_page(language: str, course: Path) -> str:
    """The page, as Markdown with links that begin at the folder `course`."""
    entries = read()
    points = {name: entries.get(name, EMPTY)["points"] for names in LESSONS.values() for name in names}
    links = {lesson: _link(lesson, language, course) for lesson in LESSONS}
    lines = [f"# {say('start_page.title', language)}", "", _next_step(points, links, language), ""]
    lines += [f"| | {say('start_page.lesson', language)} | {say('start_page.points', language)} |", "|:-:|:--|--:|"]
    for lesson, names in LESSONS.items():
        reached, total = sum(points[name] for name in names), sum(load(name).total for name in names)
        mark = "✓" if reached == total else "·" if reached else ""
        lines.append(f"| {mark} | {lesson.partition('-')[0]} · {links[lesson]} | {reached:g}/{total} |")
    handouts = [f"[{say(f'start_page.{name}', language)}]({language}/{name}.html)" for name in ("exam", "summary")]
    lines += ["", say("start_page.afterwards", language, exam=handouts[0], card=handouts[1]), ""]
    first = next(iter(LESSONS))
    others = [say("start_page.here", each, lesson=_link(first, each, course)) for each in LANGUAGES if each != language]
    return "\n".join([*lines, *others, ""])


def _link(lesson: str, language: str, course: Path) -> str:
    """A link to a lesson's notebook, called as its first heading is."""
    path = next((course / language / lesson).glob("*.ipynb"))
    heading: str = nbformat.read(path, 4).cells[0].source.partition("\n")[0]
    return f"[{heading.removeprefix('# ')}]({path.relative_to(course).as_posix()})"


def _next_step(points: dict[str, float], links: dict[str, str], language: str) -> str:
    """The first exercise that has not all of its points."""
    for lesson, names in LESSONS.items():
        for name in names:
            if points[name] < load(name).total:
                key = "start_page.next" if any(points.values()) else "start_page.first"
                return say(key, language, lesson=links[lesson], exercise=f"`{name}`")
    return say("start_page.done", language)
