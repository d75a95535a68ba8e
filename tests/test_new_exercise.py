"""Adding an exercise: skeletons in every place, trying them, and what the build says is lacking before it measures."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.authoring import build as building
from autograder.authoring import lacking as module
from autograder.authoring.lacking import LEAST_MISTAKES, lacking, lacking_of
from autograder.authoring.launch import GUIDES_FOR_TEACHERS
from autograder.authoring.skeleton import OUTLINES, SkeletonError, write_skeletons
from autograder.cli import main
from autograder.grading.worker.vary_sizes import vary_sizes
from autograder.lessons import reference
from autograder.lessons.master import MasterError, read_master
from curriculum.exercises import KINDS, LISTED, Case, load
from curriculum.messages import FOLDER as MESSAGES_FOLDER
from curriculum.paths import REPOSITORY
from tests.conftest import copied_repository

LESSON = "4-spatial-attention"


def test_nothing_is_lacking():
    assert lacking() == []


@pytest.fixture
def own_copies(tmp_path, monkeypatch):
    """Copies of the exercises' own files, for a test to spoil: a folder of them by what they are."""
    folders = {}
    for name, folder in (("MISTAKES_FOLDER", module.MISTAKES_FOLDER), ("ANSWERS_FOLDER", module.ANSWERS_FOLDER)):
        folders[name] = shutil.copytree(folder, tmp_path / name)
        monkeypatch.setattr(module, name, folders[name])
    folders["messages"] = shutil.copytree(MESSAGES_FOLDER, tmp_path / "messages")
    monkeypatch.setattr(module, "MESSAGES_FOLDER", folders["messages"])
    return folders


def test_everything_that_is_lacking_is_told_at_once(own_copies):
    (own_copies["ANSWERS_FOLDER"] / "double.py").unlink()
    mistakes = own_copies["MISTAKES_FOLDER"] / "double.py"
    mistakes.write_text(mistakes.read_text("utf-8") + "\n\ndef tripled(x):\n    return 3 * x\n", "utf-8")
    (own_copies["messages"] / "ko" / "double.toml").unlink()
    english = own_copies["messages"] / "en" / "double.toml"
    english.write_text(english.read_text("utf-8").replace("hint_2 = ", "hint_two = "), "utf-8")
    told = [line.replace(str(own_copies["messages"].parent), "") for line in lacking_of("double")]
    assert told == [
        "/ANSWERS_FOLDER/double.py: is missing; write at least 4 right answers beside the reference",
        '/messages/en/double.toml: lacks a hint; write hint_2 = "…"',
        '/messages/en/double.toml: mistake tripled has no sentence; write tripled = "…" under [mistake]',
        "/messages/ko/double.toml: is missing; write in it, in 'ko', what /messages/en/double.toml says",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, f"is missing; write at least {LEAST_MISTAKES} usual mistakes"),
        (
            '"""Here nothing is published."""\n\n\ndef squared(x):\n    return x**2\n',
            f"1 of at least {LEAST_MISTAKES} usual mistakes",
        ),
        ("def squared(x)\n", "1: expected ':'"),
    ],
)
def test_a_bank_without_enough_mistakes(own_copies, text, told):
    path = own_copies["MISTAKES_FOLDER"] / "double.py"
    path.unlink()
    if text:
        path.write_text(text, "utf-8")
    line, *unnamed = lacking_of("double")
    assert line == f"{path}:{'' if told.startswith('1:') else ' '}{told}"
    assert all("is no mistake of" in other for other in unnamed)


