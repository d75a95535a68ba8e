"""A class on a cluster: the grades of one machine; workers that die, stop or do not fit; nothing lost or done twice."""

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, nullcontext
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

pytest.importorskip("distributed", reason="Dask is not installed: cnn-attention-course[cluster]")

from distributed import Client
from distributed.security import Security

from autograder.cli import main
from autograder.grading import cluster
from autograder.grading.class_run import grade_class
from autograder.grading.cluster import Cluster
from autograder.grading.cluster_access import CERTIFICATE, KEY, ClusterError, local_cluster, remote_cluster
from autograder.grading.demo import submission
from autograder.grading.engine import Engine, Settings
from autograder.grading.lesson import Lesson
from autograder.grading.plain import NotPlainError, pack, unpack
from autograder.grading.run_record import gradebook_entry, note
from autograder.grading.submission_file import RefusedError
from autograder.grading.submissions import GradingError
from autograder.lessons.master import read_master
from autograder.lessons.reference import solution_source
from curriculum.exercises import load
from curriculum.paths import REPOSITORY
from tests.cluster_faults import Faulty, FaultyWorkers, faulty_cluster, happened
from tests.conftest import SHORTEST_LESSON, needs_sandbox

LESSON = SHORTEST_LESSON
MASTER = read_master(LESSON)
TOTAL = load("double").total
RIGHT = solution_source(MASTER.solution("double"))
ALIKE = {
    "right": ("en", {"double": RIGHT}),
    "right-korean": ("ko", {"double": RIGHT}),
    "wrong": ("en", {"double": "def double(x):\n    return x + 2"}),
    "half": ("en", {"double": "def double(x):\n    return 2 * x if x.ndim < 3 else x"}),
    "unfinished": ("ko", {}),
    "stops": ("en", {"double": "1 / 0"}),
    "ends": ("en", {"double": "import os\nos._exit(1)"}),
    "forges": ("en", {"double": "import autograder.checking.judge as j\nj.judge = None\ndef double(x):\n    return x"}),
    "claims": ("en", {"double": "def double(x):\n    raise SystemExit(0)"}),
}
WAIT = 120  # seconds for what has to happen at some time, however busy the machine


def notebook(answer=RIGHT, language="en"):
    return submission(MASTER, language, {"double": answer}).encode()


def with_fault(fault):
    return notebook(f"{RIGHT}\n# fault: {fault}\n")


def write_class(root, faults):
    """A class of right answers, some with a fault: {student: fault or nothing}."""
    for student, fault in faults.items():
        path = root / "submitted" / student / LESSON / f"{MASTER.notebook}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(with_fault(fault) if fault else notebook())


def grade(root, client, told=None):
    said = told if told is not None else []
    outcomes = grade_class(LESSON, root / "submitted", root, Settings(), said.append, lambda: nullcontext(client))
    return {outcome.student: outcome for outcome in outcomes}


def until(found, what):
    """Wait for something to be found."""
    end = time.monotonic() + WAIT
    while not (there := found()):
        assert time.monotonic() < end, f"{what}: not within {WAIT} seconds"
        time.sleep(0.05)
    return there


