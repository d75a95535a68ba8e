"""What every figure shares: colours, the drawing sheet, and the checks of what is drawn."""

import base64
import re
import struct
import textwrap
import unicodedata
from collections.abc import Iterator, Sized
from contextlib import contextmanager
from functools import cache
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import matplotlib.pyplot as plt
import numpy as np
from IPython.core.pylabtools import print_figure
from IPython.display import display
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.text import Text
from numpy.typing import ArrayLike

from coursekit.arrays import shaped

# Okabe and Ito (2008), "Color Universal Design": told apart with every common kind of colour blindness. Those of them
# that stand out from white by 3 to 1, as WCAG 2.2 asks of what has to be seen (1.4.11); of text it asks 4.5 (1.4.3).
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000")
LINE_STYLES = ("-", "--", "-.", ":")  # one fewer than colours: colour and style repeat only after 20 lines
INK, MUTED, PALE = "#222222", "#595959", "#8C8C8C"
DIVERGING = "PuOr"  # from ColorBrewer, for differences: told apart with every common kind of colour blindness
WIDTH = 9.0  # inches; at 100 dots per inch 900 pixels, what a notebook cell shows without shrinking
FEWEST_COLUMNS = 5  # room is left for so many images, so that one or two are not blown up
Layout = Literal["constrained", "compressed", "none"]
# For the letters that matplotlib's own font lacks: a font, the package that brings it, its files by weight.
FONTS = {
    "NanumGothic": ("koreanize_matplotlib", {400: "fonts/NanumGothic.ttf", 700: "fonts/NanumGothicBold.ttf"}),  # Korean
}
STYLE = {
    "axes.edgecolor": PALE,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.axisbelow": True,
    "grid.color": "#E5E5E5",
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "image.interpolation": "nearest",  # a pixel is shown as a pixel
}


@cache
def _fonts() -> list[str]:
    """Names of fonts in the order in which letters are looked for, once matplotlib has their files.

    A font whose package is not there is left out.
    The package is not imported, for only its files are wanted. Their weights are told, for matplotlib reads another
    than bold from a bold font of ours, and warns whenever it uses it.
    """
    found = ["DejaVu Sans"]
    for name, (package, files) in FONTS.items():
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            continue
        for weight, file in files.items():
            path = str(Path(spec.origin).parent / file)
            entry = font_manager.FontEntry(fname=path, name=name, weight=weight, size="scalable")
            font_manager.fontManager.ttflist.append(entry)
        found.append(name)
    return found


def style() -> dict[str, Any]:
    """The course's style, for matplotlib, whatever language the figure is in."""
    return STYLE | {"font.family": _fonts()}


def picture(png: bytes, alt: str) -> str:
    """A PNG as HTML, with a text for readers who do not see it: in a notebook, only HTML can carry one.

    Args:
        png: the file's content.
        alt: the text, which is escaped here.

    Returns:
        An `<img>` element with the picture inside it.
    """
    width, height = struct.unpack(">II", png[16:24])  # where the header of every PNG has them
    return (
        f'<img alt="{escape(alt)}" width="{width}" height="{height}" style="max-width: 100%; height: auto" '
        f'src="data:image/png;base64,{base64.b64encode(png).decode()}">'
    )


class Sheet(Figure):
    """A figure that a notebook shows together with its words, for readers who do not see it."""

    def words(self) -> str:
        """What is written on it: the title, then names of axes, rows and lines, but not the numbers along the axes."""
        texts = [text.get_text() for text in self.findobj(Text) if text.get_visible()]
        lines = [" ".join(text.split()) for text in [self.get_suptitle(), *texts]]
        return "; ".join(dict.fromkeys(line for line in lines if re.search(r"[^\W\d_]", line)))

    def _ipython_display_(self) -> None:
        words = self.words()
        png = print_figure(self, "png", bbox_inches="tight")
        display({"text/html": picture(png, words), "text/plain": words}, raw=True)


