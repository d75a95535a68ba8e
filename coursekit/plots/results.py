"""Figures of measured results over seeds."""

from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from coursekit.arrays import shaped
from coursekit.plots.style import INK, LINE_STYLES, MUTED, PALETTE, sheet, wrapped
from coursekit.statistics import summary
from curriculum.messages import network_name, say


def _spread(positions: list[float], gap: float) -> np.ndarray:
    """Moves positions in [0, 1] apart until neighbours are `gap` away, without changing their order."""
    order = np.argsort(positions, kind="stable")
    placed = np.array(positions)[order]
    for i in range(1, len(placed)):
        placed[i] = max(placed[i], placed[i - 1] + gap)
    ceiling = 1.0
    for i in reversed(range(len(placed))):
        placed[i] = min(placed[i], ceiling)
        ceiling = placed[i] - gap
    result = np.empty_like(placed)
    result[order] = placed
    return result


def _label_ends(ax: Axes, names: list[str], ends: list[tuple[float, float]], gap: float) -> None:
    """Writes each line's name to the right of the axes, joined to where the line ends."""
    low, high = ax.get_ylim()
    places = _spread([(y - low) / (high - low) for _, y in ends], gap)
    for index, (name, end, place) in enumerate(zip(names, ends, places, strict=True)):
        colour = PALETTE[index % len(PALETTE)]
        ax.plot(*end, "o", color=colour, markersize=5)
        pointer = {"arrowstyle": "-", "color": colour, "linewidth": 0.8, "relpos": (0, 0.5)}
        ax.annotate(
            name, end, (1.04, place), textcoords="axes fraction", va="center", arrowprops=pointer, annotation_clip=False
        )


def curves(runs: dict[str, ArrayLike], title: str, xlabel: str, ylabel: str) -> Figure:
    """Mean of the seeds as a line, from the lowest to the highest seed as a band, against the epoch from 1.

    Args:
        runs: name -> (seeds, epochs). A run may stop early, or become nan; it ends where no number follows.
        title: the finding.
        xlabel: with its unit.
        ylabel: with its unit.

    Raises:
        ValueError: no runs, wrong shape, seeds of unequal length, or a run without a number.
    """
    if not runs:
        raise ValueError("runs: expected at least one run, received none")
    arrays = {name: shaped(run, f"runs[{name!r}]", "(seeds, epochs)", 2).astype(float) for name, run in runs.items()}
    ends = []
    with sheet(title, 4.2) as figure:
        ax = figure.subplots()
        for index, (name, run) in enumerate(arrays.items()):
            colour, style = PALETTE[index % len(PALETTE)], LINE_STYLES[index % len(LINE_STYLES)]
            epochs, mean = np.arange(1, run.shape[1] + 1), run.mean(axis=0)
            numbers = np.flatnonzero(np.isfinite(mean))
            if not numbers.size:
                raise ValueError(f"runs[{name!r}]: expected an epoch with a number for every seed, received none")
            ends.append((epochs[numbers[-1]], mean[numbers[-1]]))
            ax.fill_between(epochs, run.min(axis=0), run.max(axis=0), color=colour, alpha=0.15, linewidth=0)
            ax.plot(epochs, mean, color=colour, linestyle=style, linewidth=2)
        ax.margins(x=0.01)
        ax.set(xlabel=xlabel, ylabel=ylabel)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.grid(axis="y")
        seeds = sorted({len(run) for run in arrays.values()})
        counts = "–".join(dict.fromkeys((str(seeds[0]), str(seeds[-1]))))
        _note(ax, say("figure.one_seed") if seeds == [1] else say("figure.seeds", count=counts))
        _label_ends(ax, list(map(network_name, arrays)), ends, gap=0.065)
    return figure


def _note(ax: Axes, text: str) -> None:
    """How to read the figure, in small letters above the axes."""
    ax.set_title(text, loc="left", fontsize=9, color=MUTED)


def comparison(
    results: dict[str, ArrayLike], title: str, xlabel: str, better: Literal["higher", "lower"] = "higher"
) -> Figure:
    """Every seed as a dot, and the mean with its 95 % t-interval as a bar, one row for each name in the order given.

    Args:
        results: name -> (seeds,).
        title: the finding.
        xlabel: with its unit.
        better: which end of the axis is the good one.

    Raises:
        ValueError: no results, wrong shape, or another word for `better`.
    """
    if not results:
        raise ValueError("results: expected at least one row of seeds, received none")
    if better not in ("higher", "lower"):
        raise ValueError(f"better: expected 'higher' or 'lower', received {better!r}")
    rows = {name: shaped(seeds, f"results[{name!r}]", "(seeds,)", 1) for name, seeds in results.items()}
    with sheet(title, 1.3 + 0.5 * len(rows)) as figure:
        ax = figure.subplots()
        for row, seeds in enumerate(rows.values()):
            mean, low, high = summary(seeds)
            ax.plot([low, high], [row, row], color=PALETTE[0], linewidth=6, alpha=0.35, solid_capstyle="butt")
            ax.plot(mean, row, "|", color=PALETTE[0], markersize=16, markeredgewidth=2.5)
            ax.plot(seeds, np.full(len(seeds), row), "o", color=INK, markersize=5, alpha=0.7, markeredgewidth=0)
        ax.set_yticks(range(len(rows)), [wrapped(network_name(name), 28) for name in rows])
        ax.tick_params(axis="y", length=0, labelcolor=INK)
        ax.set(ylim=(len(rows) - 0.5, -0.5), xlabel=xlabel)
        ax.grid(axis="x")
        _note(ax, say("figure.dots", better=say(f"figure.{better}")))
    return figure
