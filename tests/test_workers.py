"""The workers of a run: which tests one of them has, and with which files they begin."""

import subprocess
import sys
from collections import defaultdict
from itertools import pairwise

import pytest

from curriculum.paths import REPOSITORY
from tests.conftest import LONGEST

TESTS = """
import os
from pathlib import Path

import pytest

of_each = pytest.mark.parametrize("exercise", ["gates", "masks", "heads"])


def tell(exercise):
    with Path(__file__).with_name("told").open("a") as file:
        file.write(f"{Path(__file__).stem} {exercise} {os.environ['PYTEST_XDIST_WORKER']}\\n")


@of_each
def test_first(exercise):
    tell(exercise)


@of_each
def test_second(exercise):
    tell(exercise)
"""
FILES = ("test_a", "test_b", "test_proof", LONGEST[0])


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """File, exercise and worker of each test, as they began, with the options of `pyproject.toml`."""
    folder = tmp_path_factory.mktemp("workers")
    for name in FILES:
        (folder / f"{name}.py").write_text(TESTS)
    options = ["-c", str(REPOSITORY / "pyproject.toml"), "--rootdir", str(folder), "-p", "tests.conftest"]
    command = [sys.executable, "-m", "pytest", *options, "-p", "no:cacheprovider", str(folder)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line.split() for line in (folder / "told").read_text().splitlines()]
    assert len(lines) == len(FILES) * 6
    return lines


@pytest.mark.slow
def test_a_file_has_one_worker_and_of_the_proofs_an_exercise(told):
    """Without groups, the first two tests would go to two workers."""
    workers, of_exercises = defaultdict(set), defaultdict(set)
    for file, exercise, worker in told:
        workers[file].add(worker)
        of_exercises[file, exercise].add(worker)
    assert {len(workers[file]) for file in FILES if file != "test_proof"} == {1}
    assert {len(found) for found in of_exercises.values()} == {1}
    assert {worker for found in workers.values() for worker in found} == {"gw0", "gw1"}


@pytest.mark.slow
def test_each_worker_begins_with_the_files_that_take_longest(told):
    """Files in `LONGEST` come before all others, in that order; they are all there."""
    for worker in ("gw0", "gw1"):
        files = [file for file, _, at_work in told if at_work == worker]
        places = [LONGEST.index(file) if file in LONGEST else len(LONGEST) for file in files]
        assert all(before <= after for before, after in pairwise(places))
    assert all(list((REPOSITORY / "tests").rglob(f"{name}.py")) for name in LONGEST)
