"""coursekit.plots: what is drawn, how it reads, and what each function says about input it cannot draw."""

import io
import json
import re
from itertools import pairwise

import matplotlib.pyplot as plt
import nbclient
import nbformat
import numpy as np
import pytest
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from coursekit.plots import (
    attention_history,
    attention_overlay,
    comparison,
    curves,
    expected_and_received,
    family_map,
    feature_maps,
    gate_bars,
    image_grid,
    image_row,
    picture_gates,
    pixel_histogram,
    summary,
)
from coursekit.plots.family import FAMILY, PARTS
from coursekit.plots.history import PAPERS, ROWS
from coursekit.plots.style import INK, LINE_STYLES, MUTED, PALE, PALETTE, sheet, wrapped
from curriculum.messages import network_name, set_language
from curriculum.paths import results_folder

pytestmark = pytest.mark.filterwarnings("error")

RANDOM = np.random.default_rng(0)
BYTES = RANDOM.integers(0, 256, (4, 6, 5), dtype=np.uint8)
UNIT = (BYTES / 255).astype("float32")
MAPS = RANDOM.normal(size=(7, 7, 20))
GATES = np.linspace(0.1, 0.9, 20)
RUNS = {"plain": [[0.5, 0.6, 0.7], [0.7, 0.8, 0.9]], "SE": [[0.55, 0.65, 0.75], [0.65, 0.85, 0.95]]}
SEEDS = {"plain": [90.0, 91.0, 92.0], "SE": [91.0, 93.0]}
PICTURES = {"grey": BYTES[0], "in colours": np.stack([BYTES[1]] * 3, axis=-1)}
FINDING = "Attention helps"

FIGURES = {
    "image_row": lambda title: image_row(BYTES, list("abcd"), title),
    "image_row, one image": lambda title: image_row(UNIT[:1, ..., None], title=title),
    "image_grid": lambda title: image_grid({"input": UNIT, "error": UNIT - 0.5}, title),
    "pixel_histogram": lambda title: pixel_histogram(BYTES, UNIT, title),
    "pixel_histogram, empty bins": lambda title: pixel_histogram([0, 255], [0.0, 1.0], title),
    "feature_maps": lambda title: feature_maps(MAPS, title),
    "feature_maps, gates": lambda title: feature_maps(MAPS, title, GATES),
    "feature_maps, one channel": lambda title: feature_maps(MAPS[..., :1], title, GATES[:1]),
    "gate_bars": lambda title: gate_bars(GATES, title),
    "gate_bars, named": lambda title: gate_bars({"stage 1": GATES, "stage 2": GATES[:8]}, title),
    "attention_overlay": lambda title: attention_overlay(BYTES, UNIT[:, :3, :2], title),
    "picture_gates": lambda title: picture_gates(PICTURES, {"first": UNIT[:2, 0], "last": UNIT[:2, 1]}, title),
    "curves": lambda title: curves(RUNS, title, "epoch", "accuracy"),
    "curves, one epoch": lambda title: curves({"plain": [[1.0]]}, title, "epoch", "accuracy"),
    "comparison": lambda title: comparison(SEEDS, title, "accuracy (%)"),
    "comparison, one seed": lambda title: comparison({"plain": [90.0]}, title, "accuracy (%)", "lower"),
    "family_map": family_map,
    "attention_history": attention_history,
}


@pytest.fixture
def korean():
    set_language("ko")
    yield
    set_language(None)


@pytest.mark.slow
@pytest.mark.parametrize("name", FIGURES)
def test_korean_figures_are_korean_and_have_a_font_for_it(korean, caplog, name):
    """No letter is missing, which would be a warning; neither is a weight, which matplotlib logs."""
    title = "어텐션이 오차를 줄입니다: −1 × 2 → 3"
    figure = FIGURES[name](title)
    figure.savefig(io.BytesIO())
    assert not caplog.records
    assert title in figure.words()
    told = " ".join(figure.words().split(title))
    assert not re.search(r"[a-z]{3,} [a-z]{3,}|gate|channel|seed|value", told), told


