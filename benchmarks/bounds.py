"""What attacks make the machine hold, with an earlier commit of the engine and with this one, in `bounds.md`.

Each attack takes a few hundred megabytes at most where it succeeds, and runs in a process whose control group counts
all that the system holds for it. So this needs a machine on which control groups can be made.
"""

import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import textwrap
import time
from pathlib import Path

import click

from autograder.grading import control_group
from curriculum.paths import REPOSITORY

MB = 2**20
MOST = 3 * 2**30  # bytes for one attack, whatever it does
# name -> (a cell that counts what it has got, what that is)
ATTACKS = {
    "semaphores": (
        """
        import ctypes
        libc = ctypes.CDLL(None)
        got = sum(libc.semget(0, 32_000, 0o600) >= 0 for _ in range(140))
        """,
        "sets of 32,000 semaphores",
    ),
    "messages": (
        """
        import ctypes
        libc = ctypes.CDLL(None)
        message = ctypes.create_string_buffer(bytes([1] + [0] * 7), 8 + 8000)
        got = 0
        for _ in range(5_000):
            queue = libc.msgget(0, 0o600)
            got += queue >= 0 and libc.msgsnd(queue, message, 8000, 0o4000) == 0
            libc.msgsnd(queue, message, 8000, 0o4000)
        """,
        "queues of 16 kB",
    ),
    "empty files": (
        """
        got = 0
        for folder in ("/tmp", "/dev/shm"):
            try:
                for number in range(100_000):
                    open(f"{folder}/{number}", "w").close()
                    got += 1
            except OSError: pass
        """,
        "files",
    ),
    "sockets": (
        """
        import os, socket, time
        got = 0
        for _ in range(6):
            done, tell = os.pipe()
            if os.fork() == 0:
                kept = [socket.socketpair() for _ in range(90)]
                for one in (one for pair in kept for one in pair):
                    one.setblocking(False)
                    try:
                        while True: one.send(bytes(2**15))
                    except OSError: pass
                os.write(tell, b"x")
                time.sleep(600)
            os.close(tell)
            got += 180 * len(os.read(done, 1))
            os.close(done)
        """,
        "full sockets",
    ),
    "hidden shared memory": (
        """
        import mmap
        got, kept = 0, []
        for _ in range(3):
            try: kept.append(mmap.mmap(-1, 100 * 2**20))
            except OSError: break
            kept[-1].write(b"x" * 100 * 2**20)
            kept[-1].madvise(mmap.MADV_DONTNEED)
            got += 1
        """,
        "maps of 100 MB that are nobody's resident memory",
    ),
}
# Runs one attack in the sandbox; prints what its group held before and after, and how many it got.
ATTACK = """
import json, sys
from pathlib import Path
from autograder.grading.sandbox import ChildError, Sandbox
usage = Path(sys.argv[1])
with Sandbox([]) as sandbox:
    child = sandbox.child()
    child.run("import os, mmap, socket, ctypes", 300)
    before = int(usage.read_text())
    try:
        got = child.run(sys.argv[2] + "\\nraise ValueError(got)", 300)[1]
    except ChildError as error:
        got = error.reason
    print(json.dumps({"got": got, "held": int(usage.read_text()) - before}))
    child.stop()
"""
# Reads a file that is dear to read, and an honest one at the same time; prints seconds and how far this process grew.
READING = """
import json, resource, sys, threading, time
from pathlib import Path
from autograder.grading import submission_file
from autograder.grading.engine import Lesson
try:
    from benchmarks import attacks
except ImportError:
    from tests import hostile as attacks
lesson = Lesson(attacks.LESSON)
try:
    from autograder.grading.preparation import Preparation
    read = Preparation(lesson.release).prepare
except ImportError:
    from autograder.grading.extraction import extract
    read = lambda data: extract(submission_file.parse(data), lesson.release["en"])
honest, dear = attacks.HONEST_TEXT.encode(), Path(sys.argv[1]).read_bytes()
read(honest)
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
started, reason = peak(), []
def _dear():
    try:
        read(dear)
    except submission_file.RefusedError as error:
        reason.append(error.reason)
begin = time.monotonic()
thread = threading.Thread(target=_dear)
thread.start()
time.sleep(1)  # it is being read now
read(honest)
honest_seconds = time.monotonic() - begin
thread.join()
dear_seconds, reason = time.monotonic() - begin, [*reason, "read"][0]
print(json.dumps({"honest": honest_seconds, "dear": dear_seconds, "grew": peak() - started, "reason": reason}))
"""


