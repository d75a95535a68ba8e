"""Figures of what attention does: feature maps, channel gates and spatial maps."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.figure import Figure, FigureBase
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from coursekit.arrays import shaped
from coursekit.plots.style import (
    PALE,
    PALETTE,
    as_images,
    as_unit_images,
    image_axes,
    image_height,
    row_label,
    same_length,
    sheet,
    show_image,
)
from curriculum.messages import say


def draw_gates(ax: Axes, gates: np.ndarray, coloured: int) -> BarContainer:
    """Gates as bars, with 0.5 marked: sigmoid(0), what a layer gives that has learned nothing.

    Args:
        ax: where they are drawn.
        gates: (channels,).
        coloured: how many of the first bars are blue; the others are grey.

    Returns:
        The bars.
    """
    colours = [PALETTE[0] if channel < coloured else PALE for channel in range(len(gates))]
    bars = ax.bar(range(len(gates)), gates, color=colours)
    ax.axhline(0.5, color=PALETTE[1], linestyle="--", linewidth=1.2)
    end = ("axes fraction", "data")
    ax.annotate("0.5", (1, 0.5), (4, 0), xycoords=end, textcoords="offset points", va="center")
    ax.set(ylim=(min(0, gates.min()), max(1, gates.max())), xlim=(-0.6, len(gates) - 0.4))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return bars


def feature_maps(maps: ArrayLike, title: str = "", gates: ArrayLike | None = None, limit: int = 16) -> Figure:
    """The first channels of a feature map on one colour scale; with gates, also how much of each is let through.

    Args:
        maps: (height, width, channels).
        title: the finding.
        gates: (channels,).
        limit: how many channels to draw at most.

    Raises:
        ValueError: wrong shape, not one gate for each channel, or a limit below 1.
    """
    maps = shaped(maps, "maps", "(height, width, channels)", 3)
    rows, columns, channels = maps.shape
    if limit < 1:
        raise ValueError(f"limit: expected at least 1, received {limit}")
    if gates is not None:
        gates = shaped(gates, "gates", "(channels,)", 1)
        same_length(gates, "gates", channels, "channel of maps")
    shown = min(limit, channels)
    across = min(shown, 8 if gates is None else 4)
    down = -(-shown // across)
    cell = min(1.6, (7.9 if gates is None else 3.6) / across)  # inches left beside the colour bar and the gates
    height = 0.6 + down * (cell * rows / columns + 0.3)
    with sheet(title, height if gates is None else max(2.6, height)) as figure:
        parts: Sequence[FigureBase] = [figure]
        if gates is not None:
            parts = figure.subfigures(1, 2, squeeze=False, width_ratios=(5, 4))[0]
        axes = parts[0].subplots(down, across, squeeze=False)
        for ax in axes.flat[shown:]:
            ax.axis("off")
        for channel, ax in enumerate(axes.flat[:shown]):
            picture = show_image(ax, maps[..., channel], cmap="viridis", vmin=maps.min(), vmax=maps.max())
            name = f"{channel}" if gates is None else say("figure.gate_of", channel=channel, gate=gates[channel])
            ax.set_title(name, fontsize=9)
        parts[0].colorbar(picture, ax=axes, label=say("figure.activation"), aspect=12 * down, pad=0.02)
        if gates is not None:
            ax = parts[1].subplots()
            draw_gates(ax, gates, shown)
            drawn = say("figure.channel_drawn", count=shown) if shown < channels else say("figure.channel")
            ax.set(xlabel=drawn, ylabel=say("figure.gate"))
    return figure


def gate_bars(
    gates: ArrayLike | dict[str, ArrayLike], title: str = "", labels: Sequence[object] | None = None
) -> Figure:
    """Channel gates as bars, one panel for each name, with 0.5 marked.

    Args:
        gates: (channels,), or name -> (channels,).
        title: the finding.
        labels: a name for each channel, instead of its number.

    Raises:
        ValueError: wrong shape, no gates, or not one label for each channel.
    """
    named = gates if isinstance(gates, dict) else {"": gates}
    if not named:
        raise ValueError("gates: expected at least one row of gates, received none")
    arrays = {
        name: shaped(values, f"gates[{name!r}]" if name else "gates", "(channels,)", 1)
        for name, values in named.items()
    }
    for values in arrays.values():
        same_length(values if labels is None else labels, "labels", len(values), "channel")
    with sheet(title, 1.2 + 1.6 * len(arrays)) as figure:
        axes = figure.subplots(len(arrays), 1, sharey=True, squeeze=False)[:, 0]
        for ax, (name, values) in zip(axes, arrays.items(), strict=True):
            draw_gates(ax, values, len(values))
            ax.set_ylabel(say("figure.gate"))
            ax.set_title(name, loc="left")
            if labels is not None:
                ax.set_xticks(range(len(labels)), labels)
        axes[-1].set_xlabel(say("figure.channel"))
    return figure


def picture_gates(pictures: Mapping[str, ArrayLike], gates: Mapping[str, ArrayLike], title: str = "") -> Figure:
    """Each picture, and beside it a strip for each layer of gates, a column for each channel.

    Channels stand from the least to the most open, by their mean over the pictures, so that columns can be compared.

    Args:
        pictures: name -> (height, width) or (height, width, 3), uint8.
        gates: name of the layer -> (pictures, channels).
        title: the finding.

    Raises:
        ValueError: no pictures, no gates, wrong shape, or not one row of gates for each picture.
    """
    if not pictures or not gates:
        raise ValueError(f"expected pictures and gates, received {len(pictures)} and {len(gates)}")
    arrays = {
        name: shaped(values, f"gates[{name!r}]", "(pictures, channels)", 2).astype(float)
        for name, values in gates.items()
    }
    for name, values in arrays.items():
        same_length(values, f"gates[{name!r}]", len(pictures), "picture")
    with sheet(title, 1 + 0.6 * len(pictures)) as figure:
        widths = (0.6, *(4 for _ in arrays))
        axes = figure.subplots(len(pictures), 1 + len(arrays), squeeze=False, width_ratios=widths)
        for row, (name, picture) in zip(axes, pictures.items(), strict=True):
            show_image(row[0], np.asarray(picture), cmap="gray", vmin=0, vmax=255)
            row_label(row[0], name)
        for column, (name, values) in zip(axes.T[1:], arrays.items(), strict=True):
            column[0].set_title(say("figure.gates_of_layer", layer=name, channels=values.shape[1]), loc="left")
            for ax, strip in zip(column, values[:, np.argsort(values.mean(axis=0), kind="stable")], strict=True):
                drawn = show_image(ax, strip[np.newaxis], cmap="viridis", vmin=0, vmax=1, aspect="auto")
            column[-1].set_xlabel(say("figure.by_openness"))
        figure.colorbar(drawn, ax=axes, label=say("figure.gate"), aspect=30, pad=0.01)
    return figure


def attention_overlay(images: ArrayLike, maps: ArrayLike, title: str = "") -> Figure:
    """Each image, its attention map, and the map laid over the image, stretched to the image's size.

    Args:
        images: (batch, height, width) or (batch, height, width, 1), uint8 or in [0, 1].
        maps: (batch, map height, map width), also with a last axis of 1, in [0, 1]; may be smaller than the images.
        title: the finding.

    Raises:
        ValueError: wrong shape, values outside [0, 1], or not one map for each image.
    """
    images, maps = as_unit_images(images, "images"), as_images(maps, "maps")
    if not (maps.min() >= 0 and maps.max() <= 1):  # nan included
        raise ValueError(f"maps: expected values in [0, 1], received [{maps.min():g}, {maps.max():g}]")
    count, rows, columns = images.shape
    same_length(maps, "maps", count, "image")
    extent = (-0.5, columns - 0.5, rows - 0.5, -0.5)  # imshow's own for the images
    heat = {"cmap": "plasma", "vmin": 0, "vmax": 1, "extent": extent}
    with sheet(title, image_height(3, count + 2, rows / columns), "compressed") as figure:
        axes = image_axes(figure, 3, count)
        for ax, text in zip(axes[:, 0], ("image", "attention_map", "overlay"), strict=True):
            row_label(ax, say(f"figure.{text}"))
        for column, image, attention in zip(axes.T, images, maps, strict=True):
            show_image(column[0], image, cmap="gray", vmin=0, vmax=1)
            picture = show_image(column[1], attention, **heat)
            show_image(column[2], image, cmap="gray", vmin=0, vmax=1)
            column[2].imshow(attention, alpha=0.7 * attention, interpolation="bilinear", **heat)
        figure.colorbar(picture, ax=axes, label=say("figure.attention"), shrink=0.8)
    return figure
