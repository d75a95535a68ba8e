"""The parts of grading that need no sandbox: reading files, taking answers, planning, the report."""

import json
from dataclasses import asdict
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest

from autograder.checking.diagnosis import Finding
from autograder.checking.judge import Verdict
from autograder.checking.measurement import CaseResult, Measurement, Weight
from autograder.grading import extraction, feedback_page, plan, preparation, session, submission_file, submissions
from autograder.grading.code import is_stub
from autograder.grading.engine import _beside
from autograder.grading.feedback import remark_text, verdict_lines
from autograder.grading.judging import (
    MOST_DRAWS,
    CheckOutcome,
    Judge,
    JudgingError,
    _unpack,
    confirmed_wrong,
    draw,
    no_result,
)
from autograder.grading.lesson import Lesson
from autograder.grading.report import write_report
from autograder.grading.sandbox import Ending
from autograder.grading.standings import Standing
from autograder.grading.worker.vary_sizes import vary_sizes
from autograder.lessons.notebooks import instructor_notebook, student_notebook
from benchmarks import attacks
from curriculum.exercises import LESSONS, load
from curriculum.messages import LANGUAGES, catalogue, say

RELEASE = student_notebook(instructor_notebook(attacks.MASTER, "en"))

REASONS = {
    "no-json": "not_json",
    "empty": "empty",
    "blank": "empty",
    "binary": "encoding",
    "cut-off": "not_json",
    "a-list": "no_notebook_format",
    "cells-are-a-number": "no_notebook_format",
    "deep": "not_json",
    "deep-objects": "no_notebook_format",
    "many-cells": "too_many_cells",
    "future-format": "unknown_version",
    "latin-1": "encoding",
    "huge": "too_large",
    "link-to-a-neighbour": "not_a_file",
    "link-to-a-device": "not_a_file",
    "folder-is-a-link": "not_a_folder",
    "named-pipe": "not_a_file",
    "notebook-is-a-folder": "not_a_file",
    "nothing": "no_notebook",
    "two-notebooks": "several_notebooks",
    "ancient-format": "unknown_version",
    "half-a-format": "unknown_version",
    "script-as-name": "not_a_file",
    "bytes-as-name": "not_a_file",
}


def test_every_file_of_the_bank_that_earns_nothing_has_its_reason():
    worthless = {name for name, (_, points) in attacks.FILES.items() if not points}
    # "no-cells" is a notebook, without answers; the last two are ended by limits (tests/test_grading_bounds.py).
    assert worthless == {*REASONS, "no-cells", "dear-to-read", "many-lists"}


@pytest.mark.parametrize("name", REASONS)
def test_a_file_is_refused_with_its_reason(name, tmp_path):
    folder = tmp_path / name / attacks.LESSON
    folder.mkdir(parents=True)
    content = attacks.FILES[name][0]
    if callable(content):
        content(folder)
    else:
        (folder / attacks.FILE).write_bytes(content)
    with pytest.raises(submission_file.RefusedError) as refused:
        submission_file.parse(*submission_file.load(folder, attacks.MASTER.notebook))
    assert refused.value.reason == REASONS[name]
    for language in LANGUAGES:
        assert say(f"grading.refused.{refused.value.reason}", language, **refused.value.values)


REMARKS = {
    "tags-on-checks": {"metadata_changed"},
    "more-points": {"metadata_changed"},
    "checks-are-solutions": {"metadata_changed"},
    "checks-deleted": {"check_missing"},
    "checks-passed": {"locked_changed"},
    "checks-are-prose": {"retyped"},
    "checks-twice": {"copied"},
    "solution-renamed": {"elsewhere", "renamed"},
    "solution-copied-stub-last": set(),
    "solution-split": {"split"},
    "solution-as-prose": {"retyped"},
    "answer-below-the-stub": {"elsewhere"},
    "reordered": {"reordered"},
    "scratch-cell-fails": set(),
    "writes-to-stderr": set(),
    "tags-on-everything": {"metadata_changed"},
    "solutions-are-checks": {"metadata_changed"},
    "checks-print-points": {"locked_changed"},
    "checks-without-metadata": set(),  # found by their ids
    "metadata-of-odd-types": {"no_text"},
    "names-are-paths": {"unknown_name"},
    "all-ids-equal": {"split", "metadata_changed", "retyped"},
    "scripts-everywhere": set(),
    "scripts-in-an-unknown-mime": set(),
    "half-a-grade-id": {"renamed"},
    "magics-in-an-answer": set(),
    "two-answers-in-one-cell": {"elsewhere"},
    "all-answers-at-the-end": {"elsewhere", "reordered"},
    "helper-in-own-cell": set(),
    "helper-in-import-cell": set(),
    "ids-and-metadata-lost": {"elsewhere"},
    "last-one-dies": set(),
    "first-one-dies": set(),
    "many-small-cells": set(),
    "a-lesson-of-names": {"renamed"},
}


