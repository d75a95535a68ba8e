"""A class on many machines: the grader reads and records, workers of a Dask cluster run and judge.

A `Cluster` stands where an `Engine` stands on one machine. It gives each worker as many submissions as that runs at a
time, and no more: so whatever a worker has in hand is running, each has its time from the moment it was given, and a
worker that is lost loses no more than that.
"""

import json
import logging
import secrets
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from distributed import Client, Future, LocalCluster, Lock
from distributed.comm.addressing import get_address_host

from autograder.grading import submission_file
from autograder.grading.cluster_access import ClusterError
from autograder.grading.cluster_worker import PLUGIN, TOPIC, GradingPlugin, Run, grade, stop, versions
from autograder.grading.engine import SEED_BYTES, GradedSubmission, Settings
from autograder.grading.extraction import Remark
from autograder.grading.lesson import Lesson
from autograder.grading.plain import NotPlainError, unpack
from curriculum.messages import say

logger = logging.getLogger(__name__)

T = TypeVar("T")

EVERYTHING = "all"  # the topic of the scheduler's own events
TRIES = 3  # of a submission whose worker was lost or could not grade it; the last one has its machine to itself
# Beside a notebook's own time: for reading, forking and judging on a busy machine. A worker that has stopped is found
# earlier, after five minutes, by the scheduler, to which it tells nothing any more.
SPARE_SECONDS = 600
WATCH_SECONDS = 1
FETCH_SECONDS = 60  # for a result that is ready on its worker
# A cluster of this machine brings no new workers but those that take a dead one's place, and Dask lets one go that
# dies while it starts. Elsewhere, machines may wait in a queue for hours.
LOCAL_PATIENCE = 300
CLOSE_SECONDS = 30  # a worker that has stopped would let us wait for ever


class UngradedError(Exception):
    """One submission could not be graded, on several workers: the reason of each."""


class _FailedError(Exception):
    """A worker gave no grade for a submission, and why."""


@dataclass
class _Worker:
    address: str
    label: str
    threads: int
    busy: int = 0

    @property
    def host(self) -> str:
        host: str = get_address_host(self.address)
        return host


@dataclass(eq=False)
class _Attempt:
    """A submission in a worker's hands until a moment, in seconds of `time.monotonic`."""

    worker: _Worker
    until: float
    ended: threading.Event = field(default_factory=threading.Event)
    lost: str = ""  # why there will be no result


