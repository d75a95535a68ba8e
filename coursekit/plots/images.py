"""Figures of images and their pixels."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from coursekit.plots.style import (
    PALETTE,
    as_images,
    as_unit_images,
    image_axes,
    image_height,
    row_label,
    same_length,
    sheet,
    show_image,
    wrapped,
)
from curriculum.messages import network_name, say

Range = tuple[float, float]


def image_row(images: ArrayLike, titles: Sequence[object] | None = None, title: str = "", cmap: str = "gray") -> Figure:
    """One row of images, 0 black and 1 (or 255) white.

    Args:
        images: (batch, height, width) or (batch, height, width, 1), uint8 or in [0, 1].
        titles: what to write above each image.
        title: the finding.
        cmap: matplotlib's name of a colour map.

    Raises:
        ValueError: wrong shape, values outside [0, 1], or not one title for each image.
    """
    images = as_unit_images(images, "images")
    count, rows, columns = images.shape
    titles = [""] * count if titles is None else titles
    same_length(titles, "titles", count, "image")
    with sheet(title, image_height(1, count, rows / columns, 0.3), "compressed") as figure:
        for ax, image, text in zip(image_axes(figure, 1, count)[0], images, titles, strict=True):
            show_image(ax, image, cmap=cmap, vmin=0, vmax=1)
            ax.set_title(wrapped(str(text), max(8, 110 // max(count, 5))), fontsize=9)
    return figure


def image_grid(
    rows: dict[str, ArrayLike], title: str = "", value_range: Range | dict[str, Range] | None = None
) -> Figure:
    """Named rows of images, such as input, reconstruction and error, with what black and white mean beside each row.

    Args:
        rows: name -> (batch, height, width) or (batch, height, width, 1); the same number of images in each.
        title: the finding.
        value_range: (black, white) for all rows, or by row name; a row without one goes from its smallest to its
            largest value.

    Raises:
        ValueError: no rows, wrong shape, rows of unequal length, or a range for a row that is not there.
    """
    arrays = {name: as_images(images, f"rows[{name!r}]") for name, images in rows.items()}
    if not arrays:
        raise ValueError("rows: expected at least one row of images, received none")
    first = next(iter(arrays.values()))
    for name, images in arrays.items():
        same_length(images, f"rows[{name!r}]", len(first), "image of the first row")
    ranges = value_range if isinstance(value_range, dict) else dict.fromkeys(arrays, value_range)
    if unknown := set(ranges) - set(arrays):
        raise ValueError(f"value_range: expected names from {list(arrays)}, received {sorted(unknown)}")
    height = image_height(len(arrays), len(first) + 1, first.shape[1] / first.shape[2])
    with sheet(title, height, "compressed") as figure:
        axes = image_axes(figure, len(arrays), len(first))
        for row, (name, images) in zip(axes, arrays.items(), strict=True):
            low, high = ranges.get(name) or (images.min(), images.max())
            row_label(row[0], f"{network_name(name)}\n{say('figure.range', low=low, high=high)}")
            for ax, image in zip(row, images, strict=True):
                show_image(ax, image, cmap="gray", vmin=low, vmax=high)
    return figure


def pixel_histogram(before: ArrayLike, after: ArrayLike, title: str = "") -> Figure:
    """How often each pixel value occurs, before and after normalisation.

    Args:
        before: pixel values from 0 to 255, any shape.
        after: the same pixels from 0 to 1, the same shape.
        title: the finding.

    Raises:
        ValueError: no pixels, or shapes that differ.
    """
    before, after = np.asarray(before), np.asarray(after)
    if before.size == 0:
        raise ValueError(f"before: expected at least one pixel, received shape {before.shape}")
    if before.shape != after.shape:
        raise ValueError(f"after: expected the shape of before, {before.shape}, received {after.shape}")
    panels = ((before, 255, say("figure.before")), (after, 1, say("figure.after")))
    with sheet(title, 3.4) as figure:
        axes = figure.subplots(1, 2, sharey=True)
        for ax, (values, top, when), colour in zip(axes, panels, PALETTE, strict=False):
            # A value that should not be there widens the axis instead of being cut off.
            limits = (min(0, values.min()), max(top, values.max()))
            counts, edges = np.histogram(values, bins=51, range=limits)
            ax.bar(edges[:-1], 100 * counts / values.size, np.diff(edges), align="edge", color=colour)
            ends = say("figure.range", low=values.min(), high=values.max())
            ax.set(title=f"{when}: {values.dtype}, {ends}", xlabel=say("figure.pixel_value"))
            ax.set_yscale("log")
            ax.yaxis.set_major_formatter("{x:g}")
            ax.grid(axis="y")
        axes[0].set_ylabel(say("figure.pixel_share"))
    return figure