def state(process):
    """A process' state as /proc tells it: T if it is stopped, nothing if it is gone."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


@pytest.fixture
def folder(tmp_path):
    return tmp_path


@pytest.fixture
def client(folder):
    with faulty_cluster(folder) as client:
        yield client


def recorded(graded):
    """All that is recorded of a submission, but what depends on the machine."""
    entry = gradebook_entry("somebody", Path(), graded)
    details = {
        name: value
        for name, value in entry.details.items()
        if name not in ("seconds", "processor_seconds", "peak_memory")
    }
    return replace(entry, details=details), note(graded)


@needs_sandbox
def test_the_same_grades_as_on_one_machine_submission_for_submission():
    settings, lesson = Settings(jobs=1, seed=b"of both"), Lesson(LESSON)
    files = {name: submission(MASTER, language, answers).encode() for name, (language, answers) in ALIKE.items()}
    engine = Engine(lesson, settings)
    try:
        alone = {name: engine.run(data) for name, data in files.items()}
        with pytest.raises(RefusedError) as refused:
            engine.run(b"[]")
    finally:
        engine.close()
    assert {graded.outcome.checks["check_double"].points for graded in alone.values()} >= {0, 1, TOTAL}
    with local_cluster(2) as client:
        workers = Cluster(lesson, settings, client, lambda line: None)
        try:
            until(lambda: workers.at_once == 2, "two workers")
            assert all(workers.protections.values())
            for name, data in files.items():
                assert recorded(workers.run(data)) == recorded(alone[name]), name
            with pytest.raises(RefusedError) as there:
                workers.run(b"[]")
            assert (there.value.reason, there.value.values) == (refused.value.reason, refused.value.values)
        finally:
            workers.close()


def test_a_worker_that_is_killed_costs_nobody_anything(folder, client):
    write_class(folder, {"a": "", "b": "kill", "c": "", "d": ""})
    told = []
    graded = grade(folder, client, told)
    assert {student: outcome.points for student, outcome in graded.items()} == dict.fromkeys("abcd", TOTAL)
    (process,) = happened(folder, "kill")
    assert not state(process)
    assert any("is lost: the connection to it has ended" in line for line in told)
    assert all(outcome.unchanged for outcome in grade(folder, client).values())


@pytest.mark.slow
def test_what_is_tried_in_vain_everywhere_has_no_grade_and_nobody_else_is_hurt(folder):
    """Nothing is recorded, so the next run tries again. A worker for each time: one that has just started may not
    be started again by Dask when it dies.
    """
    write_class(folder, {"a": "", "b": "kill-always", "c": "wrong-always", "d": ""})
    with faulty_cluster(folder, cluster.TRIES) as client:
        graded = grade(folder, client)
        assert [graded[student].points for student in "ad"] == [TOTAL, TOTAL]
        assert len(set(happened(folder, "kill-always"))) == len(happened(folder, "wrong-always")) == cluster.TRIES
        assert graded["b"].problem.count("the connection to it has ended") == cluster.TRIES
        assert "RuntimeError: of the worker's own" in graded["c"].problem
        (folder / "healed").touch()
        again = grade(folder, client)
    assert {student for student, outcome in again.items() if not outcome.unchanged} == {"b", "c"}
    assert all(outcome.points == TOTAL for outcome in again.values())


def test_a_worker_without_a_sandbox_is_given_nothing_more(folder, client):
    write_class(folder, {"a": "broken", "b": ""})
    told = []
    graded = grade(folder, client, told)
    assert [graded[student].points for student in "ab"] == [TOTAL, TOTAL]
    assert len(happened(folder, "broken")) == 1
    assert any("is lost: The sandbox gives no process" in line for line in told)


def test_a_worker_that_is_frozen_is_dropped_when_its_time_is_over(folder, client):
    """Its connection stands; only the clock tells. The clock is put forward once the worker has stopped for sure."""
    told = []
    workers = Cluster(Lesson(LESSON), Settings(), client, told.append)
    results = []
    thread = threading.Thread(target=lambda: results.append(workers.run(with_fault("freeze"))))
    try:
        until(lambda: workers.at_once == 2, "two workers")
        thread.start()
        (process,) = until(lambda: happened(folder, "freeze"), "the worker's fault")
        until(lambda: state(process) == "T", "a stopped worker")
        workers.expire(time.monotonic())
        assert not results and workers.at_once == 2
        workers.expire(time.monotonic() + Settings().times.notebook + cluster.SPARE_SECONDS + 1)
        thread.join(WAIT)
        assert results[0].outcome.checks["check_double"].passed
        assert state(process) == "T"
        assert any("is lost: it has had a submission for more than 900 seconds" in line for line in told)
    finally:
        for process in happened(folder, "freeze"):
            os.kill(process, 9)
        workers.close()


def test_an_interrupted_run_ends_at_once_and_the_next_one_goes_on(folder, client):
    write_class(folder, {"a": "", "b": "wait"})
    grades = grade_class(
        LESSON, folder / "submitted", folder, Settings(), lambda line: None, lambda: nullcontext(client)
    )
    assert next(grades).student == "a"
    until(lambda: happened(folder, "wait"), "a submission that waits")
    grades.close()  # what Ctrl-C comes to
    (folder / "go on").touch()
    graded = grade(folder, client)
    assert graded["a"].unchanged and not graded["b"].unchanged and graded["b"].points == TOTAL


@pytest.mark.slow
def test_a_grader_that_is_killed_is_started_again_and_grades_nobody_twice(tmp_path):
    write_class(tmp_path, {"a": "", "b": "wait", "c": ""})
    command = [sys.executable, "-W", "ignore", "-m", "tests.cluster_faults", str(tmp_path)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as grader:
        first = {grader.stdout.readline().split()[0], grader.stdout.readline().split()[0]}
        (worker,) = until(lambda: happened(tmp_path, "wait"), "a submission that waits")
        grader.kill()
    until(lambda: not state(worker), "the end of a worker whose grader is gone")
    assert first == {"a", "c"}
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert sorted(done.stdout.split("\n")[:-1]) == [f"a {TOTAL} True", f"b {TOTAL} False", f"c {TOTAL} True"]


@pytest.mark.slow
def test_a_scheduler_that_ends_ends_the_run_and_nothing_is_lost(folder):
    write_class(folder, {"a": "", "b": "wait"})
    with faulty_cluster(folder) as client:
        grades = grade_class(
            LESSON, folder / "submitted", folder, Settings(), lambda line: None, lambda: nullcontext(client)
        )
        assert next(grades).student == "a"
        until(lambda: happened(folder, "wait"), "a submission that waits")
        client.cluster.sync(client.cluster.scheduler.close)
        with pytest.raises(GradingError, match="scheduler has ended"):
            next(grades)
    (folder / "go on").touch()
    with faulty_cluster(folder) as client:
        assert [outcome.unchanged for outcome in grade(folder, client).values()] == [True, False]


def test_two_runs_on_one_cluster_take_turns(folder, client):
    told = []
    first = Cluster(Lesson(LESSON), Settings(), client, told.append)
    second = []
    thread = threading.Thread(
        target=lambda: second.append(Cluster(Lesson(LESSON), Settings(), client, told.append)), daemon=True
    )
    thread.start()
    until(lambda: "Another run uses this cluster. Waiting for it to finish." in told, "the second one's wait")
    assert first.run(notebook()).outcome.checks["check_double"].passed and not second
    first.close()
    thread.join(WAIT)
    try:
        assert second[0].run(notebook()).outcome.checks["check_double"].passed
    finally:
        second[0].close()


def test_workers_that_differ_are_refused_by_name_with_the_reason(client, monkeypatch):
    here = cluster.versions(Lesson(LESSON))
    monkeypatch.setattr(cluster, "versions", lambda lesson: here | {"keras": "9.9"})
    with pytest.raises(ClusterError) as raised:
        Cluster(Lesson(LESSON), Settings(), client, lambda line: None)
    for address in client.scheduler_info()["workers"]:
        assert f"({address}) does not grade: keras {here['keras']} there, 9.9 here" in str(raised.value)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"reason": "SandboxError: no network"}, "SandboxError: no network"),
        ({"protections": {"network": False, "files": True}, "challenge": "ours"}, "no network"),
        ({"protections": {"network": True}, "challenge": "another"}, "draws another challenge"),
        ({"protections": {"network": True}, "challenge": "ours"}, ""),
    ],
)
def test_a_worker_must_have_every_protection_and_the_runs_challenge(told, reason):
    workers = Cluster.__new__(Cluster)
    workers._changed, workers._first = threading.Condition(), {"challenge": "ours"}
    assert reason in workers._why_not(told) and bool(reason) == bool(workers._why_not(told))


@pytest.fixture(scope="module")
def graded():
    """A right answer, as one machine grades it, without running it."""
    return Faulty(Lesson(LESSON), Path()).run(notebook())


def test_what_a_worker_packs_is_unpacked_as_it_was(graded):
    back = unpack(pack(graded), Lesson(LESSON))
    assert recorded(back) == recorded(graded)
    assert back.outcome.checks["check_double"].points == TOTAL


@pytest.mark.parametrize(
    "change",
    [
        lambda plain: plain["checks"].clear(),
        lambda plain: plain["checks"]["check_double"].update(exercise="se_block"),
        lambda plain: plain["checks"]["check_double"].update(wrong=[]),
        lambda plain: plain["checks"]["check_double"].update(wrong=[["nothing that is asked"]] * 4),
        lambda plain: plain.update(language="fr"),
        lambda plain: plain.update(seconds=float("nan")),
        lambda plain: plain.update(remarks=[["key", "cell", 1]]),
        lambda plain: plain["notebook"].update(cells=[]),
        lambda plain: plain.pop("events"),
    ],
)
def test_what_is_no_result_of_the_lesson_is_refused(graded, change):
    content = json.loads(pack(graded))
    change(content)
    with pytest.raises(NotPlainError):
        unpack(json.dumps(content).encode(), Lesson(LESSON))


def dask(command, *arguments):
    """Dask's own scheduler or worker on this machine, in a process of its own."""
    own = [sys.executable, "-W", "ignore", "-m", f"distributed.cli.dask_{command}", "--host", "127.0.0.1"]
    own += ["--dashboard-address", "127.0.0.1:0"]  # with --no-dashboard, Dask would serve it on all addresses
    return subprocess.Popen([*own, *map(str, arguments)], cwd=REPOSITORY, stderr=subprocess.DEVNULL)