def test_a_logarithmic_axis_has_its_minus(korean, caplog):
    with sheet("로그 눈금", 2) as figure:
        figure.subplots().set(yscale="log", ylim=(1e-4, 1e4))
    figure.savefig(io.BytesIO())
    assert not caplog.records


def test_networks_of_the_shipped_results_have_korean_names(korean):
    names = {run["name"] for path in results_folder().glob("*.json") for run in read_runs(path)}
    left = [name for name in names if re.search(r"[a-z]{3,}", network_name(name))]
    assert len(names) > 20 and left == []
    assert network_name("plain, 20 layers") == "일반, 20층" and network_name("내 것 + SE") == "내 것 + SE"


def read_runs(path):
    return json.loads(path.read_text("utf-8")).get("runs", [])


def pictures(figure: Figure) -> list[list[AxesImage]]:
    """The images of each of the figure's axes that has any, colour bars apart."""
    return [ax.images for ax in figure.axes if ax.images and ax.get_label() != "<colorbar>"]


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(plt.Text) if text.get_text()]


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_every_figure_has_its_title_and_fits_a_notebook(draw):
    title = "A finding of so many words that they do not fit on one line of a notebook, and need a second"
    figure = draw(title)
    figure.canvas.draw()  # warnings of the layout come here, and are errors
    assert figure.get_suptitle().replace("\n", " ") == title
    assert figure.get_size_inches()[0] * figure.dpi == 900
    sheet = figure.bbox.padded(1)
    box = figure.get_tightbbox().transformed(figure.dpi_scale_trans)
    assert sheet.x0 <= box.x0 and sheet.y0 <= box.y0 and box.x1 <= sheet.x1 and box.y1 <= sheet.y1


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_nothing_global_changes_and_nothing_stays_open(draw):
    with plt.style.context("dark_background"):
        before = dict(plt.rcParams)
        figure = draw(FINDING)
        assert dict(plt.rcParams) == before
    assert plt.get_fignums() == []
    assert {sheet.get_facecolor() for sheet in (figure, *figure.axes)} == {(1, 1, 1, 1)}
    assert all(contrast_on_white(text.get_color()) >= READABLE for text in figure.findobj(plt.Text))


# WCAG 2.2, success criteria 1.4.3 and 1.4.11. Figures are white in both themes of JupyterLab (the test above), so white
# is all that their colours ever stand on; and white stands out from either theme's page or is the page.
READABLE, VISIBLE = 4.5, 3


def contrast_on_white(colour) -> float:
    """The contrast ratio of WCAG 2.2 between a colour and white, from 1 to 21."""
    channels = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour))
    luminance = sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), channels, strict=True))
    return 1.05 / (luminance + 0.05)


def test_the_contrast_of_wcag():
    """Against published values: black 21, the lightest grey that text may have on white 4.54."""
    assert contrast_on_white("black") == pytest.approx(21)
    assert contrast_on_white("#767676") == pytest.approx(4.54, abs=0.005)


def test_colours_stand_out_from_white():
    assert {colour for colour in (INK, MUTED) if contrast_on_white(colour) < READABLE} == set()
    assert {colour for colour in (*PALETTE, PALE) if contrast_on_white(colour) < VISIBLE} == set()


def test_nothing_stays_open_after_an_error():
    with pytest.raises(ValueError):
        curves({"plain": [[np.nan]]}, FINDING, "epoch", "loss")
    assert plt.get_fignums() == []