def test_every_notebook_of_the_bank_has_its_remarks():
    assert set(REMARKS) == set(attacks.NOTEBOOKS)


@pytest.mark.parametrize("name", REMARKS)
def test_what_was_done_to_a_notebook_is_remarked(name):
    change, given, _ = attacks.NOTEBOOKS[name]
    content = attacks.opened(attacks.submission(attacks.MASTER, "en", given))
    before = json.dumps(content)
    change(content["cells"])
    assert json.dumps(content) != before  # or else it does nothing
    taken = extraction.extract(content, RELEASE)
    assert {remark.key for remark in taken.remarks} == REMARKS[name]


def take(**changes):
    """What is taken from a right submission after these exercises' cells were replaced by lists of cells' sources."""
    content = attacks.opened(attacks.HONEST_TEXT)
    for exercise, sources in changes.items():
        at = attacks.position(content["cells"], exercise)
        cell = content["cells"].pop(at)
        copies = [json.loads(json.dumps(cell)) | {"source": source} for source in sources]
        content["cells"][at:at] = copies
    return extraction.extract(content, RELEASE)


def test_the_last_finished_of_several_answers_counts():
    stub = 'def se_block(inputs, ratio=4):\n    your_turn("se_block")'
    first, last = "def se_block(inputs):\n    return 1", "def se_block(inputs):\n    return 2"
    taken = take(se_block=[first, last, stub])
    assert taken.answers["se_block"] == last
    assert extraction.Remark("duplicated", "se_block") in taken.remarks


def test_pieces_of_an_answer_are_put_together():
    pieces = ["def helper():\n    return 1", "def se_block(inputs):\n    return helper()"]
    taken = take(se_block=pieces)
    assert extraction.Remark("split", "se_block") in taken.remarks
    sources = [cell.source for cell in extraction.rebuild(RELEASE, taken).cells]
    assert sources[sources.index(pieces[0]) + 1] == pieces[1]


def test_a_function_cut_in_two_is_put_together():
    taken = take(se_block=["def se_block(inputs):\n    gates = inputs", "    return gates"])
    assert taken.answers["se_block"] == "def se_block(inputs):\n    gates = inputs\n    return gates"


def test_the_rebuilt_notebook_is_the_instructors():
    """Whatever is submitted, ids, metadata and checks are those that were handed out, and no solution of ours is in."""
    for change, given, _ in attacks.NOTEBOOKS.values():
        content = attacks.opened(attacks.submission(attacks.MASTER, "en", given))
        change(content["cells"])
        rebuilt = extraction.rebuild(RELEASE, extraction.extract(content, RELEASE))
        own = [cell for cell in rebuilt.cells if not cell.id.startswith("extra-")]
        assert [(cell.id, cell.metadata) for cell in own] == [(cell.id, cell.metadata) for cell in RELEASE.cells]
        assert rebuilt.metadata == RELEASE.metadata
        for cell, handed_out in zip(own, RELEASE.cells, strict=True):
            if not cell.metadata.get("nbgrader", {}).get("solution"):
                assert cell.source == handed_out.source


def test_missing_answers_stay_stubs():
    content = attacks.opened(attacks.HONEST_TEXT)
    content["cells"] = [cell for cell in content["cells"] if cell["id"] != "se_block"]
    rebuilt = extraction.rebuild(RELEASE, extraction.extract(content, RELEASE))
    assert "your_turn" in next(cell.source for cell in rebuilt.cells if cell.id == "se_block")


