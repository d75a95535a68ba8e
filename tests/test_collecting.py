"""Work comes in from downloads of learning platforms, in the shapes that they write; nothing is lost or made up."""

import errno
import io
import os
import shutil
import stat
import unicodedata
import zipfile
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder.cli import main
from autograder.grading import downloads, submission_file
from autograder.grading.collecting import collect, read_time
from autograder.grading.course_folder import course
from autograder.grading.downloads import bare_name, copy_number, found_in, is_notebook
from autograder.grading.roster import Person, import_roster, read_roster
from autograder.grading.spreadsheets import Table
from autograder.grading.submissions import GradingError, students_of
from benchmarks import platform_files
from benchmarks.platform_files import CLASS, NOTEBOOK, account, classroom, committed, git, moodle_worksheet, packed

LESSON = "3-channel-attention"


def work(person, version=1):
    return f'{{"cells": [], "metadata": {{"who": "{person.student}", "version": {version}}}, "nbformat": 4}}'.encode()


moodle, canvas, blackboard, drive = (
    partial(download, work=work)
    for download in (platform_files.moodle, platform_files.canvas, platform_files.blackboard, platform_files.drive)
)


@pytest.fixture
def class_list(tmp_path, empty_gradebook):
    """A roster in the gradebook of the course at tmp_path."""

    def enter(people=CLASS, **others):
        shutil.copy(empty_gradebook, tmp_path)
        coursedir, _ = course(tmp_path, tmp_path / "submitted")
        import_roster([replace(p, others=p.others | {k: v(p) for k, v in others.items()}) for p in people], coursedir)

    return enter


@pytest.fixture
def run(tmp_path):
    """Collect, and give what was told."""

    def collecting(*sources, timezone="Asia/Seoul"):
        told = []
        outcome = collect(LESSON, sources, tmp_path, timezone=timezone, announce=told.append)
        return outcome, told

    return collecting


def submitted(tmp_path):
    """What lies in the folder of submissions: student -> the notebook's text and the time."""
    found = {}
    for folder in sorted((tmp_path / "submitted").glob(f"*/{LESSON}")):
        time = folder / "timestamp.txt"
        found[folder.parent.name] = (folder / NOTEBOOK).read_bytes(), time.read_text() if time.exists() else ""
        assert {path.name for path in folder.iterdir()} <= {NOTEBOOK, "timestamp.txt"}
    assert not list((tmp_path / "submitted").glob(".collecting-*"))
    return found


def everybodys(time=""):
    return {person.student: (work(person), time) for person in CLASS}


# --- the platforms


def test_moodle_with_its_worksheet(tmp_path, class_list, run):
    class_list()
    outcome, told = run(moodle(tmp_path / "m.zip", CLASS), moodle_worksheet(tmp_path / "Grades.csv", CLASS))
    assert submitted(tmp_path) == everybodys("2026-03-02 05:05:00 UTC")
    assert (len(outcome.new), outcome.problems, told) == (40, 0, [])
    first = tmp_path / "submitted" / CLASS[0].student / LESSON
    assert submission_file.timestamp(first) == "2026-03-02 05:05:00 UTC"  # what late penalties count from
    assert students_of(LESSON, tmp_path / "submitted") == [person.student for person in CLASS]


def test_moodle_alone_goes_by_names_and_has_no_times(tmp_path, class_list, run):
    class_list()
    _, (told,) = run(moodle(tmp_path / "m.zip", CLASS))
    assert submitted(tmp_path) == everybodys()
    assert told.startswith("Without a time of submission") and told.endswith("… (+30)")


def test_moodle_in_one_folder_with_groups(tmp_path, class_list, run):
    class_list(CLASS[:1])
    name = f"Section A-{CLASS[0].name}_77_assignsubmission_file_"
    run(packed(tmp_path / "m.zip", {f"{name}/{NOTEBOOK}": work(CLASS[0])}))
    assert list(submitted(tmp_path)) == [CLASS[0].student]
    run(packed(tmp_path / "m.zip", {f"{name}{NOTEBOOK}": work(CLASS[0], 2)}))
    assert submitted(tmp_path)[CLASS[0].student][0] == work(CLASS[0], 2)


