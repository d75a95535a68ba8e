"""The course's web site: pages from masters, READMEs, results and guides, of which Sphinx makes HTML.

`pages` makes what Sphinx reads; it runs lessons and records their demos only where that is not kept. `make_site` writes
it to build/site-source and has Sphinx, as it is set up in the folder site/, write build/site.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from html import escape
from importlib.util import find_spec
from pathlib import Path

import nbformat

from autograder.authoring.executed import executed_notebook
from autograder.authoring.launch import notebook_path, repository_name
from autograder.authoring.lesson_page import FIGURES, LessonPage, lesson_page
from autograder.authoring.recordings import recordings
from autograder.authoring.site_texts import HANDOUTS, texts, title
from curriculum.exercises import LESSONS
from curriculum.messages import LANGUAGES, catalogue
from curriculum.paths import REPOSITORY

SETTINGS = REPOSITORY / "site"
BUILD = REPOSITORY / "build"
BESIDE = "beside"  # what lies beside the pages as it is: figures, notebooks, exam and card


class SiteError(Exception):
    """The site cannot be made; the message says what is missing."""


def make_site(
    lessons: Iterable[str] = LESSONS,
    languages: Iterable[str] = LANGUAGES,
    *,
    solutions: bool = False,
    folder: Path | None = None,
) -> Path:
    """Make the site, or of some lessons and languages as much as there is to see.

    Args:
        lessons: which have pages; those that have not run since they were changed are run.
        languages: which languages.
        solutions: for instructors: exercises show their solutions. Such a site has a folder of its own.
        folder: where to write; build/site or build/site-solutions by default.

    Returns:
        The folder, with `index.html`.

    Raises:
        SiteError: Sphinx is not installed, or refuses a page.
        ExecutionError, PageError: a lesson does not run, or cannot be shown.
        DataError: demos cannot be recorded, for Fashion-MNIST is not to be had.
    """
    if find_spec("myst_nb") is None or find_spec("sphinx_book_theme") is None:
        raise SiteError("Sphinx and its theme are not installed. `make site` installs them.")
    output = (folder or BUILD / ("site-solutions" if solutions else "site")).resolve()  # Sphinx runs elsewhere
    source = output.with_name(f"{output.name}-source")
    languages = tuple(languages)
    for language in languages:
        files = pages(language, lessons, solutions=solutions)
        _synchronise(source / language, files | {"words.json": _words(language, languages)})
    for language in languages:
        _run_sphinx(language, source / language, output / language)
    shutil.rmtree(output / "jupyter_execute", ignore_errors=True)  # MyST-NB's copies of the notebooks
    (output / "index.html").write_text(_entrance(languages), "utf-8")
    (output / ".nojekyll").touch()  # or GitHub Pages would leave out folders whose names begin with an underscore
    return output


def pages(language: str, lessons: Iterable[str] = LESSONS, *, solutions: bool = False) -> dict[str, bytes]:
    """Everything that Sphinx reads for one language: path -> content."""
    repository, titles, lessons = repository_name(), {}, tuple(lessons)
    files = {f"{BESIDE}/{name}": _course(language, name) for name in HANDOUTS.values()}
    for lesson in lessons:
        ran, demos = executed_notebook(lesson, language), recordings(lesson, language)
        page = lesson_page(ran, demos, repository, solutions=solutions, lessons=lessons)
        titles[lesson] = page.title
        files |= _lesson_files(lesson, page)
        notebook = Path(notebook_path(lesson, language)).name
        files[f"{BESIDE}/notebooks/{notebook}"] = _course(language, f"{lesson}/{notebook}")
    return files | texts(language, titles, repository)


def _words(language: str, languages: Iterable[str]) -> bytes:
    """What site/conf.py and the templates say in the reader's language, and how other languages name themselves."""
    others = {other: catalogue(other)["site"] for other in languages if other != language}
    words = catalogue(language)["site"] | {"title": title(language), "others": others}
    return json.dumps(words, ensure_ascii=False).encode()


def _course(language: str, name: str) -> bytes:
    return (REPOSITORY / "course" / language / name).read_bytes()


def _lesson_files(lesson: str, page: LessonPage) -> dict[str, bytes]:
    files = {f"{BESIDE}/{FIGURES}/{name}": content for name, content in page.figures.items()}
    return files | {f"{lesson}.ipynb": nbformat.writes(page.notebook).encode()}


def _synchronise(folder: Path, files: dict[str, bytes]) -> None:
    """Let the folder have these files and no others. What has not changed keeps its time, and Sphinx its page."""
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        if path.relative_to(folder).as_posix() not in files:
            path.unlink()
    for name, content in files.items():
        path = folder / name
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def _run_sphinx(language: str, source: Path, output: Path) -> None:
    kept = source.with_name(f"{language}-doctrees")
    command = [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--builder", "html"]
    command += ["--conf-dir", str(SETTINGS), "--doctree-dir", str(kept), "--define", f"language={language}"]
    done = subprocess.run([*command, str(source), str(output)], cwd=SETTINGS, capture_output=True, text=True)
    if done.returncode:
        shutil.rmtree(kept, ignore_errors=True)  # or the next run would take the page for read, and say nothing
        raise SiteError(f"Sphinx refuses the pages in {language!r}:\n{done.stderr}{done.stdout}")


def _entrance(languages: Iterable[str]) -> str:
    """The page in front of the languages: a link to each, and nothing that needs a script."""
    titles = {language: title(language) for language in languages}
    links = "".join(
        f'<li><a href="{language}/index.html" lang="{language}" hreflang="{language}">{escape(name)}</a></li>'
        for language, name in titles.items()
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        '<link rel="icon" href="data:,">'
        f"<title>{escape(' · '.join(titles.values()))}</title>"
        "<style>:root { color-scheme: light dark; font: 1.2rem/2 system-ui, sans-serif; } main { margin: 10vh auto; "
        "max-width: 30em; padding: 1em; } a { color: inherit; }</style></head>"
        f"<body><main><h1>{escape(next(iter(titles.values())))}</h1><ul>{links}</ul></main></body></html>\n"
    )
