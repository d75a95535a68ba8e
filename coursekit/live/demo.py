"""A live demo: controls, one picture that follows them, a sentence that says what it shows, and one question."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Protocol

import ipywidgets as widgets
import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from coursekit.live.question import Question
from coursekit.paragraph import as_paragraph
from coursekit.plots.style import PALETTE, picture, style
from curriculum.messages import say


@dataclass(frozen=True)
class Shown:
    """What a picture shows now, in the reader's language."""

    finding: str  # stands above the picture
    alt: str  # for readers who do not see the picture: what it consists of, and its numbers


class Picture(Protocol):
    """A figure of `coursekit.live.pictures`: drawn once, then given one state after the other by its `update`."""

    figure: Figure


class Content(Protocol):
    """What one demo consists of; each demo is a class of this form.

    Attributes:
        picture: what `show` changes.
        controls: name -> widget with a `value`.
    """

    picture: Picture
    controls: dict[str, widgets.ValueWidget]

    def show(self, **values: Any) -> Shown:
        """Change the picture to the controls' values, given by name, and say what it shows."""

    def question(self) -> Question:
        """A new question, to be answered by playing."""

    def notice(self) -> str:
        """Whose layer is at work; asked after `show`, for it may depend on the controls."""


class Demo(widgets.VBox):
    """A demo as a widget: a notebook shows it where it is returned.

    The picture is an `<img>` inside an HTML widget, not an Image widget, which has no alternative text.

    Args:
        content: what is shown, asked and said.

    Attributes:
        shown: what the picture shows now, as text.
    """

    def __init__(self, content: Content) -> None:
        self.controls, self.question = content.controls, content.question()
        self._content = content
        self.notice, self.finding, self.picture = widgets.HTML(), widgets.HTML(), widgets.HTML()
        row = widgets.Box(list(self.controls.values()), layout={"flex_flow": "row wrap"})
        super().__init__([self.notice, row, self.finding, self.picture, self.question])
        for control in self.controls.values():
            control.observe(lambda _: self.redraw(), "value")
        self.redraw()

    def redraw(self) -> None:
        """Show the picture for the controls' values."""
        with plt.style.context(["default", style()]):
            self.shown = self._content.show(**{name: control.value for name, control in self.controls.items()})
            self.picture.value = picture(self.png(), self.shown.alt)
        self.notice.value = as_paragraph(escape(self.whose()))
        self.finding.value = as_paragraph(f'<b role="status">{escape(self.shown.finding)}</b>')

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture in a notebook, in pixels."""
        figure = self._content.picture.figure
        width, height = figure.get_size_inches() * figure.dpi
        return round(width), round(height)

    def whose(self) -> str:
        """Whose layer is at work."""
        return self._content.notice()

    def png(self, compress_level: int = 1) -> bytes:
        """The picture as it is now, as PNG.

        Args:
            compress_level: from 1 (fast) to 9 (small).
        """
        return self._saved(format="png", metadata={"Software": None}, pil_kwargs={"compress_level": compress_level})

    def webp(self, dpi: int) -> bytes:
        """The picture as it is now, as WebP without loss: half of a PNG, where half a second more does not matter.

        Args:
            dpi: pixels to an inch of the figure.
        """
        return self._saved(format="webp", dpi=dpi, pil_kwargs={"lossless": True, "method": 3, "quality": 50})

    def _saved(self, **options: Any) -> bytes:
        file = io.BytesIO()
        self._content.picture.figure.savefig(file, **options)
        return file.getvalue()


def slider(key: str, low: int, high: int, value: int) -> widgets.IntSlider:
    """A slider over whole numbers, labelled with the message `live.control.<key>`."""
    return _with_visible_handle(widgets.IntSlider(value, low, high, **_labelled(key)))


def steps(key: str, options: Sequence[Any], value: Any) -> widgets.SelectionSlider:
    """A slider over a few values, or over (label, value) pairs, labelled as `slider` is."""
    return _with_visible_handle(widgets.SelectionSlider(options=options, value=value, **_labelled(key)))


def choices(key: str, options: dict[str, Any], value: Any) -> widgets.Dropdown:
    """A list to choose from, labelled as `slider` is.

    Args:
        key: of the label.
        options: what the reader sees -> its value.
        value: the one chosen at first.
    """
    return widgets.Dropdown(options=list(options.items()), value=value, **_labelled(key))


def garment_choice(names: Sequence[str], first: str) -> widgets.Dropdown:
    """A list of garments, whose value is the place of the chosen one in `names`; `first` is chosen at first."""
    return choices("garment", {name: place for place, name in enumerate(names)}, names.index(first))


def _with_visible_handle(slider: widgets.ValueWidget) -> widgets.ValueWidget:
    slider.style.handle_color = PALETTE[0]  # in JupyterLab's light theme it would be white on white
    return slider


def _labelled(key: str) -> dict[str, Any]:
    return {
        "description": say(f"live.control.{key}"),
        "style": {"description_width": "initial"},
        "layout": {"width": "auto", "min_width": "22em", "margin": "2px 1.5em 2px 2px"},
    }