def test_a_bank_without_enough_sources(own_copies):
    path = own_copies["ANSWERS_FOLDER"] / "soft_mask.py"
    path.write_text(path.read_text("utf-8").replace("Source: ", "Seen in "), "utf-8")
    (line,) = lacking_of("soft_mask")
    assert line.startswith(f"{path}: 0 of at least 3 that are published; end a docstring with a line `Source: https://")
    path.write_text(path.read_text("utf-8").replace('students write them."""', 'nothing is published."""'), "utf-8")
    assert lacking_of("soft_mask") == []


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ('squared = ""', 'mistake squared has no sentence; write squared = "…" under [mistake]'),
        ('squared = "x is squared."', "mistake squared is not told in Korean; translate 'x is squared.'"),
        ('sqared = "제곱입니다."', "sqared is no mistake of "),
    ],
)
def test_a_sentence_that_is_empty_or_not_translated_or_of_no_mistake(own_copies, new, told):
    path = own_copies["messages"] / "ko" / "double.toml"
    kept = re.sub(r"^squared = .*$", new, path.read_text("utf-8"), flags=re.MULTILINE)
    path.write_text(kept, "utf-8")
    assert any(line.startswith(f"{path}: {told}") for line in lacking_of("double"))


def test_an_exercise_that_two_lessons_list(monkeypatch):
    monkeypatch.setitem(module.LESSONS, "12-capstone", ("double", *module.LESSONS["12-capstone"]))
    read_master.cache_clear()
    told = lacking()
    read_master.cache_clear()
    assert told[0] == f"{shown()}: LESSONS has 'double' 2 times; leave it in one lesson, once"
    assert any("no solution cell for ['double']: write `# %% solution=\"double\"`" in line for line in told)


def test_excuses_for_mutants_of_no_exercise(tmp_path, monkeypatch):
    path = tmp_path / "equivalent.toml"
    path.write_text("[treble]\nmutant = 'why'\n", "utf-8")
    monkeypatch.setattr(module, "EQUIVALENT_MUTANTS", path)
    assert lacking() == [f"{path}: [treble]: there is no such exercise; rename or remove this table"]


def test_a_case_that_grading_cannot_vary(monkeypatch):
    asked = load("cost")
    fixed = replace(asked, cases=(Case((), {"channels": 3}),))
    monkeypatch.setattr(module, "load", lambda name: fixed)
    assert lacking_of("cost") == [
        "curriculum/exercises/cost.py: write `fresh` in Case({'channels': 3}); nothing else makes it differ in grading"
    ]
    with pytest.raises(ValueError, match="cost: expected `fresh` to draw something that no case has"):
        vary_sizes(fixed, 1)


def test_a_kind_that_there_is_not():
    with pytest.raises(ValueError, match="expected kind to be one of"):
        replace(load("cost"), kind="numbers")


def test_messages_that_are_no_toml(own_copies):
    path = own_copies["messages"] / "ko" / "double.toml"
    path.write_text("hint_1 = one", "utf-8")
    (line,) = lacking_of("double")
    assert line.startswith(f"{path}: Invalid value")


def test_a_listed_exercise_without_a_module(monkeypatch):
    monkeypatch.setitem(module.LESSONS, LESSON, (*module.LESSONS[LESSON], "squeeze"))
    first = lacking_of("squeeze")[0]
    assert first.endswith(f"squeeze.py: is missing; write it, with EXERCISE in it, or take 'squeeze' out of {shown()}")
    assert lacking() == lacking_of("squeeze")  # the masters are not read while they have no module to go by
    result = CliRunner().invoke(main, ["try", "squeeze"])
    assert result.exit_code == 1 and first in result.output


def shown() -> str:
    return LISTED.relative_to(REPOSITORY).as_posix()


def test_an_exercise_that_no_lesson_lists(tmp_path, monkeypatch):
    shutil.copy(LISTED.parent / "double.py", tmp_path / "treble.py")
    shutil.copy(LISTED.parent / "draws.py", tmp_path / "draws.py")  # helps others, and is none
    monkeypatch.setattr(module, "LISTED", tmp_path / "__init__.py")
    (line,) = lacking()
    assert line.startswith(f"{tmp_path}/treble.py: nobody teaches this exercise; add 'treble' to its lesson in LESSONS")


def test_the_build_says_so_before_it_writes_or_measures(monkeypatch):
    monkeypatch.setattr(building, "lacking", lambda: ["one thing", "another"])
    for name in ("_texts", "write", "_measure_all"):
        monkeypatch.setattr(building, name, lambda *_: pytest.fail("began to build"))
    result = CliRunner().invoke(main, ["build"])
    assert (result.exit_code, result.output) == (1, "Error: one thing\nanother\n")