def test_two_people_of_one_name_are_told_apart_by_the_worksheet_alone(tmp_path, class_list, run):
    twins = [Person("a", "Minji", "Kim", "a@uni.test"), Person("b", "Minji", "Kim", "b@uni.test")]
    class_list(twins)
    outcome, told = run(moodle(tmp_path / "m.zip", twins))
    assert not submitted(tmp_path) and outcome.problems == 2
    assert "more than one person is called so (a, b)" in told[0]
    run(tmp_path / "m.zip", moodle_worksheet(tmp_path / "w.csv", twins))
    assert {name: data for name, (data, _) in submitted(tmp_path).items()} == {p.student: work(p) for p in twins}


def test_two_people_of_one_name_without_a_roster(tmp_path, run):
    outcome, told = run(moodle(tmp_path / "m.zip", [Person("a", "Minji", "Kim"), Person("b", "Minji", "Kim")]))
    assert not submitted(tmp_path) and outcome.problems == 2 and "more than one person" in told[0]


def test_canvas(tmp_path, class_list, run):
    class_list(lms_user=lambda person: str(48700 + CLASS.index(person)))
    outcome, told = run(canvas(tmp_path / "submissions.zip", CLASS))
    assert submitted(tmp_path) == everybodys() and told == [] and outcome.problems == 0


def test_canvas_says_who_is_late_and_not_since_when(tmp_path, class_list, run):
    class_list()
    _, (told,) = run(canvas(tmp_path / "s.zip", CLASS, late={CLASS[7].student}))
    assert "no due date in the gradebook: 20260007" in told
    coursedir, _ = course(tmp_path, tmp_path / "submitted")
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate="2026-03-02 14:00:00 UTC")
    outcome, told = run(tmp_path / "s.zip")
    assert outcome.replaced == ["20260007"] and "one second late: 20260007" in " ".join(told)
    times = {student: time for student, (_, time) in submitted(tmp_path).items()}
    assert times.pop("20260007") == "2026-03-02 14:00:01 UTC" and set(times.values()) == {""}


def test_the_newest_file_in_canvas_is_taken_and_the_others_are_told(tmp_path, run):
    files = {"kimminji_48_901_channel_attention.ipynb": work(CLASS[0], 1)}
    files["kimminji_48_1200_channel_attention-2.ipynb"] = work(CLASS[0], 2)
    _, told = run(packed(tmp_path / "s.zip", files))
    assert submitted(tmp_path) == {"48": (work(CLASS[0], 2), "")}
    assert "48: s.zip/kimminji_48_1200_channel_attention-2.ipynb was taken; left out: s.zip/kimminji_48_901" in told[0]


def test_anonymous_canvas(tmp_path, run):
    files = {f"anon_x{n}Yz_90{n}_{NOTEBOOK}": work(CLASS[n]) for n in range(3)}
    run(packed(tmp_path / "s.zip", files))
    assert list(submitted(tmp_path)) == ["anon_x0Yz", "anon_x1Yz", "anon_x2Yz"]


@pytest.mark.parametrize("listed", [True, False])
def test_blackboard(tmp_path, class_list, run, listed):
    if listed:
        class_list()
    outcome, _ = run(blackboard(tmp_path / "gradebook.zip", CLASS))
    expected = {p.student: (work(p), f"2026-03-02 05:05:{index:02} UTC") for index, p in enumerate(CLASS)}
    assert submitted(tmp_path) == expected and outcome.problems == 0


def test_the_newest_of_several_attempts_in_blackboard(tmp_path, run):
    attempts = {f"HW_minji_attempt_2026-03-0{day}-10-00-00_{NOTEBOOK}": work(CLASS[0], day) for day in (1, 3, 2)}
    attempts |= {f"HW_jisu_kim_attempt_2026-03-01-10-00-00_{NOTEBOOK}": work(CLASS[1])}
    _, told = run(packed(tmp_path / "b.zip", attempts))
    assert submitted(tmp_path)["minji"] == (work(CLASS[0], 3), "2026-03-03 01:00:00 UTC")
    assert "jisu_kim" in submitted(tmp_path) and "2026-03-03" in told[0].split("left out")[0]