def test_a_notebook_shows_each_figure_once_with_its_words_and_still_shows_its_own(monkeypatch):
    monkeypatch.delenv("MPLBACKEND", raising=False)  # the kernel inherits it, and would draw on nothing
    cells = (
        "import numpy as np\nfrom coursekit.plots import image_row\n"
        "image_row(np.zeros((2, 8, 8)), ['a', '<b>'], 'Black')",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(notebook, kernel_name="python3", timeout=60).execute()
    (described,), (plain,) = (
        [output["data"] for output in cell.outputs if "data" in output] for cell in notebook.cells
    )
    assert described["text/plain"] == "Black; a; <b>"
    assert described["text/html"].startswith('<img alt="Black; a; &lt;b&gt;" width="')
    assert "image/png" not in described and "image/png" in plain


def test_the_words_of_a_figure_leave_out_numbers_and_say_nothing_twice():
    figure = curves(RUNS, FINDING, "epoch", "accuracy")
    how_to_read = "line: mean of 2 seeds; band: from the lowest to the highest"
    assert figure.words() == f"{FINDING}; plain; SE; epoch; accuracy; {how_to_read}"


@pytest.mark.parametrize("images", [BYTES, BYTES[..., None], BYTES / 255], ids=["uint8", "with channel", "float"])
def test_image_row_shows_black_to_white_whatever_the_type(images):
    figure = image_row(images, titles=["one", "two", "three", 4])
    shown = [picture for (picture,) in pictures(figure)]
    np.testing.assert_allclose([picture.get_array() for picture in shown], UNIT, atol=1e-6)
    assert {picture.get_clim() for picture in shown} == {(0, 1)}
    assert [ax.get_title() for ax in figure.axes[:4]] == ["one", "two", "three", "4"]


def test_image_row_takes_another_colour_map():
    assert pictures(image_row(UNIT, cmap="viridis"))[0][0].get_cmap().name == "viridis"


def test_image_grid_has_one_scale_for_each_row_and_writes_it_down():
    figure = image_grid({"input": UNIT, "error": UNIT / 4 - 0.125})
    shown = [picture for (picture,) in pictures(figure)]
    np.testing.assert_allclose([picture.get_array() for picture in shown[4:]], UNIT / 4 - 0.125)
    expected = [(UNIT.min(), UNIT.max())] * 4 + [(UNIT.min() / 4 - 0.125, UNIT.max() / 4 - 0.125)] * 4
    np.testing.assert_allclose([picture.get_clim() for picture in shown], expected)
    assert len(figure.axes) == 10  # two rows of five: four images, and room for a fifth
    labels = [figure.axes[index].get_ylabel() for index in (0, 5)]
    assert labels == [
        f"{name}\n{low:.3g} to {high:.3g}" for name, (low, high) in zip(("input", "error"), expected[::4], strict=True)
    ]


@pytest.mark.parametrize(
    ("value_range", "expected"), [((0, 2), [(0, 2), (0, 2)]), ({"error": (-1, 1)}, [(0, 0.5), (-1, 1)])]
)
def test_image_grid_takes_a_range_for_all_rows_or_by_name(value_range, expected):
    image = np.array([[[0, 0.5]]])
    shown = pictures(image_grid({"input": image, "error": image}, value_range=value_range))
    assert [picture.get_clim() for (picture,) in shown] == expected


def test_pixel_histogram_shows_the_share_of_every_pixel():
    figure = pixel_histogram(np.array([[0, 0], [0, 255]], "uint8"), np.array([[0, 0], [0, 1.0]]))
    for ax, top in zip(figure.axes, (255, 1), strict=True):
        heights = [bar.get_height() for bar in ax.patches]
        assert (heights[0], sum(heights), heights[-1]) == (75, 100, 25)
        assert ax.patches[-1].get_x() + ax.patches[-1].get_width() == pytest.approx(top)
        assert ax.get_xlabel() == "pixel value"
    assert figure.axes[0].get_ylabel() == "share of pixels (%), log scale"
    assert [ax.get_title() for ax in figure.axes] == ["before: uint8, 0 to 255", "after normalisation: float64, 0 to 1"]


@pytest.mark.parametrize("shift", [0, -300])
def test_pixel_histogram_shows_values_that_were_not_normalised(shift):
    after = pixel_histogram(BYTES, BYTES.astype("float32") + shift).axes[1]
    assert sum(bar.get_height() for bar in after.patches) == pytest.approx(100)


def test_pixel_histogram_has_one_scale_of_shares():
    before, after = pixel_histogram(BYTES, UNIT * 0).axes
    assert before.get_ylim() == after.get_ylim()


def test_feature_maps_draws_the_first_channels_on_one_scale():
    shown = pictures(feature_maps(MAPS, limit=10))
    assert len(shown) == 10
    for channel, (picture,) in enumerate(shown):
        np.testing.assert_array_equal(picture.get_array(), MAPS[..., channel])
        assert picture.get_clim() == (MAPS.min(), MAPS.max())
    assert len(pictures(feature_maps(MAPS))) == 16
    assert len(pictures(feature_maps(MAPS[..., :3]))) == 3
    assert "activation" in texts(feature_maps(MAPS))


def test_feature_maps_writes_the_gates_and_draws_all_of_them():
    figure = feature_maps(MAPS, gates=GATES, limit=3)
    bars = figure.axes[-1]
    assert [ax.get_title() for ax in figure.axes[:3]] == ["0: gate 0.10", "1: gate 0.14", "2: gate 0.18"]
    np.testing.assert_allclose([bar.get_height() for bar in bars.patches], GATES)
    assert sum(bar.get_facecolor() == to_rgba(PALETTE[0]) for bar in bars.patches) == 3
    assert (bars.get_xlabel(), bars.get_ylabel()) == ("channel (blue: the 3 drawn)", "gate")


def test_gate_bars_marks_one_half_in_every_panel():
    gates = {"stage 1": GATES, "stage 2": GATES[:8] + 1}  # 1 + sigmoid: a gate may exceed 1, and must not be cut
    figure = gate_bars(gates)
    for ax, (name, values) in zip(figure.axes, gates.items(), strict=True):
        np.testing.assert_allclose([bar.get_height() for bar in ax.patches], values)
        np.testing.assert_array_equal(ax.lines[0].get_ydata(), [0.5, 0.5])
        assert ax.get_ylim()[1] >= values.max()
        assert (ax.get_title(loc="left"), ax.get_ylabel()) == (name, "gate")
    assert figure.axes[-1].get_xlabel() == "channel"
    assert gate_bars(GATES).axes[0].get_ylim() == (0, 1)


def test_gate_bars_names_the_channels():
    ax = gate_bars([0.2, 0.8], labels=["edge", "cloth"]).axes[0]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["edge", "cloth"]


def test_attention_overlay_stretches_each_map_over_its_image():
    maps = UNIT[:, :3, :2]
    figure = attention_overlay(BYTES, maps[..., None])
    panels = pictures(figure)
    for index in range(4):
        (image,), (attention,), (below, above) = panels[index], panels[4 + index], panels[8 + index]
        np.testing.assert_allclose(image.get_array(), UNIT[index], atol=1e-6)
        np.testing.assert_array_equal(below.get_array(), image.get_array())
        np.testing.assert_array_equal(attention.get_array(), maps[index])
        np.testing.assert_array_equal(above.get_array(), maps[index])
        assert image.get_extent() == attention.get_extent() == above.get_extent()
        assert attention.get_clim() == above.get_clim() == (0, 1)
        assert above.get_alpha().max() < 1  # the image stays visible
    assert {"image", "attention map", "overlay", "attention"} <= set(texts(figure))


def test_curves_draws_mean_and_band_of_the_seeds():
    ax = curves(RUNS, FINDING, "epoch", "accuracy").axes[0]
    lines = [line for line in ax.lines if line.get_marker() in ("", "None")]
    for line, band, run in zip(lines, ax.collections, RUNS.values(), strict=True):
        np.testing.assert_array_equal(line.get_xdata(), [1, 2, 3])
        np.testing.assert_allclose(line.get_ydata(), np.mean(run, axis=0))
        corners = {(x, round(y, 6)) for x, y in band.get_paths()[0].vertices}
        assert {(epoch, seed[epoch - 1]) for seed in run for epoch in (1, 2, 3)} <= corners
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "accuracy")
    assert ax.get_title(loc="left") == "line: mean of 2 seeds; band: from the lowest to the highest"