class Cluster:
    """A lesson's engines on the workers of a cluster, for as long as a run lasts. Several threads may call `run`."""

    most_at_once = 4_096  # threads of the grader's, each of which waits for a worker

    def __init__(self, lesson: Lesson, settings: Settings, client: Client, announce: Callable[[str], None]) -> None:
        """Take the cluster over from whoever has used it before, and wait until a worker can grade.

        Raises: ClusterError if there are workers and none of them can.
        """
        self.lesson, self._client, self._announce = lesson, client, announce
        self._seconds = settings.times.notebook + SPARE_SECONDS
        own = replace(settings, seed=settings.seed or secrets.token_bytes(SEED_BYTES), students=())
        self._run = Run(uuid.uuid4().hex, lesson.name, own, versions(lesson))
        self._changed = threading.Condition()
        self._workers: dict[str, _Worker] = {}
        self._starting: dict[str, str] = {}  # the names of workers that have not told yet whether they can grade
        self._refused: list[str] = []
        self._attempts: set[_Attempt] = set()
        self._kept: dict[object, str] = {}  # hosts on which one submission is, or will be, alone
        self._told = 0
        self._deserted = float("inf")  # since when no worker is there
        self._patience = LOCAL_PATIENCE if isinstance(client.cluster, LocalCluster) else float("inf")
        self._first: dict[str, Any] = {}  # what the first worker that can grade has told
        self._has_turn = self._closed = False
        self.processor_seconds = 0.0  # of all sandboxes whose workers are there at the end, once this is closed
        self._over = ""  # why nothing is graded any more
        self._turn = Lock("autograder", scheduler_rpc=client.scheduler, loop=client.loop)
        try:
            self._begin()
        except BaseException:
            self.close()
            raise

    def _begin(self) -> None:
        if client_link := self._client.dashboard_link:
            self._announce(say("grading.cluster.dashboard", link=client_link))
        if not self._turn.acquire(timeout=0):
            self._announce(say("grading.cluster.taken"))
            self._turn.acquire()
        self._has_turn = True
        threading.Thread(target=self._watch, name="autograder-watch", daemon=True).start()
        self._client.subscribe_topic(TOPIC, self._hear_worker)
        self._client.subscribe_topic(EVERYTHING, self._hear_scheduler)
        present = self._client.scheduler_info(n_workers=-1)["workers"]
        with self._changed:
            self._starting |= {address: f"{each['name']} ({address})" for address, each in present.items()}
        # It waits for the slowest worker of all, and we for the first.
        threading.Thread(target=self._register, name="autograder-register", daemon=True).start()
        if not present:
            self._announce(say("grading.cluster.none"))
        with self._changed:
            self._wait_for(lambda: self._workers or (self._refused and not self._starting))
            if not self._workers:
                raise ClusterError("\n".join([say("grading.cluster.all_refused"), *self._refused]))

    def _register(self) -> None:
        """Send every worker the plugin, and name those on which it cannot even be opened."""
        with suppress(Exception):  # of one worker, and all others have it; which one is asked for
            self._client.register_plugin(GradingPlugin(self._run))
        with suppress(Exception):  # the cluster is gone, which the watch sees
            for address, error in self._client.run(_is_installed, on_error="return").items():
                if isinstance(error, Exception):
                    self._refuse(address, f"{type(error).__name__}: {error}")

    def _hear_worker(self, event: tuple[float, dict[str, Any]]) -> None:
        """A worker tells that its engine has started, or why it cannot."""
        _, told = event
        if told.get("run") != self._run.name:
            return
        address = told["worker"]
        reason = self._why_not(told)
        if reason:
            self._refuse(address, reason, told["name"])
            return
        with self._changed:
            self._starting.pop(address, None)
            self._first = self._first or told
            self._workers[address] = _Worker(address, f"{told['name']} ({address})", told["threads"])
            count, at_once = len(self._workers), self.at_once
            worth_telling = count >= 2 * self._told
            self._told = count if worth_telling else self._told
            self._changed.notify_all()
        if worth_telling:
            self._announce("✓ " + say("grading.cluster.workers", count=count, at_once=at_once))

    def _why_not(self, told: dict[str, Any]) -> str:
        """Why a worker must not grade; nothing if it may."""
        if differs := told.get("differs"):
            parts = [say("grading.cluster.version", name=name, here=here, wanted=want) for name, here, want in differs]
            return "; ".join(parts)
        if reason := told.get("reason"):
            return str(reason)
        missing = [name for name, works in told["protections"].items() if not works]
        if missing:
            return ", ".join(say(f"grading.protection.{name}") for name in missing)
        with self._changed:
            alike = not self._first or self._first["challenge"] == told["challenge"]
        return "" if alike else say("grading.cluster.challenge")

    def _refuse(self, address: str, reason: str, name: str = "") -> None:
        reason = submission_file.one_line(reason)
        with self._changed:
            label = self._starting.pop(address, f"{name} ({address})")
            line = "✗ " + say("grading.cluster.refused", worker=label, reason=reason)
            self._refused.append(line)
            self._changed.notify_all()
        self._announce(line)

    def _hear_scheduler(self, event: tuple[float, dict[str, Any]]) -> None:
        """The scheduler has lost the connection to a worker, or has let it go."""
        _, told = event
        if told.get("action") == "remove-worker":
            self._drop(told["worker"], say("grading.cluster.gone"))

    def _drop(self, address: str, reason: str) -> None:
        """Give a worker nothing any more. What it has in hand is given to others."""
        with self._changed:
            self._starting.pop(address, None)
            worker = self._workers.pop(address, None)
            for attempt in self._attempts:
                if attempt.worker.address == address:
                    attempt.lost = attempt.lost or reason
                    attempt.ended.set()
            count = len(self._workers)
            self._changed.notify_all()
        if worker and not self._over:
            self._announce("– " + say("grading.cluster.lost", worker=worker.label, reason=reason, count=count))
            if not count:
                self._announce(say("grading.cluster.none"))

    def _watch(self) -> None:
        while not self._over:
            self.expire(time.monotonic())
            if self._client.status != "running":
                self._end(say("grading.cluster.scheduler_lost"))
            time.sleep(WATCH_SECONDS)

    def expire(self, now: float) -> None:
        """Drop the workers that have had a submission longer than any submission takes; `now` is in seconds.

        Where no worker has been there for too long, the run ends.
        """
        with self._changed:
            self._deserted = min(self._deserted, now) if not self._workers else float("inf")
            if now - self._deserted > self._patience:
                self._end(say("grading.cluster.deserted"))
            late = {attempt.worker.address for attempt in self._attempts if attempt.until < now}
        for address in late:
            self._drop(address, say("grading.cluster.frozen", seconds=round(self._seconds)))

    def _end(self, reason: str) -> None:
        """Let everyone who waits stop waiting."""
        with self._changed:
            self._over = self._over or reason
            for attempt in self._attempts:
                attempt.ended.set()
            self._changed.notify_all()

    def close(self) -> None:
        """Give the workers up. What they still run stops."""
        if self._closed:
            return
        self._closed = True
        self._end(say("grading.cluster.closed"))
        if not self._has_turn or self._client.status != "running":
            return
        leaving = threading.Thread(target=self._leave, name="autograder-leave", daemon=True)
        leaving.start()
        leaving.join(CLOSE_SECONDS)

    def _leave(self) -> None:
        with suppress(Exception):  # the cluster may be gone, and the next run takes over what is left
            for topic in (TOPIC, EVERYTHING):
                self._client.unsubscribe_topic(topic)
        with suppress(Exception):
            there = [worker.address for worker in self._copied()]
            used = self._client.run(stop, self._run.name, workers=there, on_error="ignore")
            self.processor_seconds = sum(used.values())
        with suppress(Exception):
            self._client.unregister_worker_plugin(PLUGIN)
        with suppress(Exception):
            self._turn.release()

    @property
    def protections(self) -> dict[str, bool]:
        """What is active on every worker that grades."""
        return dict(self._first["protections"])

    @property
    def grouped(self) -> bool:
        """Whether each submission has a control group of its own, on the first worker."""
        return bool(self._first["grouped"])

    @property
    def at_once(self) -> int:
        """How many submissions are run at a time; one while no worker is there."""
        return max(1, sum(worker.threads for worker in self._copied()))

    @property
    def alone_at_once(self) -> int:
        """How many submissions can be run at a time that each have a machine to themselves."""
        return max(1, len(self._hosts()))

    def _copied(self) -> list[_Worker]:
        with self._changed:
            return list(self._workers.values())

    def _hosts(self) -> set[str]:
        return {worker.host for worker in self._copied()}

    def run(self, *files: bytes, remarks: tuple[Remark, ...] = (), alone: bool = False) -> GradedSubmission:
        """As `Engine.run`, on a worker; `alone` on a machine on which nothing else is run.

        Raises: RefusedError if the submission cannot be read, UngradedError if several workers did not grade it,
            ClusterError if there is nobody to ask.
        """
        reasons: list[str] = []
        tried: set[str] = set()
        while len(reasons) < TRIES:
            with self._place(alone or len(reasons) == TRIES - 1, tried) as worker:
                tried.add(worker.address)
                try:
                    return self._grade(worker, files, remarks)
                except _FailedError as failed:
                    reasons.append(f"{worker.label}: {failed}")
        raise UngradedError(say("grading.cluster.ungraded", reasons="; ".join(reasons)))

    @contextmanager
    def _place(self, alone: bool, tried: set[str]) -> Iterator[_Worker]:
        """A worker's place for one submission, waited for; rather another's than one of those that were `tried`."""
        mark = object()
        with self._changed:
            try:
                worker = self._wait_for(lambda: self._quiet(mark, tried) if alone else self._free(tried))
            except BaseException:
                self._kept.pop(mark, None)
                raise
            worker.busy += 1
        try:
            yield worker
        finally:
            with self._changed:
                worker.busy -= 1
                self._kept.pop(mark, None)
                self._changed.notify_all()

    def _free(self, tried: set[str]) -> _Worker | None:
        """The worker with most room, if one has any."""
        kept = set(self._kept.values())
        free = [each for each in self._workers.values() if each.busy < each.threads and each.host not in kept]
        return min(free, key=lambda each: (each.address in tried, each.busy / each.threads), default=None)

    def _quiet(self, mark: object, tried: set[str]) -> _Worker | None:
        """A worker on a host that is kept for this one submission, once everything else there has ended."""
        hosts = self._hosts()
        if self._kept.get(mark) not in hosts:
            self._kept.pop(mark, None)
            others = hosts - set(self._kept.values())
            if not others:
                return None
            self._kept[mark] = min(others, key=lambda host: sum(worker.busy for worker in self._on(host)))
        there = self._on(self._kept[mark])
        return None if any(worker.busy for worker in there) else min(there, key=lambda each: each.address in tried)

    def _on(self, host: str) -> list[_Worker]:
        return [worker for worker in self._workers.values() if worker.host == host]

    def _wait_for(self, found: Callable[[], T | None]) -> T:
        """Wait, with `_changed` held, until something is found.

        Raises: ClusterError if nothing is graded any more.
        """
        while not (there := found()):
            if self._over:
                raise ClusterError(self._over)
            self._changed.wait()
        return there

    def _grade(self, worker: _Worker, files: tuple[bytes, ...], remarks: tuple[Remark, ...]) -> GradedSubmission:
        """Raises: _FailedError if this worker gives no grade."""
        attempt = _Attempt(worker, time.monotonic() + self._seconds)
        with self._changed:
            if self._workers.get(worker.address) is not worker:
                raise _FailedError(say("grading.cluster.gone"))
            self._attempts.add(attempt)
        try:
            header, body = self._answer(attempt, files, remarks)
        finally:
            with self._changed:
                self._attempts.discard(attempt)
        if "refused" in header:
            raise submission_file.RefusedError(header["refused"], **header["values"])
        if header.get("gone") or "broken" in header:
            reason = submission_file.one_line(header.get("broken") or say("grading.cluster.taken_away"))
            self._drop(worker.address, reason)
            raise _FailedError(reason)
        if "failed" in header:
            raise _FailedError(submission_file.one_line(header["failed"]))
        try:
            return unpack(body, self.lesson)
        except NotPlainError as error:
            raise _FailedError(submission_file.one_line(str(error))) from None

    def _answer(
        self, attempt: _Attempt, files: tuple[bytes, ...], remarks: tuple[Remark, ...]
    ) -> tuple[dict[str, Any], bytes]:
        """What the worker answers: a header, and a packed submission."""
        future: Future[bytes] = self._client.submit(
            grade,
            self._run.name,
            files,
            tuple((remark.key, remark.cell, remark.what) for remark in remarks),
            key=f"submission-{uuid.uuid4().hex}",  # which the dashboard shows: no student's name
            workers=[attempt.worker.address],
            pure=False,
        )
        try:
            future.add_done_callback(lambda _: attempt.ended.set())
            attempt.ended.wait()
            if self._over:
                raise ClusterError(self._over)
            if attempt.lost:
                raise _FailedError(attempt.lost)
            data = future.result(timeout=FETCH_SECONDS)
        except (ClusterError, _FailedError):
            raise
        except (Exception, CancelledError) as error:  # of Dask: it could not be sent, or not be fetched
            raise _FailedError(attempt.lost or f"{type(error).__name__}: {error}"[:300]) from None
        finally:
            with suppress(Exception):  # with the scheduler, its tasks are gone
                future.cancel()
        header, _, body = data.partition(b"\n")
        return json.loads(header), body


def _is_installed() -> bool:
    """Run by a worker, which for that has to find this module."""
    return True