def test_a_reference_that_fails_is_told_without_a_traceback(tensorflow, monkeypatch):
    monkeypatch.setattr(building, "reference", lambda name: lambda x: x.reshape(7))
    counts, (told,) = building._measure("double")
    assert counts == {}
    assert told.startswith("solutions/lessons/0_start_here.py:")
    assert ": the reference of double fails: double(x[2, 3])" in told
    assert "In your code: " in told


def test_a_reference_that_returns_nothing(tensorflow, monkeypatch):
    monkeypatch.setattr(building, "reference", lambda name: lambda x: None)
    _, (told,) = building._measure("double")
    assert told.endswith(
        "the reference of double fails: double(x[2, 3]) returned None: no `return` in it has a result behind it."
    )


def test_a_file_of_the_bank_that_cannot_be_run_is_named_with_its_line(tmp_path, monkeypatch):
    (tmp_path / "double.py").write_text("import keras\n\nFIRST = keras.layers.Dens\n", "utf-8")
    monkeypatch.setattr(reference, "MISTAKES_FOLDER", tmp_path)
    with pytest.raises(MasterError, match=r"double\.py:3: AttributeError: module 'keras\.layers'"):
        reference.mistakes("double")


@pytest.mark.parametrize(
    ("name", "lesson", "told"),
    [
        ("double", LESSON, "is taken: "),
        ("check", LESSON, "is taken: "),  # messages/en/check.toml
        ("draws", LESSON, "is taken: "),
        ("layers", LESSON, "calls something else so"),  # imported in the lesson
        ("convolve", LESSON, "test_formulas.py calls something else so"),
        ("two words", LESSON, "expected as name"),
        ("Squeeze", LESSON, "expected as name"),
        ("lambda", LESSON, "expected as name"),
        ("a" * 70, LESSON, "expected as name"),
        ("../squeeze", LESSON, "expected as name"),
        ("squeeze_2", LESSON, "expected a name that does not end in _2"),
        ("squeeze", "4", "expected as lesson one of 0-start-here, "),
    ],
)
def test_a_name_that_cannot_be_is_refused(name, lesson, told, monkeypatch):
    monkeypatch.setattr(Path, "write_text", lambda *_: pytest.fail("something was written"))
    with pytest.raises(SkeletonError, match=told):
        write_skeletons(name, lesson, "layer")
    result = CliRunner().invoke(main, ["new", "--lesson", lesson, "--kind", "layer", "--", name])
    assert result.exit_code == 1 and result.output.startswith("Error: ")