def test_curves_differ_in_colour_and_in_line_style():
    figure = curves({str(i): [[0, i]] for i in range(12)}, FINDING, "epoch", "loss")
    lines = [line for line in figure.axes[0].lines if line.get_marker() in ("", "None")]
    assert len({line.get_linestyle() for line in lines[:4]}) == 4
    assert len({line.get_color() for line in lines[: len(PALETTE)]}) == len(PALETTE)
    pairs = {(PALETTE[i % len(PALETTE)], LINE_STYLES[i % len(LINE_STYLES)]) for i in range(20)}
    assert len(pairs) == 20


@pytest.mark.parametrize("level", [0.0, 1.0], ids=["at the bottom", "at the top"])
def test_curves_labels_do_not_overlap_where_lines_end_together(level):
    runs = {f"run {i}": [[0.5, level + 1e-6 * i]] for i in range(8)} | {"low": [[0, 0]], "high": [[1, 1]]}
    figure = curves(runs, FINDING, "epoch", "loss")
    labels = {text.get_text(): plt.Text.get_window_extent(text) for text in figure.axes[0].texts}  # no leader
    assert set(labels) == set(runs)
    boxes = sorted(labels.values(), key=lambda box: box.y0)
    assert all(below.y1 <= above.y0 + 1 for below, above in pairwise(boxes))
    assert [name for name in sorted(labels, key=lambda name: labels[name].y0) if "run" in name] == list(runs)[:8]