def test_drive_and_colab(tmp_path, class_list, run):
    class_list()
    outcome, told = run(drive(tmp_path / "HW-20260302T050509Z-001.zip", CLASS))
    assert submitted(tmp_path) == everybodys() and outcome.problems == 0
    assert len(told) == 1 and "Without a time" in told[0]


def test_a_folder_in_nbgraders_layout_keeps_its_times(tmp_path, run):
    for person in CLASS:
        folder = tmp_path / "theirs" / person.student / LESSON
        folder.mkdir(parents=True)
        (folder / NOTEBOOK).write_bytes(work(person))
        (folder / "timestamp.txt").write_text("2026-03-02 14:05:09.123456 KST")
    run(tmp_path / "theirs")
    times = {time for _, time in submitted(tmp_path).values()}
    assert len(submitted(tmp_path)) == 40 and times <= {"2026-03-02 05:05:09 UTC", "2026-03-02 14:05:09 UTC"}


@pytest.mark.parametrize(
    ("names", "students"),
    [
        (["HW/minji.ipynb", "HW/jisu.ipynb"], ["jisu", "minji"]),
        (["minji/x/channel_attention.ipynb", "jisu/channel_attention.ipynb"], ["jisu", "minji"]),
        (["HW/channel_attention_minji.ipynb", "HW/jisu - Channel Attention.ipynb"], ["jisu", "minji"]),
        (["minji/channel_attention.ipynb", "minji/channel_attention (1).ipynb"], ["minji"]),
        (["HW/minji.zip/channel_attention.ipynb", "HW/jisu.zip/hw/channel_attention.ipynb"], ["jisu", "minji"]),
        (["minji/3-channel-attention/channel_attention.ipynb"], ["minji"]),
    ],
)
def test_folders_of_other_shapes(tmp_path, run, names, students):
    files, inner = {}, {}
    for number, name in enumerate(names):
        before, zipped, after = name.partition(".zip/")
        target = inner.setdefault(f"{before}.zip", {}) if zipped else files
        target[after or name] = work(CLASS[number])
    files |= {name: packed(None, content) for name, content in inner.items()}
    run(packed(tmp_path / "class.zip", files))
    assert list(submitted(tmp_path)) == students


def test_single_notebooks_also_where_windows_has_put_an_ending_behind_them(tmp_path, run):
    sources = []
    for person, ending in zip(CLASS, ("ipynb", "ipynb.txt"), strict=False):
        sources.append(tmp_path / f"{person.student}.{ending}")
        sources[-1].write_bytes(work(person))
    run(*sources)
    assert [text for text, _ in submitted(tmp_path).values()] == [work(person) for person in CLASS[:2]]


@pytest.mark.parametrize("each", [True, False])
def test_repositories_of_github_classroom(tmp_path, class_list, run, each):
    class_list(CLASS[:3], github=account)
    folder = classroom(tmp_path, CLASS[:3], work, LESSON)
    outcome, _ = run(*sorted(folder.iterdir())) if each else run(folder)
    assert submitted(tmp_path) == {p.student: (work(p), "2026-03-02 05:05:09 UTC") for p in CLASS[:3]}
    assert outcome.problems == 0


def test_a_repositorys_settings_run_nothing(tmp_path, run):
    clone = tmp_path / "hw-submissions" / "hw-minji"
    clone.mkdir(parents=True)
    (clone / NOTEBOOK).write_bytes(work(CLASS[0]))
    committed(clone)
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    program.chmod(0o755)
    for setting in ("core.fsmonitor", "core.pager", "gpg.program", "core.sshCommand", "diff.external"):
        git(clone, "config", setting, str(program))
    git(clone, "config", "log.showSignature", "true")
    (tmp_path / "ran").unlink(missing_ok=True)
    run(tmp_path / "hw-submissions")
    assert submitted(tmp_path)["minji"][1] == "2026-03-02 05:05:09 UTC" and not (tmp_path / "ran").exists()