def test_only_needed_cells_are_run():
    notebook = extraction.rebuild(RELEASE, extraction.extract(attacks.opened(attacks.HONEST_TEXT), RELEASE))
    steps = plan.steps(notebook)
    assert [step.exercise for step in steps if step.exercise] == list(LESSONS[attacks.LESSON])
    source = "\n".join(step.source for step in steps)
    assert "import keras" in source and "def round_to_8" in source and "def autoencoder_block" in source
    assert "load_fashion_mnist()" not in source and ".fit(" not in source
    assert len(plan.steps(notebook, experiments=True)) == sum(cell.cell_type == "code" for cell in notebook.cells)


def handed_out(lesson: str, language: str) -> dict:
    """A notebook as it is before anybody has written anything."""
    return json.loads(json.dumps(Lesson(lesson).release[language]))


@pytest.mark.parametrize("lesson", LESSONS)
def test_stubs_and_given_cells_of_either_language_are_recognised(lesson):
    """Also where a notebook has cells of both: nothing counts as an answer, as changed, or as the student's own."""
    releases = Lesson(lesson).release
    for language in LANGUAGES:
        content = handed_out(lesson, language)
        (other,) = set(LANGUAGES) - {language}
        for mixed in (False, True):
            for cell, translated in zip(content["cells"], releases[other].cells, strict=True):
                if mixed and cell["cell_type"] == "code":
                    cell["source"] = translated.source
            taken = extraction.extract(content, *releases.values())
            assert (taken.remarks, taken.extras, taken.language) == ((), (), language)
            assert all(is_stub(taken.answers[name], name) for name in LESSONS[lesson])


