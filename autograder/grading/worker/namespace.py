"""A student's process: namespaces and limits of its own, made with the kernel's calls.

Python 3.11 has no `os.unshare`, so the C library is called. Sources: namespaces(7), user_namespaces(7),
capabilities(7), setrlimit(2).
"""

import ctypes
import os
import resource
from collections.abc import Collection
from dataclasses import dataclass

from autograder.grading.worker import seccomp

NEWUSER, NEWPID, NEWNS, NEWIPC, NEWNET, NEWUTS = 0x10000000, 0x20000000, 0x00020000, 0x08000000, 0x40000000, 0x04000000
PRIVATE, RECURSIVE, BIND, NOSUID, NODEV, NOEXEC = 0x40000, 0x4000, 0x1000, 2, 4, 8
# Options and values of prctl(2).
PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 4, 22, 36, 38
SECCOMP_MODE_FILTER = 2
CAPABILITY_VERSION = 0x20080522
FIRST_USER = 0x70000000  # ids that no system gives to anybody
STUDENT = 1000  # the id under which every student's process knows its user; `worker/etc/passwd` has the name
SCRATCH = ("/tmp", "/dev/shm")  # the only folders in which a student's process can write
GIB = 2**30

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Limits:
    """What one submission may use: bytes, seconds, numbers."""

    data: int = 3 * GIB  # private memory of one process
    address_space: int = 8 * GIB  # what it maps, shared memory too; TensorFlow reserves more than it uses
    processor_seconds: int = 300
    processes: int = 64 + 16 * (os.cpu_count() or 1)  # threads count, and TensorFlow starts several for each core
    file_size: int = 64 * 2**20
    files: int = 256
    scratch: int = 256 * 2**20  # all files in /tmp together
    shared: int = 64 * 2**20  # all files in /dev/shm together
    inodes: int = 8192  # files, folders and links, in each of the two
    terminals: int = 16
    signals: int = 1024  # waiting for a process, timers among them
    sockets: int = 256  # of all processes together

    def apply(self, *, apart: bool = True) -> None:
        """Set them for this process and all that it starts; they cannot be raised again.

        Without a user namespace (not `apart`), the kernel would count all processes of the user, so the limit on their
        number stays as it is.
        """
        for which, limit in (
            (resource.RLIMIT_DATA, self.data),
            (resource.RLIMIT_AS, self.address_space),
            (resource.RLIMIT_CPU, self.processor_seconds),
            (resource.RLIMIT_NPROC, self.processes if apart else resource.getrlimit(resource.RLIMIT_NPROC)[0]),
            (resource.RLIMIT_FSIZE, self.file_size),
            (resource.RLIMIT_NOFILE, self.files),
            (resource.RLIMIT_SIGPENDING, self.signals),
            (resource.RLIMIT_MEMLOCK, 0),
            (resource.RLIMIT_MSGQUEUE, 0),
            (resource.RLIMIT_NICE, 0),
            (resource.RLIMIT_RTPRIO, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            hard = resource.getrlimit(which)[1]
            limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
            resource.setrlimit(which, (limit, limit))


def unshare() -> None:
    """Give this process's next child namespaces of its own: processes, network, messages, and users.

    Raises: OSError if the kernel does not allow it.
    """
    apart = NEWPID | NEWIPC | NEWNET | NEWUTS
    if os.geteuid() == 0:
        _call("unshare", apart)
    else:
        _new_user_namespace(apart)


def confine(limits: Limits, allowed: Collection[str] = (), *, number: int = 0) -> None:
    """Confine this process, the first in its namespaces: it gets mounts of its own and loses its privileges.

    Its scratch folders and /proc are private, and its system calls are filtered; those in `allowed` pass. If the grader
    is root, `number` tells one submission's user from another's: the kernel counts some things by user, so one
    submission could read how much another has used.

    Raises: OSError if the kernel does not allow it.
    """
    _call("unshare", NEWNS)
    _mount("none", "/", "none", PRIVATE | RECURSIVE)
    for folder, size in zip(SCRATCH, (limits.scratch, limits.shared), strict=True):
        _mount("tmpfs", folder, "tmpfs", NOSUID | NODEV, f"size={size},nr_inodes={limits.inodes},mode=1777")
    terminals = f"newinstance,ptmxmode=0666,mode=620,max={limits.terminals}"
    _mount("devpts", "/dev/pts", "devpts", NOSUID | NOEXEC, terminals)
    # A shared mapping of /dev/zero would be memory that no limit counts; /dev/full reads the same and cannot be mapped.
    _mount("/dev/full", "/dev/zero", "none", BIND)
    _mount("proc", "/proc", "proc", NOSUID | NODEV | NOEXEC)
    if os.geteuid() == 0:
        os.setgroups([])
        nobody = FIRST_USER + number
        os.setresgid(nobody, nobody, nobody)
        os.setresuid(nobody, nobody, nobody)
        # A process that has changed users cannot write its own id maps, until it is made dumpable again.
        _call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)
        _new_user_namespace(0)  # in which its processes are counted apart from those of other submissions
    _drop_capabilities()
    _filter_calls(allowed)


def forbid_tracing() -> None:
    """Keep processes without privileges from looking into this one."""
    _call("prctl", PR_SET_DUMPABLE, 0, 0, 0, 0)


def become_subreaper() -> None:
    """Become the parent of every orphan below this process, so that it can end them."""
    _call("prctl", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _new_user_namespace(more: int) -> None:
    user, group = os.geteuid(), os.getegid()
    _call("unshare", NEWUSER | more)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{STUDENT} {user} 1"), ("gid_map", f"{STUDENT} {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def _drop_capabilities() -> None:
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    _call("capset", header, (ctypes.c_uint32 * 6)())


def _filter_calls(allowed: Collection[str]) -> None:
    _call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)  # which a filter needs
    _call("prctl", PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(seccomp.program(allowed)), 0, 0)


def _mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    _call("mount", source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode())


def _call(name: str, *arguments: object) -> None:
    if getattr(_libc, name)(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
