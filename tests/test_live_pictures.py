"""The pictures that stand in lessons for their demos where no kernel runs."""

import io
import re

import matplotlib.image
import nbformat
import numpy as np
import pytest

from coursekit.live.__main__ import COURSE
from coursekit.live.catalogue import DEMOS, as_in_lesson
from curriculum.messages import LANGUAGES, set_language
from tests.conftest import needs_dataset, sampled

PLACES = [(lesson, demo) for lesson, demos in DEMOS.items() for demo in demos]
SAME = 0.01  # mean difference, of a scale from 0 to 1: letters may be drawn a little differently elsewhere


def name(value) -> str:
    return getattr(value, "__name__", value)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", DEMOS)
def test_a_lesson_shows_the_picture_of_each_of_its_demos(lesson, language):
    folder = COURSE / language / lesson
    (notebook,) = (nbformat.read(path, 4) for path in folder.glob("*.ipynb"))
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    alternatives = {file: text for text, file in re.findall(r"!\[([^\]]*)\]\(([^)]*)\)", prose)}
    assert set(re.findall(r"live\.(\w+)\(", code)) == {demo.__name__ for demo in DEMOS[lesson]}
    assert set(alternatives) == {f"{demo.__name__}.png" for demo in DEMOS[lesson]}
    assert all(len(text) > 50 for text in alternatives.values())
    assert all((folder / file).stat().st_size < 100_000 for file in alternatives)


@pytest.mark.slow  # every demo is drawn
@needs_dataset  # which the pictures show
@pytest.mark.parametrize("language", sampled(LANGUAGES, in_ci=["ko"]))
@pytest.mark.parametrize(("lesson", "demo"), PLACES, ids=name)
def test_a_picture_is_what_its_demo_draws(lesson, demo, language, tensorflow):
    set_language(language)
    try:
        drawn = matplotlib.image.imread(io.BytesIO(as_in_lesson(demo, DEMOS[lesson][demo]).png()))
    finally:
        set_language(None)
    kept = matplotlib.image.imread(COURSE / language / lesson / f"{demo.__name__}.png")
    assert kept.shape == drawn.shape, "mend it with `python -m coursekit.live`"
    assert np.abs(kept - drawn).mean() < SAME, "mend it with `python -m coursekit.live`"
