"""The page that `make lab` opens: every lesson, what is done of it, and the next step."""

import re

import pytest

from autograder.checking import progress
from autograder.lessons.start_page import start_page
from curriculum.exercises import LESSONS, load
from curriculum.messages import LANGUAGES
from curriculum.paths import course_folder


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))


def earn(*names):
    for name in names:
        progress.record_check(name, load(name).total)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_leads_somewhere(language):
    page = start_page(language, course_folder())
    links = re.findall(r"\]\(([^)]+)\)", page)
    assert all((course_folder() / link).is_file() for link in links)
    assert {link.split("/")[1] for link in links if link.startswith(f"{language}/")} >= set(LESSONS)
    others = [each for each in LANGUAGES if each != language]
    assert all(f"{other}/0-start-here/start_here.ipynb" in links for other in others)


def test_it_begins_with_the_first_lesson_and_goes_on_with_what_is_open():
    page = start_page("en", course_folder())
    assert "**Begin here:** [Start here](en/0-start-here/start_here.ipynb)" in page and "| 0/2 |" in page
    earn(*LESSONS["0-start-here"], "preprocess")
    page = start_page("en", course_folder())
    assert "| ✓ | 0 · [Start here]" in page and "| · | 1 · " in page and "|  | 2 · " in page
    assert "**Your next step:** `autoencoder_block` in [A network that draws what it saw]" in page
    progress.record_check("double", 1)  # tried again with less: what was earned stays
    assert "| 2/2 |" in start_page("en", course_folder())
    assert "**다음 할 일:** [본 것을 다시 그리는 신경망]" in start_page("ko", course_folder())


def test_it_says_when_all_is_done():
    earn(*(name for names in LESSONS.values() for name in names))
    page = start_page("en", course_folder())
    assert "**All points of all lessons.**" in page and page.count("| ✓ |") == len(LESSONS)
