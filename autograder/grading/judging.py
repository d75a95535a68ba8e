"""Judging what was measured, outside the student's process, against a challenge drawn for this run alone.

An answer that is right under it has all points: a mistake must not get past any draw (`benchmarks/seeds.md` says which
were tried under how many). A wrong one is measured once more under the notebook's own challenge: that is what its
student was told, and what its usual mistakes give there is shipped in `data/expected`. So the mistake gets its name,
the grade is the notebook's, and the student's page tells what they see in their notebook and nothing of the run's
challenge.
"""

import hashlib
import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from autograder.checking.diagnosis import Finding, would_show_mistakes
from autograder.checking.expected import Expected, load_expected
from autograder.checking.explain import explanation
from autograder.checking.judge import Verdict, judge
from autograder.checking.measurement import Measurement
from autograder.grading.sandbox import Child, ChildError, Sandbox
from autograder.grading.submission_file import clean
from autograder.grading.worker.vary_sizes import vary_sizes
from curriculum.exercises import LESSONS, Exercise, load

LARGEST_UNPACKED = 64 * 2**20  # bytes of all arrays
LARGEST_FACTS = 2**20  # bytes of the JSON text
ZIP_ENTRY = b"PK\1\2"  # begins each entry of an archive's directory (APPNOTE.TXT, 4.3.12)
LONGEST_AXIS = 10**8
MOST_WEIGHTS = 1_000  # of a network; the largest that an exercise asks for has fewer than a hundred
REFERENCE_SECONDS = 300
REFERENCE_PROCESSES = 2  # that share the references of a lesson: nothing else is done meanwhile
MOST_DRAWS = 20  # of a challenge that shows mistakes; nearly every one does
LEAST_CONFIRMED = 0.5  # of the share of calls that are right in the notebook: so many have to be right in the run
MOST_ENTRIES = 1_000  # files of the archive: one for each array; the largest honest measurement has some thirty
NUMBERS = "fiub"  # kinds of arrays that are measured: real numbers, integers, truth values
LONGEST_REASON = 200  # characters


class JudgingError(Exception):
    """The references could not be measured."""


