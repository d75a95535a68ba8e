"""A lesson as a page of the web site: the student's notebook with what the instructor's gave when it ran."""

import base64
import re
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output

from autograder.authoring.launch import binder_link, colab_link, notebook_path
from autograder.lessons.cells import EXPERIMENT_TAG
from autograder.lessons.notebooks import student_notebook
from curriculum.messages import say

WIDGET = "application/vnd.jupyter.widget-view+json"
# The picture that a notebook keeps of each demo, folded away, for the time when no kernel runs.
FOLDED = re.compile(r"<details><summary>[^<]*</summary>\s*!\[([^\]]*)\]\((\w+)\.png\)\s*</details>\n*")
DRAWN = re.compile(r'src="data:image/png;base64,([^"]+)"')
DEMO = re.compile(r"\blive\.(\w+)\(")
MARKS = re.compile(r"^[ \t]*### (BEGIN|END) SOLUTION\n?", re.MULTILINE)
FIGURES = "figures"  # the folder beside the pages


class PageError(Exception):
    """A lesson cannot be shown as a page."""


@dataclass
class LessonPage:
    """A notebook for MyST-NB, and the files that it shows.

    Attributes:
        notebook: text and code of the student's notebook, outputs that a browser can show without a kernel.
        figures: file name -> PNG, to lie in the folder FIGURES beside the page.
    """

    notebook: NotebookNode
    figures: dict[str, bytes] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The lesson's title, from its first line."""
        return str(self.notebook.cells[0].source.partition("\n")[0]).removeprefix("# ")


def lesson_page(ran: NotebookNode, demos: dict[str, bytes], repository: str | None, *, solutions: bool) -> LessonPage:
    """Make a page of a lesson.

    Args:
        ran: the instructor's notebook with outputs.
        demos: name of a demo -> its picture as PNG.
        repository: `owner/name` on GitHub, for launch links; None where there is none.
        solutions: whether exercises show the solution instead of what students are given.

    Raises:
        PageError: a demo has no picture.
    """
    language = ran.metadata.course.language
    page = LessonPage(nbformat.from_dict(ran) if solutions else student_notebook(ran))
    outputs = {cell.id: cell.get("outputs", []) for cell in ran.cells}
    alternatives = _unfold(page.notebook)
    for cell in page.notebook.cells:
        if cell.cell_type == "code":
            cell.source = MARKS.sub("", cell.source)
            cell.metadata["tags"] = _tags(cell)
            cell.outputs = [
                output
                for number, each in enumerate(_joined(outputs[cell.id]))
                if (output := _shown(each, f"{cell.id}-{number}.png", cell, page, demos, alternatives, language))
            ]
    page.notebook.cells.insert(1, new_markdown_cell(_launch(ran, repository, language, solutions), id="launch"))
    return page


def _unfold(notebook: NotebookNode) -> dict[str, str]:
    """Take the folded pictures out of the text. Returns: a demo's name -> what its picture shows, in words."""
    found: dict[str, str] = {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found |= {name: " ".join(words.split()) for words, name in FOLDED.findall(cell.source)}
            cell.source = FOLDED.sub("", cell.source).rstrip()
    return found


def _tags(cell: NotebookNode) -> list[str]:
    """What style sheet and MyST-NB know a cell by."""
    marks = cell.metadata.get("nbgrader", {})
    if marks.get("solution"):
        return ["exercise"]
    if marks.get("grade"):
        return ["check"]
    if marks.get("locked"):
        return ["given", "hide-input"]
    return [tag for tag in cell.metadata.get("tags", []) if tag == EXPERIMENT_TAG]


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Printed lines that follow each other as one output, however they happened to arrive."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output.output_type == "stream" and output.name == last.get("name"):
            joined[-1] = new_output("stream", name=output.name, text=last["text"] + output.text)
        else:
            joined.append(output)
    return joined


def _shown(
    output: NotebookNode,
    name: str,
    cell: NotebookNode,
    page: LessonPage,
    demos: dict[str, bytes],
    alternatives: dict[str, str],
    language: str,
) -> NotebookNode | None:
    """What a page shows of an output, if anything."""
    if output.output_type == "stream":
        return output if output.name == "stdout" else None
    data = output.get("data", {})
    if WIDGET in data:
        return _demo(cell, page, demos, alternatives, language)
    html = "".join(data.get("text/html", ""))
    if not html:
        return output
    if html.startswith("<style"):  # for JupyterLab alone
        return None
    if drawn := DRAWN.search(html):
        page.figures[name] = base64.b64decode(drawn[1])
        html = DRAWN.sub(f'src="{FIGURES}/{name}" loading="lazy"', html)
    return _html(html)


def _demo(
    cell: NotebookNode, page: LessonPage, demos: dict[str, bytes], alternatives: dict[str, str], language: str
) -> NotebookNode:
    called = DEMO.search(cell.source)
    if called is None or called[1] not in demos or called[1] not in alternatives:
        raise PageError(
            f"cell {cell.id}: expected a demo, live.<name>(…), with a picture <name>.png in course/ and a folded "
            f"picture above it. Received: {cell.source!r}"
        )
    name = f"{called[1]}.png"
    page.figures[name] = demos[called[1]]
    html = (
        f'<figure><img alt="{escape(alternatives[called[1]])}" src="{FIGURES}/{name}" loading="lazy">'
        f"<figcaption>{escape(say('site.demo', language), quote=False)}</figcaption></figure>"
    )
    return _html(html)


def _html(html: str) -> NotebookNode:
    output: NotebookNode = new_output("display_data", {"text/html": html})
    return output


def _launch(ran: NotebookNode, repository: str | None, language: str, solutions: bool) -> str:
    """The line below the title: where the notebook can be opened. A page with solutions has a warning in its place."""
    if solutions:
        return f":::{{warning}}\n{say('site.solutions_shown', language)}\n:::"
    path = notebook_path(ran.metadata.course.lesson, language)
    links = {"download": f'href="notebooks/{Path(path).name}" download'}
    if repository:
        launchers = {"open_binder": binder_link(repository, path), "open_colab": colab_link(repository, path)}
        links = {key: f'href="{escape(address)}"' for key, address in launchers.items()} | links
    shown = [f"<a {to}>{say(f'site.{key}', language)}</a>" for key, to in links.items()]
    return f'<p class="launch">{" ".join(shown)}</p>'
