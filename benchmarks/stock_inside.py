"""Stock nbgrader on hostile submissions, locked in. `benchmarks/hostile.py` starts it behind bubblewrap, as process 1.

Takes a course folder as a tar archive on its standard input and prints what happened there, as one line of JSON.
"""

import ctypes
import hashlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from autograder.grading.worker import namespace

LIMITS = namespace.Limits(
    data=2 * namespace.GIB,
    address_space=6 * namespace.GIB,
    processor_seconds=120,
    processes=256,
    files=1024,
    scratch=512 * 2**20,
    inodes=2**17,
)
# What nbgrader itself does, and its gradebook and its kernels: locks, and sockets with options.
ALLOWED = ("flock", "fcntl", "socket", "setsockopt")
HOME = Path("/tmp/home")
LOGGED = 20_000  # bytes of nbgrader's log that are told
GRADES = """
    select student_id, base_cell.name, auto_score from grade
    join base_cell on base_cell.id = grade.cell_id
    join submitted_notebook on submitted_notebook.id = grade.notebook_id
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
"""


def grades(gradebook: Path) -> dict[str, dict[str, float | None]]:
    """Score by check by student, as nbgrader has recorded them; None for a check without a score."""
    found: dict[str, dict[str, float | None]] = {}
    database = sqlite3.connect(gradebook)
    for (student,) in database.execute("select id from student order by id"):
        found[student] = {}
    for student, check, score in database.execute(GRADES):
        found[student][check] = score
    database.close()
    return found


def main() -> None:
    """Lock this process in, unpack, grade, look around, tell."""
    folder, port, seconds, *command = sys.argv[1:]
    Path("/proc/self/oom_score_adj").write_text("1000")  # the first to go if memory runs out
    namespace.confine(LIMITS, ALLOWED)
    namespace.forbid_tracing()
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: to end with bubblewrap; a change of user undoes it
    subprocess.run(["tar", "--extract", "--directory=/"], check=True)
    HOME.mkdir()
    calls = _listen(int(port))
    before, begin = _files(Path(folder)), time.monotonic()
    status = _grade(Path(folder), command, float(seconds))
    told = {"status": status, "seconds": round(time.monotonic() - begin, 1), "left": _left()}
    with suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)  # everything but this process
    after = _files(Path(folder))
    told["changed"] = sorted(path for path in before | after if before.get(path) != after.get(path))
    told["copied"] = _copied(Path(folder))
    told["calls"] = len(calls)
    try:
        told["grades"] = grades(Path(folder, "gradebook.db"))
    except sqlite3.Error as error:
        told |= {"grades": {}, "gradebook": str(error)}
    with (HOME / "log").open("rb") as log:
        log.seek(-min(LOGGED, log.seek(0, os.SEEK_END)), os.SEEK_END)
        told["log"] = log.read().decode(errors="replace")
    print(json.dumps(told), flush=True)


def _grade(folder: Path, command: list[str], seconds: float) -> int | None:
    """Run nbgrader. Returns: its exit status, None if it had not ended after so many seconds."""
    python = folder / "environment" / "bin" / "python"
    environment = {
        "PATH": f"{python.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(folder),
        "HOME": str(HOME),
        "IPYTHONDIR": str(HOME / "ipython"),
        "COURSE_PROGRESS": str(HOME / "progress.json"),
    }
    with (HOME / "log").open("wb") as log:
        nbgrader = subprocess.Popen(
            [python, "-m", "nbgrader", *command],
            cwd=folder,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=LIMITS.apply,
        )
    try:
        return nbgrader.wait(seconds)
    except subprocess.TimeoutExpired:
        return None


def _listen(port: int) -> list[tuple]:
    """Who calls at this port; the list grows."""
    calls: list[tuple] = []
    home = socket.create_server(("127.0.0.1", port))

    def listen() -> None:
        while True:
            calls.append(home.accept()[1])

    threading.Thread(target=listen, daemon=True).start()
    return calls


def _left() -> list[str]:
    """Command lines of the processes that are still there."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has just ended
            if path.parent.name != "1" and (words := path.read_bytes()):
                found.add(words.replace(b"\0", b" ").decode(errors="replace").strip()[:80])
    return sorted(found)


def _files(folder: Path) -> dict[str, str]:
    """What grading should not change: the course folder but for what nbgrader writes there, and the scratch folders."""
    found = {}
    for place in namespace.SCRATCH:
        for path in Path(place).rglob("*"):
            if path.is_relative_to(HOME) or path.is_relative_to(folder / "autograded"):
                continue
            if path.name.startswith(("gradebook.db", ".nbgrader.log")) or "__pycache__" in path.parts:
                continue
            if path.is_symlink() or not path.is_file():
                continue
            large = path.stat().st_size > LIMITS.file_size
            found[str(path)] = "large" if large else hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def _copied(folder: Path) -> list[str]:
    """Links in submissions whose targets' content lies in the graded folder now."""
    links = [path for path in (folder / "submitted").rglob("*") if path.is_symlink()]
    copies = [(folder / "autograded" / link.relative_to(folder / "submitted"), link) for link in links]
    return sorted(link.name for copy, link in copies if copy.is_file() and not copy.is_symlink())


if __name__ == "__main__":
    main()
