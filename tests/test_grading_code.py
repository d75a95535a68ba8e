"""How cells are read and chosen, and which folders are graded; no cell is run here."""

import ast
import json
import os
import re
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest

from autograder.checking.explain import part_first
from autograder.grading import code, extraction, plan, preparation, session, submissions
from autograder.grading.feedback import KEY, annotate, remark_text, verdict_lines
from autograder.grading.judging import CheckOutcome, no_result
from autograder.grading.sandbox import ChildError, Ending
from autograder.grading.session import NotebookOutcome, TimeLimits
from autograder.lessons.notebooks import instructor_notebook, student_notebook
from curriculum.exercises import load
from curriculum.messages import LANGUAGES, catalogue, say
from tests import habits
from tests.classes import DIES, outcome_of

EVERY = {
    lesson: [student_notebook(instructor_notebook(master, language)) for language in LANGUAGES]
    for lesson, master in habits.MASTERS.items()
}
RELEASES = {lesson: releases[0] for lesson, releases in EVERY.items()}
TRIALS = list(habits.trials())
IPYTHON = {
    "ops.sigmoid?": {"ops"},
    "??keras.layers": set(),
    "keras.Model.fit??": set(),
    "files = !ls {folder}": {"get_ipython"},
    "here = %pwd": {"get_ipython"},
    "%matplotlib inline": {"get_ipython"},
    "%env \\\nA=1": {"get_ipython"},
    "await wait(1)": {"wait"},
    "    indented(1)\n    twice(2)": {"indented", "twice"},
    ">>> prompted(1)\n... ": {"prompted"},
    "In [3]: prompted(1)\n   ...: more(2)": {"prompted", "more"},
    "%%time\nslow(1)": {"slow"},
    "%%capture out\n%%time\nslow(1)": {"slow"},
    'get_ipython().run_cell_magic("time", "", 1)': {"get_ipython"},  # written by hand, with a body that is no text
    "shown(1);": {"shown"},
    "/print 1": {"print"},
}


@pytest.mark.parametrize("source", IPYTHON)
def test_cells_are_read_as_ipython_reads_them(source):
    assert code.parsed(source) is not None
    assert code.used(source) >= IPYTHON[source] - {"ops"}
    assert code.used(f"{source}\nafterwards") >= {"afterwards"} or source.startswith(("    ", ">>>", "In ["))


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(x):\n    a = 1", {"f"}),
        ("if True:\n    def f(x): pass\nelse:\n    g = 1", {"f", "g"}),
        ("try:\n    import a.b, c as d\nexcept ImportError as e:\n    h: int = 1", {"a", "d", "h"}),
        ("f, (g, *h) = range(3)\nprint(i := 1)", {"f", "g", "h", "i"}),
        ("for f in (1,):\n    with open('x') as g: pass", {"f", "g"}),
        ("match x:\n    case [f, *g] | {'a': f, **g}: pass", {"f", "g"}),
        ("f = lambda x: (y := x)\n[z for z in f]", {"f"}),
        ("%%time\ndef f(): pass", {"f"}),
        ("%%timeit\ndef f(): pass", set()),
        ("%%writefile a.py\ndef f(): pass", set()),
        ("def f(:", set()),
    ],
)
def test_names_that_a_cell_defines(source, names):
    assert code.defined(source) == names


STUB = 'def f(x):\n    """Text."""\n    # your code\n    your_turn("f")'


@pytest.mark.parametrize(
    ("source", "unfinished"),
    [
        (STUB, True),
        ("", True),
        ("# only a note", True),
        ('"""only a note"""\npass', True),
        ('your_turn("f")', True),
        (f"%%time\n{STUB}", True),
        (f"def f(x): return x\n{STUB}", True),
        (f"{STUB}\ndef f(x): return x", False),
        (f"{STUB}\nf = print", False),
        ('def f(x):\n    return x\n    your_turn("f")', False),
        ('def f(x):\n    # your_turn("f")\n    return x', False),
        ('def f(x):\n    """your_turn("f")"""\n    return x', False),
        ('def f(x):\n    if x is None:\n        your_turn("f")\n    return x', False),
        ("f = lambda x: x", False),
        ('def f(x:\n    your_turn("f")', False),
    ],
)
def test_what_is_still_to_be_written(source, unfinished):
    assert code.is_stub(source, "f") is unfinished


