"""Progress is kept over tries and languages, can be taken along and put back, and is never in the way."""

import json
import os
import subprocess
import sys

import pytest

from autograder import check
from autograder.checking import progress


def test_tenths_of_points_are_kept(capsys):
    progress.record_check("double", 1.6)
    progress.record_check("double", 1.0)
    assert progress.read()["double"]["points"] == 1.6
    progress.progress()
    assert "1.6/2" in capsys.readouterr().out


def test_the_best_points_are_kept_and_tries_counted():
    progress.record_check("double", 1)
    progress.record_check("double", 2)
    progress.record_check("double", 0)
    assert progress.read() == {"double": {"points": 2, "tries": 3, "hints": 0}}


def test_the_first_right_answer_is_the_first_once():
    checks = [("double", 1), ("double", 2), ("double", 2), ("preprocess", 3)]
    assert [progress.record_check(*check) for check in checks] == [False, True, False, False]


def test_a_first_right_answer_gets_a_warm_word(capsys):
    for _ in range(2):
        check(lambda x: 2 * x, "double")
    assert capsys.readouterr().out.count("Your first right answer") == 1


def test_hints_are_counted():
    assert [progress.record_hint("double") for _ in range(3)] == [1, 2, 3]


def test_a_file_brought_along_is_merged(tmp_path):
    progress.record_check("double", 1)
    brought = tmp_path / "brought.json"
    entries = {"double": {"points": 2, "tries": 1, "hints": 0}, "resnet": {"points": 6, "tries": 4, "hints": 1}}
    brought.write_text(json.dumps({"exercises": entries}), "utf-8")
    progress.progress(restore=brought)
    assert progress.read()["double"] == {"points": 2, "tries": 1, "hints": 0}
    assert progress.read()["resnet"] == {"points": 6, "tries": 4, "hints": 1}


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        progress.progress(restore=tmp_path / "nowhere.json")


@pytest.mark.parametrize("text", ["", "[]", '{"exercises": 3}', '{"exercises": {"double": {"points": "many"}}}'])
def test_an_unreadable_file_is_kept_aside(text, capsys):
    path = progress.progress_file()
    path.write_text(text, "utf-8")
    assert progress.read() == {}
    assert path.with_name(path.name + ".unreadable").read_text("utf-8") == text
    assert path.name in capsys.readouterr().out
    progress.record_check("double", 2)
    assert progress.read()["double"]["points"] == 2


def entries(**changes):
    return json.dumps({"exercises": {"double": {"points": 1, "tries": 1, "hints": 0} | changes}})


NO_PROGRESS = {
    "no JSON": "my notes",
    "another JSON": '{"cells": []}',
    "long number": entries().replace('"tries": 1', '"tries": ' + "9" * 4300),
    "larger than any count": entries(tries=10**7),
    "infinity": entries(tries=float("inf")),
    "not a number": entries(hints=float("nan")),
    "negative": entries(points=-1),
    "fraction": entries(tries=1.5),
    "truth": entries(points=True),
    "text": entries(points="2"),
    "list": '{"exercises": [1]}',
    "deep": '{"exercises": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "half a character": '{"exercises": {"\\ud800": {"points": 1, "tries": 1, "hints": 0}}}',
    "name with a line break": '{"exercises": {"a\\nb": {"points": 1, "tries": 1, "hints": 0}}}',
    "long name": json.dumps({"exercises": {"x" * 1000: {"points": 1, "tries": 1, "hints": 0}}}),
    "huge": entries() + " " * 2**20,
}


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("kind", NO_PROGRESS)
def test_another_file_brought_along_is_left_as_it_is(kind, language, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_LANGUAGE", language)
    progress.record_check("double", 1)
    brought = tmp_path / "channel_attention.json"
    brought.write_text(NO_PROGRESS[kind], "utf-8")
    progress.progress(restore=brought)
    assert brought.read_text("utf-8") == NO_PROGRESS[kind]
    assert {"en": "is not a progress file", "ko": "진행 상황 파일이 아닙니다"}[language] in capsys.readouterr().out
    assert progress.read() == {"double": {"points": 1, "tries": 1, "hints": 0}}


@pytest.mark.parametrize("kind", NO_PROGRESS)
def test_a_broken_file_does_not_stop_recording(kind, capsys):
    path = progress.progress_file()
    for count in (1, 2):
        path.write_text(NO_PROGRESS[kind], "utf-8")
        progress.record_check("double", 2)
        assert progress.read() == {"double": {"points": 2, "tries": 1, "hints": 0}}
        kept = list(path.parent.glob("progress.json.unreadable*"))
        assert [file.read_text("utf-8") for file in kept] == [NO_PROGRESS[kind]] * count  # the first one stays
    assert "progress.json.unreadable-2" in capsys.readouterr().out


def test_nothing_is_brought_along_from_a_folder_or_a_pipe(tmp_path, capsys):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        progress.progress(restore=path)
        assert "is not a progress file" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["notes.txt", "lesson.ipynb", "no-ending"])
