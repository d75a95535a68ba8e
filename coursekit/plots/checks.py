"""The figure of a check: the expected output, the one received, and their difference."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from coursekit.plots.style import DIVERGING, INK, PALETTE, row_label, sheet, show_image
from curriculum.messages import say

MOST_CHANNELS = 3  # rows of maps; those with the largest errors are drawn
MOST_BARS = 40


def expected_and_received(expected: ArrayLike, received: ArrayLike) -> Figure:
    """Side by side what a check expected, what it received, and received minus expected.

    Of feature maps (batch, height, width, channels) or images (batch, height, width), the image and channels with the
    largest errors are drawn; of anything else, the numbers of the batch's worst entry as bars. Outputs of different
    shapes are drawn beside each other without a difference.

    Args:
        expected: of any shape; what is not a number is drawn as 0.
        received: the same.

    Raises:
        ValueError: one of them has no values.
    """
    expected, received = (np.asarray(array, dtype=np.float64) for array in (expected, received))
    if not expected.size or not received.size:
        raise ValueError(f"Expected outputs with values. Received: shapes {expected.shape} and {received.shape}")
    if expected.shape != received.shape:
        return _two_shapes(expected, received)
    received = np.nan_to_num(received)  # what is not a number is drawn as 0
    errors = np.abs(received - expected)
    worst = errors.reshape(len(errors), -1).max(axis=1).argmax() if expected.ndim > 1 else None
    if expected.ndim in (3, 4):
        key = "largest_in_image" if errors.max() > 0 else "no_difference_in_image"
        title = say(f"figure.{key}", difference=errors.max(), image=worst)
        return _maps(_channels_last(expected[worst]), _channels_last(received[worst]), title)
    title = say(f"figure.{'largest_difference' if errors.max() > 0 else 'no_difference'}", difference=errors.max())
    chosen = ... if worst is None else worst
    return _bars(expected[chosen].ravel(), received[chosen].ravel(), title)


def _channels_last(maps: np.ndarray) -> np.ndarray:
    return maps if maps.ndim == 3 else maps[..., np.newaxis]


def _maps(expected: np.ndarray, received: np.ndarray, title: str) -> Figure:
    """A row for each of the channels with the largest errors; maps are (height, width, channels)."""
    difference = received - expected
    channels = np.argsort(-np.abs(difference).max(axis=(0, 1)), kind="stable")[:MOST_CHANNELS]
    both = np.stack([expected[..., channels], received[..., channels]])
    values = {"cmap": "viridis", "vmin": both.min(), "vmax": both.max()}
    largest = np.abs(difference).max() or 1.0
    errors = {"cmap": DIVERGING, "vmin": -largest, "vmax": largest}
    with sheet(title, 0.8 + 1.6 * len(channels), "compressed") as figure:
        axes = figure.subplots(len(channels), 3, squeeze=False)
        for row, channel in zip(axes, channels, strict=True):
            shown = show_image(row[0], expected[..., channel], **values)
            show_image(row[1], received[..., channel], **values)
            shown_error = show_image(row[2], difference[..., channel], **errors)
            row_label(row[0], say("figure.channel_number", channel=channel))
        for ax, name in zip(axes[0], ("expected", "yours", "yours_minus_expected"), strict=True):
            ax.set_title(say(f"figure.{name}"))
        figure.colorbar(shown, ax=axes[:, :2], label=say("figure.value"), pad=0.02)
        figure.colorbar(shown_error, ax=axes[:, 2], label=say("figure.difference"), pad=0.04)
    return figure


def _bars(expected: np.ndarray, received: np.ndarray, title: str) -> Figure:
    expected, received = expected[:MOST_BARS], received[:MOST_BARS]
    places = np.arange(len(expected))
    with sheet(title, 3.0) as figure:
        left, right = figure.subplots(1, 2)
        left.bar(places - 0.2, expected, 0.4, color=PALETTE[0], label=say("figure.expected"))
        left.bar(
            places + 0.2, received, 0.4, color=PALETTE[1], label=say("figure.yours"), hatch="//", edgecolor="white"
        )
        left.set(xlabel=say("figure.position"), ylabel=say("figure.value"))
        left.legend()
        right.bar(places, received - expected, color=PALETTE[2])
        right.axhline(0, color=INK, linewidth=0.8)
        right.set(xlabel=say("figure.position"), ylabel=say("figure.yours_minus_expected"))
        for ax in (left, right):
            ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


def _two_shapes(expected: np.ndarray, received: np.ndarray) -> Figure:
    """The first entry of each, as a map or as bars."""
    title = say("figure.shapes_differ", expected=expected.shape, received=received.shape)
    with sheet(title, 3.0) as figure:
        for ax, array, name in zip(figure.subplots(1, 2), (expected, received), ("expected", "yours"), strict=True):
            _draw_first(ax, array)
            ax.set_title(f"{say(f'figure.{name}')}: {array.shape}")
    return figure


def _draw_first(ax: Axes, array: np.ndarray) -> None:
    first = np.nan_to_num(array[0] if array.ndim > 1 else array)
    if first.ndim in (2, 3) and array.ndim > 2:
        image = show_image(ax, _channels_last(first)[..., 0] if first.ndim == 3 else first, cmap="viridis")
        ax.figure.colorbar(image, ax=ax, label=say("figure.value"))
        ax.set_xlabel(say("figure.first_channel" if first.ndim == 3 else "figure.first_image"))
    else:
        values = first.ravel()[:MOST_BARS]
        ax.bar(range(len(values)), values, color=PALETTE[0])
        ax.set(xlabel=say("figure.position"), ylabel=say("figure.value"))