def test_cells_are_parsed_in_several_threads(monkeypatch):
    """Python 3.11 raises SystemError where the trees of two threads are made at one time."""
    parse, failures = ast.parse, iter([True, True])

    def disturbed(source):
        if next(failures, False):
            raise SystemError("AST constructor recursion depth mismatch (before=31, after=0)")
        return parse(source)

    monkeypatch.setattr(ast, "parse", disturbed)
    code.parsed.cache_clear()
    assert code.defined("def first(): pass") == {"first"}
    sources = [f"def f{number}(x):\n    return [{'(' * 40}x{')' * 40}] + {[1] * 200}" for number in range(300)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(code.defined, sources)) == [{f"f{number}"} for number in range(300)]


def test_deep_code_is_no_obstacle():
    for depth in (500, 900, 1500, 3000, 100_000):
        source = "def f(): pass\nx = " + "+".join(["1"] * depth)
        assert code.defined(source) in ({"f", "x"}, set())
        assert code.is_stub(source, "f") is False
        assert isinstance(code.definitions(source, {"f", "x"}), str)
        code.runs(source)


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: next(iter(trial.habits.values())))
def test_no_code_of_a_student_is_dropped(trial):
    """Every cell that is not the instructor's, nor a stub, nor a second copy, is run as it stands."""
    releases = EVERY[trial.lesson]
    book = {"metadata": {}} | trial.book
    rebuilt = extraction.rebuild(releases[0], extraction.extract(book, *releases))
    ran = {step.source for step in plan.steps(rebuilt)}
    handed_out = {cell.source.strip() for release in releases for cell in release.cells}
    for cell in book["cells"]:
        source = "".join(cell["source"]).replace("\r\n", "\n")
        if cell["cell_type"] != "code" or not source.strip() or source.strip() in handed_out:
            continue
        if trial.experiment and trial.experiment in source:
            continue
        assert source in ran or any(code.is_stub(source, name) for name in trial.habits), source


def test_of_an_experiment_only_what_is_used_is_run():
    book = habits.opened(habits.LESSON)
    habits.NOTEBOOKS["helper written into an experiment"].change(book)
    release = RELEASES[habits.LESSON]
    steps = plan.steps(extraction.rebuild(release, extraction.extract(book, release)))
    source = "\n".join(step.source for step in steps)
    assert "def at_least(n)" in source and "LEAST = 1" in source
    assert "for ratio in" not in source and ".fit(" not in source


def long_cell(book, id, line):
    book["cells"][habits.position(book, id)]["source"] += "\n" + line * 30_000


def test_a_cell_with_too_much_code_is_named_and_costs_only_itself():
    book = habits.opened(habits.LESSON)
    long_cell(book, "se_block", "x = 1\n")
    book["cells"].append(habits.extra("y = 2\n" * 30_000))
    taken = extraction.extract(book, RELEASES[habits.LESSON])
    assert taken.remarks == (
        extraction.Remark("too_long", "se_block"),
        extraction.Remark("too_long", f"#{len(book['cells'])}"),
    )
    assert taken.answers == habits.RIGHT[habits.LESSON] | {"se_block": ""}
    for language in LANGUAGES:
        assert "100,000" in remark_text(taken.remarks[0], language) and "se_block" in remark_text(
            taken.remarks[0], language
        )


@pytest.mark.parametrize("line", ["# a note on squeezing\n", "\n", "    # an attempt\n"])
def test_notes_are_not_counted(line):
    book = habits.opened(habits.LESSON)
    long_cell(book, "se_block", line)
    taken = extraction.extract(book, RELEASES[habits.LESSON])
    assert not taken.remarks and len(taken.answers["se_block"]) > 30_000


@pytest.mark.parametrize("source", [7, {"a": 1}, ["x = 1\n", 5], None])
def test_a_source_that_is_no_text_is_named(source):
    book = habits.opened(habits.LESSON)
    book["cells"][habits.position(book, "se_block")]["source"] = source
    taken = extraction.extract(book, RELEASES[habits.LESSON])
    assert extraction.Remark("no_text", "se_block") in taken.remarks


