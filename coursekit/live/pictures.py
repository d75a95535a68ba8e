"""The figures of the live demos: drawn once, after that only what has changed is given to them."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from coursekit.plots.attention import draw_gates
from coursekit.plots.style import DIVERGING, INK, MUTED, PALE, PALETTE, WIDTH, row_label, sheet, show_image

LEFT = 0.95  # inches for the names of rows
GREY = {"cmap": "gray", "vmin": 0, "vmax": 1}


def axes_at(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes at a place in inches from the upper left corner. Nothing is laid out anew when they change."""
    across, down = figure.get_size_inches()
    return figure.add_axes((left / across, 1 - (top + height) / down, width / across, height / down))


def mosaic(maps: np.ndarray) -> np.ndarray:
    """Feature maps (height, width, channels) side by side, one gap of nan around each channel."""
    framed = np.pad(maps, ((1, 1), (1, 1), (0, 0)), constant_values=np.nan)
    return np.concatenate(np.moveaxis(framed, -1, 0), axis=1)


class GatedMaps:
    """An image and its drawing; below, each channel's map, its gate, and what the gate lets through."""

    def __init__(self, channels: int) -> None:
        blank = np.zeros((28, 28))
        width = WIDTH - LEFT - 0.4
        side = width / channels
        with sheet("", 3.75 + 2 * side, "none") as self.figure:
            side_by_side = [axes_at(self.figure, LEFT + 1.92 * place, 0.3, 1.75, 1.75) for place in range(3)]
            self.image, self.drawing = (show_image(ax, blank, **GREY) for ax in side_by_side[:2])
            self.difference = show_image(side_by_side[2], blank, cmap=DIVERGING, vmin=-0.5, vmax=0.5)
            for ax, title in zip(side_by_side, ("image", "drawing", "drawing − image"), strict=True):
                ax.set_title(title)
            self.difference.axes.set_xlabel("orange: too dark, purple: too bright", fontsize=8, color=MUTED)
            self._draw_error()
            self.before = self._draw_maps(axes_at(self.figure, LEFT, 2.35, width, side), channels, "maps")
            self.gates_axes = axes_at(self.figure, LEFT, 2.45 + side, width, 0.8)
            self.bars = draw_gates(self.gates_axes, np.ones(channels), channels)
            # The own gates stay marked while others are in their place.
            (self.marks,) = self.gates_axes.plot(range(channels), np.ones(channels), "_", color=INK, markersize=24)
            self.gates_axes.set(xlim=(-0.5, channels - 0.5), xticks=[])
            row_label(self.gates_axes, "gates\n— own")
            self.after = self._draw_maps(
                axes_at(self.figure, LEFT, 3.35 + side, width, side), channels, "maps\n× gates"
            )
            self.after.axes.set(xticks=range(channels))
            self.after.axes.tick_params(length=0)

    def _draw_error(self) -> None:
        ax = axes_at(self.figure, LEFT + 6.7, 0.75, 0.9, 0.8)
        self.error_bars = ax.barh(["own gates", "shown"], [0, 0], color=PALETTE[0])
        self.error_texts = [ax.text(0, row, "", va="center") for row in range(2)]
        ax.set(xticks=[], title="error × 1,000")
        ax.tick_params(length=0)
        ax.spines["bottom"].set_visible(False)
        ax.invert_yaxis()

    def _draw_maps(self, ax: Axes, channels: int, label: str) -> AxesImage:
        row_label(ax, label)
        extent = (-0.5, channels - 0.5, 0, 1)
        picture = show_image(ax, np.zeros((1, 1)), cmap="viridis", vmin=0, vmax=1, extent=extent, aspect="auto")
        ax.spines[:].set_visible(False)
        return picture

    def update(
        self,
        image: np.ndarray,
        drawing: np.ndarray,
        maps: np.ndarray,
        gated: np.ndarray,
        gates: np.ndarray,
        own_gates: np.ndarray,
        errors: tuple[float, float, float],
    ) -> None:
        """Show another state.

        Args:
            image, drawing: (28, 28).
            maps, gated: before and behind the gates, (height, width, channels).
            gates, own_gates: those in place and the layer's own, (channels,).
            errors: of the drawing with its own gates, with those in place, and with the worst to choose from.
        """
        self.image.set_data(image)
        self.drawing.set_data(drawing)
        self.difference.set_data(drawing - image)
        for picture, shown in ((self.before, maps), (self.after, gated)):
            picture.set_data(mosaic(shown))
            picture.set_clim(0, maps.max())
        for bar, gate in zip(self.bars, gates, strict=True):
            bar.set_height(gate)
        self.marks.set_ydata(own_gates)
        both = np.concatenate([gates, own_gates])
        self.gates_axes.set_ylim(min(0, both.min()), max(1, both.max()))
        for bar, text, error in zip(self.error_bars, self.error_texts, errors, strict=False):
            bar.set_width(error)
            text.set_x(error)
            text.set_text(f" {error:.1f}")
        self.error_texts[0].axes.set_xlim(0, errors[2])


