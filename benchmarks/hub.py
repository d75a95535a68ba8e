"""A class on a hub works through lesson 3 at once: python benchmarks/hub.py [--students 10]

Writes benchmarks/hub.md. The hub is that of tests/hub, set up as docs/hub.md says, with as many users of the system.
All start their servers, fetch the lesson, fill in right answers, run every cell in kernels of their own, validate and
hand in at the same moments, by the calls that JupyterLab and nbgrader's buttons make. Then the teacher collects and
grades. Needs root and what `make hub` fetches; 2 GB of memory a student.
"""

import json
import os
import re
import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import click
import requests
import websocket

from autograder.grading.demo import answer_names, answer_source
from autograder.lessons.master import read_master
from autograder.lessons.reference import solution_source
from benchmarks import hub_class
from benchmarks.grading import LESSON, proportional
from benchmarks.hub_machine import Machine
from curriculum.exercises import LESSONS, load
from curriculum.messages import LANGUAGES, in_language

TEACHER = "teacher"
COURSE = "attention"
TOTAL = sum(load(name).total for name in LESSONS[LESSON])
TOKEN = uuid.uuid4().hex
SERVICE = f"""
c.JupyterHub.services = [{{"name": "measuring", "api_token": "{TOKEN}"}}]
c.JupyterHub.load_roles = [
    {{"name": "measuring", "scopes": ["admin:users", "admin:servers", "access:servers"], "services": ["measuring"]}}
]
"""
LOOK_EVERY = 2  # seconds between two looks at memory
LAST = 5_000  # characters of the hub's log that are shown if something fails
PATIENCE = 1_800  # seconds for one answer: everybody validates at once
TICKS = os.sysconf("SC_CLK_TCK")


def right_answers(number: int) -> dict[str, str]:
    """Right answers to the lesson: the reference's, or others of the bank, so that not all students have the same."""
    master = read_master(LESSON)
    found = {}
    for name in LESSONS[LESSON]:
        others = [answer_source(name, each) for each in answer_names(name)]
        found[name] = next(islice(cycle([solution_source(master.solution(name)), *others]), number, None))
    return found


