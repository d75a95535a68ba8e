"""Two submissions that run at the same time and are in league: none learns by a lock or a futex what the other does."""

import pytest

from autograder.grading.sandbox import Sandbox
from tests.conftest import needs_sandbox

pytestmark = [pytest.mark.slow, needs_sandbox]  # a sandbox of its own, and two submissions for each signal
SECONDS = 60
OPEN = r"""
import ctypes, fcntl, mmap, os, platform, re, struct, threading, time
import autograder
file = os.open(autograder.__file__, os.O_RDONLY)  # which both see
def whole(kind): return struct.pack("hhqqi4x", kind, os.SEEK_SET, 0, 0, 0)
def attempt(call, *arguments):
    try: return call(file, *arguments)
    except OSError as error: return str(error)
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
page = libc.mmap(None, 4096, mmap.PROT_READ, mmap.MAP_SHARED, file, 0)
# The first page of the C library, which every process has mapped privately.
libraries = re.findall(r"^(\w+)-\w+ r--p 0+ .*/libc[.-].*so", open("/proc/self/maps").read(), re.MULTILINE)
library = int(libraries[0], 16)
def call(number, *arguments):
    return libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments))
def futex(at, operation, count=0):
    return call({"x86_64": 202, "aarch64": 98}[platform.machine()], at, operation, count, 0, 0, -1)
def word(at): return ctypes.c_int.from_address(at).value
waiter = ctypes.create_string_buffer(struct.pack("QQII", word(page) & 0xFFFFFFFF, page, 2, 0))  # struct futex_waitv
def stays(wait, *arguments):
    threading.Thread(target=lambda: [wait(*arguments) for _ in range(9)], daemon=True).start()
    time.sleep(0.5)
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
    # FUTEX_WAIT, and FUTEX_WAKE, which tells how many have waited there.
    "futex on a shared page": ("stays(futex, page, 0, word(page))", "futex(page, 1, 64)"),
    "futex on a page of a library": ("stays(futex, library, 0, word(library))", "futex(library, 1, 64)"),
    "futex with bits": ("stays(futex, page, 9, word(page))", "futex(page, 10, 64)"),
    # futex_waitv(2)
    "several futexes": ("stays(call, 449, ctypes.addressof(waiter), 1, 0, 0, 0)", "futex(page, 1, 64)"),
}
# What works between any two processes; whether a lease is to be had depends on the file system.
EVERYWHERE = (
    "record lock",
    "open file description lock",
    "flock",
    "futex on a shared page",
    "futex on a page of a library",
    "futex with bits",
)


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


def test_without_a_sandbox_a_neighbour_would_see_something():
    """Or else the test above shows nothing."""
    outside = seen(isolated=False)
    assert [name for name in EVERYWHERE if outside[name][0] == outside[name][1]] == []
