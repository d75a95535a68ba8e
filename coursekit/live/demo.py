"""A live demo: controls, one picture that follows them, a sentence that says what it shows, and one question."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import ipywidgets as widgets
import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from coursekit.live.question import Question, as_paragraph
from coursekit.plots.style import PALETTE, STYLE, picture
from curriculum.messages import say


@dataclass(frozen=True)
class Shown:
    """What a picture shows now, in the reader's language."""

    finding: str  # stands above the picture
    alt: str  # for readers who do not see the picture: what it consists of, and its numbers


class Demo(widgets.VBox):
    """A demo as a widget: a notebook shows it where it is returned.

    The picture is an `<img>` inside an HTML widget, not an Image widget, which has no alternative text.

    Args:
        figure: drawn once; every move changes its artists.
        show: called with the controls' values by name, changes the figure, says what it shows.
        controls: name -> widget with a `value`.
        question: to be answered by playing.
        notice: whose layer is at work; called after `show`, for it may depend on the controls.
    """

    def __init__(
        self,
        figure: Figure,
        show: Callable[..., Shown],
        controls: dict[str, widgets.ValueWidget],
        question: Question,
        notice: Callable[[], str],
    ) -> None:
        self.controls, self.question = controls, question
        self._figure, self._show, self._notice = figure, show, notice
        self.notice, self.finding, self.picture = widgets.HTML(), widgets.HTML(), widgets.HTML()
        row = widgets.Box(list(controls.values()), layout={"flex_flow": "row wrap"})
        super().__init__([self.notice, row, self.finding, self.picture, question])
        for control in controls.values():
            control.observe(lambda _: self.redraw(), "value")
        self.redraw()

    def redraw(self) -> None:
        """Show the picture for the controls' values."""
        with plt.style.context(["default", STYLE]):
            shown = self._show(**{name: control.value for name, control in self.controls.items()})
            self.picture.value = picture(self.png(), shown.alt)
        self.notice.value = as_paragraph(escape(self._notice()))
        self.finding.value = as_paragraph(f'<b role="status">{escape(shown.finding)}</b>')

    def png(self, compress_level: int = 1) -> bytes:
        """The picture as it is now. From 1 (fast) to 9 (small)."""
        file = io.BytesIO()
        self._figure.savefig(
            file, format="png", metadata={"Software": None}, pil_kwargs={"compress_level": compress_level}
        )
        return file.getvalue()


def slider(key: str, low: int, high: int, value: int) -> widgets.IntSlider:
    """A slider over whole numbers, named by the sentence `live.control.<key>`."""
    return _plain_to_see(widgets.IntSlider(value, low, high, **_labelled(key)))


def steps(key: str, options: Sequence[Any], value: Any) -> widgets.SelectionSlider:
    """A slider over a few values, or over (label, value) pairs."""
    return _plain_to_see(widgets.SelectionSlider(options=options, value=value, **_labelled(key)))


def choices(key: str, options: dict[str, Any], value: Any) -> widgets.Dropdown:
    """A list to choose from: what the reader sees -> its value."""
    return widgets.Dropdown(options=list(options.items()), value=value, **_labelled(key))


def _plain_to_see(slider: widgets.ValueWidget) -> widgets.ValueWidget:
    slider.style.handle_color = PALETTE[0]  # in JupyterLab's light theme it would be white on white
    return slider


def _labelled(key: str) -> dict[str, Any]:
    return {
        "description": say(f"live.control.{key}"),
        "style": {"description_width": "initial"},
        "layout": {"width": "auto", "min_width": "22em", "margin": "2px 1.5em 2px 2px"},
    }
