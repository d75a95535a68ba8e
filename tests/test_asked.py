"""`check`, `hint` and `progress` take a function, a name, a lesson or nothing; who mistypes is told what was meant."""

import json
import os
from contextlib import closing
from pathlib import Path

import nbformat
import numpy as np
import pytest
from jupyter_client.manager import start_new_kernel
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.validator import Validator

from autograder.checking import notebook, progress
from autograder.checking.asked import Asked, CourseError, asked_for
from autograder.checking.runs import Attempt, Runs
from curriculum.exercises import LESSONS, all_names, load
from curriculum.messages import LANGUAGES, say


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """A kernel in which nothing has happened yet."""
    monkeypatch.setattr(notebook, "RUNS", Runs())
    monkeypatch.setattr(notebook, "_started", "")
    monkeypatch.setattr(notebook, "_last", Attempt("", 0))


@pytest.mark.parametrize("name", all_names())
def test_an_exercise_goes_by_its_name_and_its_function(name):
    function = eval(f"lambda: {name}")
    function.__name__ = name
    assert asked_for(name) == asked_for(f" {name} ") == asked_for(function) == Asked((name,))


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_goes_by_its_folder_its_number_and_its_notebook(lesson):
    number, short = lesson.split("-", 1)
    file = f"course/ko/{lesson}/{short.replace('-', '_')}.ipynb"
    for written in (
        lesson,
        number,
        int(number),
        lesson.upper(),
        f"lesson {number}",
        f"레슨 {number}",
        file,
        Path(file),
    ):
        assert asked_for(written) == Asked(LESSONS[lesson], lesson)
    assert asked_for(short).lesson == ("" if short in all_names() else lesson)


MISSPELT = {
    "chanel_attention": ["channel_attention"],
    "ChannelAttention": ["channel_attention"],
    "Channel_Attention": ["channel_attention"],
    "autoencoderblock": ["autoencoder_block"],
    "soft mask": ["soft_mask"],
    "se_blok": ["se_block"],
    "6-cbma": ["6-cbam"],
    "cbma": ["6-cbam"],
    "-cbam": ["6-cbam"],
    "autoencodr": ["autoencoder"],
    "start_here": ["0-start-here"],
    "mobilenet": ["mobilenet_se"],
    "cbam spatial": ["cbam_spatial_attention"],
}
UNKNOWN = ["attention is all you need", "", str(len(LESSONS)), -1, 99, "x", "f", "모름", "../..", "a\nb", "6-"]