def test_curves_may_stop_early_or_diverge():
    ax = curves({"short": [[3, 2]], "diverged": [[3, 4, 5, np.nan]]}, FINDING, "epoch", "loss").axes[0]
    assert {text.get_text(): text.xy for text in ax.texts} == {"short": (2, 2), "diverged": (3, 5)}
    assert ax.get_title(loc="left") == "line: one seed"


def test_comparison_shows_every_seed_and_the_interval_in_the_order_given():
    figure = comparison(SEEDS, FINDING, "accuracy (%)")
    ax = figure.axes[0]
    for row, seeds in enumerate(SEEDS.values()):
        interval, mean, dots = ax.lines[3 * row : 3 * row + 3]
        expected_mean, low, high = summary(seeds)
        np.testing.assert_allclose(interval.get_xdata(), [low, high])
        np.testing.assert_allclose(mean.get_xdata(), expected_mean)
        np.testing.assert_array_equal(dots.get_xdata(), seeds)
        assert set(dots.get_ydata()) == {row}
    assert [label.get_text() for label in ax.get_yticklabels()] == ["plain", "SE"]
    bottom, top = ax.get_ylim()
    assert bottom > top  # row 0, the first name, is at the top
    assert ax.get_xlabel() == "accuracy (%)"


def test_comparison_says_which_end_is_better():
    assert comparison(SEEDS, FINDING, "x").axes[0].get_title(loc="left").endswith("higher is better →")
    assert comparison(SEEDS, FINDING, "x", "lower").axes[0].get_title(loc="left").endswith("← lower is better")


MAPS_OF_TWO_IMAGES = RANDOM.normal(size=(2, 4, 5, 6))
ONE_VALUE_WRONG = MAPS_OF_TWO_IMAGES.copy()
ONE_VALUE_WRONG[1, 2, 3, 4] += 2


def test_expected_and_received_draws_the_image_and_channels_with_the_largest_errors():
    figure = expected_and_received(MAPS_OF_TWO_IMAGES, ONE_VALUE_WRONG)
    assert figure.get_suptitle() == "The largest difference is 2, in image 1"
    expected, received, difference = (np.asarray(images[0].get_array()) for images in pictures(figure)[:3])
    assert np.array_equal(expected, MAPS_OF_TWO_IMAGES[1, ..., 4])
    assert np.array_equal(received, ONE_VALUE_WRONG[1, ..., 4])
    assert difference[2, 3] == pytest.approx(2) and np.count_nonzero(difference) == 1
    assert {"expected", "yours", "yours − expected", "channel\n4"} <= set(texts(figure))


def test_expected_and_received_draws_numbers_as_bars():
    figure = expected_and_received([[1.0, 2.0], [0.0, 0.0]], [[1.0, 2.5], [0.0, 0.0]])
    assert [bar.get_height() for bar in figure.axes[1].patches] == [0, 0.5]


