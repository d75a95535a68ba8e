"""Two submissions that run at the same time and are in league: no byte gets from one to the other by a lock."""

import pytest

from autograder.grading.sandbox import Sandbox
from tests.conftest import needs_sandbox

pytestmark = [pytest.mark.slow, needs_sandbox]  # a sandbox of its own, and two submissions for each signal
SECONDS = 60
OPEN = """
import fcntl, os, struct
import autograder
file = os.open(autograder.__file__, os.O_RDONLY)  # which both see
def whole(kind): return struct.pack("hhqqi4x", kind, os.SEEK_SET, 0, 0, 0)
def attempt(call, *arguments):
    try: return call(file, *arguments)
    except OSError as error: return str(error)
"""
# What one does, and what the other looks at.
SIGNALS = {
    "record lock": (
        "attempt(fcntl.fcntl, fcntl.F_SETLK, whole(fcntl.F_RDLCK))",
        "attempt(fcntl.fcntl, fcntl.F_GETLK, whole(fcntl.F_WRLCK))[:2]",
    ),
    "open file description lock": (
        "attempt(fcntl.fcntl, 37, whole(fcntl.F_RDLCK))",
        "attempt(fcntl.fcntl, 36, whole(fcntl.F_WRLCK))[:2]",
    ),
    "flock": (
        "attempt(fcntl.flock, fcntl.LOCK_EX | fcntl.LOCK_NB)",
        "(attempt(fcntl.flock, fcntl.LOCK_EX | fcntl.LOCK_NB), attempt(fcntl.flock, fcntl.LOCK_UN))[0]",
    ),
    # To be had only if nobody else has the file open.
    "lease": (
        "os.close(file)",
        "[attempt(fcntl.fcntl, fcntl.F_SETLEASE, kind) for kind in (fcntl.F_WRLCK, fcntl.F_UNLCK)][0]",
    ),
}


def seen(isolated: bool) -> dict[str, tuple[str, str]]:
    """What the second of two submissions sees before and after the first gives each signal."""
    found = {}
    with Sandbox([], isolated=isolated) as sandbox:
        for name, (give, look) in SIGNALS.items():
            children = [sandbox.child(), sandbox.child()]
            try:
                for child in children:
                    assert child.run(OPEN, SECONDS) == ("", "")
                told = []
                for cell in ("", give):
                    assert children[0].run(cell, SECONDS) == ("", "")
                    told.append(children[1].run(f"raise RuntimeError({look})", SECONDS)[1])
                found[name] = tuple(told)
            finally:
                for child in children:
                    child.stop()
    return found


@pytest.fixture(scope="module")
def inside():
    return seen(isolated=True)


@pytest.mark.parametrize("name", SIGNALS)
def test_a_neighbour_sees_nothing(inside, name):
    before, after = inside[name]
    assert before == after


def test_without_a_sandbox_a_neighbour_would_see_locks():
    """Or else the test above shows nothing."""
    outside = seen(isolated=False)
    assert all(outside[name][0] != outside[name][1] for name in ("record lock", "open file description lock", "flock"))
