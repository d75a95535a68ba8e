"""A question that is answered by playing with a demo, and checked on the spot."""

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as widgets

from coursekit.paragraph import as_paragraph
from curriculum.messages import say

MOST_BUTTONS = 5  # more options are a list to open


class Question(widgets.VBox):
    """A question, a field for the answer, a button, and the verdict.

    Args:
        text: the question.
        field: any widget with a `value`; None means nothing chosen yet.
        is_right: judges a value. Called when the reader asks, so that it may compute.
        why: what the demo's numbers say, shown with a right answer.
    """

    def __init__(
        self, text: str, field: widgets.ValueWidget, is_right: Callable[[Any], bool], why: Callable[[], str]
    ) -> None:
        self.field, self.is_right, self.why = field, is_right, why
        self.button = widgets.Button(description=say("live.check_answer"))
        self.verdict = widgets.HTML()
        self.button.on_click(lambda _: self._judge())
        field.observe(lambda _: self._clear(), "value")
        asked = widgets.HTML(as_paragraph(f"<b>{escape(text)}</b>"))
        super().__init__([asked, field, widgets.Box([self.button, self.verdict], layout={"flex_flow": "row wrap"})])

    def _judge(self) -> None:
        if self.field.value is None:
            said = say("live.choose_first")
        elif self.is_right(self.field.value):
            said = f"✓ {say('live.right')} {self.why()}"
        else:
            said = f"✗ {say('live.wrong')}"
        self.verdict.value = as_paragraph(f'<span role="status">{escape(said)}</span>')

    def _clear(self) -> None:
        self.verdict.value = ""


def choose(text: str, options: dict[str, Any], right: Callable[[], Any], why: Callable[[], str]) -> Question:
    """A question with one right option.

    Args:
        text: the question.
        options: what the reader sees -> its value.
        right: the value of the right option.
        why: as in `Question`.
    """
    field_type = widgets.RadioButtons if len(options) <= MOST_BUTTONS else widgets.Dropdown
    field = field_type(options=list(options.items()), value=None, layout={"width": "auto", "max_width": "24em"})
    return Question(text, field, lambda value: value == right(), why)
