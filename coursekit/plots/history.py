"""How attention came to single pictures: papers by the date of their preprint, in a row for what they look at."""

from dataclasses import dataclass

from matplotlib.figure import Figure

from coursekit.plots.style import INK, PALE, PALETTE, sheet
from curriculum.messages import say

ROWS = ("sentence", "both", "video", "picture")  # from the top
BESIDE = 13  # points from a mark to its label


@dataclass(frozen=True)
class Paper:
    """A paper that brought attention to something new.

    Attributes:
        name: the key of its label.
        date: year and month of its preprint.
        row: one of ROWS, what the network looks at.
        steps: whether it looks again at each step: for each word that it writes, for each glimpse.
        above: whether its label stands above its mark, or below.
        aside: whether the label begins at the mark, for an arrow that comes from the left.
        after: the names of those it builds on.
    """

    name: str
    date: tuple[int, int]
    row: str
    steps: bool
    above: bool = True
    aside: bool = False
    after: tuple[str, ...] = ()


# In this order: arXiv 1406.6247, 1409.0473, 1502.03044, 1502.08029, 1511.02274, 1704.06904, 1706.03762, 1709.01507,
# 1711.07971, 1807.06514 and 1807.06521, 2010.11929.
PAPERS = (
    Paper("glimpses", (2014, 6), "picture", steps=True, above=False),
    Paper("translation", (2014, 9), "sentence", steps=True),
    Paper("captions", (2015, 2), "both", steps=True, aside=True, after=("translation",)),
    Paper("clips", (2015, 2), "video", steps=True, above=False, after=("translation",)),
    Paper("questions", (2015, 11), "both", steps=True, above=False, after=("captions",)),
    Paper("ran", (2017, 4), "picture", steps=False),
    Paper("transformer", (2017, 6), "sentence", steps=False, after=("translation",)),
    Paper("se", (2017, 9), "picture", steps=False, above=False),
    Paper("non_local", (2017, 11), "video", steps=False, aside=True, after=("transformer",)),
    Paper("cbam", (2018, 7), "picture", steps=False, after=("se",)),
    Paper("vit", (2020, 10), "picture", steps=False, above=False, after=("transformer",)),
)


def attention_history(title: str) -> Figure:
    """Papers by date, arrows from those that they build on; circles look step by step, squares at all at once.

    Args:
        title: the finding.
    """
    places = {one.name: (one.date[0] + (one.date[1] - 1) / 12, ROWS.index(one.row)) for one in PAPERS}
    with sheet(title, 5.0) as figure:
        ax = figure.subplots()
        for one in PAPERS:
            for source in one.after:
                arrow = {"arrowstyle": "->", "color": PALE, "shrinkA": 6, "shrinkB": 6}
                ax.annotate("", places[one.name], places[source], arrowprops=arrow)
            ax.annotate(
                f"{say(f'figure.history_{one.name}')}, {one.date[0]}",  # the year for readers who hear the figure
                places[one.name],
                (0, BESIDE if one.above else -BESIDE),
                textcoords="offset points",
                ha="left" if one.aside else "center",
                va="bottom" if one.above else "top",
                fontsize=9,
                color=INK,
            )
        for steps, marker, colour in ((True, "o", PALETTE[0]), (False, "s", PALETTE[1])):
            x, y = zip(*(places[one.name] for one in PAPERS if one.steps == steps), strict=True)
            label = say("figure.history_steps" if steps else "figure.history_at_once")
            ax.scatter(x, y, s=70, marker=marker, color=colour, label=label, zorder=3)
        ax.set(xlim=(2013.8, 2021.4), ylim=(len(ROWS) - 0.4, -0.6), xticks=range(2014, 2022))
        ax.set_yticks(range(len(ROWS)), [say(f"figure.history_{row}") for row in ROWS])
        ax.spines["left"].set_visible(False)
        ax.grid(axis="x")
        figure.legend(loc="outside lower left", ncols=2, frameon=False)
    return figure
