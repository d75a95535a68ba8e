"""The attacks of benchmarks/attacks.py under stock nbgrader and under this engine: python benchmarks/hostile.py

Writes benchmarks/hostile.md. Stock nbgrader means its own converters, executor and kernel, with checks that judge in
the kernel, as they do for students. Each of its runs is locked in, in the sandbox of the grading engine and with a
network of its own (`stock_inside.py`): it would let these submissions attack this machine. Results are kept in
`build/`; a run that was interrupted goes on from there.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import click

from autograder.grading.class_run import grade_class
from autograder.grading.engine import Settings
from autograder.grading.sandbox import ENVIRONMENT, bubblewrap
from autograder.grading.session import TimeLimits
from autograder.lessons.files import write_instructor_notebooks
from autograder.lessons.notebooks import EXPERIMENT_TAG, instructor_notebook
from benchmarks import attacks, stock_inside
from benchmarks.grading import LESSON, STOCK_CONFIG, register_stock
from curriculum.exercises import load
from curriculum.messages import LANGUAGES
from curriculum.paths import REPOSITORY

CELL_SECONDS = 60  # for both
STOCK_SECONDS = 300  # for nbgrader on one submission; an honest one takes about 6
PORT = 8642  # somebody listens there, in the sandbox
CLASS = Path("/tmp/hostile-class")  # the same path inside, because links among submissions name it
NEXT = "zz-next"  # who comes after everybody; hands in no notebook, which takes nbgrader no time
CHECKS = {f"check_{name}": load(name).total for name in attacks.NAMES}
GROUPS = {
    "Code in an answer that is wrong": attacks.CODE,
    "Notebooks: cells and metadata": attacks.NOTEBOOKS,
    "Files": attacks.FILES,
    "Honest work": attacks.HONEST,
}
CONFIG = f"""{STOCK_CONFIG}
c.Execute.timeout = {CELL_SECONDS}
"""


@dataclass(frozen=True)
class Row:
    """What became of one submission under both; what happened to the class and the machine is about stock nbgrader.

    `stolen` are checks that stock nbgrader gave points for which were not earned, `lost` those whose points were earned
    in full and not given.
    """

    name: str
    honest: int
    ours: float
    stock: float | None
    stolen: list[str]
    lost: list[str]
    stopped: str
    touched: list[str]

    def cells(self) -> list[str]:
        """The row of the table."""
        told = ["**no grade**"] if self.stock is None else []
        told += [f"**{_points(self.stolen)} points stolen**"] if self.stolen else []
        told += [f"**{_points(self.lost)} points lost**"] if self.lost else []
        told += [f"**class stopped**, {self.stopped}"] if self.stopped else []
        told += self.touched
        given = "–" if self.stock is None else f"{self.stock:g}"
        return [self.name.replace("-", " "), str(self.honest), f"{self.ours:g}", given, "; ".join(told)]


def _points(checks: list[str]) -> int:
    return sum(CHECKS[check] for check in checks)


def make_class() -> None:
    """Write the course folder: every submission, what stock nbgrader needs, and what an instructor has beside it."""
    if CLASS.exists():
        raise click.ClickException(f"{CLASS} is there already; remove it")
    attacks.write(CLASS / "submitted", PORT)
    for path in CLASS.rglob("*.ipynb"):
        if path.is_file() and not path.is_symlink() and path.stat().st_size < 2**20:
            path.write_bytes(without_experiments(path.read_bytes()))
    folder = CLASS / "submitted" / NEXT / LESSON
    folder.mkdir(parents=True)
    (folder / attacks.FILE).write_text("")
    write_instructor_notebooks()
    register_stock(CLASS, experiments=False, config=CONFIG)
    for name in ("autograder", "coursekit", "curriculum", "data", "solutions/lessons"):
        shutil.copytree(REPOSITORY / name, CLASS / name, ignore=shutil.ignore_patterns("__pycache__"))
    # An environment that its owner can write to, with this one's packages.
    packages = Path("lib", f"python{sys.version_info.major}.{sys.version_info.minor}", "site-packages")
    (CLASS / "environment" / packages).mkdir(parents=True)
    (CLASS / "environment" / packages / "course.pth").write_text(f"{ENVIRONMENT / packages}\n")
    (CLASS / "environment" / "pyvenv.cfg").write_text(f"home = {Path(sys.base_prefix, 'bin')}\n")
    (CLASS / "environment" / "bin").mkdir()
    (CLASS / "environment" / "bin" / "python").symlink_to(Path(sys._base_executable).resolve())


def without_experiments(data: bytes) -> bytes:
    """A notebook without its experiment cells; what is no notebook in UTF-8 stays as it is."""
    experiments = {
        cell.source
        for language in LANGUAGES
        for cell in instructor_notebook(attacks.MASTER, language).cells
        if EXPERIMENT_TAG in cell.metadata.get("tags", [])
    }
    try:
        notebook = json.loads(data.decode())
        sheet = notebook if "cells" in notebook else notebook["worksheets"][0]  # format 3
        kept = [cell for cell in sheet["cells"] if _source(cell) not in experiments]
    except (ValueError, LookupError, TypeError, RecursionError):
        return data
    if len(kept) == len(sheet["cells"]):
        return data
    sheet["cells"] = kept
    text = json.dumps(notebook, indent=1)
    return text.replace("\n", "\r\n" if b"\r\n" in data else "\n").encode()


def _source(cell: object) -> str:
    source = cell.get("source", cell.get("input", "")) if isinstance(cell, dict) else ""
    return "".join(source) if isinstance(source, list) else str(source)


def stock(students: Iterable[str], seconds: float, *, leave_out: str = "") -> dict:
    """Run stock nbgrader on some of the submissions, locked in. Returns: what `stock_inside` tells."""
    members = [path for path in CLASS.iterdir() if path.name != "submitted"]
    members += [CLASS / "submitted" / student for student in students]
    names = [str(path.relative_to("/")) for path in members]
    pack = ["tar", "--create", "--sparse", "--file=-", "--directory=/", *names]
    program, *view = bubblewrap()
    users = ["--perms", "0755", "--dir", "/etc", "--ro-bind", "/etc/passwd", "/etc/passwd"]  # something worth a link
    # Users without privileges need this one, in a namespace of their own, to mount the scratch folders.
    locked_in = [program, *users, *view, "--cap-add", "CAP_SYS_ADMIN", "--as-pid-1"]
    python = ENVIRONMENT / Path(sys.executable).relative_to(sys.prefix)
    inside = [str(python), "-P", "-c", Path(stock_inside.__file__).read_text("utf-8")]
    grade = ["autograde", LESSON, f"--CourseDirectory.student_id_exclude={leave_out}"]
    with subprocess.Popen(pack, stdout=subprocess.PIPE) as packing:
        done = subprocess.run(
            [*locked_in, *inside, str(CLASS), str(PORT), str(seconds), *grade],
            stdin=packing.stdout,
            capture_output=True,
            timeout=seconds + 60,
        )
    if done.returncode:
        raise RuntimeError(f"The sandbox ended with {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}")
    return json.loads(done.stdout)


def stock_alone(student: str) -> dict:
    """Run stock nbgrader on one submission, and on the one after it."""
    leave_out = "" if student == "right" else "right"  # which some submissions are links to
    return stock(sorted({student, "right", NEXT}), STOCK_SECONDS, leave_out=leave_out)


def ours() -> dict:
    """Grade the class with this engine."""
    root = CLASS.with_name(f"{CLASS.name}-graded")
    shutil.rmtree(root, ignore_errors=True)
    for graded in grade_class(LESSON, CLASS / "submitted", root, Settings(times=TimeLimits(cell=CELL_SECONDS))):
        print(f"ours: {graded.student}: {graded.points:g} {graded.note or graded.problem}", flush=True)
    found = stock_inside.grades(root / "gradebook.db")
    shutil.rmtree(root)
    return {"grades": found}


class Results:
    """What was found out so far, one line of JSON each, in a file that belongs to this bank of submissions."""

    def __init__(self) -> None:
        bank = hashlib.sha256(Path(attacks.__file__).read_bytes()).hexdigest()[:12]
        self._path = REPOSITORY / "build" / f"hostile-{bank}.jsonl"
        self._path.parent.mkdir(exist_ok=True)
        lines = self._path.read_text("utf-8").splitlines() if self._path.exists() else []
        self.known = {entry["run"]: entry for entry in map(json.loads, lines)}

    def find(self, name: str, run: Callable[[], dict]) -> None:
        """Run something, unless its result is known."""
        if name in self.known:
            return
        self.known[name] = {"run": name} | run()
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(self.known[name]) + "\n")
        print(f"{name}: {self.known[name].get('seconds', '')} s", flush=True)


def row(name: str, alone: dict, graded: dict[str, float]) -> Row:
    """Compare what stock nbgrader and this engine gave for one submission."""
    scores = alone["grades"].get(name, {})
    stopped = "" if NEXT in alone["grades"] else "nbgrader gave up"
    if stopped and alone["status"] is None:
        stopped = f"still at work after {STOCK_SECONDS} s"
    elif stopped and alone["status"] < 0:
        stopped = f"nbgrader killed by {signal.Signals(-alone['status']).name}"
    return Row(
        name,
        attacks.expected()[name],
        sum(graded.values()),
        None if not scores or None in scores.values() else sum(scores.values()),
        [check for check in CHECKS if (scores.get(check) or 0) > graded[check]],
        [check for check in _earned(graded) if scores.get(check) != CHECKS[check]],
        stopped,
        _touched(alone),
    )


def _touched(alone: dict) -> list[str]:
    """What stock nbgrader's run left or reached outside of its results, in words."""
    told = ["called a server on this machine"] if alone["calls"] else []
    if alone["status"] is not None:  # a run that was cut off leaves its own processes
        told += [f"left a process, `{command[:40]}`" for command in alone["left"]]
    names = [Path(path).name for path in alone["changed"]]
    if names := sorted({name for name in names if not name.startswith("tmp")}):  # a kernel's connection file
        told.append(f"wrote {len(names)} files outside: {', '.join(names[:3])}{', …' if len(names) > 3 else ''}")
    return told + [f"copied the file that the link {name} leads to" for name in alone["copied"]]


