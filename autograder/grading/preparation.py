"""Reading a submission and planning its run, in a process that is ended if it takes too long or too much memory.

A file of a few megabytes can be made to keep a reader busy for minutes. So a small server, which has imported what is
needed and has one thread, forks a process with limits for each submission. It runs none of a student's code.
"""

import gc
import json
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.grading import plan, ready_made, submission_file
from autograder.grading.code import is_stub
from autograder.grading.extraction import ExtraCell, Remark, Submission, extract, rebuild
from autograder.grading.worker import frames
from curriculum.messages import LANGUAGES
from curriculum.paths import REPOSITORY

SECONDS = 10  # of processor time; honest work takes a few hundredths
MEMORY = 2**30  # bytes; the largest file that is read takes a third, if it is a notebook
ANSWER_SECONDS = 600  # for a machine so busy that those seconds take this long


class PreparationError(Exception):
    """A submission could not be prepared, and the reason may lie elsewhere than in the submission."""


@dataclass(frozen=True)
class PreparedSubmission:
    """What was taken from a submission, the notebook that is recorded, and what is run of it."""

    submission: Submission
    notebook: NotebookNode
    steps: list[plan.Step]
    answered: int = 0  # exercises, and sentences, that are not left as they were handed out


def prepare(data: bytes, release: Mapping[str, NotebookNode], *, experiments: bool = False) -> PreparedSubmission:
    """Read a submitted notebook, and put what is taken from it into the released one of its language.

    Raises: RefusedError if it cannot be read.
    """
    submission = extract(submission_file.parse(data), *(release[language] for language in LANGUAGES))
    handed_out = release[submission.language]
    notebook = rebuild(handed_out, submission)
    submission_file.refuse_too_much_code(cell.source for cell in notebook.cells)
    remarks = (*submission.remarks, *ready_made.remarks(notebook, handed_out))
    put_back = {cell.id for cell in handed_out.cells if plan.is_answer(cell)} - submission.answers.keys()
    steps = plan.steps(notebook, experiments=experiments, put_back=put_back)
    for cell in notebook.cells:  # from here on it is for people to read
        cell.source = submission_file.shown(cell.source)
    answered = sum(not is_stub(source, exercise) for exercise, source in submission.answers.items())
    answered += len(submission.explanations)
    return PreparedSubmission(replace(submission, remarks=remarks), notebook, steps, answered)


