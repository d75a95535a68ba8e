"""A cluster of hosts that share nothing but a network: python benchmarks/cluster_hosts.py [--count 60]  (as root)

Writes benchmarks/cluster_hosts.md. Each host is a network namespace on one bridge with a mount namespace in which the
folder of the course is not there. Scheduler and grader are on the first, one worker on each of three others, all with
TLS. One worker after the other is killed while the class is graded, and started again. The grades have to be those of
one machine. The commands are those of docs/large-classes.md.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path

import click

from autograder.grading.class_run import grade_class
from autograder.grading.engine import Settings
from autograder.lessons.files import write_instructor_notebooks
from benchmarks.cluster import scores
from benchmarks.grading import LESSON, Page, write_class
from curriculum.paths import REPOSITORY

NETWORK = "10.77.0"
FIRST, WORKERS = "attention-0", ("attention-1", "attention-2", "attention-3")
PORT = 8786
PROGRAMS = Path(sys.executable).parent


def do(*command: str) -> None:
    subprocess.run(command, check=True)


def inside(host: str, *command: object) -> list[str]:
    """The command line that runs a command on a host."""
    return ["ip", "netns", "exec", host, *map(str, command)]


@contextmanager
def hosts() -> Iterator[None]:
    """The hosts, joined by a bridge on the first, whose addresses end with their numbers plus one."""
    names = (FIRST, *WORKERS)
    try:
        for name in names:
            do("ip", "netns", "add", name)
            do(*inside(name, "ip", "link", "set", "lo", "up"))
        do(*inside(FIRST, "ip", "link", "add", "bridge", "type", "bridge"))
        do(*inside(FIRST, "ip", "address", "add", f"{NETWORK}.1/24", "dev", "bridge"))
        do(*inside(FIRST, "ip", "link", "set", "bridge", "up"))
        for number, name in enumerate(WORKERS, 2):
            port = ["ip", "link", "add", f"port{number}", "type", "veth", "peer", "name", "eth", "netns", name]
            do(*inside(FIRST, *port))
            do(*inside(FIRST, "ip", "link", "set", f"port{number}", "master", "bridge", "up"))
            do(*inside(name, "ip", "address", "add", f"{NETWORK}.{number}/24", "dev", "eth"))
            do(*inside(name, "ip", "link", "set", "eth", "up"))
        yield
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "delete", name], check=False)


class Cluster:
    """Scheduler and workers, each on its host, with certificates of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._certificates = folder, folder / "certificates"
        do(str(PROGRAMS / "autograder"), "certificates", str(self._certificates))
        self._tls = []
        for option, name in (("ca-file", "certificate"), ("cert", "certificate"), ("key", "key")):
            self._tls += [f"--tls-{option}", self._certificates / f"{name}.pem"]
        self.address = f"tls://{NETWORK}.1:{PORT}"
        shown = ["--dashboard-address", "127.0.0.1:0"]
        scheduler = ["scheduler", "--host", f"{NETWORK}.1", "--port", PORT, "--protocol", "tls", *shown]
        self._running = {FIRST: self._start(FIRST, PROGRAMS / "dask", *scheduler, *self._tls)}
        for name in WORKERS:
            self.start(name)

    def _start(self, host: str, *command: object) -> subprocess.Popen:
        with (self._folder / f"{host}.log").open("a") as log:
            return subprocess.Popen(
                inside(host, *command), cwd=REPOSITORY, stdout=log, stderr=log, start_new_session=True
            )

    def start(self, name: str) -> None:
        """A worker that cannot see the course's folder."""
        number = 2 + WORKERS.index(name)
        options = ["--host", f"{NETWORK}.{number}", "--nworkers", 1, "--nthreads", 1, "--memory-limit", 0, "--no-nanny"]
        options += ["--dashboard-address", "127.0.0.1:0", "--local-directory", "/tmp", *self._tls]
        command = " ".join(map(str, [PROGRAMS / "dask", "worker", self.address, *options]))
        hidden = f"mount -t tmpfs hidden {self._folder / 'cluster'} && mount -t tmpfs hidden {self._folder / 'alone'}"
        self._running[name] = self._start(name, "unshare", "--mount", "sh", "-c", f"{hidden} && exec {command}")

    def kill(self, name: str) -> None:
        os.killpg(self._running[name].pid, signal.SIGKILL)
        self._running[name].wait()

    def grade(self, root: Path) -> subprocess.Popen:
        """Start grading the class in `root` from the first host."""
        options = ["--scheduler", self.address, "--certificates", self._certificates]
        command = inside(FIRST, PROGRAMS / "autograder", "grade", LESSON, *options)
        return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def close(self) -> None:
        for name in self._running:
            self.kill(name)


def disturbed(cluster: Cluster, root: Path, every: float) -> int:
    """Grade, and kill one worker after the other. Returns: how many were killed."""
    grading, victims, kills = cluster.grade(root), cycle(WORKERS), 0
    begin = time.monotonic()
    while grading.poll() is None:
        if time.monotonic() - begin > every * (kills + 1):
            victim = next(victims)
            cluster.kill(victim)
            cluster.start(victim)
            kills += 1
        time.sleep(0.2)
    if grading.returncode:
        said = grading.stdout.read() if grading.stdout else ""
        raise RuntimeError(f"expected the grader to end with 0. Received: {grading.returncode}\n{said[-3000:]}")
    return kills


@click.command()
@click.option("--count", default=60, help="Submissions of the class.")
@click.option("--every", default=20.0, help="Seconds between two workers that are killed.")
def main(count: int, every: float) -> None:
    """Grade the class twice and write the page."""
    write_instructor_notebooks()
    folder, page = Path(tempfile.mkdtemp(prefix="hosts-")), Page()
    alone, together = folder / "alone", folder / "cluster"
    try:
        write_class(alone, count, experiments=False)
        shutil.copytree(alone, together)
        for root in (alone, together):
            shutil.copy(REPOSITORY / "nbgrader_config.py", root)
        list(grade_class(LESSON, alone / "submitted", alone, Settings(), lambda line: None))
        with ExitStack() as stack:
            stack.enter_context(hosts())
            cluster = Cluster(folder)
            stack.callback(cluster.close)
            begin = time.perf_counter()
            kills = disturbed(cluster, together, every)
            wall = time.perf_counter() - begin
        expected, found = scores(alone), scores(together)
        page.tell(
            "Three workers, scheduler and grader on hosts of their own (network and mount namespaces of one machine,"
        )
        page.tell(f"2 cores), TLS; made by `python benchmarks/cluster_hosts.py --count {count} --every {every:g}`.")
        page.tell()
        page.tell(
            "| submissions | wall, s | workers killed | with the scores of one machine | missing | other scores |"
        )
        page.tell("|---|---|---|---|---|---|")
        same = sum(found.get(student) == each for student, each in expected.items())
        missing = len(expected.keys() - found.keys())
        page.tell(f"| {count} | {wall:.0f} | {kills} | {same} | {missing} | {count - same - missing} |")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    Path(__file__).with_suffix(".md").write_text(page.text(), "utf-8")


if __name__ == "__main__":
    main()
