"""A control group for each submission, where this machine lets us make one (cgroups(7)).

Limits of a process count what it maps. A group counts all that its processes make the kernel hold, too: files in
/tmp, what waits in sockets and pipes, page tables. Both versions of the interface are known. Where the grader may make
no groups, the other limits hold without them.
"""

import errno
import fcntl
import itertools
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PREFIX = "autograder-"
REMOVE_SECONDS = 5  # for killed processes to leave their group
# Names of files by version: the limit, further settings, the peak, and where `oom_kill N` is told.
LIMIT = {1: "memory.limit_in_bytes", 2: "memory.max"}
SETTINGS: dict[int, dict[str, int | None]] = {
    1: {"memory.memsw.limit_in_bytes": None},
    2: {"memory.swap.max": 0, "memory.oom.group": 1},
}  # None: as LIMIT
PEAK = {1: "memory.max_usage_in_bytes", 2: "memory.peak"}
EVENTS = {1: "memory.oom_control", 2: "memory.events"}


@dataclass(frozen=True)
class _Place:
    """A group in which we may make others: for memory, and in version 1 beside it perhaps another for numbers."""

    version: int
    memory: Path
    numbers: Path | None

    @property
    def folders(self) -> list[Path]:
        return list(dict.fromkeys(filter(None, (self.memory, self.numbers))))


class ControlGroup:
    """The group of one submission."""

    def __init__(self, place: _Place, name: str, memory: int, processes: int) -> None:
        """Make it, with limits in bytes and in processes and threads.

        Raises: OSError if that is not allowed.
        """
        self.version = place.version
        self._folders = [folder / name for folder in place.folders]
        self.folder = place.memory / name
        try:
            for folder in self._folders:
                folder.mkdir()
            _write(self.folder / LIMIT[self.version], memory)
            for file, value in SETTINGS[self.version].items():
                with suppress(OSError):  # a kernel without them
                    _write(self.folder / file, memory if value is None else value)
            if place.numbers:
                _write(place.numbers / name / "pids.max", processes)
        except OSError:
            self.close()
            raise

    @contextmanager
    def entrances(self) -> Iterator[list[int]]:
        """Open files into which a process writes "0" to enter, with our rights and whatever its own are."""
        opened = []
        try:
            for folder in self._folders:
                opened.append(os.open(folder / "cgroup.procs", os.O_WRONLY))
            yield opened
        finally:
            for number in opened:
                os.close(number)

    def peak(self) -> int:
        """The most memory that its processes held at a time, in bytes; 0 if the kernel does not tell."""
        try:
            return int((self.folder / PEAK[self.version]).read_text())
        except (OSError, ValueError):
            return 0

    def out_of_memory(self) -> bool:
        """Whether the kernel has ended a process of it for its memory."""
        try:
            events = (self.folder / EVENTS[self.version]).read_text().splitlines()
        except OSError:
            return False
        return any(line.startswith("oom_kill ") and line.split()[1] != "0" for line in events)

    def close(self) -> None:
        """Remove it, with every process in it."""
        for folder in self._folders:
            _remove(folder)


class ControlGroups:
    """The groups of one run, in a group of the run's own, which it locks: one that is not locked is stale."""

    def __init__(self, place: _Place) -> None:
        """Remove what killed runs have left, and try whether a process can be limited.

        Raises: OSError if it cannot.
        """
        name = f"{PREFIX}{os.getpid()}-{time.monotonic_ns()}"
        self._locks: list[int] = []
        self._place = _Place(place.version, place.memory / name, place.numbers and place.numbers / name)
        self._names = map(str, itertools.count(1))
        try:
            for folder in place.folders:
                self._make(folder, folder / name)
            self._try()
        except OSError:
            self.close()
            raise

    def _make(self, parent: Path, folder: Path) -> None:
        with _locked(parent):  # nobody may find our group between its making and its locking
            for other in parent.glob(f"{PREFIX}*"):
                _remove_stale(other)
            folder.mkdir()
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            self._locks.append(lock)
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if self._place.version == 2:
            controllers = "+memory +pids" if self._place.numbers else "+memory"
            _write(folder / "cgroup.subtree_control", controllers)

    def _try(self) -> None:
        group = self.new(2**30, 8)
        try:
            with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process, group.entrances() as entrances:
                for entrance in entrances:
                    os.write(entrance, str(process.pid).encode())
        finally:
            group.close()

    def new(self, memory: int, processes: int) -> ControlGroup:
        """A group for one submission.

        Raises: OSError if none can be made.
        """
        return ControlGroup(self._place, next(self._names), memory, processes)

    def close(self) -> None:
        """Remove all groups and end what is still in them."""
        for folder in self._place.folders:
            _remove(folder)
        for lock in self._locks:
            os.close(lock)
        self._locks = []


def find(processes: Path = Path("/proc/self")) -> ControlGroups | None:
    """The groups that this process may make, or None. `processes` is its folder in /proc."""
    try:
        places = list(_places(_hierarchies(processes)))
    except (OSError, ValueError, IndexError):  # no /proc, or one in an unknown form
        return None
    for place in places:
        with suppress(OSError):
            return ControlGroups(place)
    return None


def _hierarchies(processes: Path) -> dict[str, list[Path]]:
    """Where this process is, and the groups above it, by controller; version 2 has the name "".

    Raises: OSError, ValueError or IndexError if it cannot be found out.
    """
    mounts: dict[str, tuple[str, Path]] = {}
    for line in (processes / "mountinfo").read_text().splitlines():
        fields, _, rest = line.partition(" - ")
        root, mounted = fields.split()[3:5]
        kind, _, options = rest.split(maxsplit=2)
        if kind == "cgroup2":
            mounts.setdefault("", (root, Path(mounted)))
        elif kind == "cgroup":
            for option in options.split(","):
                mounts.setdefault(option, (root, Path(mounted)))
    found = {}
    for line in (processes / "cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            if controller in mounts:
                root, top = mounts[controller]
                own = top / os.path.relpath(path, root) if Path(path).is_relative_to(root) else top
                found[controller] = [own, *(parent for parent in own.parents if parent.is_relative_to(top))]
    return found


def _places(found: dict[str, list[Path]]) -> Iterator[_Place]:
    # Version 2 lets nobody make groups with limits beside processes, so that the place may be some way up.
    for folder in found.get("", ()):
        given = (folder / "cgroup.subtree_control").read_text().split()
        if "memory" in given:
            yield _Place(2, folder, folder if "pids" in given else None)
    if "memory" in found:
        memory = found["memory"][0]
        if "pids" in found:
            yield _Place(1, memory, found["pids"][0])
        yield _Place(1, memory, None)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _remove_stale(folder: Path) -> None:
    """Remove the groups of a run that has ended without doing so."""
    with suppress(OSError):  # its run has just removed it
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(folder)
        except BlockingIOError:  # it is still at work
            pass
        finally:
            os.close(lock)


def _remove(folder: Path) -> None:
    """Remove a group and those in it, with every process."""
    with suppress(OSError):
        for inner in [path for path in folder.iterdir() if path.is_dir()]:
            _remove(inner)
    end = time.monotonic() + REMOVE_SECONDS
    while True:
        try:
            folder.rmdir()
            return
        except OSError as error:
            if error.errno != errno.EBUSY or time.monotonic() > end:  # busy: processes are in it
                return
        with suppress(OSError, ValueError):
            for process in (folder / "cgroup.procs").read_text().split():
                os.kill(int(process), signal.SIGKILL)
        time.sleep(0.01)


def _write(file: Path, value: object) -> None:
    with file.open("w") as opened:
        opened.write(str(value))