def earlier(commit: str, folder: Path) -> Path:
    """The repository as it was at a commit, in a folder."""
    command = ["git", "-c", f"safe.directory={REPOSITORY}", "archive", commit]
    packed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as files:
        files.extraction_filter = getattr(tarfile, "data_filter", None)  # Python 3.11.2 knows no filters yet
        files.extractall(folder)
    return folder


def run(groups: control_group.ControlGroups, engine: Path, code: str, *arguments: str) -> dict:
    """Run code with an engine in a group of its own. `{usage}` in an argument is where its use of memory stands."""
    group = groups.new(MOST, 4096)
    usage = str(group.folder / ("memory.current" if group.version == 2 else "memory.usage_in_bytes"))
    try:
        with group.entrances() as entrances:
            done = subprocess.run(
                [
                    sys.executable,
                    "-W",
                    "ignore",
                    "-c",
                    code,
                    *(text.replace("{usage}", str(usage)) for text in arguments),
                ],
                env=os.environ | {"PYTHONPATH": str(engine)},
                cwd=engine,
                preexec_fn=lambda: [os.write(entrance, b"0") for entrance in entrances],
                capture_output=True,
                text=True,
            )
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        return json.loads(done.stdout.splitlines()[-1]) | {"peak": group.peak()}
    finally:
        group.close()


def dear_files(folder: Path) -> dict[str, Path]:
    """Files of format 3 that a notebook's reader takes long for."""
    cell = {"cell_type": "markdown", "source": "x"}
    output = {"output_type": "stream", "stream": "stdout", "text": "a"}
    code = {"cell_type": "code", "input": "x", "language": "python", "outputs": [output] * 80_000}
    files = {}
    for name, cells in {"120,000 cells": [cell] * 120_000, "80,000 outputs": [code]}.items():
        content = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}
        files[name] = folder / name
        files[name].write_text(json.dumps(content), "utf-8")
    return files


@click.command()
@click.option("--before", default="d8e5eff", help="The earlier commit.")
def main(before: str) -> None:
    """Measure and write the page."""
    groups = control_group.find()
    if not groups:
        raise click.ClickException("No control groups can be made on this machine.")
    with tempfile.TemporaryDirectory() as folder:
        engines = (earlier(before, Path(folder, "earlier")), REPOSITORY)
        lines = [
            f"What attacks hold, at {before} and now; made by `python benchmarks/bounds.py`.",
            "",
            "Grader and sandbox run in a control group that counts all that the system holds for them. Each attack",
            "stops by itself at a few hundred megabytes: what it has got shows what more would cost.",
            "",
            f"| attack | got at {before} | MB held | got now | MB held |",
            "|---|---|---|---|---|",
        ]
        for name, (code, what) in ATTACKS.items():
            results = [run(groups, engine, ATTACK, "{usage}", textwrap.dedent(code)) for engine in engines]
            columns = [f"{result['got']} {what} | {result['held'] / MB:.0f}" for result in results]
            lines.append(f"| {name} | {' | '.join(columns)} |")
            click.echo(lines[-1])
        lines += [
            "",
            "Reading a file in format 3, and an honest notebook at the same time: growth of the grader's own memory,",
            "seconds until the honest one was read, and what became of the other.",
            "",
            f"| file | MB | grader grew at {before}, MB | honest, s | outcome | grew now, MB | honest, s | outcome |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for name, path in dear_files(Path(folder)).items():
            columns = []
            for engine in engines:
                result = run(groups, engine, READING, str(path))
                outcome = f"{result['reason']} after {result['dear']:.1f} s"
                columns.append(f"{result['grew'] / MB:.0f} | {result['honest']:.1f} | {outcome}")
            lines.append(f"| {name} | {path.stat().st_size / MB:.1f} | {' | '.join(columns)} |")
            click.echo(lines[-1])
    groups.close()
    Path(__file__).with_suffix(".md").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    begin = time.monotonic()
    main()