def test_what_a_cell_stopped_with_stands_under_it():
    book = habits.opened(habits.LESSON)
    habits.put(book, "se_block", "import parts_of_mine")
    release = RELEASES[habits.LESSON]
    rebuilt = extraction.rebuild(release, extraction.extract(book, release))
    errors = {"extra-1": ("ModuleNotFoundError", "No module named 'parts_of_mine'"), "se_block": ("NameError", "x")}
    annotate(rebuilt, NotebookOutcome(errors=errors), ())
    shown = {cell.id: cell.outputs[0].text for cell in rebuilt.cells if cell.get("outputs")}
    assert set(shown) == set(errors)
    assert "parts_of_mine" in shown["extra-1"] and "Only the notebook itself is graded" in shown["extra-1"]
    assert "Only the notebook" not in shown["se_block"]


class Right:
    """A judge that finds everything right."""

    seeds: ClassVar = dict.fromkeys(habits.NAMES, 1)

    def score(self, exercise, data):
        return CheckOutcome(exercise, (frozenset(),) * len(load(exercise).cases))

    def diagnose(self, check, data):
        return check


def timed_run(steps, takes, monkeypatch):
    """Run steps where these sources take so many seconds. Returns: the outcome, and each source with its limit."""
    now, ran = [0.0], []
    monkeypatch.setattr(session, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def run(source, seconds):
        ran.append((source, seconds))
        now[0] += min(seconds, takes.get(source, 0))
        if takes.get(source, 0) > seconds:
            raise ChildError("too_slow")
        return "", ""

    child = SimpleNamespace(run=run, measure=lambda *_, **__: b"", stop=lambda **_: Ending("ended"))
    sandbox = SimpleNamespace(child=lambda: child)
    return session.Session(sandbox, Right(), session.TimeLimits()).run(steps), ran


def test_long_cells_of_ones_own_cost_no_check(monkeypatch):
    """They may take half of the notebook's time together; what is left is for checks. What they define is there."""
    steps = [plan.Step(f"extra-{number}", "long", shortened=f"definitions {number}") for number in range(9)]
    steps += [
        plan.Step("se_block", "answer", shortened="definitions"),
        plan.Step("check_se_block", exercise="se_block"),
    ]
    outcome, ran = timed_run(steps, {"long": 65}, monkeypatch)
    assert [seconds for source, seconds in ran if source == "long"] == [60, 60, 30]
    assert {f"definitions {number}" for number in range(9)} < {source for source, _ in ran}
    assert outcome.checks["check_se_block"].passed
    assert set(outcome.events.values()) == {"shortened"}


def test_training_under_each_answer_costs_no_check(monkeypatch):
    steps = []
    for name in habits.NAMES:
        steps += [plan.Step(name, f"long {name}", shortened=name), plan.Step(f"check_{name}", exercise=name)]
    outcome, ran = timed_run(steps, {f"long {name}": 65 for name in habits.NAMES}, monkeypatch)
    assert len(outcome.checks) == len(habits.NAMES) and all(check.passed for check in outcome.checks.values())
    assert outcome.events == dict.fromkeys(habits.NAMES, "shortened")
    assert sum(seconds for source, seconds in ran if source.startswith("long")) == 150


def test_a_fresh_process_does_not_train_for_long_again(monkeypatch):
    """Cells run again in their order; what has taken long does so only while there is time for it."""
    steps = [
        plan.Step("given", "given"),
        plan.Step("extra-1", "training", shortened="helper"),
        plan.Step("extra-2", "quick", shortened=""),
        *[plan.Step(f"extra-{number}", "long", shortened="") for number in (3, 4)],
        plan.Step("check_se_block", exercise="se_block"),
    ]
    outcome, ran = timed_run(steps, {"training": 50, "long": 65}, monkeypatch)
    sources = [source for source, _ in ran]
    assert sources == ["given", "training", "quick", "long", "given", "helper", "quick", "", "long", *sources[9:]]
    assert sources[9:] == ["given", "helper", "quick", "", ""]
    assert outcome.events == {"extra-1": "shortened", "extra-3": "shortened", "extra-4": "shortened"}
    assert outcome.checks["check_se_block"].passed


EXPERIMENT = """
from math import floor as rounded
images = load(int("3"))
LEAST, other = min(images), train()
if images:
    def least():
        return LEAST
history = train(images)
plot(history)
"""


def test_what_an_answer_uses_of_an_experiment_is_taken_however_it_was_made():
    """Another cell gets what costs nothing: it may plot what was trained."""
    assert code.definitions(EXPERIMENT, {"rounded", "LEAST", "history"}) == "from math import floor as rounded"
    taken = code.definitions(EXPERIMENT, set(), {"least"})
    assert code.defined(taken) == {"images", "LEAST", "other", "least"}
    answer = "def se_block(inputs):\n    history = helper(inputs)\n    return history"
    cells = ["def helper(x):\n    return x + least()", "plot(history)", "images = 0"]
    assert code.asked_for([answer], cells) == {"helper", "least"}


def test_a_stub_that_was_put_back_takes_the_place_of_no_answer():
    """Where grading cannot find an answer, it may still be there: it was imported, or stands in a text."""
    book = habits.opened(habits.LESSON)
    habits.take_out(book, "se_block")
    habits.put(book, "channel_attention", "from mine import *")
    prepared = preparation.prepare(json.dumps(book).encode(), dict(zip(LANGUAGES, EVERY[habits.LESSON], strict=True)))
    assert "se_block" in [cell.id for cell in prepared.notebook.cells]
    assert "se_block" not in [step.id for step in prepared.steps]


# --- folders

FOLDERS = {
    "right": ("3-channel-attention/channel_attention.ipynb", ""),
    "other-lesson": ("2-resnet/resnet.ipynb", None),
    "capitals": ("3-Channel-Attention/channel_attention.ipynb", "“3-Channel-Attention”"),
    "blank": ("3-channel-attention /channel_attention.ipynb", "“3-channel-attention ”"),
    "underscores": ("3_channel_attention/channel_attention.ipynb", "“3_channel_attention”"),
    "numbered": ("3-channel-attention (1)/channel_attention.ipynb", "“3-channel-attention (1)”"),
    "no-level": ("channel_attention.ipynb", "“channel_attention.ipynb”"),
}


def test_folders_with_other_names_are_told_with_what_was_found(tmp_path):
    for student, (path, _) in FOLDERS.items():
        file = tmp_path / student / path
        file.parent.mkdir(parents=True)
        file.touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "only-hidden" / ".ipynb_checkpoints").mkdir(parents=True)
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    (tmp_path / "linked").symlink_to(tmp_path / "right")
    (tmp_path / "alice.zip").touch()
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "two\nlines" / habits.LESSON).mkdir(parents=True)
    (tmp_path / "broken-lesson").mkdir()
    (tmp_path / "broken-lesson" / habits.LESSON).symlink_to(tmp_path / "nowhere")
    assert submissions.students_of(habits.LESSON, tmp_path) == ["broken-lesson", "right"]
    told = list(map(str, submissions.left_out(habits.LESSON, tmp_path)))
    assert all("\n" not in line for line in told)
    for student, (_, found) in FOLDERS.items():
        lines = [line for line in told if line.startswith(f"✗ {student} ")]
        assert bool(lines) is bool(found) and (not lines or found in lines[0]), student
    words = {
        "empty": "is empty",
        "only-hidden": "is empty",
        "broken": "a link",
        "linked": "a link",
        "two\\nlines": "keep",
    }
    for student, said in (words | {"alice.zip": "a file"}).items():
        assert any(line.startswith(f"✗ {student} ") and said in line for line in told), student