def page(known: dict[str, dict]) -> str:
    """The tables."""
    graded = known["ours"]["grades"]
    missing = [name for name in attacks.expected() if name not in known or name not in graded]
    rows = {name: row(name, known[name], graded[name]) for name in attacks.expected() if name not in missing}
    stops = sorted(name for name, each in rows.items() if each.stopped)
    after = sum(name > stops[0] for name in rows) if stops else 0
    lines = [
        f"{len(rows)} submissions of lesson 3, the bank of `tests/test_grading_bank.py`, under stock nbgrader",
        f"{version('nbgrader')} and under `autograder grade`; made by `python benchmarks/hostile.py`.",
        "",
        f"A cell has {CELL_SECONDS} s under both. Stock nbgrader has no sandbox, so it grades each submission in ours:",
        "no network but this machine's, 2 GiB of memory a process, 256 processes, 512 MB of disk. In its notebooks a",
        "check judges in the kernel and is all or nothing; as lost counts only what was earned in full. Each",
        "submission has a run of its own, with one more after it that shows whether the class goes on. Experiments are",
        "left out.",
        "",
        "| submissions | stock | ours |",
        "|---|---|---|",
        *(f"| {what} | {theirs} | {mine} |" for what, (theirs, mine) in _counts(rows, graded).items()),
        "",
    ]
    if stops:
        lines += [
            f"Stock nbgrader grades in the order of names. In this class it would stop at `{stops[0]}` and not reach",
            f"the {after} submissions after it.",
            "",
        ]
    if missing:
        lines += [f"Not run yet: {', '.join(f'`{name}`' for name in missing)}.", ""]
    for title, group in GROUPS.items():
        lines += [
            f"## {title}",
            "",
            "| submission | honest points | ours | stock | under stock nbgrader |",
            "|---|---|---|---|---|",
            *(f"| {' | '.join(rows[name].cells())} |" for name in group if name in rows),
            "",
        ]
    return "\n".join(lines)