@pytest.mark.parametrize(
    ("expected", "received", "title"),
    [
        (MAPS_OF_TWO_IMAGES, MAPS_OF_TWO_IMAGES, "There is no difference, in image 0"),
        (UNIT, UNIT + 1, "The largest difference is 1, in image 0"),
        ([1.0, 2.0], [1.0, np.nan], "The largest difference is 2"),
        (MAPS_OF_TWO_IMAGES, np.ones((2, 1, 1, 6)), "Shapes differ: (2, 4, 5, 6) expected, (2, 1, 1, 6) received"),
        (MAPS_OF_TWO_IMAGES, np.ones((2, 6)), "Shapes differ: (2, 4, 5, 6) expected, (2, 6) received"),
        (np.ones(3), np.float32(2), "Shapes differ: (3,) expected, () received"),
        (np.int64(5), np.int64(3), "The largest difference is 2"),
    ],
)
def test_expected_and_received_draws_whatever_it_is_given(expected, received, title):
    figure = expected_and_received(expected, received)
    assert figure.get_suptitle() == title
    figure.canvas.draw()
    box = figure.get_tightbbox().transformed(figure.dpi_scale_trans)
    sheet = figure.bbox.padded(1)
    assert sheet.x0 <= box.x0 and sheet.y0 <= box.y0 and box.x1 <= sheet.x1 and box.y1 <= sheet.y1


def test_expected_and_received_needs_something_to_draw():
    with pytest.raises(ValueError, match=r"shapes \(0,\) and \(2,\)"):
        expected_and_received([], [1.0, 2.0])


BATCH = r"\(batch, height, width\) or \(batch, height, width, 1\)"
ERRORS = {
    "one image": (lambda: image_row(UNIT[0]), rf"images: expected {BATCH}, received shape \(6, 5\)"),
    "colour": (lambda: image_row(np.zeros((2, 6, 5, 3))), rf"images: expected {BATCH}, received shape \(2, 6, 5, 3\)"),
    "no images": (lambda: image_row(UNIT[:0]), r"images: expected .*, received shape \(0, 6, 5\)"),
    "not normalised": (
        lambda: image_row(np.array([[[0.0, 255.0]]])),
        r"images: expected uint8 or values in \[0, 1\], received float64 in \[0, 255\]",
    ),
    "nan": (lambda: image_row(UNIT * np.nan), r"images: expected uint8 or values in \[0, 1\], received .*nan"),
    "titles": (lambda: image_row(UNIT, ["a"]), r"titles: expected 4, one for each image, received 1"),
    "no rows": (lambda: image_grid({}), "rows: expected at least one row of images, received none"),
    "row shape": (
        lambda: image_grid({"input": UNIT[0]}),
        rf"rows\['input'\]: expected {BATCH}, received shape \(6, 5\)",
    ),
    "row length": (
        lambda: image_grid({"input": UNIT, "error": UNIT[:2]}),
        r"rows\['error'\]: expected 4, one for each image of the first row, received 2",
    ),
    "range name": (
        lambda: image_grid({"input": UNIT}, value_range={"inputs": (0, 1)}),
        r"value_range: expected names from \['input'\], received \['inputs'\]",
    ),
    "no pixels": (lambda: pixel_histogram([], []), r"before: expected at least one pixel, received shape \(0,\)"),
    "pixels": (
        lambda: pixel_histogram(BYTES, UNIT[:2]),
        r"after: expected the shape of before, \(4, 6, 5\), received \(2, 6, 5\)",
    ),
    "pictures without gates": (lambda: picture_gates(PICTURES, {}), "expected pictures and gates, received 2 and 0"),
    "gates of pictures": (
        lambda: picture_gates(PICTURES, {"first": UNIT[:3, 0]}),
        r"gates\['first'\]: expected 2, one for each picture, received 3",
    ),
    "maps": (
        lambda: feature_maps(MAPS[None]),
        r"maps: expected \(height, width, channels\), received shape \(1, 7, 7, 20\)",
    ),
    "map gates": (
        lambda: feature_maps(MAPS, gates=GATES[:3]),
        "gates: expected 20, one for each channel .*, received 3",
    ),
    "map gates shape": (
        lambda: feature_maps(MAPS, gates=GATES[None]),
        r"gates: expected \(channels,\), received shape \(1, 20\)",
    ),
    "limit": (lambda: feature_maps(MAPS, limit=0), "limit: expected at least 1, received 0"),
    "gates": (lambda: gate_bars(GATES[None]), r"gates: expected \(channels,\), received shape \(1, 20\)"),
    "named gates": (lambda: gate_bars({"a": 0.5}), r"gates\['a'\]: expected \(channels,\), received shape \(\)"),
    "no gates": (lambda: gate_bars({}), "gates: expected at least one row of gates, received none"),
    "labels": (lambda: gate_bars(GATES, labels=["a"]), "labels: expected 20, one for each channel, received 1"),
    "overlay images": (lambda: attention_overlay(UNIT[0], UNIT), rf"images: expected {BATCH}, received shape \(6, 5\)"),
    "overlay maps": (lambda: attention_overlay(UNIT, UNIT[0]), rf"maps: expected {BATCH}, received shape \(6, 5\)"),
    "overlay count": (lambda: attention_overlay(UNIT, UNIT[:1]), "maps: expected 4, one for each image, received 1"),
    "overlay values": (
        lambda: attention_overlay(UNIT, BYTES),
        r"maps: expected values in \[0, 1\], received \[\d+, \d+\]",
    ),
    "no runs": (lambda: curves({}, "", "", ""), "runs: expected at least one run, received none"),
    "one seed's list": (
        lambda: curves({"SE": [1, 2, 3]}, "", "", ""),
        r"runs\['SE'\]: expected \(seeds, epochs\), received shape \(3,\)",
    ),
    "uneven seeds": (
        lambda: curves({"SE": [[1, 2], [1]]}, "", "", ""),
        r"runs\['SE'\]: expected \(seeds, epochs\), received rows of unequal length",
    ),
    "no number": (lambda: curves({"SE": [[np.nan]]}, "", "", ""), r"runs\['SE'\]: expected an epoch with a number"),
    "no results": (lambda: comparison({}, "", ""), "results: expected at least one row of seeds, received none"),
    "results shape": (
        lambda: comparison({"SE": [[1.0]]}, "", ""),
        r"results\['SE'\]: expected \(seeds,\), received shape \(1, 1\)",
    ),
    "better": (lambda: comparison(SEEDS, "", "", "up"), "better: expected 'higher' or 'lower', received 'up'"),
    "summary": (lambda: summary([]), r"values: expected \(seeds,\), received shape \(0,\)"),
}


