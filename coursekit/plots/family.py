"""The family of attention blocks: who took what from whom, and which parts of squeeze-and-excitation each keeps."""

from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from coursekit.plots.style import INK, MUTED, PALE, PALETTE, sheet
from curriculum.messages import say

PARTS = ("squeeze", "layers", "sigmoid", "product")


@dataclass(frozen=True)
class Relative:
    """A block of the family.

    Attributes:
        name: as papers call it; the same in every language.
        date: year and month of its preprint; SimAM's is that of the conference.
        row: where it stands, from the top.
        parts: which of PARTS it has, "1" or "0" for each.
        after: the names of those it builds on.
        here: whether it is written in the lesson.
    """

    name: str
    date: tuple[int, int]
    row: float
    parts: str
    after: tuple[str, ...] = ()
    here: bool = False


# Dates are those of the arXiv numbers: 1709.01507, for instance, is of September 2017.
FAMILY = (
    Relative("Transformer", (2017, 6), 5.5, "0100"),
    Relative("non-local", (2017, 11), 4.3, "0100", ("Transformer",)),
    Relative("RAN", (2017, 4), 0.0, "0111"),
    Relative("SE", (2017, 9), 2.0, "1111"),
    Relative("scSE", (2018, 3), 3.3, "1111", ("SE",)),
    Relative("BAM", (2018, 7), 0.0, "1111", ("RAN", "SE")),
    Relative("CBAM", (2018, 7), 1.2, "1111", ("SE",)),
    Relative("SK", (2019, 3), 2.9, "1101", ("SE",)),
    Relative("GC", (2019, 4), 4.1, "1100", ("SE", "non-local"), here=True),
    Relative("ECA", (2019, 10), 2.3, "1111", ("SE",)),
    Relative("Triplet", (2020, 10), 0.3, "1111", ("CBAM",)),
    Relative("CA", (2021, 3), 1.3, "1111", ("SE", "CBAM"), here=True),
    Relative("SimAM", (2021, 7), 3.2, "1011", here=True),
    Relative("GRN", (2023, 1), 2.2, "1001", here=True),
)
MARK = 0.13  # years, the width of a part's mark
BELOW = 0.3  # rows from a name to its marks


def family_map(title: str) -> Figure:
    """Blocks by date, lines to those that they build on, and four marks: filled for each part that a block has.

    Args:
        title: the finding.
    """
    places = {one.name: (one.date[0] + (one.date[1] - 1) / 12, one.row) for one in FAMILY}
    with sheet(title, 5.2) as figure:
        ax = figure.subplots()
        boxes = {  # around a name with its marks, where arrows begin and end
            name: ax.add_patch(Rectangle((x - 2.4 * MARK, y - BELOW), 4.8 * MARK, 2.7 * BELOW, fill=False, linewidth=0))
            for name, (x, y) in places.items()
        }
        for one in FAMILY:
            x, y = places[one.name]
            for source in one.after:
                ends = {"patchA": boxes[source], "patchB": boxes[one.name], "shrinkA": 0, "shrinkB": 0}
                ax.annotate(
                    "",
                    (x, y),
                    places[source],
                    arrowprops={"arrowstyle": "->", "color": PALE, **ends},
                    zorder=1,
                )
            colour, weight = (PALETTE[0], "bold") if one.here else (INK, "normal")
            ax.text(x, y, one.name, ha="center", va="center", color=colour, fontweight=weight, fontsize=9.5)
            for at, kept in enumerate(one.parts):
                left = x + (at - len(PARTS) / 2) * MARK
                mark = Rectangle((left, y + BELOW - 0.1), 0.8 * MARK, 0.2, edgecolor=INK, linewidth=0.8)
                mark.set_facecolor(PALETTE[0] if kept == "1" else "white")
                ax.add_patch(mark)
        parts = " · ".join(say(f"figure.family_{part}") for part in PARTS)
        ax.set_title(say("figure.family_marks", parts=parts), loc="left", fontsize=9, color=MUTED)
        ax.set(xlim=(2016.9, 2023.5), ylim=(6.0, -0.4), yticks=[], xticks=range(2017, 2024))
        ax.spines["left"].set_visible(False)
        ax.grid(axis="x")
    return figure