def _counts(rows: dict[str, Row], graded: dict[str, dict[str, float]]) -> dict[str, tuple[int, int | str]]:
    """How many submissions came to what, under stock nbgrader and under this engine."""
    earning = sum(bool(_earned(graded[name])) for name in rows)
    return {
        "given points that were not earned": (
            sum(bool(each.stolen) for each in rows.values()),
            sum(each.ours > each.honest for each in rows.values()),
        ),
        f"not given what was earned in full ({earning} have earned something)": (
            sum(bool(each.lost) for each in rows.values()),
            sum(each.ours < each.honest for each in rows.values()),
        ),
        "left without a grade": (
            sum(each.stock is None for each in rows.values()),
            sum(None in graded[name].values() for name in rows),
        ),
        "stop the class": (
            sum(bool(each.stopped) for each in rows.values()),
            sum(name not in graded for name in rows),
        ),
        "reach or leave something outside": (sum(bool(each.touched) for each in rows.values()), "the test looks"),
    }


def _earned(graded: dict[str, float]) -> list[str]:
    """The checks that were passed."""
    return [check for check, total in CHECKS.items() if graded[check] == total]


@click.command()
@click.option("--jobs", default=len(os.sched_getaffinity(0)), help="Submissions at a time.")
def main(jobs: int) -> None:
    """Run what has not been run yet, and write the page."""
    results = Results()
    make_class()
    try:
        with ThreadPoolExecutor(jobs) as pool:
            for student in attacks.expected():
                pool.submit(results.find, student, lambda student=student: stock_alone(student))
        results.find("ours", ours)
    finally:
        shutil.rmtree(CLASS)
    Path(__file__).with_suffix(".md").write_text(page(results.known), "utf-8")


if __name__ == "__main__":
    main()
