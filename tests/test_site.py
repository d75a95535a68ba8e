"""Pages of the web site, made of a lesson that only seems to have run; nothing here needs Sphinx."""

import base64
import json
import re
import tomllib
from html import unescape
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_output

from autograder.authoring import executed, recordings, site, site_texts
from autograder.authoring.launch import binder_link, colab_link, notebook_path
from autograder.authoring.lesson_page import PageError, lesson_page
from autograder.authoring.recordings import Frame, Recording
from autograder.authoring.site_texts import relinked
from autograder.cli import main
from autograder.lessons.master import read_master
from autograder.lessons.notebooks import instructor_notebook
from curriculum.exercises import LESSONS, load
from curriculum.messages import LANGUAGES, say
from curriculum.paths import REPOSITORY
from tests.test_distribution import read

LESSON = "3-channel-attention"
GLOSSARY = tomllib.loads(site_texts.GLOSSARY.read_text("utf-8"))["term"]
PNG = b"\x89PNG\r\n\x1a\n and so on"
DRAWN = f'<img alt="a gate closes" width="9" height="9" src="data:image/png;base64,{base64.b64encode(PNG).decode()}">'
OUTPUTS = [
    new_output("display_data", {"text/html": '<style class="course-style">p {}</style>', "text/plain": ""}),
    new_output("stream", name="stdout", text="one\n"),
    new_output("stream", name="stdout", text="two\n"),
    new_output("stream", name="stderr", text="a warning of a library\n"),
    new_output("display_data", {"text/html": DRAWN, "text/plain": "a gate closes"}),
]
WIDGET = new_output("execute_result", {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "Demo()"})


def ran(lesson=LESSON, language="en"):
    """The instructor's notebook, as if every cell had given the same, and every demo a widget."""
    notebook = instructor_notebook(read_master(lesson), language)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [WIDGET] if "live." in cell.source else OUTPUTS
    return notebook


FRAMES = [Frame(f"{n} %", f"It is <{n}>.", f"a {n}", base64.b64encode(b"%d" % n).decode()) for n in range(3)]


def demos(lesson=LESSON, language="en", as_list=False):
    """For each demo of a lesson something like a recording."""
    recording = Recording("noise", as_list, 1, "At work: nobody.", (900, 300), FRAMES)
    return {path.stem: recording for path in (REPOSITORY / "course" / language / lesson).glob("*.png")}


def code(page):
    return {cell.id: cell for cell in page.notebook.cells if cell.cell_type == "code"}


