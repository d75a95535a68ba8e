"""The pages of the web site that are no lessons: made from READMEs, guides, results and the table of terms."""

import json
import re
import tomllib
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

from autograder.authoring.launch import BRANCH, END, GUIDES_FOR_TEACHERS, READMES, notebook_path
from autograder.lessons.effort import lesson_minutes
from autograder.lessons.translation import ORIGINAL
from curriculum.exercises import LESSONS, load
from curriculum.messages import network_name, say
from curriculum.paths import REPOSITORY, results_folder

GUIDES = {language: {"teaching": path} for language, path in GUIDES_FOR_TEACHERS.items()}
GUIDES[ORIGINAL]["grading"] = "autograder/grading/README.md"
FOR_WRITERS = re.compile(r"\b(in|once|then|for|of|as|with)\b")  # "맵 in tables" is advice, not a term
GLOSSARY = REPOSITORY / "solutions" / "glossary.toml"
LEADERBOARDS = ("blocks", "starts")  # experiments of the comparison
HANDOUTS = {"exam": "exam.html", "card": "summary.html"}
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?!https?:|#|mailto:)([^)#\s]+)(#[^)\s]*)?\)")
PICTURES = "pictures"  # the folder of documents' pictures


def texts(language: str, titles: dict[str, str], repository: str | None) -> dict[str, bytes]:
    """All of them, with the pictures that they show.

    Args:
        language: of the site.
        titles: lesson -> title, of those that have pages.
        repository: `owner/name` on GitHub, for links to what is not on the site; None where there is none.

    Returns:
        Path below the site's source -> content.
    """
    made = {
        "index": front(language, titles),
        "handouts": handouts(language),
        "leaderboard": leaderboard(language),
        "glossary": glossary(language, titles),
        **{name: (REPOSITORY / path).read_text("utf-8") for name, path in GUIDES[language].items()},
    }
    files: dict[str, bytes] = {}
    for name, text in made.items():
        linked, pictures = relinked(text, GUIDES[language].get(name, ""), language, repository, titles)
        files[f"{name}.md"] = linked.encode()
        files |= {f"{PICTURES}/{path.name}": REPOSITORY.joinpath(path).read_bytes() for path in pictures}
    return files


def front(language: str, titles: dict[str, str]) -> str:
    """The start page: for whom the course is, what the README says of it, and the contents of the site."""
    readme = (REPOSITORY / READMES[language]).read_text("utf-8")
    name, _, introduction = readme.split("\n\n")[:3]
    minutes = [lesson_minutes(lesson) for lesson in LESSONS]
    counts = {"lessons": len(LESSONS), "exercises": sum(map(len, LESSONS.values())), "first": minutes[0]}
    counts |= {"least": min(minutes[1:]), "most": max(minutes[1:])}
    paragraphs = [name, introduction]
    if first := next(iter(titles), None):
        paragraphs.append(f"[{say('site.begin', language)}]({first}.ipynb)")
    paragraphs.append(f"## {say('site.for_whom_title', language)}")
    paragraphs += [say(f"site.{key}", language, **counts) for key in ("for_whom", "how_long", "able", "able_list")]
    paragraphs += [say("site.how_to_use", language), f"## {say('site.pictures', language)}"]
    paragraphs += re.findall(r"^!\[.*\)$", readme, re.MULTILINE)
    paragraphs += map(str.strip, after_launch_links(readme))
    lessons = [f"{lesson.partition('-')[0]} · {title} <{lesson}>" for lesson, title in titles.items()]
    for caption, entries in (
        ("lessons", lessons),
        ("further", ["handouts", "leaderboard", "glossary"]),
        ("instructors", [*GUIDES[language]]),
    ):
        options = f":caption: {say(f'site.{caption}', language)}\n:hidden:\n"
        paragraphs.append("```{toctree}\n" + options + "\n" + "\n".join(entries) + "\n```")
    return "\n\n".join(paragraphs) + "\n"


def title(language: str) -> str:
    """The course's name, as the README has it."""
    return (REPOSITORY / READMES[language]).read_text("utf-8").partition("\n")[0].removeprefix("# ")


def after_launch_links(readme: str) -> list[str]:
    """The README's sections about lessons and checks: the two that follow the launch links.

    Raises: ValueError if there are none.
    """
    sections = re.split(r"^(?=## )", readme.partition(END)[2], flags=re.MULTILINE)[1:3]
    if len(sections) < 2:
        raise ValueError(f"expected two sections below {END!r}, as the site's start page shows them")
    return sections