class GatesByClass:
    """Mean gates as a map, a row for each class and a column for each channel; below, how one class differs."""

    def __init__(self, classes: Sequence[str], channels: int) -> None:
        left, width = 1.15, WIDTH - 2.15
        with sheet("", 4.6, "none") as self.figure:
            ax = axes_at(self.figure, left, 0.1, width, 2.6)
            self.map = show_image(ax, np.zeros((len(classes), channels)), cmap="viridis", vmin=0, vmax=1, aspect="auto")
            ax.set_yticks(range(len(classes)), classes)
            ax.tick_params(length=0)
            self.classes = ax.get_yticklabels()
            scale = self.figure.colorbar(self.map, cax=axes_at(self.figure, left + width + 0.15, 0.1, 0.15, 2.6))
            scale.set_label("mean gate")
            self.frame = ax.add_patch(Rectangle((-0.5, -0.5), channels, 1, fill=False, edgecolor="white", linewidth=3))
            self.axes = axes_at(self.figure, left, 2.95, width, 1.2)
            self.bars = self.axes.bar(range(channels), np.zeros(channels), color=PALETTE[0])
            self.axes.axhline(0, color=INK, linewidth=0.8)
            self.axes.set(xlim=(-0.5, channels - 0.5), xticks=range(channels), xlabel="channel")
            self.axes.set_ylabel("class − all classes")

    def update(self, means: np.ndarray, chosen: int) -> None:
        """Show another state.

        Args:
            means: mean gates, (classes, channels).
            chosen: the class in the frame and the bars.
        """
        self.map.set_data(means)
        self.frame.set_y(chosen - 0.5)
        for place, name in enumerate(self.classes):
            name.set_fontweight("bold" if place == chosen else "normal")
        differences = means - means.mean(axis=0)
        for bar, difference in zip(self.bars, differences[chosen], strict=True):
            bar.set_height(difference)
        largest = np.abs(differences).max() or 1.0
        self.axes.set_ylim(-largest, largest)