@dataclass
class Student:
    """Somebody in the class, as their browser: what they do on the hub, and how long each thing took, in seconds."""

    hub: str
    name: str
    number: int
    seconds: dict[str, float] = field(default_factory=dict)
    checks: dict[str, float] = field(default_factory=dict)
    session: str = ""

    @property
    def path(self) -> str:
        language = LANGUAGES[self.number % len(LANGUAGES)]
        return f"{LESSON}/{in_language(read_master(LESSON).notebook, language)}.ipynb"

    def ask(self, method: str, path: str, **sent: Any) -> Any:
        """Call the hub or the student's server. Returns: the answer.

        Raises: RuntimeError if it is none.
        """
        headers = {"Authorization": f"token {TOKEN}"}
        answer = requests.request(method, f"{self.hub}/{path}", headers=headers, timeout=PATIENCE, **sent)
        if not answer.ok:
            raise RuntimeError(f"{self.name}: {method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json() if answer.content else None

    def own(self, method: str, path: str, **sent: Any) -> Any:
        """Call the student's own server."""
        return self.ask(method, f"user/{self.name}/{path}", **sent)

    def timed(self, what: str, action: Callable[[], Any]) -> Any:
        begin = time.perf_counter()
        done = action()
        self.seconds[what] = time.perf_counter() - begin
        return done

    def start(self) -> None:
        """Start the server, and wait until it answers."""

        def started() -> None:
            self.ask("POST", f"hub/api/users/{self.name}/server")
            while not self.ask("GET", f"hub/api/users/{self.name}")["servers"].get("", {}).get("ready"):
                time.sleep(0.2)

        self.timed("server", started)

    def work(self) -> None:
        """Fetch the lesson, answer it, run all cells.

        Raises: RuntimeError if a cell ends with an error.
        """
        self.timed("fetch", lambda: self.nbgrader("fetch"))
        notebook = self.own("GET", f"api/contents/{self.path}")["content"]
        answers = right_answers(self.number)
        for cell in notebook["cells"]:
            cell["source"] = answers.get(cell["metadata"].get("nbgrader", {}).get("grade_id"), cell["source"])
        saved = {"type": "notebook", "format": "json", "content": notebook}
        self.own("PUT", f"api/contents/{self.path}", json=saved)
        self.timed("cells", lambda: self.run(notebook))

    def run(self, notebook: dict[str, Any]) -> None:
        """Run all cells of code in a kernel, as JupyterLab does."""
        made = {"path": self.path, "type": "notebook", "name": "", "kernel": {"name": "python3"}}
        opened = self.own("POST", "api/sessions", json=made)
        self.session, kernel = opened["id"], opened["kernel"]["id"]
        address = f"{self.hub.replace('http', 'ws', 1)}/user/{self.name}/api/kernels/{kernel}/channels"
        channels = websocket.create_connection(address, header=[f"Authorization: token {TOKEN}"], timeout=PATIENCE)
        try:
            for cell in notebook["cells"]:
                if cell["cell_type"] != "code":
                    continue
                begin = time.perf_counter()
                self.execute(channels, cell)
                seconds = time.perf_counter() - begin
                self.seconds["slowest cell"] = max(seconds, self.seconds.get("slowest cell", 0))
                if cell["id"].startswith("check_"):
                    self.checks[cell["id"]] = seconds
        finally:
            channels.close()

    def execute(self, channels: websocket.WebSocket, cell: dict[str, Any]) -> None:
        """Run one cell, and wait until its kernel is idle again."""
        identity = uuid.uuid4().hex
        header = {"msg_id": identity, "session": identity, "username": "", "msg_type": "execute_request"}
        content = {"code": cell["source"], "silent": False, "store_history": True, "allow_stdin": False}
        parts = {"parent_header": {}, "metadata": {"cellId": cell["id"]}, "buffers": [], "channel": "shell"}
        channels.send(json.dumps({"header": header, "content": {**content, "stop_on_error": True}, **parts}))
        replied = idle = False
        while not (replied and idle):
            received = channels.recv()
            if isinstance(received, bytes):  # a picture of a demo
                continue
            message = json.loads(received)
            if message["parent_header"].get("msg_id") != identity:
                continue
            if message["msg_type"] == "execute_reply":
                replied = True
                if message["content"]["status"] != "ok":
                    raise RuntimeError(f"{self.name}: {cell['id']}: {message['content']}")
            idle |= message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"

    def finish(self) -> None:
        """Shut the notebook's kernel down, validate, and hand in.

        Raises: RuntimeError if the notebook does not validate.
        """
        self.own("DELETE", f"api/sessions/{self.session}")
        outcome = self.timed("validate", lambda: self.own("POST", "assignments/validate", json={"path": self.path}))
        if outcome != {"success": True, "value": {}}:
            raise RuntimeError(f"{self.name}: {outcome}")
        self.timed("submit", lambda: self.nbgrader("submit"))

    def nbgrader(self, action: str) -> None:
        """Press a button of nbgrader's Assignment List."""
        outcome = self.own("POST", f"assignments/{action}", json={"course_id": COURSE, "assignment_id": LESSON})
        if not outcome["success"]:
            raise RuntimeError(f"{self.name}: {action}: {outcome}")


# --- memory and processor time


def processes(user: int) -> list[Path]:
    """The folders in /proc of all processes of a user."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if folder.stat().st_uid == user:
                found.append(folder)
    return found


def held(user: int) -> dict[str, int]:
    """Bytes of memory that a user's server and kernels hold, each shared page divided among those that share it."""
    found = {"server": 0, "kernels": 0}
    for folder in processes(user):
        with suppress(OSError, ValueError):
            kind = "kernels" if b"ipykernel_launcher" in (folder / "cmdline").read_bytes() else "server"
            found[kind] += proportional(folder)
    return found


def used(user: int) -> float:
    """Seconds of a processor that a user's processes have used, with those of their own that have ended."""
    total = 0
    for folder in processes(user):
        with suppress(OSError):
            total += sum(map(int, (folder / "stat").read_text().rpartition(") ")[2].split()[11:15]))
    return total / TICKS


class Watch:
    """Looks at the memory of all users again and again, while something goes on; keeps the most that was seen."""

    def __init__(self, users: list[int]) -> None:
        self.most = dict.fromkeys(users, 0)
        self.together = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(LOOK_EVERY):
            seen = {user: sum(held(user).values()) for user in self.most}
            self.most = {user: max(most, seen[user]) for user, most in self.most.items()}
            self.together = max(self.together, sum(seen.values()))


# --- the class


@dataclass(frozen=True)
class Phase:
    """What a part of the lesson took for the whole class: seconds, and the most memory, in bytes."""

    seconds: float
    each: list[int]
    together: int


def phase(students: list[Student], users: list[int], action: Callable[[Student], None]) -> Phase:
    """All students do the same at once, and are waited for."""
    begin = time.perf_counter()
    with Watch(users) as watch, ThreadPoolExecutor(len(students)) as pool:
        list(pool.map(action, students))
    return Phase(time.perf_counter() - begin, list(watch.most.values()), watch.together)


def lost(machine: Machine, students: list[Student]) -> list[str]:
    """Whose notebook was not collected as it lies in their home."""
    collected, homes = machine.path(f"/home/{TEACHER}/{COURSE}/submitted"), machine.path("/home")
    return [
        each.name
        for each in students
        if (collected / each.name / each.path).read_bytes() != (homes / each.name / each.path).read_bytes()
    ]


def graded(machine: Machine) -> tuple[float, list[float]]:
    """Collect and grade. Returns: seconds of grading, and everybody's points."""
    machine.shell(TEACHER, f"cd {COURSE} && nbgrader collect {LESSON}")
    begin = time.perf_counter()
    said = machine.shell(TEACHER, f"cd {COURSE} && autograder grade {LESSON}")
    points = re.findall(r"^\S+: ([\d.]+) of [\d.]+ points", said, re.MULTILINE)
    return time.perf_counter() - begin, list(map(float, points))


@dataclass(frozen=True)
class Measured:
    """What the class took: three phases (starting, working, finishing); bytes and seconds by student; of grading."""

    phases: list[Phase]
    idle: list[dict[str, int]]
    after: list[dict[str, int]]
    working: list[float]
    finishing: list[float]
    grading: float


def lesson(machine: Machine, students: list[Student]) -> Measured:
    """Take the class through the lesson.

    Raises: RuntimeError if anything is lost, or somebody has less than all points.
    """
    users = [int(machine.run("id", "-u", each.name)) for each in students]
    released = f"nbgrader generate_assignment {LESSON} && nbgrader release_assignment {LESSON}"
    machine.shell(TEACHER, f"cd {COURSE} && {released}")
    phases = [phase(students, users, Student.start)]
    idle = [held(user) for user in users]
    phases.append(phase(students, users, Student.work))
    after, working = [held(user) for user in users], [used(user) for user in users]
    phases.append(phase(students, users, Student.finish))
    finishing = [used(user) - before for user, before in zip(users, working, strict=True)]
    seconds, points = graded(machine)
    missing = lost(machine, students)
    if missing or points != [TOTAL] * len(students):
        raise RuntimeError(f"Lost: {missing or 'nothing'}. Points: {points}; expected {TOTAL} for each")
    return Measured(phases, idle, after, working, finishing, seconds)


def page(students: list[Student], found: Measured, before: float) -> list[str]:
    """The page, line by line. `before` is how many processes already wanted a processor."""
    _, worked, finished = found.phases
    most = max(each.together for each in found.phases)
    rows = {
        "server, before any notebook is open, GB": ([each["server"] / 1e9 for each in found.idle], ".2f"),
        "server after the lesson, GB": ([each["server"] / 1e9 for each in found.after], ".2f"),
        "kernel after the lesson, GB": ([each["kernels"] / 1e9 for each in found.after], ".2f"),
        "server and kernel, most while working, GB": ([each / 1e9 for each in worked.each], ".2f"),
        "server and Validate's kernel, most while validating, GB": ([each / 1e9 for each in finished.each], ".2f"),
        "processor time of starting, fetching and running, s": (found.working, ".0f"),
        "processor time of validating and handing in, s": (found.finishing, ".0f"),
        "until the server is there, s": ([each.seconds["server"] for each in students], ".1f"),
        "fetching, s": ([each.seconds["fetch"] for each in students], ".1f"),
        "all cells, from top to bottom, s": ([each.seconds["cells"] for each in students], ".0f"),
        "the slowest cell, s": ([each.seconds["slowest cell"] for each in students], ".0f"),
        "a check, s": ([each for student in students for each in student.checks.values()], ".1f"),
        "validating, s": ([each.seconds["validate"] for each in students], ".0f"),
        "handing in, s": ([each.seconds["submit"] for each in students], ".1f"),
    }
    return [
        f"{len(students)} students on a JupyterHub work through lesson 3 at once, on {os.cpu_count()} cores. One run; "
        f"made by `python benchmarks/hub.py`. The load average before was {before:.1f}. Memory is proportional: what "
        "processes share is divided among them. "
        "Before they validate, which starts a kernel of its own, all have shut their notebook's kernel down.",
        "",
        "| for each student | median | most |",
        "|---|---|---|",
        *(
            f"| {label} | {statistics.median(each):{form}} | {max(each):{form}} |"
            for label, (each, form) in rows.items()
        ),
        "",
        f"The slowest check was `{_slowest(students)}`. Servers and kernels together held {most / 1e9:.1f} GB at most.",
        "",
        f"{len(students)} notebooks were collected, each byte for byte what lay in its student's home, and graded in "
        f"{found.grading:.0f} s: all have {TOTAL} of {TOTAL} points.",
    ]


def _slowest(students: list[Student]) -> str:
    slowest = max(students, key=lambda each: max(each.checks.values())).checks
    return max(slowest, key=lambda name: slowest[name]).removeprefix("check_")


@click.command()
@click.option("--students", "count", default=10, type=click.IntRange(1), help="How many work at once.")
def main(count: int) -> None:
    """Measure, and write the page if it is about ten."""
    names = [f"student{number:02}" for number in range(1, count + 1)]
    before = os.getloadavg()[0]
    machine = Machine(*hub_class.dataset())
    try:
        hub_class.install(machine)
        hub_class.settle(machine, (TEACHER,), names)
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder, "log")
            try:
                with hub_class.running(machine, (TEACHER, *names), log, SERVICE) as address:
                    students = [Student(address, name, number) for number, name in enumerate(names)]
                    lines = page(students, lesson(machine, students), before)
            except BaseException:
                click.echo(log.read_text("utf-8")[-LAST:], err=True)
                raise
    finally:
        machine.close()
    click.echo("\n".join(lines))
    if count == 10:
        Path(__file__).with_suffix(".md").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