def test_an_account_that_ends_like_somebodys_is_not_theirs(tmp_path, class_list, run):
    class_list([Person("20260001", others={"github": "minji"}), Person("20260002", others={"github": "hw-jisu"})])
    names = ("hw-submissions/hw-minji", "hw-submissions/hw-evil-minji", "hw-submissions/hw-hw-jisu")
    files = {f"{name}/{NOTEBOOK}": name.encode() for name in names}
    outcome, told = run(packed(tmp_path / "c.zip", files))
    assert {name: data for name, (data, _) in submitted(tmp_path).items()} == {
        "20260001": b"hw-submissions/hw-minji",
        "20260002": b"hw-submissions/hw-hw-jisu",
    }
    assert outcome.problems == 1 and "nobody in the roster is called so: c.zip/hw-submissions/hw-evil-minji" in told[0]


def test_archives_of_repositories(tmp_path, run):
    archives = []
    for person in CLASS[:2]:
        name = f"hw-three-{person.student}-main"
        archives.append(packed(tmp_path / f"{name}.zip", {f"{name}/{NOTEBOOK}": work(person)}))
    run(*archives)
    assert list(submitted(tmp_path)) == [person.student for person in CLASS[:2]]


# --- what people make of files


def test_what_macos_and_windows_leave_behind_is_passed_over(tmp_path, run):
    inner = packed(
        None,
        {
            f"homework/{NOTEBOOK}": work(CLASS[0]),
            f"__MACOSX/homework/._{NOTEBOOK}": b"x",
            f"homework/.ipynb_checkpoints/{NOTEBOOK}": b"old",
            "homework/.DS_Store": b"x",
        },
    )
    folder = "Kim Minji_1_assignsubmission_file"
    files = {f"{folder}/homework.zip": inner, f"__MACOSX/{folder}/._homework.zip": b"x", f"{folder}/Thumbs.db": b"x"}
    outcome, told = run(packed(tmp_path / "m.zip", files))
    assert submitted(tmp_path) == {"Kim Minji": (work(CLASS[0]), "")}
    assert outcome.problems == 0 and len(told) == 2


def test_names_composed_and_decomposed_are_one(tmp_path, class_list, run):
    composed = "이지은"
    decomposed = unicodedata.normalize("NFD", composed)
    class_list([Person("20261234", composed, "", "")])
    run(packed(tmp_path / "m.zip", {f"{decomposed}_7_assignsubmission_file/{NOTEBOOK}": work(CLASS[0])}))
    assert list(submitted(tmp_path)) == ["20261234"]


def test_without_a_roster_a_folder_that_is_there_decomposed_is_taken(tmp_path, run):
    decomposed = unicodedata.normalize("NFD", "이지은")
    (tmp_path / "submitted" / decomposed / "2-resnet").mkdir(parents=True)
    run(packed(tmp_path / "m.zip", {f"이지은_7_assignsubmission_file/{NOTEBOOK}": work(CLASS[0])}))
    assert list(submitted(tmp_path)) == [decomposed]


@pytest.mark.parametrize("encoding", ["cp949", "utf-8"])
def test_korean_names_in_archives_that_do_not_say_their_encoding(tmp_path, encoding):
    data = packed(None, {"xxxxxxxxxxxx/channel_attention.ipynb": b"{}"})
    name = "이지은".encode(encoding).ljust(12, b"_")
    path = tmp_path / "a.zip"
    path.write_bytes(data.replace(b"xxxxxxxxxxxx", name))
    (found,) = found_in(path, tmp_path)
    assert found.parts[1].rstrip("_") == "이지은"


@pytest.mark.parametrize(
    ("name", "bare", "number"),
    [
        ("Copy of channel_attention.ipynb", "channel_attention.ipynb", 0),
        ("Copy of Copy of channel_attention.ipynb", "channel_attention.ipynb", 0),
        ("channel_attention (3).ipynb", "channel_attention.ipynb", 3),
        ("channel_attention.ipynb (2)", "channel_attention.ipynb", 2),
        ("channel_attention.ipynb의 사본", "channel_attention.ipynb", 0),
        ("channel_attention - 복사본 (2).ipynb", "channel_attention.ipynb", 2),
        ("channel_attention copy.ipynb", "channel_attention.ipynb", 0),
        ("2026-1234.ipynb", "2026-1234.ipynb", 0),
    ],
)
def test_what_copying_adds_to_a_name(name, bare, number):
    for form in ("NFC", "NFD"):
        written = unicodedata.normalize(form, name)
        assert (bare_name(written), copy_number(written), is_notebook(written)) == (bare, number, True)