class WhereItLooks:
    """An image with its cover, the gates, both together, and the probability of every class."""

    def __init__(self, classes: Sequence[str]) -> None:
        blank = np.zeros((28, 28))
        side = 1.95
        with sheet("", 2.7, "none") as self.figure:
            places = [axes_at(self.figure, 0.1 + (side + 0.1) * place, 0.3, side, side) for place in range(3)]
            self.images = [show_image(places[0], blank, **GREY), show_image(places[2], blank, **GREY)]
            self.gates = show_image(places[1], blank, cmap="plasma", vmin=0, vmax=1)
            self.overlay = places[2].imshow(blank, cmap="plasma", vmin=0, vmax=1, interpolation="bilinear")
            for ax, title in zip(places, ("image", "gates", "gates over the image"), strict=True):
                ax.set_title(title)
            scale = self.figure.colorbar(
                self.gates, cax=axes_at(self.figure, 2.15, 2.33, side, 0.08), orientation="horizontal"
            )
            scale.set_ticks([0, 0.5, 1], labels=["0 shut", "0.5", "1 open"])
            # The outline tells a cover from a dark garment.
            self.covers = [ax.add_patch(Rectangle((0, 0), 0, 0, fill=False, linestyle="--")) for ax in places[::2]]
            for cover in self.covers:
                cover.set_edgecolor(PALETTE[4])
            ax = axes_at(self.figure, 7.3, 0.3, 1.3, 2.15)
            self.bars = ax.barh(classes, np.zeros(len(classes)), color=PALE)
            self.texts = [ax.text(0, row, "", va="center", fontsize=8) for row in range(len(classes))]
            ax.set(xlim=(0, 1), xticks=[], title="probability")
            ax.tick_params(length=0, labelsize=9)
            ax.invert_yaxis()

    def update(
        self,
        image: np.ndarray,
        gates: np.ndarray,
        probabilities: np.ndarray,
        right: int,
        cover: tuple[int, int, int],
    ) -> None:
        """Show another state.

        Args:
            image, gates: (28, 28).
            probabilities: (classes,).
            right: the class of the image; its bar is blue, and its name bold.
            cover: row, column and size of the black square.
        """
        for picture in self.images:
            picture.set_data(image)
        self.gates.set_data(gates)
        self.overlay.set_data(gates)
        self.overlay.set_alpha(0.7 * np.clip(gates, 0, 1))
        row, column, size = cover
        for outline in self.covers:
            outline.set_bounds(column - 0.5, row - 0.5, size, size)
        names = self.texts[0].axes.get_yticklabels()
        for place, (bar, text, name, share) in enumerate(zip(self.bars, self.texts, names, probabilities, strict=True)):
            bar.set_width(share)
            bar.set_color(PALETTE[0] if place == right else PALE)
            name.set_fontweight("bold" if place == right else "normal")
            text.set_x(share)
            text.set_text(f" {share:.0%}")


class LatentWalk:
    """Two garments, the drawing between them, both laid over each other; below, the whole walk as a strip of film.

    Args:
        percents: where on the way the pictures of the film are.
    """

    def __init__(self, percents: Sequence[int]) -> None:
        steps = len(percents)
        blank = np.zeros((28, 28))
        side, gap = 1.65, 0.13
        titles = ("start", "drawing", "end", "start and end\nlaid over each other", "drawing minus\nlaid over")
        with sheet("", 3.95, "none") as self.figure:
            places = [
                axes_at(self.figure, 0.1 + (side + gap) * place, 0.45, side, side) for place in range(len(titles))
            ]
            for ax, title in zip(places, titles, strict=True):
                ax.set_title(title)
            self.start, self.drawing, self.end, self.both = (show_image(ax, blank, **GREY) for ax in places[:4])
            self.difference = show_image(places[4], blank, cmap=DIVERGING, vmin=-0.5, vmax=0.5)
            places[4].set_xlabel("orange: too dark\npurple: too bright", fontsize=8, color=MUTED)
            width = WIDTH - 0.2
            self.strip = axes_at(self.figure, 0.1, 2.6, width, width / steps)
            self.strip.set_title("the whole walk, in % of the way from start to end", loc="left", y=1.12)
            extent = (-0.5, steps - 0.5, 0, 1)
            self.film = show_image(self.strip, np.zeros((1, 1)), extent=extent, aspect="auto", **GREY)
            self.strip.spines[:].set_visible(False)
            self.strip.set_xticks(range(steps), [f"{percent} %" for percent in percents])
            self.strip.tick_params(length=0)
            (self.here,) = self.strip.plot([0], [1.06], "v", color=PALETTE[1], markersize=11, clip_on=False)

    def update(
        self, start: np.ndarray, end: np.ndarray, drawing: np.ndarray, both: np.ndarray, film: np.ndarray
    ) -> None:
        """Show another state: images (28, 28) and the film (steps, 28, 28)."""
        for picture, image in ((self.start, start), (self.end, end), (self.drawing, drawing), (self.both, both)):
            picture.set_data(image)
        self.difference.set_data(drawing - both)
        self.film.set_data(mosaic(np.moveaxis(film, 0, -1)))

    def mark(self, place: float) -> None:
        """Point at a place of the film, counted in its pictures from 0."""
        self.here.set_xdata([place])


