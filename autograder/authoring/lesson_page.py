"""A lesson as a page of the web site: the student's notebook with what the instructor's gave when it ran."""

import base64
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output

from autograder.authoring.launch import binder_link, colab_link, notebook_path
from autograder.authoring.recordings import Recording
from autograder.authoring.site_texts import relinked
from autograder.lessons.cells import EXPERIMENT_TAG
from autograder.lessons.notebooks import student_notebook
from curriculum.exercises import LESSONS
from curriculum.messages import say

WIDGET = "application/vnd.jupyter.widget-view+json"
# The picture that a notebook keeps of each demo, folded away, for the time when no kernel runs.
FOLDED = re.compile(r"<details><summary>[^<]*</summary>\s*!\[[^\]]*\]\(\w+\.png\)\s*</details>\n*")
DRAWN = re.compile(r'src="data:image/png;base64,([^"]+)"')
DEMO = re.compile(r"\blive\.(\w+)\(")
PREDICTION = re.compile(r"^predict\(\"(\w+)\"\)", re.MULTILINE)
MARKS = re.compile(r"^[ \t]*### (BEGIN|END) SOLUTION\n?", re.MULTILINE)
FIGURES = "figures"  # the folder beside the pages


class PageError(Exception):
    """A lesson cannot be shown as a page."""


@dataclass
class LessonPage:
    """A notebook for MyST-NB, and the files that it shows.

    Attributes:
        notebook: text and code of the student's notebook, outputs that a browser can show without a kernel.
        figures: file name -> PNG or WebP, to lie in the folder FIGURES beside the page.
    """

    notebook: NotebookNode
    figures: dict[str, bytes] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The lesson's title, from its first line."""
        return str(self.notebook.cells[0].source.partition("\n")[0]).removeprefix("# ")


def lesson_page(
    ran: NotebookNode,
    demos: dict[str, Recording],
    repository: str | None,
    *,
    solutions: bool,
    lessons: Iterable[str] = LESSONS,
) -> LessonPage:
    """Make a page of a lesson.

    Args:
        ran: the instructor's notebook with outputs.
        demos: name of a demo -> its recording.
        repository: `owner/name` on GitHub, for launch links; None where there is none.
        solutions: whether exercises show the solution instead of what students are given.
        lessons: those that have pages; of a link to any other only the words stay, or it leads to the repository.

    Raises:
        PageError: a demo has no recording.
    """
    language, lesson = ran.metadata.course.language, ran.metadata.course.lesson
    lessons, origin = tuple(lessons), notebook_path(lesson, language)
    page = LessonPage(nbformat.from_dict(ran) if solutions else student_notebook(ran))
    outputs = {cell.id: cell.get("outputs", []) for cell in ran.cells}
    for cell in page.notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = FOLDED.sub("", cell.source).rstrip()
            if "](../" in cell.source:
                cell.source = relinked(cell.source, origin, language, repository, lessons)[0]
        if cell.cell_type == "code":
            cell.source = MARKS.sub("", cell.source)
            cell.metadata["tags"] = _tags(cell)
            cell.outputs = [
                output
                for number, each in enumerate(_joined(outputs[cell.id]))
                if (output := _shown(each, f"{cell.id}-{number}.png", cell, page, demos, language))
            ]
    page.notebook.cells.insert(1, new_markdown_cell(_launch(ran, repository, language, solutions), id="launch"))
    return page


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
    demos: dict[str, Recording],
    language: str,
) -> NotebookNode | None:
    """What a page shows of an output, if anything."""
    if output.output_type == "stream":
        return output if output.name == "stdout" else None
    data = output.get("data", {})
    if WIDGET in data and (asked := PREDICTION.search(cell.source)):
        return _answer(asked[1], language)
    if WIDGET in data:
        return _demo(cell, page, demos, language)
    html = "".join(data.get("text/html", ""))
    if not html:
        return output
    if html.startswith("<style"):  # for JupyterLab alone
        return None
    if drawn := DRAWN.search(html):
        page.figures[name] = base64.b64decode(drawn[1])
        html = DRAWN.sub(f'src="{FIGURES}/{name}" loading="lazy"', html)
        html = f'<div class="drawn" tabindex="0">{html}</div>'  # on a telephone it is moved, by keys as well
    return _html(html)


def _answer(prediction: str, language: str) -> NotebookNode:
    """What a page has in place of the field for a prediction: the question, and the answer folded away."""
    asks, folded, why = (say(f"tasks.{key}", language) for key in (f"{prediction}.asks", "folded", f"{prediction}.why"))
    return _html(
        f"<p><strong>{escape(asks)}</strong></p><details><summary>{escape(folded)}</summary><p>{escape(why)}</p></details>"
    )


def _demo(cell: NotebookNode, page: LessonPage, demos: dict[str, Recording], language: str) -> NotebookNode:
    """A demo's recording: without a script its first picture, for site/static/recording.js has the control appear."""
    called = DEMO.search(cell.source)
    if called is None or called[1] not in demos:
        raise PageError(
            f"cell {cell.id}: expected a demo, live.<name>(…), that DEMOS in coursekit/live/catalogue.py has. "
            f"Received: {cell.source!r}"
        )
    name, demo = called[1], demos[called[1]]
    files = [f"{name}-{number}.webp" for number in range(len(demo.frames))]
    page.figures |= {file: demo.picture(number) for number, file in enumerate(files)}
    frames = [
        {"position": frame.position, "finding": frame.finding, "alt": frame.alt, "src": f"{FIGURES}/{file}"}
        for frame, file in zip(demo.frames, files, strict=True)
    ]
    still, (width, height) = frames[demo.start], demo.size
    return _html(
        f'<figure class="recording" data-frames="{escape(json.dumps(frames, ensure_ascii=False))}">'
        f"{_control(name, demo)}"
        f'<p role="status">{escape(still["finding"])}</p>'
        f'<div class="recording-picture" tabindex="0"><img alt="{escape(still["alt"])}" src="{still["src"]}" '
        f'width="{width}" height="{height}" loading="lazy"></div>'
        f"<figcaption>{escape(demo.notice)} {escape(say('site.demo', language))}</figcaption></figure>"
    )


def _control(name: str, demo: Recording) -> str:
    """What moves a recording, of the demo's own kind: a slider or a list. Its value is the number of a frame."""
    start, label = demo.start, f'<label for="{name}">{escape(demo.control)}</label>'
    if demo.as_list:
        options = "".join(
            f'<option value="{number}"{" selected" if number == start else ""}>{escape(frame.position)}</option>'
            for number, frame in enumerate(demo.frames)
        )
        control = f'<select id="{name}" autocomplete="off">{options}</select>'
    else:
        position = escape(demo.frames[start].position)
        control = (
            f'<input id="{name}" type="range" min="0" max="{len(demo.frames) - 1}" value="{start}" '
            f'aria-valuetext="{position}" autocomplete="off"><span aria-hidden="true">{position}</span>'
        )
    return f'<div class="recording-control" hidden>{label}{control}</div>'


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