def test_of_copies_the_last_one_counts(tmp_path, run):
    names = ["channel_attention.ipynb", "channel_attention (1).ipynb", "channel_attention (2).ipynb"]
    files = {f"Kim Minji_1_assignsubmission_file/{name}": work(CLASS[0], at) for at, name in enumerate(names)}
    _, told = run(packed(tmp_path / "m.zip", files))
    assert submitted(tmp_path)["Kim Minji"][0] == work(CLASS[0], 2)
    assert told[0].count("channel_attention") == 3


def test_another_name_is_taken_and_told_but_not_one_of_several(tmp_path, run):
    files = {
        "Kim Minji_1_assignsubmission_file/homework.ipynb": work(CLASS[0]),
        "Lee Jisu_2_assignsubmission_file/a.ipynb": work(CLASS[1]),
        "Lee Jisu_2_assignsubmission_file/b.ipynb": work(CLASS[1], 2),
        "Park Sora_3_assignsubmission_file/spatial_attention.ipynb": work(CLASS[2]),
        "Choi Yuna_4_assignsubmission_file/answers.pdf": b"pdf",
    }
    outcome, told = run(packed(tmp_path / "m.zip", files))
    told = "\n".join(told)
    assert list(submitted(tmp_path)) == ["Kim Minji"] and outcome.problems == 3
    assert "Kim Minji: taken from m.zip" in told
    assert f"several notebooks and none called {NOTEBOOK}: Lee Jisu, who handed in a.ipynb, b.ipynb" in told
    assert "no notebook of this lesson: Park Sora, who handed in spatial_attention.ipynb" in told
    assert "no notebook of this lesson: Choi Yuna, who handed in answers.pdf" in told


def test_times_do_not_choose_between_files_that_were_handed_in_together(tmp_path, run):
    person = Person("m@uni.test", "Minji", "Kim", "m@uni.test")
    files = {f"Minji Kim_1234567_assignsubmission_file/{name}.ipynb": name.encode() for name in "ab"}
    outcome, told = run(packed(tmp_path / "m.zip", files), moodle_worksheet(tmp_path / "w.csv", [person]))
    assert outcome.problems == 1 and "who handed in a.ipynb, b.ipynb" in told[0] and not submitted(tmp_path)


@pytest.mark.parametrize("download", [moodle, canvas, drive])
def test_a_name_with_marks_and_several_words(tmp_path, class_list, run, download):
    """Canvas writes it as one word, without marks."""
    people = [Person("20260001", "Seán", "O'Neil-Smith"), Person("20260002", "Maria del Mar", "Núñez")]
    class_list(people)
    run(download(tmp_path / "d.zip", people))
    assert {student: text for student, (text, _) in submitted(tmp_path).items()} == {p.student: work(p) for p in people}


def test_who_is_not_in_the_roster_is_told_and_gets_nothing(tmp_path, class_list, run):
    class_list(CLASS[:39])
    outcome, told = run(moodle(tmp_path / "m.zip", CLASS[1:]))
    assert set(submitted(tmp_path)) == {person.student for person in CLASS[1:39]}
    assert outcome.problems == 1 and f"nobody in the roster is called so: m.zip/{CLASS[39].name}_" in told[0]
    assert told[-1] == f"In the roster and without a submission: {CLASS[0].student}"
    assert students_of(LESSON, tmp_path / "submitted") == sorted(submitted(tmp_path))


def test_grading_alone_makes_no_roster(tmp_path, class_list, run):
    class_list([Person("minji")])  # what recording a grade enters
    run(packed(tmp_path / "c.zip", {f"{name}/{NOTEBOOK}": name.encode() for name in ("minji", "jisu")}))
    assert list(submitted(tmp_path)) == ["jisu", "minji"]


# --- what nobody should have put there


def linked(name, target):
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return entry, target