@pytest.mark.parametrize("lesson", LESSONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_shows_what_students_are_given(lesson, language):
    page = lesson_page(ran(lesson, language), demos(lesson, language), None, solutions=False)
    for name in LESSONS[lesson]:
        assert f'your_turn("{name}")' in code(page)[name].source
        assert code(page)[name].metadata.tags == ["exercise"] and code(page)[f"check_{name}"].metadata.tags == ["check"]
    assert page.title and "#" not in page.title
    frames = {f"{name}-{number}.webp" for name in demos(lesson, language) for number in range(len(FRAMES))}
    assert frames == {name for name in page.figures if name.endswith(".webp")}
    assert not [cell for cell in page.notebook.cells if re.search(r"\]\(\w+\.png\)", cell.source)]


def test_solutions_are_for_instructors_and_say_so():
    page = lesson_page(ran(), demos(), "some/body", solutions=True)
    assert "your_turn(" not in code(page)["channel_attention"].source
    assert "SOLUTION" not in "".join(cell.source for cell in page.notebook.cells)
    assert say("site.solutions_shown", "en") in page.notebook.cells[1].source
    assert "mybinder" not in page.notebook.cells[1].source


def test_outputs_become_what_a_browser_can_show():
    page = lesson_page(ran(), demos(), None, solutions=False)
    printed, figure = code(page)["check_channel_attention"].outputs
    assert printed.text == "one\ntwo\n"
    (name,) = re.findall(r'src="figures/([^"]+)"', figure.data["text/html"])
    assert page.figures[name] == PNG and 'alt="a gate closes"' in figure.data["text/html"]
    assert figure.data["text/html"].startswith('<div class="drawn" tabindex="0">')  # moved by keys, too
    assert "base64" not in json.dumps(page.notebook)


def shown_demo(page):
    (output,) = next(cell.outputs for cell in code(page).values() if "live.channel_gates(" in cell.source)
    return output.data["text/html"]


def test_a_demo_is_shown_by_a_picture_with_its_words_and_has_the_others_at_hand():
    page = lesson_page(ran(), demos(), None, solutions=False)
    html = shown_demo(page)
    assert '<img alt="a 1" src="figures/channel_gates-1.webp" width="900" height="300" loading="lazy">' in html
    assert '<p role="status">It is &lt;1&gt;.</p>' in html
    assert f"At work: nobody. {say('site.demo', 'en')}</figcaption>" in html
    frames = json.loads(unescape(re.search('data-frames="([^"]*)"', html)[1]))
    assert [frame["finding"] for frame in frames] == [frame.finding for frame in FRAMES]
    assert [page.figures[frame["src"].removeprefix("figures/")] for frame in frames] == [b"0", b"1", b"2"]
    with pytest.raises(PageError, match=r"live\.channel_gates\(channel_attention\)"):
        lesson_page(ran(), {}, None, solutions=False)


def test_a_recording_is_moved_by_a_control_of_the_demos_kind():
    html = shown_demo(lesson_page(ran(), demos(), None, solutions=False))
    assert '<label for="channel_gates">noise</label>' in html
    assert 'type="range" min="0" max="2" value="1" aria-valuetext="1 %"' in html
    html = shown_demo(lesson_page(ran(), demos(as_list=True), None, solutions=False))
    assert '<option value="1" selected>1 %</option><option value="2">2 %</option></select>' in html
    assert "type=" not in html and '<label for="channel_gates">' in html


def test_a_page_leads_to_the_notebook():
    notebook = notebook_path("3-channel-attention", "ko")
    launch = lesson_page(ran(language="ko"), demos(), "some/body", solutions=False).notebook.cells[1].source
    assert re.findall('href="(.*?)"', launch) == [
        binder_link("some/body", notebook),
        colab_link("some/body", notebook),
        "notebooks/channel_attention.ipynb",
    ]
    assert lesson_page(ran(), demos(), None, solutions=False).notebook.cells[1].source.count("href") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_other_pages_are_made_of_what_is_there(language):
    files = site_texts.texts(language, {LESSON: "Title"}, None)
    front = files["index.md"].decode()
    assert front.startswith(read(site_texts.READMES[language]).partition("\n")[0])
    assert f"3 · Title <{LESSON}>" in front and f"[{LESSON}]({LESSON}.ipynb)" in front
    assert "| 4-spatial-attention | `spatial_attention`" in front  # it has no page here, so no link leads to it
    assert str(sum(map(len, LESSONS.values()))) in front
    networks = json.loads(read("data/results/comparison-blocks.json"))["networks"]
    board = files["leaderboard.md"].decode()
    assert all(
        f"{network['parameters']:,}" in board and f"{100 * network['mean']:.2f} (" in board for network in networks
    )
    terms = files["glossary.md"].decode()
    assert all(entry[language] in terms and entry[f"{language}_text"] in terms for entry in GLOSSARY)
    number = say("site.lesson", language, number=3)
    assert f"([{number}]({LESSON}.ipynb))" in terms and f"({say('site.lesson', language, number=4)})" in terms
    assert ("| branch | 브랜치 |" if language == "en" else "| 브랜치 | branch |") in terms and "then 맵" not in terms
    assert "with a version" not in terms
    shown = {
        name for text in files.values() if text[:1] != b"\x89" for name in re.findall(rb"\((pictures/[^)]+)\)", text)
    }
    assert shown and {name.decode() for name in shown} <= set(files)


def test_a_term_of_the_glossary_is_the_one_that_korean_texts_have():
    used = site_texts.section(read("docs/korean.md"), "Terms").replace("**", "")
    used += "".join(path.read_text("utf-8") for path in (REPOSITORY / "solutions" / "lessons").glob("*.py"))
    terms = [each for entry in GLOSSARY for each in entry["ko"].partition("(")[0].split(", ")]
    assert [term for term in terms if term not in used] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_term_is_in_the_lesson_that_is_said_to_introduce_it(language):
    def missing(entry):
        notebook = nbformat.read(REPOSITORY / notebook_path(load(entry["exercise"]).lesson, language), 4)
        text = re.sub(r"\s+", " ", " ".join(cell.source for cell in notebook.cells))
        names = [name.removesuffix("ing") for name in entry[language].partition("(")[0].split(", ")]
        return not any(re.search(re.escape(name).replace(r"\ ", "[ -]"), text, re.IGNORECASE) for name in names)

    assert [entry[language] for entry in GLOSSARY if missing(entry)] == []
    assert missing({"exercise": "double", language: GLOSSARY[-1][language]})


def test_no_term_is_explained_twice():
    for language in LANGUAGES:
        terms = [each for entry in GLOSSARY for each in entry[language].partition("(")[0].split(", ")]
        assert len(terms) == len(set(terms))


def test_links_lead_to_pages_else_to_the_repository():
    text = "[a](../autograder/grading/README.md#limits) [b](proof/README.md) [c](#here) ![e](../x/y.png)"
    linked, pictures = relinked(text, "solutions/TEACHING.md", "en", "some/body")
    proof = "https://github.com/some/body/blob/main/solutions/proof/README.md"
    assert linked == f"[a](grading.md#limits) [b]({proof}) [c](#here) ![e](pictures/y.png)"
    assert [str(path) for path in pictures] == ["x/y.png"]
    assert relinked("[b](proof/README.md)", "solutions/TEACHING.md", "en", None)[0] == "b"
    assert 'href="../ko/teaching.html"' in relinked("[x](TEACHING.ko.md)", "solutions/TEACHING.md", "en", None)[0]
    assert relinked("[x](course/ko/exam.html)", "", "ko", None)[0] == '<a href="exam.html">x</a>'


def test_a_section_that_is_gone_is_missed():
    with pytest.raises(ValueError, match="No such heading"):
        site_texts.section("# A\n\n## B\n", "No such heading")
    with pytest.raises(ValueError, match="two sections"):
        site_texts.after_launch_links("# A\n\n## B\n")


class Runs:
    """Counts executions, and gives every cell one line."""

    def __init__(self):
        self.count = 0

    def __call__(self, notebook, lesson, language):
        self.count += 1
        ran = nbformat.from_dict(notebook)
        for cell in ran.cells:
            if cell.cell_type == "code":
                cell.outputs = [new_output("stream", text=f"run {self.count}\n")]
        return ran


@pytest.fixture
def runs(tmp_path, monkeypatch):
    counter = Runs()
    monkeypatch.setattr(executed, "KEPT", tmp_path)
    monkeypatch.setattr(executed, "_run", counter)
    return counter


def test_a_lesson_runs_again_when_its_code_changes_and_not_when_its_prose_does(runs, monkeypatch):
    first = executed.executed_notebook("0-start-here", "en")
    assert executed.executed_notebook("0-start-here", "en") == first and runs.count == 1
    changed = instructor_notebook(read_master("0-start-here"), "en")
    monkeypatch.setattr(executed, "instructor_notebook", lambda *_: changed)
    changed.cells[0].source += "\n\nOne more sentence."
    assert executed.executed_notebook("0-start-here", "en").cells[0].source.endswith("One more sentence.")
    assert runs.count == 1
    next(cell for cell in changed.cells if cell.cell_type == "code").source += "\n1 + 1"
    executed.executed_notebook("0-start-here", "en")
    assert runs.count == 2


def test_a_lesson_runs_again_when_something_changes_that_it_reaches(runs, monkeypatch):
    executed.executed_notebook("0-start-here", "en")
    executed.reached.cache_clear()
    monkeypatch.setattr(executed, "pins", lambda: ["keras==99"])
    executed.executed_notebook("0-start-here", "en")
    assert runs.count == 2
    executed.reached.cache_clear()


def test_a_demo_is_recorded_again_only_when_something_changes_that_it_reaches(tmp_path, monkeypatch):
    recorded = []
    monkeypatch.setattr(recordings, "KEPT", tmp_path)
    monkeypatch.setattr(recordings, "_record", lambda *place: recorded.append(place) or demos())
    assert recordings.recordings(LESSON, "en") == recordings.recordings(LESSON, "en") == demos()
    assert recorded == [(LESSON, "en")]
    recordings.recordings(LESSON, "ko")
    monkeypatch.setattr(recordings, "reached", lambda language: "other code")
    recordings.recordings(LESSON, "en")
    assert recorded == [(LESSON, "en"), (LESSON, "ko"), (LESSON, "en")]


def test_no_folder_of_this_machine_is_published(monkeypatch):
    monkeypatch.setenv("FASHION_MNIST_DIR", "/somewhere/images")
    told = executed._anywhere(f"/somewhere/images, {Path.home()}/.keras, /a/b/progress.json", Path("/a/b"))
    assert told == "data/fashion-mnist, ~/.keras, course/progress.json"


def test_what_has_not_changed_keeps_its_time(tmp_path):
    site._synchronise(tmp_path, {"a/b.md": b"1", "c.md": b"2"})
    before = (tmp_path / "a/b.md").stat().st_mtime_ns
    site._synchronise(tmp_path, {"a/b.md": b"1", "d.md": b"3"})
    assert (tmp_path / "a/b.md").stat().st_mtime_ns == before
    assert sorted(path.name for path in tmp_path.rglob("*.md")) == ["b.md", "d.md"]


def test_a_folder_is_looked_for_where_the_command_is_given(tmp_path, monkeypatch):
    """Sphinx runs in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(site, "find_spec", lambda name: True)
    monkeypatch.setattr(site, "pages", lambda *_, **__: {"index.md": b"# A"})
    ran = []
    monkeypatch.setattr(
        site, "_run_sphinx", lambda language, *folders: ran.extend(folders) or folders[1].mkdir(parents=True)
    )
    assert site.make_site((), ["en"], folder=Path("here")) == tmp_path / "here"
    assert ran == [tmp_path / "here-source" / "en", tmp_path / "here" / "en"]


def test_without_sphinx_the_command_says_what_installs_it(monkeypatch):
    from click.testing import CliRunner

    monkeypatch.setattr(site, "find_spec", lambda name: None)
    done = CliRunner().invoke(main, ["site"])
    assert done.exit_code == 1 and "make site" in done.output
