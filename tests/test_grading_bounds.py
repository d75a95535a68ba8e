"""What a submission may make the machine hold is bounded: each denied call and each limit is tried from inside."""

import dataclasses
import errno
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from autograder.grading import control_group, submission_file
from autograder.grading.lesson import Lesson
from autograder.grading.preparation import Preparation, PreparationError, prepare
from autograder.grading.sandbox import ChildError, Sandbox
from autograder.grading.worker import probe, seccomp
from autograder.grading.worker.namespace import Limits
from benchmarks import attacks
from curriculum.messages import LANGUAGES, say
from curriculum.paths import REPOSITORY
from tests.conftest import needs_sandbox

pytestmark = needs_sandbox

MB = 2**20
SMALL = Limits(processor_seconds=4, scratch=32 * MB, shared=16 * MB, inodes=200, file_size=8 * MB, processes=48)
TOGETHER = 1200 * MB  # memory of one submission's processes here: more than a process with TensorFlow needs


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox([], limits=SMALL, memory=TOGETHER) as started:
        yield started


@pytest.fixture(scope="module")
def without_groups():
    """As on a machine that lets us make no control groups."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(control_group, "find", lambda: None)
        started = Sandbox([], limits=SMALL, memory=TOGETHER)
    with started:
        yield started


def run(sandbox, source):
    """Run a cell in a fresh process. Returns: what it has told, and what it died of if it did."""
    child = sandbox.child()
    source = f"def tell(text):\n    raise ValueError(text)\n\n{textwrap.dedent(source)}"
    try:
        told = child.run(source, 120)[1]
    except ChildError as error:
        return "", child.stop(died=error.reason == "died").reason
    child.stop()
    return told, ""


def outside(source):
    """What a cell tells in a process of our own that nothing locks in."""
    source = f"def tell(text):\n    print(text)\n    raise SystemExit\n\n{textwrap.dedent(source)}"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give every submission a user of its own")
def test_every_submission_has_a_user_of_its_own(sandbox):
    """The kernel counts by user what one process can use up and another can read off: descriptors under way, pipes."""
    children = [sandbox.child(), sandbox.child()]
    # The second number of the map is the user's outside of its own namespace.
    users = {child.run("raise ValueError(open('/proc/self/uid_map').read().split()[1])", 60)[1] for child in children}
    for child in children:
        child.stop()
    assert len(users) == 2 and not users & {"0", str(os.getuid())}


# --- system calls

CALL = (
    "import errno\nfrom autograder.grading.worker import probe\ntell(errno.errorcode.get(probe.call({name!r}), 'none'))"
)


@pytest.fixture(scope="module")
def one_process(sandbox):
    """A process that lives on: no denied call does anything to it."""
    child = sandbox.child()
    yield lambda source: child.run(f"def tell(text):\n    raise ValueError(text)\n\n{source}", 60)[1]
    child.stop()


@pytest.mark.parametrize("name", probe.known(seccomp.DENIED | seccomp.ABSENT | seccomp.FEIGNED))
def test_a_denied_call_is_not_made(name, one_process):
    expected = "EPERM" if name in seccomp.DENIED else "ENOSYS" if name in seccomp.ABSENT else "none"
    assert one_process(CALL.format(name=name)) == expected
    outside = errno.errorcode.get(probe.call(name), "none")
    if outside == expected == "ENOSYS":
        pytest.skip("this kernel is older than the call")
    if name not in seccomp.DENIED or os.geteuid() == 0:  # the kernel itself keeps other users from some of them
        assert outside != expected, "the filter shows no difference"


# Calls that are refused with some arguments: what is tried, and the error.
ARGUMENTS = {
    "pair of netlink": ("socket.socketpair(socket.AF_NETLINK, socket.SOCK_RAW)", "EAFNOSUPPORT"),
    "netlink": ("socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)", "EAFNOSUPPORT"),
    "packets": ("socket.socket(socket.AF_PACKET, socket.SOCK_RAW)", "EAFNOSUPPORT"),
    "lock": ("fcntl.fcntl(999, 6, bytes(32))", "none"),
    "waiting lock": ("fcntl.fcntl(999, 7, bytes(32))", "none"),
    "open file's lock": ("fcntl.fcntl(999, 37, bytes(32))", "none"),
    "open file's waiting lock": ("fcntl.fcntl(999, 38, bytes(32))", "none"),
    "lease": ("fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)", "EPERM"),
    "notice": ("fcntl.fcntl(os.open('/tmp', os.O_RDONLY), fcntl.F_NOTIFY, 1)", "EPERM"),
    "hint of a file's life": ("fcntl.fcntl(file, 1036, struct.pack('Q', 3))", "EPERM"),
    "hint of an open file's life": ("fcntl.fcntl(999, 1038, bytes(32))", "EPERM"),
    # Its word is 0: who waits for 0 waits until the time is up, and who waits for 1 is told EAGAIN at once.
    "futex of several processes": ("futex(0, 0, time)", "EAGAIN"),
    "bits of it": ("futex(9, 0, time)", "EAGAIN"),
    "locked": ("futex(6, 0, None)", "ENOSYS"),
    "moved": ("futex(3, 0, None)", "ENOSYS"),
    "large pipe": ("fcntl.fcntl(os.pipe()[1], 1031, 2**19)", "EPERM"),
    "shared memory": ("mmap.mmap(-1, 4096)", "EPERM"),
    "shared zeros": ("mmap.mmap(os.open('/dev/zero', os.O_RDWR), 4096)", "ENODEV"),
    "large pages": ("mmap.mmap(-1, 2**21, flags=0x40022)", "EPERM"),
    "new namespace": ("clone(0x10000000)", "EPERM"),
}
PREFIX = """
import ctypes, errno, fcntl, mmap, os, platform, socket, struct, tempfile
def clone(flags):
    number = {"x86_64": 56, "aarch64": 220}[platform.machine()]
    libc = ctypes.CDLL(None, use_errno=True)
    child = libc.syscall(ctypes.c_long(number), ctypes.c_long(flags | 17), *[ctypes.c_long(0)] * 4)
    if child == 0:
        os._exit(0)
    if child < 0:
        raise OSError(ctypes.get_errno(), "clone")