def test_what_was_changed_in_a_korean_notebook_is_told():
    lesson, releases = attacks.LESSON, Lesson(attacks.LESSON).release
    content = handed_out(lesson, "ko")
    given, helper, answer = (
        next(cell for cell in content["cells"] if start in cell["source"])
        for start in ("def autoencoder(", "def round_to_8", "def se_block")
    )
    given["source"] += "\n\nown = 1"
    helper["source"] = helper["source"].replace("0.9", "0.8")
    answer["source"] = answer["source"].replace('your_turn("se_block")', "return inputs")
    taken = extraction.extract(content, *releases.values())
    assert taken.remarks == (extraction.Remark("locked_changed", given["id"]),)
    assert [extra.source for extra in taken.extras] == [helper["source"], given["source"]]
    assert not is_stub(taken.answers["se_block"], "se_block") and "반환값" in taken.answers["se_block"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notebook_that_has_lost_its_language_is_known_by_its_prose(language):
    content = handed_out(attacks.LESSON, language)
    del content["metadata"]["course"]
    prose = next(cell for cell in content["cells"] if cell["cell_type"] == "markdown")
    prose["source"] = "A note of one's own: 내가 쓴 것."
    assert extraction.extract(content, *Lesson(attacks.LESSON).release.values()).language == language


def test_lessons_are_ready_to_be_graded():
    for name in LESSONS:
        lesson = Lesson(name)
        assert "autograder" in lesson.modules()
        assert {step.exercise for step in plan.steps(lesson.release["en"])} >= set(LESSONS[name])


def test_fresh_sizes_differ_and_keep_what_a_case_is_about():
    exercise = load("channel_attention")
    drawn = [vary_sizes(exercise, seed) for seed in range(20)]
    assert vary_sizes(exercise, 3) == drawn[3]
    assert len({tuple(case.shape for case in one.cases) for one in drawn}) > 15
    for one in drawn:
        for case, original in zip(one.cases, exercise.cases, strict=True):
            (channels, ratio), (before, ratio_before) = (
                (each.shape[-1], each.arguments.get("ratio", 8)) for each in (case, original)
            )
            assert (channels % ratio == 0) == (before % ratio_before == 0)
            assert (channels < ratio) == (before < ratio_before)


def test_feedback_hides_what_was_expected():
    exercise = load("se_block")
    wrong = (frozenset({"outputs"}),) * len(exercise.cases)
    values = {"position": "[0, 1]", "expected": "0.1234", "received": "0.5678", "definition": ""}
    check = CheckOutcome("se_block", wrong, Finding("outputs.differ", values, exercise.cases[0]))
    for language in LANGUAGES:
        text = "\n".join(verdict_lines(check, language))
        assert "0.1234" not in text and "[0, 1]" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_has_words(language):
    for event in catalogue(language)["grading"]["event"]:
        assert len(verdict_lines(no_result("se_block", event, "ValueError", "{x}"), language)) >= 2


def test_the_report_needs_nothing_else_and_escapes_names(tmp_path, monkeypatch):
    entry = {
        "language": "en",
        "refused": "",
        "remarks": [asdict(extraction.Remark("unknown_name", "<script>alert(1)</script>"))],
        "events": {"extra-1": "too_slow"},
        "seconds": 1.5,
        "processor_seconds": 1.0,
        "peak_memory": 2**28,
        "checks": {
            "check_se_block": {
                "exercise": "se_block",
                "points": 2,
                "right": {"shape": True, "parameters": True, "outputs": False},
                "mistake": next(iter(catalogue("en")["se_block"]["mistake"])),
                "finding": "outputs.differ",
                "event": "",
            }
        },
    }
    names = ("<img src=x onerror=alert(1)>", "second")
    monkeypatch.setattr("autograder.grading.record.Recorder.details", lambda self: dict.fromkeys(names, entry))
    standing = Standing(None, 0, None, 2.0, 19.0, {"check_se_block": 2.0}, 0, "")
    monkeypatch.setattr("autograder.grading.record.Recorder.standings", lambda self: dict.fromkeys(names, standing))
    path = tmp_path / "report.html"
    write_report(attacks.LESSON, tmp_path, path)
    text = path.read_text("utf-8")
    assert "<script" not in text and "<img" not in text and "http" not in text.replace("http-equiv", "")
    assert "&lt;script&gt;" in text and "2 submissions" in text and "took too long" in text


@pytest.mark.parametrize(
    "weights",
    [
        [Weight((10**4000,) * 20, True)],
        [Weight((-1, 3), True)],
        [Weight((1,) * 100, True)] * 900,
        [Weight((1,), True)] * 2_000,
        [Weight((1,), True, "x" * 2_000_000)],
    ],
    ids=["huge", "negative", "many axes", "many weights", "long name"],
)
def test_a_measurement_that_would_take_for_ever_is_none(weights):
    measured = Measurement("double", (CaseResult(None, (np.ones(3),), tuple(weights)),))
    with pytest.raises(ValueError):
        _unpack(measured.pack())


def test_text_from_students_can_be_stored_anywhere():
    assert submission_file.clean("a\ud800b\x1b[2J\u202ec\nd") == "a?b[2Jc\nd"


def network_that_gives(probabilities):
    """A reference's measurement, packed: one case whose output is this row of probabilities."""
    return Measurement("resnet", (CaseResult(outputs=(np.array([probabilities], np.float32),)),)).pack()


def drawn_until(*measurements):
    """A judge whose first seed is 1, and a process that measures these references, one after the other."""
    judge, left, asked = Judge.__new__(Judge), list(measurements), []
    judge._seed, judge.seeds = b"of the run", {"resnet": 1}

    def measure(exercise, seed, seconds, varied):
        asked.append(seed)
        return left.pop(0)

    return judge, SimpleNamespace(measure=measure), asked


def test_a_challenge_that_would_hide_mistakes_is_drawn_again():
    certain, telling = network_that_gives([1, 0, 0]), network_that_gives([0.5, 0.3, 0.2])
    judge, child, asked = drawn_until(certain, certain, telling)
    assert judge._telling_reference(child, "resnet").pack() == telling
    assert asked[0] == 1 and len(set(asked)) == 3 and judge.seeds["resnet"] == asked[-1]
    judge, child, _ = drawn_until(*[certain] * MOST_DRAWS)
    with pytest.raises(JudgingError, match="resnet in a row would hide mistakes"):
        judge._telling_reference(child, "resnet")


def test_whoever_has_a_runs_seed_draws_its_challenge_and_nobody_else():
    drawn = [draw(seed, name, number) for seed in (b"a", b"b") for name in ("resnet", "double") for number in (0, 1)]
    assert drawn[0] == draw(b"a", "resnet", 0)
    assert len(set(drawn)) == len(drawn) and all(0 <= seed < 2**63 for seed in drawn)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('"nbformat": 4', '"nbformat": "4"'),
        lambda text: text.replace('"nbformat_minor"', '"many": ' + "9" * 5_000 + ', "nbformat_minor"'),
        lambda text: text.replace('"nbformat_minor": 5', '"nbformat_minor": -' + "9" * 5_000),
    ],
    ids=["text", "long", "long and negative"],
)
def test_odd_numbers_of_a_notebook_cost_nothing(change):
    text = attacks.submission(attacks.MASTER, "en", {})
    assert change(text) != text
    assert submission_file.parse(change(text).encode())["cells"] == json.loads(text)["cells"]