def test_a_file_that_is_not_called_like_one_is_left_as_it_is(name, tmp_path, monkeypatch, capsys):
    path = tmp_path / name
    path.write_text("mine", "utf-8")
    monkeypatch.setenv("COURSE_PROGRESS", str(path))
    progress.record_check("double", 2)
    assert (path.read_text("utf-8"), [entry.name for entry in tmp_path.iterdir()]) == ("mine", [name])
    assert "there is something else of this name" in capsys.readouterr().out


def test_a_hub_may_give_everybody_the_same_path(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "kim"))
    monkeypatch.setenv("COURSE_PROGRESS", "~/progress.json")
    assert progress.progress_file() == tmp_path / "kim" / "progress.json"


def test_a_folder_in_the_files_place_does_not_stop_a_check(capsys):
    progress.progress_file().mkdir()
    progress.record_check("double", 2)
    assert progress.progress_file().is_dir()
    assert "there is something else of this name" in capsys.readouterr().out


def test_points_are_bounded_and_unknown_exercises_named(tmp_path, capsys):
    brought = tmp_path / "brought.json"
    unknown = {f"made_up_{number}": {"points": 9, "tries": 1, "hints": 0} for number in range(20)}
    known = {"double": {"points": 999, "tries": 1, "hints": 0}}
    brought.write_text(json.dumps({"exercises": known | unknown}), "utf-8")
    progress.progress(restore=brought)
    assert progress.read() == {"double": {"points": 2, "tries": 1, "hints": 0}}
    said = capsys.readouterr().out
    assert "2/2" in said and "no such exercise: made_up_0, made_up_1, " in said and "made_up_9, …" not in said


def test_what_another_version_of_the_course_has_counted_stays():
    path = progress.progress_file()
    path.write_text(json.dumps({"exercises": {"renamed": {"points": 3, "tries": 1, "hints": 0}}}), "utf-8")
    progress.record_check("double", 2)
    assert set(progress.read()) == {"double", "renamed"}


def test_two_kernels_lose_nothing():
    """Each records its own exercise and both a common one, as often as they can at the same time."""
    record = (
        "from autograder.checking import progress\nimport sys\nfor _ in range(50): progress.record_hint('double')\n"
    )
    record += "progress.record_check(sys.argv[1], 1)"
    kernels = [subprocess.Popen([sys.executable, "-c", record, name]) for name in ("resnet", "preprocess")]
    assert [kernel.wait() for kernel in kernels] == [0, 0]
    kept = progress.read()
    assert (kept["double"]["hints"], kept["resnet"]["points"], kept["preprocess"]["points"]) == (100, 1, 1)
    assert [path.name for path in progress.progress_file().parent.iterdir()] == ["progress.json"]


def test_a_lock_that_was_left_behind_is_not_in_the_way(monkeypatch):
    monkeypatch.setattr(progress, "LOCK_SECONDS", 0)
    progress.progress_file().with_name("progress.json.lock").touch()
    progress.record_check("double", 2)
    assert progress.read()["double"]["points"] == 2


def test_a_folder_that_cannot_be_written_does_not_stop_a_check(tmp_path, monkeypatch, capsys):
    blocked = tmp_path / "file"
    blocked.write_text("", "utf-8")
    monkeypatch.setenv("COURSE_PROGRESS", str(blocked / "progress.json"))
    progress.record_check("double", 2)
    assert "could not be written" in capsys.readouterr().out


@pytest.mark.parametrize(("language", "words"), [("en", "Your progress"), ("ko", "학습 진행 상황")])
def test_the_table_lists_every_lesson(language, words, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_LANGUAGE", language)
    progress.record_check("channel_attention", 5)
    progress.progress()
    shown = capsys.readouterr().out
    assert words in shown and "4-spatial-attention" in shown and "✓ `channel_attention`" in shown and "5/5" in shown
