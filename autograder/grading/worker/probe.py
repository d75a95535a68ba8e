"""Which protections against a student's process really work, tried from inside one."""

import ctypes
import errno
import os
import resource
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from autograder.grading.worker import seccomp
from autograder.grading.worker.namespace import SCRATCH

REACHED = "192.0.2.1"  # reserved for documentation (RFC 5737): nobody is there, but a network would let us try
# Arguments for calls that are not tried with -1 for each. -1 is no valid address, number or flag; where it would be
# one, these values change nothing.
HARMLESS = {"msgget": (-1, 0), "modify_ldt": (0, 0, 0), "flock": (-1, 0), "clone3": (0, 0)}

_libc = ctypes.CDLL(None, use_errno=True)


def probe(hidden: list[str]) -> dict[str, bool]:
    """Which protections are active. `hidden` are paths that must not be there."""
    status = Path("/proc/self/status").read_text()
    return {
        "network": not _network(),
        "files": not any(map(os.path.lexists, hidden)) and not _writable() and all(map(_bounded, SCRATCH)),
        "processes": os.getpid() == 1 and [path.name for path in Path("/proc").glob("[0-9]*")] == ["1"],
        "privileges": "CapEff:\t0000000000000000" in status and "NoNewPrivs:\t1" in status and os.geteuid() != 0,
        "calls": bool(known(seccomp.DENIED))
        and all(call(name) == errno.EPERM for name in known(seccomp.DENIED))
        and all(call(name) == errno.ENOSYS for name in known(seccomp.ABSENT))
        and all(call(name) == 0 for name in known(seccomp.FEIGNED)),
        "memory": all(map(_limited, ("DATA", "AS", "FSIZE", "NOFILE", "SIGPENDING", "MEMLOCK"))),
        "time": _limited("CPU"),
    }


def known(calls: Mapping[str, tuple[int, int | None]]) -> dict[str, int]:
    """The calls that this machine has, with their numbers. Without a filter for it, none."""
    try:
        here = seccomp.machine()
    except OSError:
        return {}
    return {name: number for name, numbers in calls.items() if (number := numbers[here]) is not None}


def call(name: str) -> int:
    """Make a system call of `seccomp` that can do no harm. Returns: the number of its error, 0 if it has worked."""
    number = known(seccomp.DENIED | seccomp.ABSENT | seccomp.FEIGNED)[name]
    arguments = (ctypes.c_long(value) for value in HARMLESS.get(name, (-1,) * 6))
    return ctypes.get_errno() if _libc.syscall(ctypes.c_long(number), *arguments) < 0 else 0


def _limited(name: str) -> bool:
    return resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))[1] != resource.RLIM_INFINITY


def _bounded(folder: str) -> bool:
    """Whether a scratch folder is a file system of its own, with a limited number of bytes and of files."""
    size = os.statvfs(folder)
    return (
        Path(folder).stat().st_dev != Path("/").stat().st_dev and 0 < size.f_blocks < 2**30 and 0 < size.f_files < 2**16
    )


def _network() -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as there:
        try:
            there.connect((REACHED, 9))
        except OSError:
            return False
        return True


def _writable() -> bool:
    """Whether Python, the packages or the root folder could be changed."""
    kept = ("/", "/dev", "/usr", sys.prefix, sys.base_prefix, str(Path(__file__)))
    return any(os.access(path, os.W_OK) for path in kept)
