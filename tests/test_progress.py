"""Progress is kept over tries and languages, can be taken along and put back, and is never in the way."""

import json

import pytest

from autograder.checking import progress


def test_the_best_points_are_kept_and_tries_counted():
    progress.record_check("double", 1)
    progress.record_check("double", 2)
    progress.record_check("double", 0)
    assert progress.read() == {"double": {"points": 2, "tries": 3, "hints": 0}}


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