class Disturbed:
    """A clean image, the disturbed one, what is drawn of it, how far that is off, and the errors as bars."""

    def __init__(self) -> None:
        blank = np.zeros((28, 28))
        side, gap = 1.65, 0.13
        with sheet("", 2.35, "none") as self.figure:
            places = [axes_at(self.figure, 0.1 + (side + gap) * place, 0.3, side, side) for place in range(4)]
            for ax, title in zip(places, ("clean", "disturbed", "redrawn", "redrawn − clean"), strict=True):
                ax.set_title(title)
            self.clean, self.shown, self.drawing = (show_image(ax, blank, **GREY) for ax in places[:3])
            self.difference = show_image(places[3], blank, cmap=DIVERGING, vmin=-0.5, vmax=0.5)
            places[3].set_xlabel("orange: too dark, purple: too bright", fontsize=8, color=MUTED)
            ax = axes_at(self.figure, 7.95, 0.5, 0.6, 1.2)
            self.bars = ax.barh(["disturbed", "redrawn", "clean\nredrawn"], [0, 0, 0], color=[PALE, PALETTE[0], PALE])
            self.texts = [ax.text(0, row, "", va="center") for row in range(3)]
            ax.set(xticks=[], title="error × 1,000")
            ax.tick_params(length=0, labelsize=9)
            ax.spines["bottom"].set_visible(False)
            ax.invert_yaxis()

    def update(self, clean: np.ndarray, shown: np.ndarray, drawing: np.ndarray, errors: list[float]) -> None:
        """Show another state.

        Args:
            clean, shown, drawing: (28, 28).
            errors: of what is shown, of the drawing, and of the drawing of the clean image.
        """
        self.clean.set_data(clean)
        self.shown.set_data(shown)
        self.drawing.set_data(drawing)
        self.difference.set_data(drawing - clean)
        for bar, text, error in zip(self.bars, self.texts, errors, strict=True):
            bar.set_width(error)
            text.set_x(error)
            text.set_text(f" {error:.1f}")
        self.texts[0].axes.set_xlim(0, max(errors))


class Gradients:
    """Gradient norms by layer, plain against residual; beside them, the accuracy of each depth after training."""

    def __init__(self, accuracies: dict[str, list[float]], depths: tuple[int, ...]) -> None:
        with sheet("", 3.3, "none") as self.figure:
            self.axes = axes_at(self.figure, 0.75, 0.3, 4.6, 2.45)
            self.lines = {
                kind: self.axes.plot([], [], style, color=colour, marker=marker, markersize=4, label=kind)[0]
                for (kind, style, colour, marker) in (
                    ("plain", "--", PALETTE[1], "s"),
                    ("residual", "-", PALETTE[0], "o"),
                )
            }
            self.axes.set(xlabel="3×3 convolution, counted from the loss back to the image", ylabel="gradient norm")
            self.axes.set_yscale("log")
            self.axes.yaxis.set_major_formatter("{x:g}")
            self.axes.grid(axis="y")
            self.axes.legend(loc="upper left", frameon=False)
            ax = axes_at(self.figure, 6.55, 0.3, 2.2, 2.45)
            rows = np.arange(len(depths))
            self.bars = []
            for offset, (kind, values) in zip((-0.2, 0.2), accuracies.items(), strict=True):
                bars = ax.barh(rows + offset, values, 0.36, color=self.lines[kind].get_color())
                ax.bar_label(bars, [f" {kind} {value:.0%}" for value in values], fontsize=8)
                self.bars.append(bars)
            ax.set_yticks(rows, [f"{depth} layers" for depth in depths])
            ax.set(xlim=(0, 1.35), xticks=[0, 0.5, 1], title="accuracy after training")
            ax.xaxis.set_major_formatter("{x:.0%}")
            ax.tick_params(axis="y", length=0)
            ax.invert_yaxis()
            self.names = ax.get_yticklabels()

    def update(self, norms: dict[str, np.ndarray], depth: int) -> None:
        """Show another state.

        Args:
            norms: plain or residual -> (convolutions,), the nearest to the image first.
            depth: which of the depths they belong to, from 0.
        """
        for kind, line in self.lines.items():
            line.set_data(np.arange(1, 1 + len(norms[kind])), norms[kind][::-1])
        self.axes.relim()
        self.axes.autoscale()
        for bars in self.bars:
            for place, bar in enumerate(bars):
                bar.set_alpha(1 if place == depth else 0.35)
        for place, name in enumerate(self.names):
            name.set_fontweight("bold" if place == depth else "normal")