def section(text: str, heading: str) -> str:
    """A document's section of the second level, with its heading.

    Raises: ValueError if there is none of this name.
    """
    found = re.search(rf"^## {re.escape(heading)}\n.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if found is None:
        raise ValueError(f"expected a section {heading!r}, as the site shows it. Received: {text[:80]!r}")
    return found[0].strip()


def handouts(language: str) -> str:
    """Where the exam and the summary card are: pages with a look of their own, made to be printed."""
    entries = (f"- [{say(f'site.{name}', language)}](course/{language}/{file})" for name, file in HANDOUTS.items())
    return "\n".join([f"# {say('site.handouts', language)}\n\n{say('site.handouts_text', language)}\n", *entries, ""])


def leaderboard(language: str) -> str:
    """What each attention brought, as it was measured."""
    paragraphs = [f"# {say('site.leaderboard', language)}", say("site.leaderboard_text", language)]
    columns = ("network", "parameters", "multiply_adds", "epochs", "seeds", "accuracy", "difference")
    for name in LEADERBOARDS:
        path = results_folder() / f"comparison-{name}.json"
        if path.exists():
            content = json.loads(path.read_text("utf-8"))
            facts = content["budget"] | {"command": content["command"]}
            rows = [[say(f"site.{column}", language) for column in columns], ["---", *["---:"] * 6]]
            rows += [_row(network, language) for network in content["networks"]]
            rows += [
                [network_name(baseline, language), *["–"] * 4, f"{100 * values[0]:.2f}", "–"]
                for baseline, values in content["baselines"].items()
            ]
            table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
            heading = f"## {say(f'site.leaderboard_{name}', language)}"
            paragraphs += [heading, say("site.leaderboard_budget", language, **facts), table]
    return "\n\n".join([*paragraphs, say("site.leaderboard_how", language), ""])


def _row(network: dict[str, Any], language: str) -> list[str]:
    accuracy = _interval(network["mean"], network["interval"], "", language)
    difference = "–"
    if found := network.get("to_plain"):
        difference = _interval(found["mean"], [found["low"], found["high"]], "+", language)
    counts = (
        f"{network['parameters']:,}",
        f"{network['multiply_adds']:,}",
        str(network["epochs"]),
        str(network["seeds"]),
    )
    return [network_name(network["name"], language), *counts, accuracy, difference]


def _interval(value: float, interval: list[float], sign: str, language: str) -> str:
    """A share as a percentage with its interval; `sign` is "+" where it is a difference."""
    shown = [f"{100 * each:{sign}.2f}".replace("-", "−") for each in (value, *interval)]
    return say("site.interval", language, value=shown[0], low=shown[1], high=shown[2])


def glossary(language: str, titles: dict[str, str]) -> str:
    """What terms mean and which lesson introduces them; below, those of docs/korean.md in both languages.

    Args:
        language: of the page.
        titles: lesson -> title, of those that have pages, to which a term leads.
    """
    terms = tomllib.loads(GLOSSARY.read_text("utf-8"))["term"]
    entries = []
    for each in sorted(terms, key=lambda entry: str(entry[language]).casefold()):
        lesson = load(each["exercise"]).lesson
        name = say("site.lesson", language, number=lesson.partition("-")[0])
        link = f"[{name}]({lesson}.ipynb)" if lesson in titles else name
        entries.append(f"{each[language]}\n    {each[f'{language}_text']} ({link})\n")
    paragraphs = [f"# {say('site.glossary', language)}", say("site.glossary_text", language)]
    paragraphs.append("\n".join(["```{glossary}", *entries, "```"]))
    columns = ["english", "korean"] if language == "en" else ["korean", "english"]
    rows = _both_languages() if language == "en" else sorted(row[::-1] for row in _both_languages())
    table = [[say(f"site.{column}", language) for column in columns], ["---", "---"], *rows]
    paragraphs += [f"## {say('site.both_languages', language)}", "\n".join(f"| {' | '.join(row)} |" for row in table)]
    return "\n\n".join([*paragraphs, ""])


def _both_languages() -> list[list[str]]:
    """English and Korean of each term but those whose Korean depends on where they stand."""
    table = section((REPOSITORY / "docs" / "korean.md").read_text("utf-8"), "Terms").replace("**", "")
    rows = [[cell.strip() for cell in line.split("|")[1:3]] for line in table.splitlines() if line.startswith("| ")][1:]
    return sorted((row for row in rows if not FOR_WRITERS.search(row[1])), key=lambda row: row[0].casefold())


def relinked(
    text: str, origin: str, language: str, repository: str | None, lessons: Iterable[str] = ()
) -> tuple[str, set[PurePosixPath]]:
    """A document whose links lead to pages of the site, else to the repository; without one only their words stay.

    Args:
        text: Markdown with links relative to its place in the repository.
        origin: that place; "" for the root.
        language: of the site.
        repository: `owner/name` on GitHub, or None.
        lessons: those that have pages.

    Returns:
        The text, and the pictures that it shows, by their place in the repository.
    """
    pictures: set[PurePosixPath] = set()
    pages = {path: f"{name}.md" for name, path in GUIDES[language].items()}
    pages |= {"experiments/comparison.md": "leaderboard.md"}
    pages |= {notebook_path(lesson, language): f"{lesson}.ipynb" for lesson in lessons}
    files = {f"course/{language}/{file}": file for file in HANDOUTS.values()}
    for other, guides in GUIDES.items():
        files |= {path: f"../{other}/{name}.html" for name, path in guides.items() if other != language}

    def changed(link: re.Match[str]) -> str:
        mark, label, target, anchor = link[1], link[2], link[3], link[4] or ""
        if target.endswith((".ipynb", ".md")) and "/" not in target and target.removesuffix(".ipynb") in LESSONS:
            return link[0]
        path = _resolved(PurePosixPath(origin).parent / target)
        if mark:
            pictures.add(path)
            return f"![{label}]({PICTURES}/{path.name})"
        if str(path) in pages:
            return f"[{label}]({pages[str(path)]}{anchor})"
        if str(path) in files:
            return f'<a href="{files[str(path)]}">{label}</a>'
        return f"[{label}](https://github.com/{repository}/blob/{BRANCH}/{path}{anchor})" if repository else label

    return LINK.sub(changed, text), pictures


def _resolved(path: PurePosixPath) -> PurePosixPath:
    """The path without `..`."""
    parts: list[str] = []
    for part in path.parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return PurePosixPath(*parts)