def test_nobody_to_grade_says_what_was_found(tmp_path):
    (tmp_path / "alice" / "3-Channel-Attention").mkdir(parents=True)
    with pytest.raises(submissions.GradingError, match=r"No submissions found[^✗]*✗ alice .*“3-Channel-Attention”"):
        submissions.students_of(habits.LESSON, tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user for a moment")
@pytest.mark.parametrize(
    "closed", ["{0}", "{0}/3-channel-attention", "{0}/3-channel-attention/channel_attention.ipynb"]
)
def test_what_cannot_be_read_is_told_and_gets_no_zero(closed):
    folder = Path(tempfile.mkdtemp(dir="/tmp"))  # pytest's own is closed to others
    try:
        for student in ("alice", "bob"):
            file = folder / student / habits.LESSON / "channel_attention.ipynb"
            file.parent.mkdir(parents=True)
            file.touch()
        folder.chmod(0o755)
        (folder / closed.format("alice")).chmod(0)
        os.seteuid(65534)
        try:
            students = submissions.students_of(habits.LESSON, folder)
            told = list(map(str, submissions.left_out(habits.LESSON, folder)))
        finally:
            os.seteuid(0)
    finally:
        shutil.rmtree(folder)
    assert students == ["bob"]
    assert len(told) == 1 and "alice is NOT GRADED" in told[0]


@pytest.mark.parametrize(
    ("source", "checked"),
    [
        ("check(f)", ""),
        ("check()", ""),
        ("check('f')", ""),
        ("check('6-cbam')", ""),
        ("check(6)", ""),
        ("check(mine, 'f')", "mine"),
        ("check(mine, exercise='f')", "mine"),
        ("check(mine, 'g')", ""),
        ("check('f')\ncheck(mine, 'f')", "mine"),
        ("check(mine, 'f')\ncheck('f')", ""),
    ],
)
def test_what_a_check_was_given(source, checked):
    assert code.checked_under(source, "f") == checked


def test_cells_of_two_languages_say_the_same():
    english = 'def gate(x):\n    """Squeeze."""\n    # to a number\n    return x'
    korean = 'def gate(x):\n    """압축."""\n    return x'
    assert code.same_code(english, korean)
    assert not code.same_code(english, korean.replace("return x", "return -x"))
    assert not code.same_code("def gate(x", "def gate(x")
    assert '"""Squeeze."""' in code.definitions(english, {"gate"})  # comparing changes neither
    assert code.same_code('def gate(x):\n    """Squeeze."""', 'def gate(x):\n    """압축."""')


@pytest.mark.parametrize("kind", ["wrong values", DIES])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_wrong_in_an_earlier_exercise_is_to_be_mended_there(language, kind):
    """As the notebook's own check says it, and only of an exercise that the answer calls."""
    release = RELEASES[habits.LESSON]
    book = habits.opened(habits.LESSON)
    habits.put(
        book, "attention_block", "def attention_block(x, filters, name):\n    return channel_attention (x, name)"
    )
    rebuilt = extraction.rebuild(release, extraction.extract(book, release))
    rebuilt.metadata.course.language = language
    names = ("se_block", "channel_attention", "attention_block")
    checks = {f"check_{name}": outcome_of(name, "wrong values") for name in names}
    checks["check_attention_block"] = outcome_of("attention_block", kind)
    annotate(rebuilt, NotebookOutcome(checks), ())
    told = {cell.id: cell.metadata[KEY]["advice"] for cell in rebuilt.cells if KEY in cell.metadata}
    assert part_first("attention_block", "channel_attention", language) in told["check_attention_block"]
    assert set(told) == set(checks)
    others = {part_first(name, other, language) for name in names for other in names if name != "attention_block"}
    assert not others & {*told["check_se_block"], *told["check_channel_attention"]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_event_is_told_with_what_to_do_about_it(language):
    """And with the limits that the engine has; where nothing can be done, only the event."""
    steps = catalogue(language)["grading"]["next"]
    events = catalogue(language)["grading"]["event"]
    told = {event: verdict_lines(no_result("se_block", event), language) for event in events}
    assert steps.keys() < told.keys()
    limits = TimeLimits()
    numbers = {
        "too_slow": (limits.cell, limits.students),
        "notebook_too_slow": (limits.notebook,),
        "killed": (3,),
        "out_of_memory": (3,),
    }
    for event, lines in told.items():
        at = lines.index(say(f"grading.event.{event}", language))
        assert len(lines) == at + 1 + (event in steps)
        assert re.findall(r"\d+", lines[-1]) == [f"{number:g}" for number in numbers.get(event, ())]