@pytest.mark.parametrize("ask", [notebook.check, notebook.hint, progress.progress])
@pytest.mark.parametrize("written", MISSPELT)
def test_who_mistypes_is_told_what_was_meant(ask, written):
    with pytest.raises(CourseError) as told:
        ask(written)
    assert "Did you mean" in str(told.value) and all(f'"{meant}"' in str(told.value) for meant in MISSPELT[written])
    assert told.value._render_traceback_() == [str(told.value)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("ask", [notebook.check, notebook.hint, progress.progress])
@pytest.mark.parametrize("written", UNKNOWN)
def test_what_is_unknown_is_said_to_be_without_a_list_of_everything(ask, written, language, monkeypatch):
    monkeypatch.setenv("COURSE_LANGUAGE", language)
    with pytest.raises(CourseError) as told:
        ask(written)
    assert str(told.value) == say("check.unknown", language, name=" ".join(str(written).split()))


@pytest.mark.parametrize("ask", [notebook.hint, progress.progress])
@pytest.mark.parametrize("value", [1.5, ["double"], {}, True, np.ones(3), b"double"])
def test_another_value_is_named_by_its_type(ask, value):
    with pytest.raises(CourseError, match=type(value).__name__):
        ask(value)


@pytest.mark.parametrize("value", [None, 1.5, ["double"], np.ones(3)])
def test_check_says_that_it_wants_the_function_and_not_its_result(value):
    with pytest.raises(CourseError, match=f"takes the function you wrote.*{type(value).__name__}"):
        notebook.check(value)


def test_the_name_beside_a_function_may_be_mistyped_too():
    with pytest.raises(CourseError, match="Did you mean"):
        notebook.check(lambda x: 2 * x, "doubel")
    with pytest.raises(CourseError, match="has several: "):
        notebook.check(lambda x: 2 * x, "6-cbam")


def test_a_function_that_is_no_exercises_is_asked_which_it_answers():
    def my_attention_block(x):
        return x

    with pytest.raises(CourseError, match=r'Did you mean .*check\(my_attention_block, "…"\)'):
        notebook.check(my_attention_block)


def double(x):
    return 2 * x


def test_an_answer_is_checked_by_its_name_and_by_its_lesson(capsys):
    for asked in ("double", "0-start-here", 0):
        notebook.check(asked)
        assert capsys.readouterr().out.startswith("✓ double")
    with pytest.raises(CourseError, match="no function called se_block yet"):
        notebook.check("se_block")
    with pytest.raises(CourseError, match="no answers of lesson 6-cbam yet"):
        notebook.check("cbam")


def test_all_answers_of_a_lesson_are_checked(capsys, monkeypatch):
    for name, answer in (("preprocess", double), ("autoencoder_block", double)):
        monkeypatch.setitem(globals(), name, answer)
    with pytest.raises(notebook.CheckFailed, match="1-autoencoder: preprocess, autoencoder_block"):
        notebook.check("1")
    printed = capsys.readouterr().out
    assert printed.index("✗ preprocess") < printed.index("✗ autoencoder_block") and "Next: " in printed


def test_nothing_is_what_was_checked_or_asked_about_last(capsys):
    for ask in (notebook.check, notebook.hint):
        with pytest.raises(CourseError, match="No exercise was run"):
            ask()
    notebook.check(double)
    notebook.hint()
    assert "double, hint 1 of 3: " in capsys.readouterr().out
    notebook.hint("se_block")
    notebook.hint()
    assert "se_block, hint 2 of 3: " in capsys.readouterr().out
    notebook.check("double")
    notebook.check()
    assert capsys.readouterr().out.count("✓ double") == 2


def test_nothing_is_else_the_lessons_next_exercise(capsys, monkeypatch):
    monkeypatch.setattr(notebook, "_started", "1-autoencoder")
    progress.record_check("preprocess", load("preprocess").total)
    notebook.hint()
    assert "autoencoder_block, hint 1 of 3: " in capsys.readouterr().out


def test_a_lessons_hint_is_for_its_first_exercise_without_all_points(capsys):
    notebook.hint(6)
    progress.record_check("cbam_channel_attention", load("cbam_channel_attention").total)
    notebook.hint("6-cbam")
    printed = capsys.readouterr().out
    assert "cbam_channel_attention, hint 1" in printed and "cbam_spatial_attention, hint 1" in printed


def test_hint_takes_a_function_under_any_name(capsys, monkeypatch):
    def mine(x):
        return x

    monkeypatch.setitem(globals(), "se_block", mine)
    notebook.hint(double)
    notebook.hint(mine)
    assert progress.read() == {name: {"points": 0, "tries": 0, "hints": 1} for name in ("double", "se_block")}


@pytest.mark.parametrize(
    ("asked", "shown"), [("6-cbam", LESSONS["6-cbam"]), (double, ("double",)), (None, all_names())]
)
def test_progress_shows_what_is_asked_for(asked, shown, capsys):
    progress.progress(asked)
    printed = capsys.readouterr().out
    assert [name for name in all_names() if f"`{name}`" in printed] == list(shown)
    assert f"0/{sum(load(name).total for name in shown)}**" in printed


def test_progress_reads_a_file_without_the_word_restore(tmp_path):
    progress.record_check("double", 2)
    brought = progress.progress_file().rename(tmp_path / "brought.json")
    progress.progress(str(brought))
    assert progress.read()["double"]["points"] == 2
    with pytest.raises(CourseError, match="nowhere"):
        progress.progress("nowhere.json")


CELLS = ["from autograder import check, hint", "def double(x):\n    return 2 * x", "check(double)", 'hint("double")']


def test_validating_counts_neither_tries_nor_hints(tmp_path, monkeypatch):
    """Costs four seconds: a kernel without TensorFlow."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(progress.REPOSITORY), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    book = new_notebook(cells=list(map(new_code_cell, CELLS)))
    nbformat.write(book, tmp_path / "book.ipynb")
    progress.record_check("double", 1)
    before = progress.progress_file().read_bytes()
    assert not {"failed", "error"} & Validator().validate(str(tmp_path / "book.ipynb")).keys()
    assert progress.progress_file().read_bytes() == before


@pytest.mark.parametrize(
    ("environment", "counted"),
    [
        ({}, 1),
        ({"NBGRADER_EXECUTION": "validate", "NBGRADER_VALIDATING": "1"}, 0),
        ({"NBGRADER_EXECUTION": "autograde"}, 0),
        ({"NBGRADER_EXECUTION": "validate", "JPY_SESSION_NAME": "/home/me/double.ipynb"}, 1),
        ({"JPY_SESSION_NAME": "/home/me/double.ipynb"}, 1),
    ],
)
def test_only_nbgraders_own_kernels_do_not_count(environment, counted, monkeypatch):
    for name in ("NBGRADER_EXECUTION", "NBGRADER_VALIDATING", "JPY_SESSION_NAME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    progress.record_check("double", 2)
    assert progress.record_hint("double") == 1
    assert progress.read().get("double", progress.EMPTY)["tries"] == counted
    assert progress.read().get("double", progress.EMPTY)["hints"] == counted


def test_a_kernel_that_is_told_the_cells_ids_knows_which_answer_is_gone(tmp_path, monkeypatch):
    """What JupyterLab and VS Code send with each cell. Costs three seconds: a kernel without TensorFlow."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(progress.REPOSITORY), os.environ.get("PYTHONPATH", "")]))
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(tmp_path))
    with closing(Kernel(manager, client)) as kernel:
        for number, source in enumerate(CELLS):
            kernel.run(f"cell-{number}", source)
        kernel.run("elsewhere", CELLS[1].replace(":", ""))
        assert "✓ double" in kernel.run("cell-2", CELLS[2])
        kernel.run("cell-1", CELLS[1].replace(":", ""))
        assert "an earlier answer" in kernel.run("cell-2", CELLS[2])
        kernel.run("cell-1", CELLS[1])
        assert "✓ double" in kernel.run("cell-2", CELLS[2])


class Kernel:
    """A kernel to which cells are sent as JupyterLab sends them."""

    def __init__(self, manager, client):
        self.manager, self.client = manager, client

    def run(self, cell, source):
        """Run a cell. Returns: what it shows, messages as JSON."""
        content = {"code": source, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": True}
        message = self.client.session.msg("execute_request", content, metadata={"cellId": cell})
        self.client.shell_channel.send(message)
        shown = []
        while True:
            answer = self.client.get_iopub_msg(timeout=60)
            if answer["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            if answer["msg_type"] == "status" and answer["content"]["execution_state"] == "idle":
                return "\n".join(shown)
            shown.append(json.dumps(answer["content"], ensure_ascii=False))

    def close(self):
        """End it."""
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