def listening(process):
    """The addresses at which a process and its children can be reached."""
    family = [process, *process.children(recursive=True)]
    found = [each for one in family for each in one.net_connections("tcp") if each.status == psutil.CONN_LISTEN]
    return {each.laddr.ip for each in found}


@pytest.mark.slow
def test_a_cluster_of_other_peoples_with_certificates_and_nobody_else_gets_in(tmp_path):
    """Scheduler and worker are Dask's own commands, as docs/large-classes.md has them."""
    made, others = tmp_path / "certificates", tmp_path / "others"
    for folder in (made, others):
        done = CliRunner().invoke(main, ["certificates", str(folder)])
        assert done.exit_code == 0, done.output
    assert (made / KEY).stat().st_mode & 0o777 == 0o600
    assert CliRunner().invoke(main, ["certificates", str(made)]).exit_code == 1
    shown = ("--tls-ca-file", made / CERTIFICATE, "--tls-cert", made / CERTIFICATE, "--tls-key", made / KEY)
    told = tmp_path / "scheduler.json"
    write_class(tmp_path, {"a": "", "b": ""})
    with ExitStack() as stack:
        processes = [dask("scheduler", "--port", 0, "--protocol", "tls", "--scheduler-file", told, *shown)]
        stack.callback(end, processes)
        address = json.loads(until(lambda: told.exists() and told.read_text(), "a scheduler"))["address"]
        processes.append(dask("worker", address, "--nthreads", 1, "--local-directory", tmp_path, *shown))
        with remote_cluster(address, made) as client:
            client.register_plugin(FaultyWorkers(tmp_path))
            client.wait_for_workers(1, timeout=WAIT)
            assert {outcome.points for outcome in grade(tmp_path, client).values()} == {TOTAL}
            for process in processes:
                assert listening(psutil.Process(process.pid)) == {"127.0.0.1"}
        with pytest.raises(ClusterError, match="cannot be reached"), remote_cluster(address, others):
            pass
        nobody = Security(tls_ca_file=str(made / CERTIFICATE), require_encryption=True)
        with pytest.raises((OSError, TypeError)):
            Client(address, security=nobody, timeout=5, set_as_default=False)
    with pytest.raises(ClusterError, match="expected tls://HOST:PORT"), remote_cluster("tcp://127.0.0.1:1", made):
        pass


def end(processes):
    for process in reversed(processes):
        process.terminate()
        process.wait()


def test_a_local_cluster_listens_on_this_machine_alone(client):
    assert listening(psutil.Process()) == {"127.0.0.1"}
    assert client.scheduler.address.startswith("tls://127.0.0.1:")


@pytest.mark.parametrize(
    "options",
    [
        ("--scheduler", "tls://host:1", "--local-workers", "2"),
        ("--local-workers", "2", "--trust"),
        ("--local-workers", "2", "--jobs", "2"),
        ("--certificates", "."),
    ],
)
def test_options_that_exclude_each_other(options):
    assert CliRunner().invoke(main, ["grade", LESSON, *options]).exit_code == 2
