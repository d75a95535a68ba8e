"""Building everything that is generated, or checking that it is in sync. Same input, same bytes."""

import io
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from autograder.authoring.environment import environment_yml
from autograder.authoring.freshness import PROOF_FOLDER, is_fresh, made_files, read_built, remember
from autograder.authoring.handouts import card_page, exam_page
from autograder.authoring.lacking import lacking
from autograder.authoring.launch import readmes
from autograder.authoring.overview import guides
from autograder.authoring.proof import measure_alone, page, prove, summary_page
from autograder.checking.challenge import Challenge
from autograder.checking.diagnosis import TOLERANCE, Finding
from autograder.checking.expected import Expected
from autograder.checking.explain import explanation
from autograder.checking.judge import Verdict
from autograder.checking.measure import definition
from autograder.checking.mistake_matching import signature
from autograder.lessons.files import copy_pictures, notebooks, write
from autograder.lessons.master import MasterError, master_path, read_master
from autograder.lessons.reference import mistakes, reference
from curriculum.exercises import Exercise, all_names, load
from curriculum.messages import LANGUAGES
from curriculum.paths import REPOSITORY, shown
from curriculum.quiet import import_tensorflow


class IncompleteError(Exception):
    """An exercise lacks something: a line for each thing, with its file."""


class ProofError(Exception):
    """A check that accepts a wrong answer, refuses a right one, or misnames a mistake."""


def build(*, check: bool = False) -> list[str]:
    """Write whatever has changed, or with `check` write nothing. Returns the paths that were stale.

    Raises: IncompleteError, before anything is written, if an exercise lacks something or a master cannot be built;
    ProofError, after writing, if a check cannot be trusted.
    """
    if lacks := lacking():
        raise IncompleteError("\n".join(lacks))
    wanted = _texts()
    stale = [path for path, text in wanted.items() if _is_stale(path, text, check)]
    if not check:
        write({path: wanted[path] for path in stale})
        copy_pictures()
    stale += _left_over(set(wanted), check)
    outdated = [name for name in all_names() if not is_fresh(name)]
    stale += [path for name in outdated for path in made_files(name)]
    if not check:
        _measure_all(outdated)
    if check and outdated:
        return _listed(stale)  # there is nothing to sum up yet
    summary = {PROOF_FOLDER / "README.md": summary_page(_counts())}
    stale += [path for path, text in summary.items() if _is_stale(path, text, check)]
    if not check:
        write(summary)
    return _listed(stale)


def _listed(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(REPOSITORY)) for path in paths]


def _counts() -> dict[str, dict[str, int]]:
    """The counts of all proofs, in the order of the lessons."""
    built = read_built()
    return {name: built[name]["counts"] for name in all_names() if name in built}


def _texts() -> dict[Path, str]:
    """Every generated text file and what belongs in it."""
    environments = {REPOSITORY / folder / "environment.yml": environment_yml() for folder in (".", "binder")}
    pages = {REPOSITORY / file: text for file, text in (readmes() | guides()).items()}
    return environments | pages | notebooks() | _handouts()


def _handouts() -> dict[Path, str]:
    """The exam and the summary card, in every language."""
    pages = {"exam.html": exam_page, "summary.html": card_page}
    course = REPOSITORY / "course"
    return {course / language / name: page(language) for language in LANGUAGES for name, page in pages.items()}


def _is_stale(path: Path, text: str, check: bool) -> bool:
    # The instructor's notebooks are not committed: a fresh clone does not have them, and that is in order.
    if check and path.is_relative_to(REPOSITORY / "solutions") and not path.exists():
        return False
    return not path.exists() or path.read_bytes() != text.encode()


def _left_over(wanted: set[Path], check: bool) -> list[Path]:
    """Notebooks of lessons or names that are no more."""
    found = [
        path
        for folder in ("course", "solutions")
        for language in LANGUAGES
        for path in (REPOSITORY / folder / language).glob("*/*.ipynb")
        if path not in wanted
    ]
    if not check:
        for path in found:
            path.unlink()
    return found


def expected_of(exercise: Exercise, challenge: Challenge) -> Expected:
    """Measure the reference and the usual mistakes.

    Raises: ProofError if the reference itself cannot be measured.
    """
    right = measure_alone(reference(exercise.name), exercise, challenge)
    for case, result in zip(exercise.cases, right.cases, strict=True):
        if problem := result.problem or (result.trained and result.trained.problem):
            where = f"{shown(master_path(exercise.lesson))}:{read_master(exercise.lesson).solution(exercise.name).line}"
            finding = Finding(f"problem.{problem.kind}", problem.values, case, problem.line)
            told = explanation(Verdict(exercise, (frozenset(exercise.points),) * len(exercise.cases), finding), "en")
            raise ProofError(f"{where}: the reference of {exercise.name} fails: {' '.join(told[:-1])}")
    wrong = {
        name: signature(measure_alone(answer, exercise, challenge)) for name, answer in mistakes(exercise.name).items()
    }
    return Expected(challenge.seed, definition(exercise.name, reference(exercise.name)), right, wrong)


def _measure_all(exercises: list[str]) -> None:
    """Measure exercises, as many at a time as there are cores, and remember those whose checks can be trusted.

    Raises: ProofError if there are others, after everything is written.
    """
    failures = []
    with ExitStack() as stack:
        if len(exercises) > 1:
            context = multiprocessing.get_context("spawn")  # a process forked after TensorFlow has started hangs
            measured = stack.enter_context(ProcessPoolExecutor(mp_context=context)).map(_measure, exercises)
        else:
            measured = map(_measure, exercises)
        for name, (proof, failed) in zip(exercises, measured, strict=True):
            failures += failed
            if not failed:
                remember(name, **proof)
    if failures:
        raise ProofError("\n".join(failures))


def _measure(name: str) -> tuple[dict[str, Any], list[str]]:
    """Measure what is expected of an exercise, prove its check, and write both.

    Returns: what to remember of the proof, and failures.
    """
    import_tensorflow()
    exercise = load(name)
    json_path, npz_path, page_path = made_files(name)
    try:
        expected = expected_of(exercise, Challenge())
        proof = prove(exercise, expected)
    except (MasterError, ProofError) as error:
        return {}, [str(error)]
    text, arrays = expected.files()
    write({json_path: text, page_path: page(proof)})
    if not (npz_path.exists() and _close(npz_path, arrays)):
        npz_path.write_bytes(_npz(arrays))
    return {"counts": proof.counts, "wrong": proof.wrong}, proof.failures


def _npz(arrays: dict[str, np.ndarray]) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]  # no array is called `allow_pickle`
    return buffer.getvalue()


def _close(path: Path, arrays: dict[str, np.ndarray]) -> bool:
    """Whether the file holds these arrays, within what another processor may add up differently."""
    with np.load(path, allow_pickle=False) as archive:
        return set(archive) == set(arrays) and all(
            archive[name].shape == array.shape
            and archive[name].dtype == array.dtype
            and np.allclose(archive[name], array, rtol=TOLERANCE / 10, atol=TOLERANCE / 10)
            for name, array in arrays.items()
        )
