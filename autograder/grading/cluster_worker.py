"""A cluster's worker: one engine for a run, kept warm, and what it gives back as plain data.

Dask sends plugin, task and submission to the worker and the task's bytes back. It pickles what it sends, so all of it
comes from the grader or from a worker, and nothing from a student but bytes, which unpickling leaves as they are.
"""

import asyncio
import json
import logging
import platform
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from distributed import Worker, WorkerPlugin, get_worker

from autograder.grading.engine import Engine, Settings
from autograder.grading.extraction import Remark
from autograder.grading.lesson import Lesson
from autograder.grading.plain import pack
from autograder.grading.sandbox import SandboxError
from autograder.grading.submission_file import RefusedError

logger = logging.getLogger(__name__)

PLUGIN = "autograder"  # one name for all runs: the next one takes the place of one that was killed
TOPIC = "autograder"  # of the events in which workers tell that they are ready
# What a measurement depends on besides the course; pip knows TensorFlow under one name or the other.
PACKAGES = ("keras", "numpy", "tensorflow", "tensorflow-cpu", "ipython", "nbformat", "distributed")


@dataclass(frozen=True)
class Run:
    """One run of the grader: a name that no other has, what is graded and how, the versions that workers must have."""

    name: str
    lesson: str
    settings: Settings
    versions: dict[str, str]


def versions(lesson: Lesson) -> dict[str, str]:
    """What must be the same everywhere for grades to be: `course` is a digest of the lesson and of all code."""
    found = {"course": lesson.digest[:12], "Python": platform.python_version()}
    for name in PACKAGES:
        with suppress(PackageNotFoundError):
            found[name.removesuffix("-cpu")] = version(name)
    return found


class GradingPlugin(WorkerPlugin):
    """Starts a run's engine on every worker, those that come later, too, and has each tell whether it can grade."""

    name = PLUGIN

    def __init__(self, run: Run) -> None:
        self.run = run
        self.engine: Engine | None = None
        self._home: ThreadPoolExecutor | None = None

    def setup(self, worker: Worker) -> None:
        """Begin to start the engine. It takes seconds, in which the worker has to answer the scheduler."""
        # In a thread of its own, which stays: bubblewrap ends with the thread that has started it.
        self._home = ThreadPoolExecutor(1, thread_name_prefix="autograder")
        self._home.submit(self._start, worker)

    def _start(self, worker: Worker) -> None:
        told: dict[str, Any] = {"run": self.run.name, "worker": worker.address, "name": str(worker.name)}
        try:
            lesson = Lesson(self.run.lesson)
            here = versions(lesson)
            if differ := [name for name, wanted in self.run.versions.items() if here.get(name) != wanted]:
                told["differs"] = [[name, here.get(name, "–"), self.run.versions[name]] for name in differ]
            else:
                hidden = (*self.run.settings.hidden, *_keys(worker))
                self.engine = Engine(lesson, replace(self.run.settings, hidden=hidden))
                told |= {
                    "threads": worker.state.nthreads,
                    "protections": self.engine.protections,
                    "grouped": self.engine.grouped,
                    "challenge": self.engine.challenge,
                }
        except Exception as error:  # it is told to the grader, who has to know why a worker cannot grade
            logger.exception("This worker cannot grade")
            told["reason"] = f"{type(error).__name__}: {error}"[:500]
        worker.log_event(TOPIC, told)

    async def teardown(self, worker: Worker) -> None:
        """End the engine and, with it, whatever still runs in it."""
        await self.stop()

    async def stop(self) -> float:
        """End the engine. Returns: the processor seconds that its sandbox has used."""
        home, self._home = self._home, None
        if not home:
            return 0.0
        used = await asyncio.wrap_future(home.submit(self._stop))
        home.shutdown(wait=False)
        return used

    def _stop(self) -> float:
        if not self.engine:
            return 0.0
        self.engine.close()
        return self.engine.processor_seconds


async def stop(run: str, dask_worker: Worker) -> float:
    """End a run's engine on this worker. Returns: the processor seconds that its sandbox has used."""
    plugin = dask_worker.plugins.get(PLUGIN)
    return await plugin.stop() if isinstance(plugin, GradingPlugin) and plugin.run.name == run else 0.0


def _keys(worker: Worker) -> list[Path]:
    """The files with which this worker proves who it is: no student's code may see them."""
    shown = worker.security.get_tls_config_for_role("worker")
    files = [shown["key"], shown["cert"]]
    return [Path(file) for file in files if file and "\n" not in file]  # a local cluster's are in memory alone


def grade(run: str, files: tuple[bytes, ...], remarks: tuple[tuple[str, str, str], ...]) -> bytes:
    """Run and judge one submission on this worker.

    Returns: JSON, and behind a line end what `pack` makes of a submission that could be read.
    """
    plugin = get_worker().plugins.get(PLUGIN)
    if not isinstance(plugin, GradingPlugin) or plugin.run.name != run or plugin.engine is None:
        return _answer({"gone": True})
    try:
        graded = plugin.engine.run(*files, remarks=tuple(Remark(*remark) for remark in remarks))
    except RefusedError as error:
        return _answer({"refused": error.reason, "values": error.values})
    except SandboxError as error:
        return _answer({"broken": str(error)})
    except Exception as error:  # an exception would be pickled, with what it holds of the submission
        logger.exception("A submission could not be graded")
        return _answer({"failed": f"{type(error).__name__}: {error}"[:500]})
    return _answer({}, pack(graded))


def _answer(header: dict[str, Any], body: bytes = b"") -> bytes:
    return json.dumps(header).encode() + b"\n" + body