word, time = ctypes.c_int(0), (ctypes.c_long * 2)(0, 1)
def futex(operation, expected, time):
    number = {"x86_64": 202, "aarch64": 98}[platform.machine()]
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(ctypes.c_long(number), ctypes.byref(word), operation, expected, time, None, -1) < 0:
        raise OSError(ctypes.get_errno(), "futex")
file = tempfile.TemporaryFile()
try:
    {call}
except OSError as error:
    tell(errno.errorcode[error.errno])
tell("none")
"""


@pytest.mark.parametrize("name", ARGUMENTS)
def test_a_call_is_refused_with_some_arguments(name, one_process):
    call, expected = ARGUMENTS[name]
    source = PREFIX.replace("{call}", call)
    assert one_process(source) == expected
    assert outside(source) != expected


def test_what_lessons_and_libraries_do_is_allowed(sandbox):
    told, died = run(
        sandbox,
        """
        import asyncio, fcntl, keras, mmap, multiprocessing, numpy as np, sqlite3, subprocess
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
        model.compile("adam", "mse")
        model.fit(np.ones((8, 4)), np.ones((8, 2)), verbose=0)
        for name in ("a.keras", "a.h5"):
            model.save(f"/tmp/{name}")
        model.save_weights("/tmp/a.weights.h5")
        model.load_weights("/tmp/a.weights.h5")
        await asyncio.sleep(0.01)
        with multiprocessing.Pool(2) as pool:
            assert pool.map(abs, [1, -2]) == [1, 2]
        queue, ready = multiprocessing.Queue(), multiprocessing.Event()
        def work():
            ready.set()
            for number in range(100): queue.put(number)
        process = multiprocessing.Process(target=work)
        process.start()
        assert ready.wait(60) and [queue.get() for _ in range(100)] == list(range(100))
        process.join()
        for journal in ("delete", "wal"):
            with sqlite3.connect(f"/tmp/{journal}.db") as notes:
                notes.execute(f"pragma journal_mode={journal}")
                notes.execute("create table runs(score)")
                notes.execute("insert into runs values (7)")
            notes.close()
            assert sqlite3.connect(f"/tmp/{journal}.db").execute("select * from runs").fetchall() == [(7,)]
        with open("/tmp/lock", "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            fcntl.lockf(file, fcntl.LOCK_EX)
        np.memmap("/tmp/map", "float32", "w+", shape=(100,))[:] = 1
        mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        assert subprocess.run(["ls", "/course"], check=True, capture_output=True).stdout
        listed = !ls /course
        assert listed
        """,
    )
    assert (told, died) == ("", "")


def test_a_cell_runs_as_in_a_kernel_of_a_user(sandbox):
    """There are a running loop, a user with a name and a home, a host with a name and an address."""
    told, died = run(
        sandbox,
        """
        import asyncio, getpass, os, pwd, socket, subprocess
        from pathlib import Path
        loop, done = asyncio.get_running_loop(), []
        async def later(): done.append(await asyncio.sleep(0, "later"))
        task = asyncio.create_task(later())
        assert asyncio.get_event_loop() is loop
        try:
            asyncio.run(later())
        except RuntimeError as error:
            done.append("cannot be called" in str(error))
        user = pwd.getpwuid(os.getuid())
        assert getpass.getuser() == user.pw_name == subprocess.check_output("whoami", text=True).strip()
        assert Path.home() == Path(user.pw_dir) == Path(f"~{user.pw_name}").expanduser()
        assert os.access(Path.home(), os.W_OK) and Path("/tmp").group() and os.environ["SHELL"]
        assert socket.gethostbyname(socket.gethostname()) == socket.gethostbyname("localhost") == "127.0.0.1"
        """,
    )
    assert (told, died) == ("", "")


def test_the_loop_goes_on_between_cells(sandbox):
    child = sandbox.child()
    first = """
import asyncio
async def later():
    global given
    await asyncio.sleep(0.01)
    given = 1
task = asyncio.create_task(later())
"""
    assert child.run(first, 60) == ("", "")
    time.sleep(0.5)
    assert child.run("assert given == 1\nassert await asyncio.sleep(0, 2) == 2", 60) == ("", "")
    child.stop()


# --- limits

UNTIL = """
import ctypes, errno, mmap, os, socket, time
kept = []
def until(more, most):
    for number in range(most):
        try:
            kept.append(more(number))
        except OSError as error:
            tell(f"{{errno.errorcode[error.errno]}} {{number}}")
    tell(f"none {{most}}")
{source}
"""
# What is done again and again, how often it is tried, the error, and how often it may work.
LIMITS = {
    "inodes": ("until(lambda n: open(f'/tmp/{n}', 'w').close(), 10**4)", "ENOSPC", range(150, 201)),
    "folders": ("until(lambda n: os.mkdir(f'/dev/shm/{n}'), 10**4)", "ENOSPC", range(150, 201)),
    "links": (
        "open('/tmp/x', 'w').close()\nuntil(lambda n: os.link('/tmp/x', f'/tmp/{n}'), 10**4)",
        "ENOSPC",
        range(201),
    ),
    "scratch": ("until(lambda n: open(f'/tmp/{n}', 'wb').write(bytes(2**20)), 999)", "ENOSPC", range(28, 33)),
    "shared": ("until(lambda n: open(f'/dev/shm/{n}', 'wb').write(bytes(2**20)), 999)", "ENOSPC", range(14, 17)),
    "file": ("f = open('/tmp/x', 'wb', 0)\nuntil(lambda n: f.write(bytes(2**20)), 999)", "EFBIG", range(8, 9)),
    "descriptors": ("until(lambda n: os.dup(0), 10**4)", "EMFILE", range(200, 257)),
    # Threads count as processes do, and share their memory, which has a limit of its own.
    "processes": (
        "import _thread\ndef thread(n):\n    try:\n        _thread.start_new_thread(time.sleep, (99,))\n"
        "    except RuntimeError:\n        raise OSError(errno.EAGAIN, '') from None\nuntil(thread, 10**4)",
        "EAGAIN",
        range(20, SMALL.processes),
    ),
    "memory": ("until(lambda n: mmap.mmap(-1, 2**28, flags=34), 99)", "ENOMEM", range(8, 13)),
    "addresses": ("until(lambda n: mmap.mmap(-1, 2**28, flags=34, prot=1), 99)", "ENOMEM", range(8, 33)),
    "terminals": ("until(lambda n: os.openpty(), 99)", "ENOSPC", range(8, 17)),
    "locked memory": (
        "c = ctypes.CDLL(None, use_errno=True)\nb = mmap.mmap(-1, 4096, flags=34)\n"
        "def lock(n):\n    if c.mlock(ctypes.byref(ctypes.c_char.from_buffer(b)), 4096):\n"
        "        raise OSError(ctypes.get_errno(), '')\nuntil(lock, 9)",
        "EPERM",
        range(1),
    ),
    "signals": (
        "c = ctypes.CDLL(None, use_errno=True)\n"
        "def timer(n):\n    if c.timer_create(1, None, ctypes.byref(ctypes.c_void_p())):\n"
        "        raise OSError(ctypes.get_errno(), '')\nuntil(timer, 10**5)",
        "EAGAIN",
        range(900, SMALL.signals + 1),
    ),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_holds(name, sandbox):
    source, error, often = LIMITS[name]
    told, died = run(sandbox, UNTIL.replace("{source}", source).replace("{{", "{").replace("}}", "}"))
    assert not died
    assert told.split()[0] == error, told
    assert int(told.split()[1]) in often, told


MEMORY = """
import os, time
for number in range(9):  # each well within the limit of one process
    if os.fork() == 0:
        kept = b"x" * (300 * 2**20)
        time.sleep(600)
time.sleep(600)
"""
SOCKETS = """
import os, socket, time
for number in range(9):  # each well within the limit on descriptors
    if os.fork() == 0:
        kept = [socket.socketpair() for _ in range(40)]
        time.sleep(600)
time.sleep(600)
"""


@pytest.mark.parametrize("kind", ["sandbox", "without_groups"])
def test_memory_of_all_processes_together(kind, request):
    assert run(request.getfixturevalue(kind), MEMORY) == ("", "out_of_memory")


def test_sockets_of_all_processes_together(without_groups):
    assert run(without_groups, SOCKETS) == ("", "out_of_memory")


def test_processor_time(sandbox):
    assert run(sandbox, "while True: pass") == ("", "too_slow")


def test_the_probe_tells_when_something_is_missing(sandbox):
    child = sandbox.child()
    assert all(child.probe([]).values())
    child.stop()
    here = probe.probe([str(REPOSITORY)])
    assert not any(here[name] for name in ("calls", "files", "processes", "memory", "time"))


# --- control groups


def groups():
    found = control_group.find()
    if not found:
        pytest.skip("no control groups can be made on this machine")
    return found


def test_a_group_counts_what_is_nobodys_memory(sandbox):
    """Files in /tmp and what waits in sockets are in nobody's resident memory."""
    groups().close()
    assert sandbox.grouped
    source = """
    import socket
    open("/tmp/x", "wb").write(bytes(7 * 2**20))
    kept = [socket.socketpair() for _ in range(90)]
    for one, _ in kept:
        one.setblocking(False)
        try:
            while True: one.send(bytes(2**15))
        except BlockingIOError: pass
    """
    peaks = []
    for more in ("pass", textwrap.dedent(source)):
        child = sandbox.child()
        assert child.run(more, 60) == ("", "")
        peaks.append(child.stop().peak_memory)
    assert peaks[1] - peaks[0] > 15 * MB


def test_groups_are_removed_when_a_run_ends():
    run = groups()
    folders = run._place.folders
    group = run.new(100 * MB, 8)
    with subprocess.Popen(["sleep", "600"]) as process:
        with group.entrances() as entrances:
            for entrance in entrances:
                os.write(entrance, str(process.pid).encode())
        run.close()
        assert process.wait(60) == -signal.SIGKILL
    assert not [folder for folder in folders if folder.exists()]


def test_groups_of_a_killed_run_are_removed_by_the_next():
    groups().close()
    code = (
        "import os, signal\nfrom autograder.grading import control_group\nrun = control_group.find()\n"
        "run.new(10**8, 8)\nprint(*run._place.folders, sep='\\n', flush=True)\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    left = killed.stdout.splitlines()
    assert killed.returncode == -signal.SIGKILL and left and all(map(os.path.isdir, left))
    first = groups()
    assert not any(map(os.path.isdir, left))
    second = groups()  # which leaves the first one's alone
    assert all(folder.exists() for folder in first._place.folders)
    second.close()
    first.close()


def test_version_2_of_control_groups(tmp_path):
    """In a copy of the files that systemd makes for a user: groups go where limits may be set, and no further up."""
    root, processes = tmp_path / "groups", tmp_path / "self"
    own = root / "user.slice" / "app.slice" / "run.scope"
    own.mkdir(parents=True)
    processes.mkdir()
    for folder, given in ((root, "cpu memory"), (root / "user.slice", "cpu"), (own.parent, "memory pids"), (own, "")):
        (folder / "cgroup.subtree_control").write_text(given)
    (processes / "mountinfo").write_text(f"24 1 0:21 / {root} rw - cgroup2 cgroup2 rw,nsdelegate\n")
    (processes / "cgroup").write_text("0::/user.slice/app.slice/run.scope\n")
    first, second = control_group._places(control_group._hierarchies(processes))
    assert (first.version, first.memory, first.numbers) == (2, own.parent, own.parent)
    assert (second.memory, second.numbers) == (root, None)
    group = control_group.ControlGroup(first, "one", 10**9, 50)
    made = own.parent / "one"
    assert {path.name: path.read_text() for path in made.iterdir()} == {
        "memory.max": "1000000000",
        "memory.swap.max": "0",
        "memory.oom.group": "1",
        "pids.max": "50",
    }
    assert (group.peak(), group.out_of_memory()) == (0, False)
    (made / "memory.peak").write_text("12345\n")
    (made / "memory.events").write_text("low 0\noom 1\noom_kill 1\n")
    assert (group.peak(), group.out_of_memory()) == (12345, True)


# --- reading

RELEASE = Lesson(attacks.LESSON).release


def written(cells, version=4):
    notebook = {"nbformat": version, "nbformat_minor": 0, "metadata": {}}
    return json.dumps(notebook | ({"cells": cells} if version == 4 else {"worksheets": [{"cells": cells}]})).encode()


OUTPUT = {"output_type": "stream", "stream": "stdout", "text": "a"}
# name -> (file, reasons: which limit is met first depends on the machine) with a second of processor time and 200 MB.
DEAR = {
    "many outputs of format 3": (
        written([{"cell_type": "code", "input": "x", "language": "python", "outputs": [OUTPUT] * 300_000}], 3),
        ("slow_to_read", "no_notebook_format"),
    ),
    "many lists": (b'{"nbformat": 4, "cells": [' + b"[]," * 5_000_000 + b"[]]}", ("large_to_read", "slow_to_read")),
    "control characters": (
        written([{"cell_type": "code", "source": "# " + "\x01" * 106_500, "outputs": []}] * 9),
        ("large_to_read", "slow_to_read"),
    ),
    "many cells of format 3": (written([{"cell_type": "markdown", "source": "x"}] * 100_000, 3), ("too_many_cells",)),
}


@pytest.fixture(scope="module")
def preparation():
    started = Preparation(RELEASE, seconds=1, memory=200 * MB)
    yield started
    started.close()


@pytest.mark.parametrize("name", DEAR)
def test_a_file_that_is_dear_to_read_is_refused(name, preparation):
    data, reasons = DEAR[name]
    with pytest.raises(submission_file.RefusedError) as refused:
        preparation.prepare(data)
    assert refused.value.reason in reasons
    for language in LANGUAGES:
        assert say(f"grading.refused.{refused.value.reason}", language, **refused.value.values)


def test_it_holds_up_nobody(preparation):
    """Honest work is prepared while another submission is still being read."""
    with ThreadPoolExecutor(2) as pool:
        dear = pool.submit(preparation.prepare, DEAR["many outputs of format 3"][0])
        assert preparation.prepare(attacks.HONEST_TEXT.encode()).steps
        with pytest.raises(submission_file.RefusedError):
            dear.result()


def test_what_is_prepared_is_what_reading_gives(preparation):
    for text in (attacks.HONEST_TEXT, attacks.submission(attacks.MASTER, "ko", {})):
        here, there = prepare(text.encode(), RELEASE), preparation.prepare(text.encode())
        assert dataclasses.asdict(here) == dataclasses.asdict(there)


def test_many_small_cells_are_read_in_time(preparation):
    """They took a minute where each was compared with each."""
    cells = [
        {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": f"x{n}"}}, "source": f"x{n} = {n}"}
        for n in range(1900)
    ]
    release = Lesson("8-attend-and-rectify").release
    started = Preparation(release, seconds=5)
    assert len(started.prepare(written(cells)).submission.extras) == 1900
    started.close()


def test_a_killed_reader_is_started_again(preparation):
    os.kill(preparation._server.pid, signal.SIGKILL)
    preparation._server.wait()
    assert preparation.prepare(attacks.HONEST_TEXT.encode()).steps


def test_an_error_of_ours_is_no_refusal():
    """It leaves the submission without a grade, so that the next run tries again."""
    started = Preparation({"en": {"cells": [{}]}})
    with pytest.raises(PreparationError, match="Error"):
        started.prepare(attacks.HONEST_TEXT.encode())
    started.close()
