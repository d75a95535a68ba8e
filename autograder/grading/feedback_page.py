"""The page for the student: points, what each check says and the next step, then the notebook.

nbgrader's converter and the recorder make it alike. It asks for nothing from a network and runs no script.
"""

import html
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import mistune
from jinja2 import PackageLoader
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback
from pygments.formatters import HtmlFormatter
from traitlets import Bunch, validate

from autograder.grading.feedback import KEY
from autograder.grading.plan import OWN_PREFIX, checked_exercise, is_explanation
from autograder.grading.standings import Standing, standings
from curriculum.exercises import LESSONS
from curriculum.messages import LANGUAGES, say

TEMPLATE = "feedback.html.j2"
LONGEST_COLOURED = 300  # characters of a line whose cell is shown in colours
MOST_COLOURED = 100_000  # characters of a page
MOST_KEPT = 200  # coloured cells, which other pages may have too
MOST_BLANK_LINES = 3  # in a row that the page shows
# Pygments' styles in which every colour stands out from the page's `--code` by 4.5 to 1, as WCAG asks for.
LIGHT, DARK = "xcode", "github-dark"
NO_RESPONSE = "No response."  # nbgrader's own comment on an answer that is as it was handed out: its verdict says so


@dataclass(frozen=True)
class CheckRow:
    """What the page says of a check before the notebook begins.

    `anchor` is the id of its cell on the page. Without a `verdict` nothing was recorded of it, as in notebooks that an
    earlier version has graded. `by_hand` says that a person gave other points than the check.
    """

    anchor: str
    exercise: str
    points: float
    total: float
    verdict: str
    aspects: list[str]
    advice: list[str]
    by_hand: bool
    comment: str


@dataclass(frozen=True)
class SentenceRow:
    """A sentence in which something was to be explained: what was asked, what was written, what a person says of it.

    `state` is a message key under `grading.page.sentence`. With `earlier`, extra credit and comment were given for a
    sentence that stood here before.
    """

    anchor: str
    asks: str
    written: str
    state: str
    extra: float
    comment: str
    earlier: bool


@dataclass(frozen=True)
class Overview:
    """What the page begins with; also what is `told` under each cell, by its id, and comments, by grade id."""

    language: str
    title: str
    points: float
    total: float
    penalty: float
    refused: list[str]
    remarks: list[str]
    checks: list[CheckRow]
    sentences: list[SentenceRow]
    told: dict[str, list[str]]
    comments: dict[str, str]

    def say(self, key: str, **values: object) -> str:
        """A sentence of the page, in the notebook's language."""
        return say(f"grading.page.{key}", self.language, **values)


def overview(notebook: NotebookNode, names: dict[str, Any]) -> Overview:
    """Of a graded notebook with nbgrader's scores and comments in its cells; `names` are nbgrader's resources."""
    about = notebook.metadata.get(KEY, {})
    refused = about.get("refused", "").splitlines()
    comments = {
        cell.metadata.nbgrader.grade_id: comment
        for cell in notebook.cells
        if (comment := cell.metadata.get("nbgrader", {}).get("comment")) and comment not in (NO_RESPONSE, *refused)
    }
    language = notebook.metadata.get("course", {}).get("language")
    checks = [_row(cell, name, comments) for cell in notebook.cells if (name := checked_exercise(cell))]
    asked = filter(is_explanation, notebook.cells)
    return Overview(
        language=language if language in LANGUAGES else LANGUAGES[0],
        title=notebook.metadata.get("title") or names["assignment"],
        points=names["score"],
        total=names["max_score"],
        penalty=names["late_penalty"],
        refused=refused,
        remarks=about.get("remarks", []),
        checks=checks,
        sentences=[_sentence(cell, cell.id in names["unread"], comments, unreadable=bool(refused)) for cell in asked],
        told={cell.id: cell.metadata[KEY]["told"] for cell in notebook.cells if KEY in cell.metadata},
        comments=comments,
    )


def _row(cell: NotebookNode, exercise: str, comments: dict[str, str]) -> CheckRow:
    given, told = cell.metadata.nbgrader, cell.metadata.get(KEY, {})
    return CheckRow(
        anchor=given.grade_id,
        exercise=exercise,
        points=given.score,
        total=given.points,
        verdict=told.get("verdict", ""),
        aspects=told.get("aspects", []),
        advice=told.get("advice", []),
        by_hand="points" in told and told["points"] != given.score,
        comment=comments.get(exercise, ""),
    )


def _sentence(cell: NotebookNode, unread: bool, comments: dict[str, str], *, unreadable: bool) -> SentenceRow:
    given, written = cell.metadata.nbgrader, cell.metadata.get(KEY, {}).get("written", "")
    comment = comments.get(given.grade_id, "")
    earlier = unread and bool(given.score or comment)
    if written:
        state = "again" if earlier else "unread" if unread else "read"
    else:
        state = "unreadable" if unreadable else "gone" if earlier else "unwritten"
    return SentenceRow(given.grade_id, cell.metadata.get("asks", ""), written, state, given.score, comment, earlier)


def number(value: float) -> str:
    """Points as people write them: 3, 2.7."""
    return f"{round(value, 2):g}"


# A grader's comment is Markdown, and a reason for a refusal may name a student's file: HTML in it stays text.
comment_html = mistune.create_markdown(escape=True)