class Preparation:
    """The server. Several threads may call `prepare`."""

    def __init__(
        self,
        release: Mapping[str, NotebookNode],
        *,
        experiments: bool = False,
        seconds: int = SECONDS,
        memory: int = MEMORY,
    ) -> None:
        """Start it. It gets ready while the caller does something else. A submission gets `seconds` and `memory`."""
        self._settings = {"experiments": experiments, "seconds": seconds, "memory": memory}
        self._release = json.dumps(release).encode()
        self._lock, self._closed = threading.Lock(), False
        self._start()

    def _start(self) -> None:
        self._control, theirs = socket.socketpair()
        with theirs:
            self._server = subprocess.Popen(
                [sys.executable, "-P", "-W", "ignore", "-m", __name__, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        self._told = False

    def prepare(self, data: bytes) -> PreparedSubmission:
        """Prepare a submission.

        Raises: RefusedError if it cannot be read, PreparationError if the reason may lie elsewhere.
        """
        try:
            header, body = self._ask(data)
        except (frames.BrokenFrameError, OSError) as error:
            raise PreparationError(f"The submission could not be prepared: {error or type(error).__name__}") from None
        if "refused" in header:
            raise submission_file.RefusedError(header["refused"], **header["values"])
        if "died" in header:
            raise submission_file.RefusedError(_REASONS.get(header["died"], "breaks_reading"))
        if "failed" in header:
            raise PreparationError(submission_file.one_line(header["failed"]))
        return _unpack(json.loads(body))

    def _ask(self, data: bytes) -> tuple[dict[str, Any], bytes]:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs, self._lock:
                self._revive()
                if not self._told:
                    frames.send(self._control, self._settings, self._release)
                    self._told = True
                socket.send_fds(self._control, [b"."], [theirs.fileno()])
            ours.settimeout(ANSWER_SECONDS)
            with suppress(BrokenPipeError, ConnectionResetError):  # it has ended; the server says why
                ours.sendall(data)
                ours.shutdown(socket.SHUT_WR)
            return frames.receive(ours, ANSWER_SECONDS)

    def _revive(self) -> None:
        """Start the server again if something has ended it.

        Raises: PreparationError if it does not start.
        """
        if self._closed:
            raise PreparationError("The process that reads submissions was closed while one was waiting")
        if self._server.poll() is None:
            return
        said = self._server.communicate()[1].decode(errors="replace").strip().splitlines()
        self._end()
        if said:  # it has stopped with an error of its own, and would do so again
            raise PreparationError(f"The process that reads submissions does not start: {said[-1]}")
        self._start()

    def close(self) -> None:
        """End the server."""
        with self._lock:
            self._closed = True
            self._end()

    def _end(self) -> None:
        self._control.close()
        with self._server:  # whose end this waits for
            self._server.kill()


_REASONS = {signal.SIGXCPU: "slow_to_read", signal.SIGKILL: "large_to_read"}


def _pack(prepared: PreparedSubmission) -> bytes:
    plain = {
        "submission": asdict(prepared.submission),
        "notebook": prepared.notebook,
        "steps": [asdict(step) for step in prepared.steps],
        "answered": prepared.answered,
    }
    return json.dumps(plain, ensure_ascii=False).encode()


def _unpack(plain: dict[str, Any]) -> PreparedSubmission:
    taken = plain["submission"]
    submission = Submission(
        taken["answers"],
        tuple(ExtraCell(**extra) for extra in taken["extras"]),
        taken["language"],
        tuple(Remark(**remark) for remark in taken["remarks"]),
        tuple(taken["order"]),
        taken["explanations"],
    )
    steps = [plan.Step(**step) for step in plain["steps"]]
    return PreparedSubmission(submission, nbformat.from_dict(plain["notebook"]), steps, plain["answered"])


def main() -> None:
    """Serve until the grader closes the socket. A request is a socket, over which a submission's bytes come."""
    control = socket.socket(fileno=int(sys.argv[1]))
    try:
        settings, body = frames.receive(control)
    except frames.ClosedError:  # there was nothing to prepare
        return
    release = {language: nbformat.from_dict(notebook) for language, notebook in json.loads(body).items()}
    with suppress(Exception):  # preparing a submission will tell
        for notebook in release.values():  # most of a submission is the same code, read before there are children
            plan.steps(notebook)
    gc.collect()
    gc.freeze()  # a collection in a child would otherwise write to, and so copy, every page
    children: dict[int, tuple[int, socket.socket]] = {}  # by a descriptor that tells when one ends
    while True:
        ready, _, _ = select.select([control.fileno(), *children], [], [])
        for ended in [number for number in ready if number in children]:
            os.close(ended)
            _end_child(*children.pop(ended))
        if control.fileno() not in ready:
            continue
        message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        connection = socket.socket(fileno=descriptors[0])
        child = os.fork()
        if child == 0:
            _answer(connection, release, settings)
        children[os.pidfd_open(child)] = child, connection


def _end_child(child: int, connection: socket.socket) -> None:
    """Reap a child that has ended, and answer for it if it could not."""
    _, status = os.waitpid(child, 0)
    with connection, suppress(OSError):  # the grader may be gone
        if status:
            frames.send(connection, {"died": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0})


def _answer(connection: socket.socket, release: Mapping[str, NotebookNode], settings: dict[str, Any]) -> None:
    """Prepare one submission under limits. Never returns."""
    for which, limit in (
        (resource.RLIMIT_CPU, (settings["seconds"], settings["seconds"] + 1)),
        (resource.RLIMIT_DATA, (settings["memory"], settings["memory"])),
        (resource.RLIMIT_FSIZE, (0, 0)),
        (resource.RLIMIT_CORE, (0, 0)),
    ):
        resource.setrlimit(which, limit)
    body = b""
    try:
        body = _pack(prepare(_received(connection), release, experiments=settings["experiments"]))
        header: dict[str, Any] = {}
        if len(body) > frames.LONGEST_BODY:  # control characters, say, which take six times their room in JSON
            header, body = {"refused": "large_to_read", "values": {}}, b""
    except submission_file.RefusedError as error:
        header = {"refused": error.reason, "values": error.values}
    except MemoryError:
        header = {"refused": "large_to_read", "values": {}}
    except Exception as error:  # an error of the grader's own: it is reported, and the submission is not graded
        header = {"failed": f"{type(error).__name__}: {error}"[:300]}
    with suppress(OSError):  # the grader may be gone
        frames.send(connection, header, body)
    os._exit(0)


def _received(connection: socket.socket) -> bytes:
    with connection.makefile("rb") as file:
        return file.read(submission_file.LARGEST_FILE + 1)


if __name__ == "__main__":
    main()