def test_a_notebook_one_folder_too_deep_is_named(tmp_path):
    folder = tmp_path / "alice" / attacks.LESSON
    (folder / "my work" / "deeper").mkdir(parents=True)
    (folder / ".ipynb_checkpoints").mkdir()
    for name in (".ipynb_checkpoints/a.ipynb", "my work/\u202ea.ipynb", "my work/notes.txt", "my work/deeper/b.ipynb"):
        (folder / name).touch()
    (folder / "elsewhere").symlink_to(tmp_path)
    with pytest.raises(submission_file.RefusedError) as refused:
        submission_file.load(folder, attacks.MASTER.notebook)
    assert refused.value.reason == "too_deep"
    assert refused.value.values["found"] == "my work/\\u202ea.ipynb"
    (tmp_path / "bob" / "hand in" / attacks.LESSON).mkdir(parents=True)
    told = [str(each) for each in submissions.left_out(attacks.LESSON, tmp_path)]
    assert len(told) == 1 and f"“hand in/{attacks.LESSON}”" in told[0]


def test_what_people_read_of_a_source_turns_nothing():
    """The code that runs stays what it was."""
    evil = "def se_block(inputs):\n\t# \x1b[2J\u202e \u2066end\r\x85\u2028 한글 👩\u200d🔬\n\treturn inputs"
    text = attacks.submission(attacks.MASTER, "en", {"se_block": evil})
    release = {language: student_notebook(instructor_notebook(attacks.MASTER, language)) for language in LANGUAGES}
    prepared = preparation.prepare(text.encode(), release)
    assert next(step.source for step in prepared.steps if step.id == "se_block") == evil
    shown = next(cell.source for cell in prepared.notebook.cells if cell.id == "se_block")
    assert shown.splitlines()[1] == "\t# \\x1b[2J\\u202e \\u2066end\\r\\x85\\u2028 한글 👩\u200d🔬"


@pytest.mark.parametrize("kind", ["complex128", "U5", "S5", "M8[s]", "V4"])
def test_arrays_of_no_numbers_are_no_measurement(kind):
    forged = Measurement("double", (CaseResult(None, (np.zeros(3, kind),)),))
    with pytest.raises(ValueError, match="something else than numbers"):
        _unpack(forged.pack())


@pytest.mark.filterwarnings("error")
def test_odd_numbers_make_no_noise():
    """What somebody sends is judged, and the instructor's terminal stays as it was."""
    judge = object.__new__(Judge)
    judge.seeds = {"double": 7}
    asked = vary_sizes(load("double"), 7)
    right = [np.ones(case.shape, np.float32) for case in asked.cases]
    judge._references = {"double": Measurement("double", tuple(CaseResult(None, (each,)) for each in right))}
    for value in (np.float32(3e38), np.float32("nan"), np.float64(1e308), np.uint8(3), np.longdouble("1e4000")):
        forged = tuple(CaseResult(None, (np.full(each.shape, value),)) for each in right)
        check = judge.score("double", Measurement("double", forged).pack())
        assert not check.passed and not check.unusable
        own = tuple(CaseResult(None, (np.full(case.shape, value),)) for case in load("double").cases)
        assert not judge.diagnose(check, Measurement("double", own).pack()).unusable


def test_waiting_for_the_grader_is_not_the_notebooks_time(monkeypatch):
    """References are measured while the first submissions run; those must not pay for it."""
    now = [0.0]
    monkeypatch.setattr(session, "time", SimpleNamespace(monotonic=lambda: now[0]))

    class SlowJudge:
        seeds: ClassVar = dict.fromkeys(attacks.NAMES, 1)

        def score(self, exercise, data):
            now[0] += 1000
            return CheckOutcome(exercise, (frozenset(),) * len(load(exercise).cases))

        def diagnose(self, check, data):
            return check

    child = SimpleNamespace(measure=lambda *_, **__: b"", stop=lambda **_: Ending("ended"))
    steps = [plan.Step(f"check_{name}", "", name) for name in attacks.NAMES]
    outcome = session.Session(SimpleNamespace(child=lambda: child), SlowJudge(), session.TimeLimits(notebook=1)).run(
        steps
    )
    assert len(outcome.checks) == len(steps)
    assert all(check.passed and not check.event for check in outcome.checks.values())