@dataclass(frozen=True)
class CheckOutcome:
    """The outcome of one check.

    `wrong` are the aspects that are wrong in each call, or in each of those that were drawn for it; `finding` and
    `mistake` are those of the notebook's own challenge, and `notebook_verdict` is what a wrong answer's page puts into
    words. `event` is a message key under `grading.event` where points were lost for another reason than a wrong answer;
    `error` and `text` are what the answer's cell stopped with. `unusable` tells whoever maintains this what was wrong
    with a measurement that could not be judged.
    """

    exercise: str
    wrong: tuple[frozenset[str], ...]
    finding: Finding | None = None
    mistake: str | None = None
    event: str = ""
    error: str = ""
    text: str = ""
    notebook_verdict: Verdict | None = None
    unusable: str = ""

    @property
    def verdict(self) -> Verdict:
        """As the notebook's own checks put it into words."""
        asked = load(self.exercise)
        drawn = tuple(case for case in asked.cases for _ in range(len(self.wrong) // len(asked.cases)))
        return Verdict(replace(asked, cases=drawn), self.wrong, self.finding, self.mistake)

    @property
    def points(self) -> float:
        """Points earned."""
        return self.verdict.points

    @property
    def right(self) -> dict[str, bool]:
        """Which aspects are right in every call."""
        return self.verdict.right

    @property
    def passed(self) -> bool:
        """Whether everything is right."""
        return self.verdict.passed


def no_result(exercise: str, event: str, error: str = "", text: str = "") -> CheckOutcome:
    """The outcome of a check that has no result."""
    asked = load(exercise)
    return CheckOutcome(exercise, (frozenset(asked.points),) * len(asked.cases), event=event, error=error, text=text)


def _nonsense(exercise: str, error: Exception) -> CheckOutcome:
    """The outcome of a check whose measurement cannot be judged."""
    return replace(no_result(exercise, "nonsense"), unusable=clean(f"{type(error).__name__}: {error}"[:LONGEST_REASON]))


class Judge:
    """A lesson's challenge for one run, with what the references give under it. Safe to use from several threads."""

    def __init__(self, lesson: str, cells: list[str], sandbox: Sandbox, seed: bytes) -> None:
        """Draw the challenge, and measure the references that `cells`, the instructor's own, define.

        They are measured as answers are, in processes of their own that have ended before the first submission runs.
        Whoever has the same `seed`, of 64 bytes at most, draws the same challenge.

        Raises: JudgingError if they cannot be measured.
        """
        self._seed = seed
        self.seeds = {name: draw(seed, name, 0) for name in LESSONS[lesson]}
        names = list(self.seeds)
        shares = [names[start::REFERENCE_PROCESSES] for start in range(REFERENCE_PROCESSES)]
        self._references: dict[str, Measurement] = {}
        try:
            with ThreadPoolExecutor(REFERENCE_PROCESSES) as pool:
                for measured in pool.map(partial(self._measure_references, cells, sandbox), filter(None, shares)):
                    self._references |= measured
        except ChildError as error:
            raise JudgingError(f"The references of {lesson} could not be measured: {error}") from None

    def _measure_references(self, cells: list[str], sandbox: Sandbox, names: list[str]) -> dict[str, Measurement]:
        """The references of these exercises, measured in one process."""
        child = sandbox.child()
        try:
            for source in cells:
                error, text = child.run(source, REFERENCE_SECONDS)
                if error:
                    raise JudgingError(f"The references of {', '.join(names)} stop with {error}: {text}")
            return {name: self._telling_reference(child, name) for name in names}
        finally:
            child.stop()

    def _telling_reference(self, child: Child, name: str) -> Measurement:
        """What a reference gives under a seed that would show mistakes: the one drawn, or one that is drawn anew."""
        for number in range(1, MOST_DRAWS + 1):
            measured = _reference(child, name, self.seeds[name])
            if is_telling(load(name), measured):
                return measured
            self.seeds[name] = draw(self._seed, name, number)
        raise JudgingError(f"{MOST_DRAWS} challenges of {name} in a row would hide mistakes")

    @property
    def challenge(self) -> str:
        """A digest by which two judges are known to have drawn alike; it tells nothing of what they have drawn."""
        return hashlib.sha256(repr(sorted(self.seeds.items())).encode()).hexdigest()

    def score(self, exercise: str, data: bytes) -> CheckOutcome:
        """Judge a measurement under this run's challenge. What is not a measurement of this exercise earns nothing."""
        asked = vary_sizes(load(exercise), self.seeds[exercise])
        expected = Expected(self.seeds[exercise], "", self._references[exercise], {})
        try:
            with np.errstate(all="ignore"):  # what somebody sends may be no number, and that is no news
                verdict = judge_draw(asked, _unpack(data), expected)
        except Exception as error:  # a student's process can send whatever it likes; honest ones send measurements
            return _nonsense(exercise, error)
        return CheckOutcome(exercise, verdict.wrong)

    def diagnose(self, check: CheckOutcome, data: bytes | None) -> CheckOutcome:
        """Add to a wrong answer what the notebook's own challenge shows: its points, what differs, the mistake's name.

        A draw may meet a mistake more or less often than the notebook does. So the answer earns what the notebook
        said, as long as this run's challenge bears it out.
        """
        expected = load_expected(check.exercise)
        try:
            with np.errstate(all="ignore"):
                verdict = judge(load(check.exercise), _unpack(data or b""), expected)
            explanation(verdict, "en")  # an invented problem has no words
        except Exception as error:
            return _nonsense(check.exercise, error)
        if verdict.passed:
            return replace(check, event="other_inputs")
        wrong = confirmed_wrong(verdict, check.verdict)
        return CheckOutcome(check.exercise, wrong, verdict.finding, verdict.mistake, notebook_verdict=verdict)


def draw(seed: bytes, exercise: str, number: int) -> int:
    """An exercise's own seed of 63 bits: the one drawn first, with number 0, or one that is drawn anew.

    Knowing one, which a student's process does after its check, tells nothing of the others: BLAKE2 with a key.
    """
    drawn = hashlib.blake2b(f"{exercise} {number}".encode(), key=seed, digest_size=8).digest()
    return int.from_bytes(drawn, "big") >> 1


def is_telling(asked: Exercise, reference: Measurement) -> bool:
    """Whether a challenge would show mistakes. Answers that students design are not compared with the reference's."""
    return asked.budget is not None or would_show_mistakes(reference)


def judge_draw(asked: Exercise, measured: Measurement, expected: Expected) -> Verdict:
    """Judge what was measured under a run's challenge. Where calls are wrong, they alone tell how much is right.

    What shows in training counts for all calls. A draw may show a mistake there that the notebook shows in one call.
    """
    verdict = judge(asked, measured, expected)
    if verdict.passed:
        return verdict
    cases = tuple(replace(case, trained=None) for case in expected.reference.cases)
    called = judge(asked, measured, replace(expected, reference=replace(expected.reference, cases=cases)))
    return verdict if called.passed else called


def confirmed_wrong(notebook: Verdict, graded: Verdict) -> tuple[frozenset[str], ...]:
    """The aspects that are wrong in each call: as in the notebook, unless this run shows far more of them wrong.

    An answer that is right in few calls could claim any number of them where the questions are known in advance. Where
    a call was drawn several times, it could be looked up if it is right in the notebook and never in the run.
    """
    aspects = notebook.exercise.points
    believed = {aspect for aspect in aspects if graded.share(aspect) >= LEAST_CONFIRMED * notebook.share(aspect)}
    drawn = len(graded.wrong) // len(notebook.wrong)
    runs = (graded.wrong[start : start + drawn] for start in range(0, len(graded.wrong), drawn))
    found = []
    for said, seen in zip(notebook.wrong, runs, strict=True):
        looked_up = frozenset.intersection(*seen) if drawn > 1 else frozenset()
        found.append((said | looked_up) & believed | frozenset.union(*seen) - believed)
    return tuple(found)


def _reference(child: Child, exercise: str, seed: int) -> Measurement:
    data = child.measure(exercise, seed, REFERENCE_SECONDS, varied=True)
    if data is None:
        raise JudgingError(f"The references' cells define no {exercise}")
    return _unpack(data)


def _unpack(data: bytes) -> Measurement:
    """The measurement in these bytes, if it is small enough to be unpacked and compared.

    Raises: ValueError, or what zipfile raises, if it is not one.
    """
    if data.count(ZIP_ENTRY) > MOST_ENTRIES:  # opening an archive takes its time for each entry
        raise ValueError("too many entries")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    if sum(sizes.values()) > LARGEST_UNPACKED or sizes.get("facts.npy", 0) > LARGEST_FACTS:
        raise ValueError("too large")
    measured = Measurement.unpack(data)
    for case in (*measured.cases, *measured.transposed):
        arrays = [*case.outputs, *(case.trained.arrays().values() if case.trained else ())]
        if any(array.dtype.kind not in NUMBERS for array in arrays):
            raise ValueError("arrays of something else than numbers")
        lengths = [length for weight in case.weights for length in weight.shape]
        if len(case.weights) > MOST_WEIGHTS or len(lengths) > 8 * MOST_WEIGHTS:
            raise ValueError("too many weights")
        if any(not 0 <= length <= LONGEST_AXIS for length in lengths):
            raise ValueError("weights of no possible shape")
    return measured