def test_every_kind_has_skeletons():
    assert set(OUTLINES) == set(KINDS)


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A copy of the repository with a new exercise of each kind."""
    folder = copied_repository(tmp_path_factory.mktemp("clone"))
    for kind in KINDS:
        done = autograder(folder, "new", f"squeeze_{kind}", "--lesson", LESSON, "--kind", kind)
        assert done.returncode == 0, done.stderr
    return folder


def autograder(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    environment = os.environ | {"PYTHONPATH": str(folder)}
    command = [sys.executable, "-m", "autograder", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_skeletons_stand_in_every_place(clone):
    before, after = files(copied_repository(clone.parent / "before")), files(clone)
    assert set(before) <= set(after)
    changed = {name for name in before if before[name] != after[name]}
    lists = LISTED.relative_to(REPOSITORY).as_posix()
    master = "solutions/lessons/4_spatial_attention.py"
    assert changed == {lists, master, *GUIDES_FOR_TEACHERS.values(), "tests/test_formulas.py"}
    messages = MESSAGES_FOLDER.relative_to(REPOSITORY).as_posix()
    own = {
        f"{folder}/squeeze_{kind}.{ending}"
        for kind in KINDS
        for folder, ending in (
            (Path(lists).parent.as_posix(), "py"),
            ("solutions/mistakes", "py"),
            ("solutions/answers", "py"),
            (f"{messages}/en", "toml"),
            (f"{messages}/ko", "toml"),
        )
    }
    assert set(after) - set(before) == own
    assert all(b"TODO" in after[name] for name in own)


def test_a_lesson_without_exercises_gets_its_first_one(clone):
    """At the end of its master, and as the only one of its lesson."""
    listed = clone / "curriculum" / "exercises" / "__init__.py"
    before = files(clone)
    master = next((clone / "solutions" / "lessons").glob("0_*.py"))
    listed.write_text(listed.read_text("utf-8").replace('"0-start-here": ("double",)', '"0-start-here": ()'), "utf-8")
    cells = re.split(r"^(?=# %%)", master.read_text("utf-8"), flags=re.MULTILINE)
    master.write_text("".join(cell for cell in cells if '="double"' not in cell.partition("\n")[0]), "utf-8")
    made = autograder(clone, "new", "first_of_all", "--lesson", "0-start-here", "--kind", "layer")
    assert made.returncode == 0, made.stderr
    assert '"0-start-here": ("first_of_all",),' in listed.read_text("utf-8")
    assert master.read_text("utf-8").rstrip().endswith("check(first_of_all)")
    for name in files(clone).keys() - before.keys():
        (clone / name).unlink()
    for name, text in before.items():
        (clone / name).write_bytes(text)


def test_skeletons_are_as_the_linter_wants_them(clone):
    ruff = Path(sys.executable).parent / "ruff"
    for command in ("check", "format"):
        options = ["--check"] if command == "format" else []
        done = subprocess.run([ruff, command, *options], cwd=clone, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


def test_the_build_wants_what_the_skeletons_say(clone):
    done = autograder(clone, "build", "--check")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    for line in (
        'squeeze_layer.toml:1: hint_1 = "TODO: a question',
        "solutions/mistakes/squeeze_model.py: 1 of at least 4 usual mistakes",
        "solutions/mistakes/squeeze_model.py: 0 of at least 3 that are published",
        "solutions/answers/squeeze_number.py: 1 of at least 4 right answers beside the reference",
        "# ## TODO: the idea of `squeeze_function` in a heading",
    ):
        assert line in done.stderr


def test_what_is_there_is_never_written_over(clone):
    before = files(clone)
    done = autograder(clone, "new", "squeeze_layer", "--lesson", "5-eca", "--kind", "number")
    assert done.returncode == 1 and "'squeeze_layer' is taken" in done.stderr
    assert files(clone) == before


# Each starts TensorFlow in a process of its own.
TRIED = [kind if kind == "layer" else pytest.param(kind, marks=pytest.mark.slow) for kind in KINDS]


@pytest.mark.parametrize("kind", TRIED)
def test_skeletons_can_be_tried_at_once(clone, kind):
    done = autograder(clone, "try", f"squeeze_{kind}", "--language", "ko")
    assert done.returncode == 0, done.stderr
    assert "만점" in done.stdout and "이런 실수로 보입니다: TODO" in done.stdout
    assert "Before `make build`:" in done.stdout


def test_trying_shows_what_a_student_is_told(tensorflow):
    result = CliRunner().invoke(main, ["try", "double"])
    assert result.exit_code == 0, result.output
    assert "✓ double: all 2 points." in result.output
    assert "Likely mistake: 2 is added to every value" in result.output
    assert "Before `make build`:" not in result.output


def test_trying_ends_with_what_is_wrong(tensorflow, monkeypatch):
    for name in ("build", "proof"):
        monkeypatch.setattr(f"autograder.authoring.{name}.mistakes", lambda _: {"doubled": lambda x: x + x})
    result = CliRunner().invoke(main, ["try", "double"])
    assert result.exit_code == 1
    assert "Error: solutions/mistakes/double.py: mistake doubled is accepted" in result.output


def test_trying_what_is_no_exercise():
    result = CliRunner().invoke(main, ["try", "treble"])
    assert result.exit_code == 1 and result.output.startswith("Error: Unknown exercise.")
