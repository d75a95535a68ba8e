"""From one lesson to the next, to the list of all, to exam and card: links that the build makes of LESSONS."""

import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from autograder.authoring import lacking, launch
from autograder.authoring.lesson_page import lesson_page
from autograder.grading.releasing import translated
from autograder.lessons import links
from autograder.lessons.links import HANDOUTS, WHERE_NEXT
from autograder.lessons.master import MasterError, lesson_title, read_master
from autograder.lessons.notebooks import instructor_notebook
from autograder.lessons.translation import ORIGINAL
from curriculum.exercises import LESSONS
from curriculum.messages import LANGUAGES
from curriculum.paths import REPOSITORY
from tests.test_documents import rows

ORDER = list(LESSONS)
LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")


def notebook(lesson, language):
    path = REPOSITORY / launch.notebook_path(lesson, language)
    return path, nbformat.read(path, 4)


def leads_to(lesson, language):
    """The links of a notebook's last cell: a lesson's name, or a page's, for each."""
    path, content = notebook(lesson, language)
    assert content.cells[-1].id == WHERE_NEXT
    found = []
    for _, target in LINK.findall(content.cells[-1].source):
        reached = (path.parent / target).resolve()
        assert reached.is_file() and reached.is_relative_to(REPOSITORY / "course" / language)
        found.append(reached.parent.name if reached.suffix == ".ipynb" else reached.stem)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_gets_through_the_course_by_links_alone(language):
    first, last = ORDER[0], ORDER[-1]
    assert leads_to(first, language) == [ORDER[1], *HANDOUTS]
    assert leads_to(last, language) == [ORDER[-2], first, *HANDOUTS]
    for before, lesson, after in zip(ORDER, ORDER[1:], ORDER[2:], strict=False):
        assert leads_to(lesson, language) == [after, before, first, *HANDOUTS]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_lesson_lists_all_others_by_their_titles(language):
    path, content = notebook(ORDER[0], language)
    listed = LINK.findall(content.cells[0].source)
    for (label, target), lesson in zip(listed, ORDER[1:], strict=True):
        title = nbformat.read(path.parent / target, 4).cells[0].source.partition("\n")[0].removeprefix("# ")
        assert label == f"{lesson.partition('-')[0]} · {title}"
    assert links.ALL_LESSONS not in content.cells[0].source


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_question_is_asked_twice(language):
    """Nor is one what its title says already."""
    asked = {lesson: links.question(lesson, language) for lesson in LESSONS}
    assert len(set(asked.values())) == len(LESSONS)
    assert all(question.endswith("?") for question in asked.values())
    assert not [lesson for lesson in LESSONS if asked[lesson].rstrip("?") == lesson_title(lesson, language)]


def test_a_question_goes_by_the_lessons_name_and_not_by_its_number(monkeypatch):
    monkeypatch.setattr(links, "LESSONS", {"0-start-here": (), "1-a-real-network": ()})
    assert links.question("1-a-real-network", "en") == links.question(ORDER[-1], "en")


def test_a_lesson_that_asks_nothing_is_named_by_the_build(monkeypatch):
    monkeypatch.setattr(lacking, "LESSONS", {**LESSONS, "99-something-new": ()})
    monkeypatch.setattr(lacking, "_lacking_in_master", lambda lesson: [])
    assert lacking.lacking() == [
        'curriculum/messages/en/lessons.toml: lesson 99-something-new asks nothing; write something-new = "…"'
    ]


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != ORIGINAL])
def test_what_nbgrader_hands_out_leads_to_notebooks_of_the_same_language(language):
    """They lie beside the English ones there, and exam and card do not."""
    files = {
        path: nbformat.reads(text, 4) for lesson in ORDER[:3] for path, text in translated(lesson, Path(lesson)).items()
    }
    mine = {path.as_posix(): content for path, content in files.items() if path.stem.endswith(f"_{language}")}
    for before, after in pairwise(mine):
        targets = [
            f"{Path(target).parent.name}/{Path(target).name}"
            for _, target in LINK.findall(mine[before].cells[-1].source)
        ]
        assert targets[0] == after
    assert not [text for content in mine.values() for text in [content.cells[-1].source] if ".html" in text]


@pytest.mark.parametrize("repository", ["some/body", None])
def test_on_the_web_site_links_lead_to_pages(repository):
    ran = instructor_notebook(read_master(ORDER[1]), "ko")
    for cell in ran.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    page = lesson_page(ran, {}, repository, solutions=False, lessons=ORDER[:2])
    text = page.notebook.cells[-1].source
    assert f"]({ORDER[0]}.ipynb)" in text and '<a href="exam.html">' in text and "](../" not in text
    following = f"{ORDER[2].partition('-')[0]} · {lesson_title(ORDER[2], 'ko')}"
    github = f"https://github.com/some/body/blob/main/{launch.notebook_path(ORDER[2], 'ko')}"
    assert (f"[{following}]({github})" if repository else f"** {following}") in text  # it has no page


def test_a_master_without_a_title_is_named(tmp_path):
    path = tmp_path / "5_eca.py"
    path.write_text('# %% [markdown] lang="en"\n# No heading\n', "utf-8")
    with pytest.raises(MasterError, match=r"5_eca\.py:1: expected a first cell lang=\"en\" that begins with the title"):
        lesson_title("5-eca", "en", tmp_path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_readme_leads_to_every_notebook(language):
    table = [
        row for row in rows((REPOSITORY / launch.READMES[language]).read_text("utf-8")) if re.match(r"\[\d+-", row[0])
    ]
    assert [LINK.fullmatch(row[0]).groups() for row in table] == [
        (lesson, launch.notebook_path(lesson, language)) for lesson in LESSONS
    ]