@contextmanager
def sheet(title: str, height: float, layout: Layout = "constrained") -> Iterator[Sheet]:
    """An empty figure of `height` inches in the course's style, whatever style the notebook has set.

    It is closed at the end: a notebook then shows it once, where it is returned or displayed, and keeps no copy.

    Args:
        title: the finding, in bold above the figure; "" for none.
        height: in inches; the width is WIDTH.
        layout: matplotlib's layout engine: "constrained", "compressed", or "none" for axes placed by hand.

    Yields:
        The figure, to be drawn on.
    """
    # Outside the style: a notebook's first figure switches its display of figures on, which leaving would undo.
    # An opaque background keeps dark text readable in JupyterLab's dark theme.
    size = (WIDTH, height)
    figure = plt.figure(figsize=size, dpi=100, facecolor="white", edgecolor="white", FigureClass=Sheet, layout=layout)
    assert isinstance(figure, Sheet)  # which matplotlib's types leave open
    try:
        with plt.style.context(["default", style()]):
            if title:
                figure.suptitle(wrapped(title, 88), x=0.01, ha="left", fontsize=12, fontweight="bold")
            yield figure
            figure.draw_without_rendering()  # ticks are made when first drawn: make them in this style
    finally:
        plt.close(figure)


def wrapped(text: str, width: int) -> str:
    """A text in lines of at most `width` letters. Those of Korean take the room of two."""
    filler = "\N{WORD JOINER}"
    spread = "".join(letter + filler * (unicodedata.east_asian_width(letter) in "WF") for letter in text)
    return textwrap.fill(spread, width).replace(filler, "")


def show_image(ax: Axes, image: np.ndarray, **options: Any) -> AxesImage:
    """An image (height, width) without ticks, in a thin frame so that a white one has an edge."""
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(True)
    return ax.imshow(image, **options)


def row_label(ax: Axes, text: str) -> None:
    """Names a row of images, left of its first one."""
    ax.set_ylabel(text, rotation=0, ha="right", va="center", labelpad=8)


def image_axes(figure: Figure, rows: int, columns: int) -> np.ndarray:
    """Axes (rows, columns) for images, from the left edge."""
    axes = figure.subplots(rows, max(columns, FEWEST_COLUMNS), squeeze=False)
    for ax in axes[:, columns:].flat:
        ax.set_visible(False)
    return axes[:, :columns]


def image_height(rows: int, columns: int, aspect: float, text: float = 0.1) -> float:
    """Inches for a title and `rows` of images with `aspect` = height / width, each with inches of `text`."""
    return 0.5 + rows * (WIDTH / max(columns, FEWEST_COLUMNS) * aspect + text)


def as_images(value: ArrayLike, name: str) -> np.ndarray:
    """`value`, (batch, height, width) or (batch, height, width, 1), as (batch, height, width).

    Raises:
        ValueError: another shape.
    """
    expected = "(batch, height, width) or (batch, height, width, 1)"
    images = shaped(value, name, expected, 3, 4)
    if images.ndim == 4 and images.shape[-1] != 1:
        raise ValueError(f"{name}: expected {expected}, received shape {images.shape}")
    return images.reshape(images.shape[:3])


def as_unit_images(value: ArrayLike, name: str) -> np.ndarray:
    """`value` as (batch, height, width) in [0, 1]; uint8 is divided by 255.

    Raises:
        ValueError: another shape, or numbers outside [0, 1] that are not uint8.
    """
    images = as_images(value, name)
    if images.dtype == np.uint8:
        return images / np.float32(255)
    low, high = images.min(), images.max()
    if not (low > -1e-3 and high < 1 + 1e-3):  # rounding in float16 or float32 may overshoot a little
        raise ValueError(f"{name}: expected uint8 or values in [0, 1], received {images.dtype} in [{low:g}, {high:g}]")
    return images


def same_length(values: Sized, name: str, expected: int, each: str) -> None:
    """Check the number of values.

    Args:
        values: what was received.
        name: of the argument, for the message.
        expected: how many there should be.
        each: what each value belongs to, for the message.

    Raises:
        ValueError: another number.
    """
    if len(values) != expected:
        raise ValueError(f"{name}: expected {expected}, one for each {each}, received {len(values)}")
