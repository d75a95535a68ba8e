"""The summary card's pictures, as SVG: a feature map as a block, its gates shaded dark (shut) to light (open)."""

from collections.abc import Callable

SHADES = ("#0072B2", "#56B4E9", "#D6ECFA")  # blues of Okabe and Ito, told apart by lightness alone
LINE, ACCENT = "#444444", "#D55E00"
SIDE, SLICES, STEP = 44, 6, 5  # front face, channels drawn, shift of each channel to the upper right
CELLS = 4  # positions along a side
WIDTH, HEIGHT = SIDE + SLICES * STEP + 4, SIDE + SLICES * STEP + 4

# Which shade a gate has, by (row, column, channel).
Shade = Callable[[int, int, int], int]
SHADE_OF: dict[str, Shade] = {
    "channels": lambda row, column, channel: (2 * channel + channel // 2) % 3,
    "neighbours": lambda row, column, channel: (2 * channel + channel // 2) % 3,
    "positions": lambda row, column, channel: (row + 2 * column + row * column) % 3,
    "everything": lambda row, column, channel: (row + 2 * column + row * column + channel) % 3,
    "heads": lambda row, column, channel: (row + 2 * column + row * column) % 3,
    "pairs": lambda row, column, channel: 2,
}


def picture(name: str) -> str:
    """The SVG of a kind of gates.

    Raises: KeyError if there is none of this name.
    """
    if name == "channels_then_positions":
        parts = [f'<g transform="scale(0.62)">{_map(SHADE_OF["channels"])}</g>']
        parts.append(f'<text x="{0.62 * WIDTH + 1}" y="{HEIGHT / 2}" font-size="11" fill="{LINE}">→</text>')
        parts.append(f'<g transform="translate({0.62 * WIDTH + 14} 0) scale(0.62)">{_map(SHADE_OF["positions"])}</g>')
        return _svg("".join(parts), width=1.24 * WIDTH + 14, height=0.62 * HEIGHT)
    marks = {"neighbours": _bracket, "pairs": _rays, "heads": _peaks}.get(name, str)()
    return _svg(_map(SHADE_OF[name]) + marks)


def _svg(content: str, width: float = WIDTH, height: float = HEIGHT) -> str:
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    return f'<svg {size} aria-hidden="true">{content}</svg>'


def _place(row: int, column: int, channel: int) -> tuple[float, float]:
    """The upper left corner of a position of a channel; channel 0 lies in front."""
    cell = SIDE / CELLS
    return 1 + column * cell + channel * STEP, 1 + row * cell + (SLICES - 1 - channel) * STEP


def _map(shade: Shade) -> str:
    """All channels, the last first, so that those in front cover it."""
    cell = SIDE / CELLS
    squares = []
    for channel in reversed(range(SLICES)):
        for row in range(CELLS):
            for column in range(CELLS):
                x, y = _place(row, column, channel)
                fill = SHADES[shade(row, column, channel)]
                squares.append(f'<rect x="{x:g}" y="{y:g}" width="{cell:g}" height="{cell:g}" fill="{fill}"/>')
        x, y = _place(0, 0, channel)
        frame = f'x="{x:g}" y="{y:g}" width="{SIDE}" height="{SIDE}" fill="none" stroke="{LINE}" stroke-width="0.6"'
        squares.append(f"<rect {frame}/>")
    return "".join(squares)


def _bracket() -> str:
    """Three neighbouring channels, joined along the lower right edge."""
    (x1, y1), (x2, y2) = _place(CELLS, CELLS, 1), _place(CELLS, CELLS, 3)
    return f'<line x1="{x1 + 2}" y1="{y1 + 2}" x2="{x2 + 2}" y2="{y2 + 2}" stroke="{ACCENT}" stroke-width="3"/>'


def _rays() -> str:
    """From one position to all others."""
    cell = SIDE / CELLS
    half = cell / 2
    x0, y0 = _place(2, 0, 0)
    lines = []
    for row in range(CELLS):
        for column in range(CELLS):
            x, y = _place(row, column, 0)
            ends = f'x1="{x0 + half:g}" y1="{y0 + half:g}" x2="{x + half:g}" y2="{y + half:g}"'
            lines.append(f'<line {ends} stroke="{ACCENT}" stroke-width="0.8"/>')
            lines.append(f'<circle cx="{x + half:g}" cy="{y + half:g}" r="1.3" fill="{LINE}"/>')
    return "".join(lines)


def _peaks() -> str:
    """Where each of a few heads looks."""
    half = SIDE / CELLS / 2
    circles = []
    for row, column in ((0, 1), (1, 3), (3, 0), (2, 2)):
        x, y = _place(row, column, 0)
        place = f'cx="{x + half:g}" cy="{y + half:g}" r="3.6"'
        circles.append(f'<circle {place} fill="none" stroke="{ACCENT}" stroke-width="2"/>')
    return "".join(circles)