def evil(kind, monkeypatch):
    """A student's own archive."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        if kind == "leads outside":
            archive.writestr(f"../../../{NOTEBOOK}", "x")
        elif kind == "absolute path":
            archive.writestr(f"/tmp/{NOTEBOOK}", "x")
        elif kind == "absolute path, C:":
            archive.writestr(f"C:\\x\\{NOTEBOOK}", "x")
        elif kind == "it has a link":
            archive.writestr(*linked(NOTEBOOK, "/etc/passwd"))
        elif kind == "it unpacks to more than":
            monkeypatch.setattr(downloads, "MOST_UNPACKED", 2**20)
            for number in range(11):
                archive.writestr(f"{number}.ipynb", bytes(2**17))
        elif kind == "more than 20 MB are not read":
            archive.writestr(NOTEBOOK, bytes(21 * 2**20))
        elif kind == "more than 50 files":
            monkeypatch.setattr(downloads, "MOST_FILES", 50)
            for number in range(51):
                archive.writestr(f"{number}.txt", "")
        elif kind == "in more than 3 archives":
            inner = b"x"
            for _ in range(6):
                inner = packed(None, {"a.zip": inner})
            archive.writestr("a.zip", inner)
        else:
            archive.writestr(NOTEBOOK, "x")
    whole = data.getvalue()
    if kind == "encrypted":
        at = whole.index(b"PK\x01\x02") + 8
        whole = whole[:6] + b"\x01" + whole[7:at] + b"\x01" + whole[at + 1 :]
    return whole[:-30] if kind == "cannot be read" else whole


KINDS = [
    "leads outside",
    "absolute path",
    "absolute path, C:",
    "it has a link",
    "it unpacks to more than",
    "more than 20 MB are not read",
    "more than 50 files",
    "in more than 3 archives",
    "encrypted",
    "cannot be read",
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_students_bad_archive_is_refused_by_name_and_the_others_are_collected(tmp_path, run, monkeypatch, kind):
    files = {
        "Kim Minji_1_assignsubmission_file/hw.zip": evil(kind, monkeypatch),
        f"Lee Jisu_2_assignsubmission_file/{NOTEBOOK}": work(CLASS[1]),
    }
    outcome, told = run(packed(tmp_path / "m.zip", files))
    (refused,) = [line for line in told if "REFUSED" in line]
    assert kind.partition(",")[0] in refused and "m.zip/Kim Minji_1_assignsubmission_file/hw.zip" in refused
    assert list(submitted(tmp_path)) == ["Lee Jisu"] and outcome.problems == 1
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix != ".db") == [
        ".autograder.lock",
        "m.zip",
        "submitted",
    ]


@pytest.mark.parametrize("kind", ["leads outside", "absolute path", "it has a link", "encrypted", "cannot be read"])
def test_a_bad_download_is_refused_as_a_whole(tmp_path, run, monkeypatch, kind):
    run(moodle(tmp_path / "m.zip", CLASS[:2]))
    before = submitted(tmp_path)
    (tmp_path / "bad.zip").write_bytes(evil(kind, monkeypatch))
    (tmp_path / "better.zip").write_bytes(moodle(None, CLASS[2:4]))
    if kind == "encrypted":
        outcome, told = run(tmp_path / "bad.zip", tmp_path / "better.zip")
        assert outcome.problems and "encrypted" in told[0] and NOTEBOOK in told[0]
        return
    with pytest.raises(GradingError, match=r"bad\.zip"):
        run(tmp_path / "better.zip", tmp_path / "bad.zip")
    assert submitted(tmp_path) == before


def test_a_download_that_is_a_bomb_is_refused(tmp_path, run, monkeypatch):
    monkeypatch.setattr(downloads, "MOST_UNPACKED", 2**20)
    monkeypatch.setattr(downloads, "HIGHEST_RATIO", 10)
    packed(tmp_path / "bomb.zip", {f"s{number}/{NOTEBOOK}": bytes(2**19) for number in range(9)})
    with pytest.raises(GradingError, match=r"bomb\.zip is refused: it unpacks to more than 10 times its size"):
        run(tmp_path / "bomb.zip")
    assert not submitted(tmp_path)


def test_links_and_pipes_in_folders_are_refused(tmp_path, run):
    secret = tmp_path / "secret.ipynb"
    secret.write_text("secret")
    for name in ("minji", "jisu", "sora"):
        (tmp_path / "class" / name).mkdir(parents=True)
    (tmp_path / "class" / "minji" / NOTEBOOK).symlink_to(secret)
    os.mkfifo(tmp_path / "class" / "jisu" / NOTEBOOK)
    (tmp_path / "class" / "sora" / NOTEBOOK).write_bytes(work(CLASS[0]))
    outcome, told = run(tmp_path / "class")
    assert list(submitted(tmp_path)) == ["sora"] and outcome.problems == 2
    assert any("it is a link: class/minji/channel_attention.ipynb" in line for line in told)
    assert any("a device or a pipe: class/jisu/channel_attention.ipynb" in line for line in told)


def test_a_students_name_leads_nowhere(tmp_path, run):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "submitted").mkdir()
    (tmp_path / "submitted" / "Lee Jisu").symlink_to(tmp_path / "elsewhere")
    files = {
        f"{name}_{at}_assignsubmission_file/{NOTEBOOK}": b"x"
        for at, name in enumerate((".git2", "Lee Jisu", "a\u202eb"))
    }
    outcome, told = run(packed(tmp_path / "m.zip", files))
    assert outcome.problems == 3 and not outcome.new and not list((tmp_path / "elsewhere").iterdir())
    assert not any("\u202e" in line for line in told)


# --- nothing is lost


def test_collecting_again_changes_what_has_changed_and_keeps_the_old(tmp_path, run):
    run(moodle(tmp_path / "m.zip", CLASS[:3]))
    extra = tmp_path / "submitted" / CLASS[0].name / LESSON / "notes.md"
    extra.write_text("the instructor's")
    outcome, _ = run(tmp_path / "m.zip")
    assert (len(outcome.same), outcome.new, outcome.replaced) == (3, [], [])
    name = f"{CLASS[0].name}_1234567_assignsubmission_file/{NOTEBOOK}"
    outcome, told = run(packed(tmp_path / "n.zip", {name: work(CLASS[0], 2)}))
    assert outcome.replaced == [CLASS[0].name]
    assert submitted(tmp_path)[CLASS[0].name][0] == work(CLASS[0], 2)
    (kept,) = (tmp_path / "submitted" / ".replaced").glob(f"*/*/{LESSON}")
    assert (kept / NOTEBOOK).read_bytes() == work(CLASS[0]) and (kept / "notes.md").exists()
    assert str(kept.parents[1]) in told[-2] + told[-1]
    assert sorted(students_of(LESSON, tmp_path / "submitted")) == sorted(person.name for person in CLASS[:3])


def test_an_older_submission_replaces_no_newer_one(tmp_path, run):
    later, earlier = (f"HW_minji_attempt_2026-03-0{day}-10-00-00_{NOTEBOOK}" for day in (5, 1))
    run(packed(tmp_path / "later.zip", {later: work(CLASS[0], 5)}))
    outcome, told = run(packed(tmp_path / "earlier.zip", {earlier: work(CLASS[0], 1)}))
    assert submitted(tmp_path)["minji"][0] == work(CLASS[0], 5) and outcome.same == ["minji"]
    assert "is newer than earlier.zip" in told[0]


@pytest.mark.parametrize("at", [3, 8])
def test_a_collection_that_fails_leaves_everything_as_it_was(tmp_path, run, monkeypatch, at):
    run(moodle(tmp_path / "m.zip", CLASS[:4]))
    before = submitted(tmp_path)
    files = {f"{p.name}_{at}_assignsubmission_file/{NOTEBOOK}": work(p, 2) for at, p in enumerate(CLASS[:8])}
    packed(tmp_path / "n.zip", files)
    rename, calls = Path.rename, []

    def failing(self, target):
        if NOTEBOOK not in self.name and not self.name.endswith(".ipynb"):
            calls.append(target)
            if len(calls) == at:
                raise OSError(errno.ENOSPC, "No space left on device", str(target))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(GradingError, match="Nothing was collected: No space left"):
        run(tmp_path / "n.zip")
    assert submitted(tmp_path) == before
    assert {path.name for path in (tmp_path / "submitted").iterdir()} == {person.name for person in CLASS[:4]}


def test_a_run_that_was_killed_is_cleaned_up(tmp_path, run):
    left = tmp_path / "submitted" / ".collecting-abc"
    left.mkdir(parents=True)
    (left / "0.ipynb").write_text("x")
    run(moodle(tmp_path / "m.zip", CLASS[:1]))
    assert not left.exists()


# --- the rest


@pytest.mark.parametrize(
    "text",
    [
        "Monday, 2 March 2026, 2:05 PM",
        "Monday, 2 March 2026, 2:05\u202fPM",
        "2 March 2026, 2:05 PM",
        "2026년 3월 2일(월) 오후 2:05",
        "2026년 3월 2일, 월요일, 14:05",
        "2026-03-02 14:05",
    ],
)
def test_times_as_moodle_writes_them(text):
    assert read_time(text) == datetime(2026, 3, 2, 14, 5)


@pytest.mark.parametrize("text", ["", "-", "lundi 2 mars 2026, 14:05", "2026년 13월 2일 1:00", "5"])
def test_what_is_no_time(text):
    assert read_time(text) is None


def test_a_worksheet_without_a_class_list_is_one(tmp_path, run):
    run(moodle(tmp_path / "m.zip", CLASS), moodle_worksheet(tmp_path / "w.csv", CLASS, times="lundi 2 mars"))
    assert list(submitted(tmp_path)) == sorted(person.email for person in CLASS)
    assert [person.student for person in read_roster(Table(tmp_path / "w.csv"))] == [p.email for p in CLASS]


@pytest.mark.parametrize(
    ("lesson", "sources", "message"),
    [
        ("3-channel-atention", ["m.zip"], "There is no lesson"),
        (LESSON, ["m.txt"], "Name what is to be collected"),
        (LESSON, ["m.rar"], r"m\.rar is not a folder, a zip archive or a notebook"),
    ],
)
def test_what_cannot_be_collected(tmp_path, lesson, sources, message):
    for name in sources:
        (tmp_path / name).write_text("x,y\n")
    with pytest.raises(GradingError, match=message):
        collect(lesson, [tmp_path / name for name in sources], tmp_path, announce=lambda _: None)


def test_an_unknown_time_zone(tmp_path, run):
    with pytest.raises(GradingError, match=r"no time zone '\.\./etc'"):
        run(moodle(tmp_path / "m.zip", CLASS[:1]), timezone="../etc")


def test_both_languages_handed_in_together_are_both_there(tmp_path, run):
    """Which of them is graded is decided where they can be read."""
    korean = "channel_attention_ko.ipynb"
    person = "Kim Minji_1_assignsubmission_file"
    path = packed(tmp_path / "m.zip", {f"{person}/{NOTEBOOK}": b"{}", f"{person}/{korean}": b"[]"})
    assert run(path)[0].new == ["Kim Minji"]
    (folder,) = (tmp_path / "submitted").glob(f"*/{LESSON}")
    assert {each.name: each.read_bytes() for each in folder.glob("*.ipynb")} == {NOTEBOOK: b"{}", korean: b"[]"}
    assert run(path)[0].same == ["Kim Minji"]
    assert run(packed(path, {f"{person}/{NOTEBOOK}": b"{}", f"{person}/{korean}": b"{}"}))[0].replaced == ["Kim Minji"]


def test_the_command(tmp_path, monkeypatch):
    monkeypatch.setattr("autograder.grading.course_folder.course_root", lambda: tmp_path)
    moodle(tmp_path / "m.zip", CLASS)
    arguments = ["collect", LESSON, str(tmp_path / "m.zip"), "--submissions", str(tmp_path / "submitted")]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    assert f"40 submissions in {tmp_path / 'submitted'}: 40 new, 0 replaced, 0 as they were." in done.output
    packed(tmp_path / "m.zip", {"Kim Minji_1_assignsubmission_file/a.pdf": b""})
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1 and "1 things were not collected" in done.output
