"""What really protects the rest of the machine from a student's process: tried from inside of one."""

import os
import resource
import socket
import sys
from pathlib import Path

REACHED = "192.0.2.1"  # reserved for documentation (RFC 5737): nobody is there, but a network would let us try


def probe(hidden: list[str]) -> dict[str, bool]:
    """Which protections are active. `hidden` are paths that must not be there."""
    status = Path("/proc/self/status").read_text()
    return {
        "network": not _network(),
        "files": not any(map(os.path.lexists, hidden)) and not _writable(),
        "processes": os.getpid() == 1 and [path.name for path in Path("/proc").glob("[0-9]*")] == ["1"],
        "privileges": "CapEff:\t0000000000000000" in status and "NoNewPrivs:\t1" in status and os.geteuid() != 0,
        "calls": _refused(),
        "memory": resource.getrlimit(resource.RLIMIT_DATA)[1] != resource.RLIM_INFINITY,
        "time": resource.getrlimit(resource.RLIMIT_CPU)[1] != resource.RLIM_INFINITY,
    }


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


def _refused() -> bool:
    """Whether system calls are filtered: an unnamed file in memory is one that no limit counts."""
    try:
        os.close(os.memfd_create("probe"))
    except PermissionError:
        return True
    return False