def verdict(wrong):
    """A verdict on five calls of channel_attention: in how many of them each aspect is wrong."""
    calls = (frozenset(aspect for aspect, count in wrong.items() if number < count) for number in range(5))
    return Verdict(load("channel_attention"), tuple(calls))


@pytest.mark.parametrize(
    ("notebook", "fresh", "points"),
    [
        ({}, {}, 5),
        ({"outputs": 1}, {}, 4.6),  # the draw missed the mistake: as the notebook said
        ({"outputs": 1}, {"outputs": 2}, 4.6),  # it met it more often: as the notebook said
        ({"outputs": 1}, {"outputs": 4}, 3),  # far more often than one who knows what is asked may claim
        ({"shape": 5, "outputs": 1}, {"shape": 0, "outputs": 0}, 3.6),
    ],
)
def test_a_wrong_answer_earns_what_its_notebook_said_if_the_run_bears_it_out(notebook, fresh, points):
    said, seen = verdict(notebook), verdict(fresh)
    assert Verdict(said.exercise, confirmed_wrong(said, seen)).points == points


def test_an_archive_of_many_entries_is_not_opened(monkeypatch):
    """Opening one takes its time for each entry of the directory, however little there is in it."""
    monkeypatch.setattr("autograder.grading.judging.zipfile.ZipFile", None)
    with pytest.raises(ValueError, match="too many entries"):
        _unpack(b"PK\1\2" * 2_000)


def test_long_lines_and_long_pages_are_shown_without_colours():
    """The highlighter would take the square of their length."""
    coloured = []
    show = feedback_page._Highlighter(lambda source: coloured.append(source) or "coloured")
    assert show("x = 1") == "coloured"
    long = "match" + " " * 20_000 + "<" * 20_000
    assert "&lt;" in show(long) and "<<" not in show(long)
    assert [show("y = 2\n" * 10_000) for _ in range(3)][-1] != "coloured"
    assert long not in coloured


@pytest.mark.parametrize("name", ["honest\u3164", "honest\ufe00", "ho\u2800nest", "honest\U000e0100"])
def test_letters_that_are_drawn_as_nothing_are_spelled_out(name):
    assert submission_file.visible(name) != name and submission_file.visible(name).isascii()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-03-10 12:00:00.000000 KST", True),
        ("2026-03-10 12:00:00.000000 Asia/Seoul", True),
        ("2026-03-10 12:00:00 +0900", True),
        ("2026-03-10 12:00:00 /etc/passwd", False),
        ("2026-03-10 12:00:00 ../../etc/passwd", False),
        ("garbage", False),
    ],
)
def test_times_are_read_as_the_exchange_writes_them(text, read, tmp_path):
    (tmp_path / "timestamp.txt").write_text(text)
    assert submission_file.timestamp(tmp_path) == (text if read else "")


@pytest.mark.parametrize("ending", [".ipynb", ".IPYNB", ".ipynb.txt", ".ipynb.json"])
def test_a_notebook_is_found_under_the_names_that_browsers_and_windows_give(tmp_path, ending):
    (tmp_path / f"my answers{ending}").write_bytes(b"{}")
    (tmp_path / "notes.txt").touch()
    assert submission_file.load(tmp_path, attacks.MASTER.notebook) == (b"{}",)


def test_what_lies_beside_a_notebook_is_told(tmp_path):
    lesson = Lesson(attacks.LESSON)
    for name in (attacks.FILE, "channel_attention (1).ipynb", "notes.txt", ".hidden.ipynb"):
        (tmp_path / name).touch()
    (tmp_path / "timestamp.txt").write_text("garbage")
    told = _beside(tmp_path, lesson)
    assert told == (extraction.Remark("other_notebook", "channel_attention (1).ipynb"), extraction.Remark("no_time"))
    for language in LANGUAGES:
        assert all(remark_text(remark, language) for remark in told)
    (tmp_path / attacks.FILE).unlink()
    (tmp_path / "timestamp.txt").unlink()
    assert _beside(tmp_path, lesson) == ()  # the only one there is is the one that is graded
