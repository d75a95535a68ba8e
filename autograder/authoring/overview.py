"""The tables of the guide for teachers: what each lesson has, and how hard each exercise is. Counted in the masters."""

import re
from collections.abc import Iterable

from autograder.authoring.launch import GUIDES_FOR_TEACHERS, between
from autograder.lessons.effort import DEMO, effort, lesson_minutes
from autograder.lessons.master import Master, read_master
from autograder.lessons.translation import ORIGINAL
from curriculum.exercises import LESSONS, load
from curriculum.messages import say
from curriculum.paths import REPOSITORY

BEGIN = "<!-- begin: overview. `make build` writes it; see CONTRIBUTING.md -->"
END = "<!-- end: overview -->"
COUNTED = {
    "predictions": re.compile(r"^predict\(", re.MULTILINE),
    "mended": re.compile(r"^mend\(", re.MULTILINE),
    "demos": DEMO,
    "measured": re.compile(r"\b(load_results|report|results_folder)\("),
}
DESIGNED = re.compile(r"^design\(", re.MULTILINE)  # beside the exercises with a budget
REAL_DATA = "load_fashion_mnist("
PREPRINT = re.compile(r"arxiv\.org/abs/(\d\d)\d\d\.\d+")


def guides() -> dict[str, str]:
    """The guides' file names and what belongs in them: as they are, but for the tables.

    Raises: ValueError if one lacks the marks.
    """
    return {
        file: between((REPOSITORY / file).read_text("utf-8"), file, BEGIN, END, tables(language))
        for language, file in GUIDES_FOR_TEACHERS.items()
    }


def tables(language: str) -> str:
    """What each lesson has, then each exercise with its difficulty and minutes."""
    keys = ("lesson", "minutes", "kinds", *COUNTED, "designed", "explained", "real_data", "history", "beyond")
    lessons = [
        _row(say(f"overview.{key}", language) for key in keys),
        "|---|--:|---|--:|--:|--:|--:|--:|--:|:-:|---|---|",
    ]
    lessons += [_row(_of_lesson(lesson, language)) for lesson in LESSONS]
    keys = ("lesson", "exercise", "difficulty", "minutes", "points")
    exercises = [_row(say(f"overview.{key}", language) for key in keys), "|---|---|---|--:|--:|"]
    exercises += [
        _row([lesson, f"`{name}`", say(f"effort.level_{asked.difficulty}", language), f"{asked.minutes}", f"{points}"])
        for lesson, names in LESSONS.items()
        for name in names
        for asked, points in [(effort(name), load(name).total)]
    ]
    return "\n".join([*lessons, "", *exercises, ""])


def _of_lesson(lesson: str, language: str) -> list[str]:
    """A lesson's row. Exercises by their kind; preprints that it links, by their years."""
    master, kinds = read_master(lesson), [load(name).kind for name in LESSONS[lesson]]
    years = {2000 + int(year) for year in PREPRINT.findall(_prose(master))}
    counted = [sum(bool(sign.search(cell.source)) for cell in master.cells) for sign in COUNTED.values()]
    designed = sum(bool(DESIGNED.search(cell.source)) for cell in master.cells)
    designed += sum(load(name).budget is not None for name in LESSONS[lesson])
    return [
        lesson,
        str(lesson_minutes(lesson)),
        ", ".join(f"{say(f'overview.{kind}', language)} × {kinds.count(kind)}" for kind in dict.fromkeys(kinds)),
        *map(str, counted),
        str(designed),
        str(sum(bool(cell.explain) for cell in master.cells if cell.lang == ORIGINAL)),
        "✓" if any(REAL_DATA in cell.source for cell in master.cells) else "–",
        "–".join(map(str, sorted({min(years), max(years)}))) if years else "–",
        say(f"overview.beyond_{lesson.partition('-')[2]}", language),
    ]


def _prose(master: Master) -> str:
    return "\n".join(cell.source for cell in master.cells if cell.lang == ORIGINAL)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