def test_korean_letters_take_the_room_of_two():
    assert wrapped("one 3×3 convolution: 9 of 441", 22) == "one 3×3 convolution: 9\nof 441"
    assert wrapped("3×3 합성곱 하나: 441곳 가운데 9곳", 22) == "3×3 합성곱 하나: 441곳\n가운데 9곳"


def test_the_family_is_told_in_one_way():
    """A block comes after those that it builds on, and has a mark for each part."""
    dates = {one.name: one.date for one in FAMILY}
    assert len(dates) == len(FAMILY) and set(dates) <= set(family_map("").words().split("; "))
    for one in FAMILY:
        assert re.fullmatch(f"[01]{{{len(PARTS)}}}", one.parts)
        assert all(dates[source] < one.date for source in one.after), one.name
    assert [one.name for one in FAMILY if one.here] == ["GC", "CA", "SimAM", "GRN"]


def test_the_history_shows_what_its_lesson_says():
    """Steps end where looking at all at once begins; a paper comes after those that it builds on."""
    dates = {one.name: one.date for one in PAPERS}
    assert len(dates) == len(PAPERS) and list(dates.values()) == sorted(dates.values())
    assert all(dates[source] < one.date for one in PAPERS for source in one.after)
    assert max(one.date for one in PAPERS if one.steps) < (2017, 1) <= min(one.date for one in PAPERS if not one.steps)
    assert {one.row for one in PAPERS} == set(ROWS)
    assert "captions Xu et al., 2015" in attention_history("").words()
    assert dates["ran"][1] == dates["transformer"][1] - 2 and dates["ran"][0] == dates["transformer"][0]


@pytest.mark.parametrize(("draw", "message"), ERRORS.values(), ids=ERRORS)
def test_wrong_input_names_the_argument_what_was_expected_and_what_was_received(draw, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        draw()