@cache
def colours(selector: str) -> str:
    """The style sheet of code within a selector, by day and by night."""
    light, dark = (HtmlFormatter(style=style).get_style_defs(selector) for style in (LIGHT, DARK))
    return f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}"


class FeedbackPage(HTMLExporter):
    """The page for the student, also where `nbgrader generate_feedback` or formgrader's button makes it.

    It shows a lesson's cells that are worth it, and its last line tells which scores and comments stand on it. It does
    without nbconvert's last pass over a page, which takes longer than all before: that looks for pictures without words
    and for JupyterLab's classes; feedback has neither.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Checks and stubs stand on everybody's page: colouring them again for each took a quarter of its time.
        self._coloured = lru_cache(MOST_KEPT)(Highlight2HTML(pygments_lexer="python", parent=self))
        self.extra_loaders = [PackageLoader("autograder.grading", "."), *self.extra_loaders]
        if isinstance(self.parent, GenerateFeedback):
            _find_by_name(self.parent)

    @validate("template_name")
    def _template_name_validate(self, change: Bunch) -> str:
        """The name of the template: formgrader's server sets the one of its own pages for every exporter in it."""
        name = super()._template_name_validate(change)
        return "feedback" if name == "formgrade" else name

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """nbconvert's, and what our template needs."""
        yield from super().default_filters()
        own = {"overview": overview, "number": number, "checked_exercise": checked_exercise, "colours": colours}
        yield from (own | {"comment_html": comment_html}).items()

    def from_notebook_node(  # type: ignore[override]  # as nbconvert's own exporters of text
        self, nb: NotebookNode, resources: Any = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page about a notebook, nbgrader's own if it is none of this course, and nbconvert's resources."""
        names = resources["nbgrader"]
        if names["assignment"] not in LESSONS:  # an assignment of the instructor's own
            self.template_file = "index.html.j2"
            return super().from_notebook_node(nb, resources, **options)
        self.template_file = TEMPLATE
        if "shown" not in names:
            now = _standing(names, self.parent)
            names |= {"shown": now.shown, "unread": now.unread}
        nb.metadata["title"] = nb.cells[0].source.partition("\n")[0].removeprefix("# ")
        if KEY in nb.metadata:  # outputs have the same, for formgrader, in lines that are as long as it has room for
            for cell in nb.cells:
                if cell.cell_type == "code":
                    cell.outputs = []
        nb.cells = _worth_showing(nb.cells)
        for cell in nb.cells:
            cell.source = _compact(cell.source)
        self.register_filter("highlight_code", _Highlighter(self._coloured))
        resources = self._init_resources(resources)
        page, resources = TemplateExporter.from_notebook_node(self, nb, resources, **options)
        return f"{page.rstrip()}\n<!-- {names['shown']} -->\n", resources


class _Highlighter:
    """Colours a page's code where that is quick: long lines and long pages stay plain.

    The highlighter takes the square of a line's length for some lines.
    """

    def __init__(self, highlight: Callable[[str], str]) -> None:
        self._highlight, self._left = highlight, MOST_COLOURED

    def __call__(self, source: str, **_: Any) -> str:
        self._left -= len(source)
        if self._left < 0 or any(len(line) > LONGEST_COLOURED for line in source.splitlines()):
            return f'<div class="highlight"><pre>{html.escape(source)}</pre></div>'
        return self._highlight(source)


def _find_by_name(converter: GenerateFeedback) -> None:
    """Let nbgrader's converter, which takes brackets in a name for a pattern, read each student's own notebook."""
    coursedir = converter.coursedir
    named = Path(coursedir.format_path(coursedir.autograded_directory, coursedir.student_id, coursedir.assignment_id))
    folders = [named] if named.is_dir() else map(Path, converter.assignments)
    found = {str(folder): sorted(map(str, folder.glob(f"{coursedir.notebook_id}.ipynb"))) for folder in folders}
    converter.assignments = {folder: notebooks for folder, notebooks in found.items() if notebooks}


def _standing(names: dict[str, str], converter: GenerateFeedback) -> Standing:
    with Gradebook(names["db_url"], converter.coursedir.course_id) as gradebook:
        return standings(gradebook.db, names["assignment"], names["notebook"], names["student"])[names["student"]]


def shown_on(page: Path) -> str:
    """The `shown` of the standing that is on a page; nothing if there is no whole page, or another program's."""
    try:
        with page.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - len(f"<!-- {'0' * 64} -->\n")))
            line = file.read().decode("ascii", "replace")
    except OSError:
        return ""
    return line.removeprefix("<!-- ").removesuffix(" -->\n") if line.endswith(" -->\n") else ""


def _compact(source: str) -> str:
    """The source without long runs of blank lines: the page's highlighter takes their number squared."""
    kept: list[str] = []
    for line in map(str.rstrip, source.splitlines()):
        if line or any(kept[-MOST_BLANK_LINES:]):
            kept.append(line)
    return "\n".join(kept)


def _worth_showing(cells: list[NotebookNode]) -> list[NotebookNode]:
    """The student's cells, the checks, and where something happened: prose and experiments are in their notebook."""
    return [
        cell
        for cell in cells
        if is_explanation(cell)
        or (
            cell.cell_type == "code"
            and (
                cell.outputs
                or KEY in cell.metadata
                or cell.id.startswith(OWN_PREFIX)
                or cell.metadata.get("nbgrader", {}).get("solution")
                or checked_exercise(cell)
            )
        )
    ]
