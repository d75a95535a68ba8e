"""The fork server: imports TensorFlow once, then forks a process for each submission.

It runs no operation: a process forked after TensorFlow has started its threads hangs. Run as
`python -m autograder.grading.worker.server FD`, FD being a socket that the grader holds the other end of. A request is
a JSON object that comes with two sockets, one for the student's process, one for its supervisor, and with the entrances
to control groups, if there are any. The server sees no submission: the grader sends the cells to the student's process
itself.
"""

import asyncio
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograder.grading.worker import frames, namespace
from autograder.grading.worker.shell import Shell
from curriculum.quiet import import_tensorflow, silent_stderr

LOOK_EVERY = 0.2  # seconds between two looks at how much memory a submission's processes hold
MOST_DESCRIPTORS = 4  # that come with a request
CHECKS = "autograder.checking.notebook"  # what a lesson's first cell imports by and by, whatever else it asks for


def main() -> None:
    """Import, say so, and serve until the grader closes the socket."""
    control = socket.socket(fileno=int(sys.argv[1]))
    settings, _ = frames.receive(control)
    import_tensorflow()
    with silent_stderr():
        for name in (CHECKS, *settings["modules"]):
            importlib.import_module(name)
    shell = Shell()
    gc.collect()
    gc.freeze()  # a collection in a child would otherwise write to, and so copy, every page
    frames.send(control, {"ready": True, "threads": len(list(Path("/proc/self/task").iterdir()))})
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 4096, MOST_DESCRIPTORS)
        if not message:
            _report_usage(control)
            return
        _reap(os.WNOHANG)
        if os.fork() == 0:
            control.close()
            cells, supervisor, *entrances = descriptors
            _supervise(
                shell, json.loads(message), socket.socket(fileno=cells), socket.socket(fileno=supervisor), entrances
            )
        for number in descriptors:
            os.close(number)


def _reap(options: int) -> None:
    """Reap supervisors that have ended, so that the usage reported at the end includes theirs."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, options)[0]:
            pass


def _report_usage(control: socket.socket) -> None:
    """Tell what this process and all that it forked have used; bubblewrap does not."""
    _reap(0)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    with suppress(OSError):  # the grader may be gone
        frames.send(control, {"processor_seconds": sum(usage.ru_utime + usage.ru_stime for usage in used)})


def _supervise(
    shell: Shell, request: dict[str, Any], cells: socket.socket, grader: socket.socket, entrances: list[int]
) -> None:
    """Fork the student's process, end it when asked to, and report how it ended."""
    limits = namespace.Limits(**request["limits"])
    isolated, number = request["isolated"], os.getpid()
    try:
        if isolated:
            namespace.unshare()
        else:
            namespace.become_subreaper()
        child = os.fork()
    except OSError as error:
        frames.send(grader, {"refused": str(error)})
        os._exit(1)
    if child == 0:
        grader.close()
        os.setsid()  # out of reach of the terminal that grading was started from
        os.nice(5)  # the grader itself goes first
        _run_student(shell, cells, limits, isolated, entrances, number)
    cells.close()
    namespace.forbid_tracing()
    reason = _wait(child, grader, request["memory"], limits.sockets if isolated else None)
    _, status, usage = os.wait4(child, 0)
    if not isolated:
        _end_orphans()
    ending = {
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
        "reason": reason,
        "processor_seconds": usage.ru_utime + usage.ru_stime,
        "peak_memory": usage.ru_maxrss * 1024,
    }
    with suppress(OSError):  # it may be gone
        frames.send(grader, ending)
    os._exit(0)


def _wait(child: int, grader: socket.socket, memory: int, sockets: int | None) -> str:
    """Wait until the child ends, or end it: because the grader says so or is gone, or for the memory it holds."""
    ended = os.pidfd_open(child)
    while True:
        ready, _, _ = select.select([ended, grader.fileno()], [], [], LOOK_EVERY)
        if ended in ready:
            return ""
        if grader.fileno() in ready:
            reason = "stopped"
        elif _memory_of(child) > memory or (sockets is not None and _sockets_of(child) > sockets):
            reason = "memory"
        else:
            continue
        os.kill(child, signal.SIGKILL)
        return reason


def _memory_of(child: int) -> int:
    """Bytes of memory in use by a process and all below it. A page that several of them share counts several times."""
    parents, sizes = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            # Of a process whose first thread has ended, only the other threads still tell.
            sizes[int(folder.name)] = max(map(_resident, [folder, *(folder / "task").iterdir()]))
        except (OSError, ValueError, IndexError):  # it has just ended
            continue
    family = {child}
    while more := {process for process, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(sizes.get(process, 0) for process in family)


def _resident(task: Path) -> int:
    """Bytes of resident memory, and of the tables that its address space needs."""
    lines = (line.split() for line in (task / "status").read_text().splitlines())
    return sum(int(line[1]) * 1024 for line in lines if line[0] in ("VmRSS:", "VmPTE:"))


def _sockets_of(child: int) -> int:
    """How many sockets there are in its network namespace: what waits in them is nobody's resident memory."""
    try:
        return int(Path(f"/proc/{child}/net/sockstat").read_text().split()[2])
    except (OSError, ValueError, IndexError):  # it has just ended
        return 0


def _run_student(
    shell: Shell, cells: socket.socket, limits: namespace.Limits, isolated: bool, entrances: list[int], number: int
) -> None:
    """Confine this process, then run what the grader sends. Never returns."""
    try:
        for entrance in entrances:
            os.write(entrance, b"0")
        _close_other_files(cells.fileno())
        if isolated:
            namespace.confine(limits, number=number)
        limits.apply(apart=isolated)
        os.chdir("/tmp")
    except OSError as error:
        frames.send(cells, {"refused": str(error)})
        os._exit(1)
    # As in a kernel, cells run in a loop that goes on between them. It is this process's own: one that was made before
    # the fork would share its descriptors.
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(_serve(shell, cells))
    os._exit(0)


def _close_other_files(number: int) -> None:
    """Close every file but `number`; the three standard ones become /dev/null."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.closerange(3, number)
    os.closerange(number + 1, 4096)


async def _serve(shell: Shell, cells: socket.socket) -> None:
    """Run what the grader sends, until it closes the socket."""
    frames.send(cells, {"ready": True})
    while True:
        await _readable(cells)
        try:
            command, body = frames.receive(cells)
        except frames.BrokenFrameError:
            return
        answer, data = await getattr(shell, command["do"])(command, body)
        frames.send(cells, answer | {"number": command["number"]}, data)


async def _readable(connection: socket.socket) -> None:
    """Let what cells have left in the loop go on until there is something to read."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(connection, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(connection)


def _end_orphans() -> None:
    """Without namespaces: end whatever the student's process left running."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        if not children:
            return
        for child in children:
            os.kill(int(child), signal.SIGKILL)
        os.waitpid(-1, 0)


if __name__ == "__main__":
    main()
