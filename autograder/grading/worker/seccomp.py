"""System calls that a student's process may not make: a filter in the kernel (seccomp(2), "filter mode").

Namespaces and limits keep files, processes and the network apart, but not everything: keys, objects of the kernel that
belong to no process and that no limit counts, and new namespaces. No lesson needs any of these calls.
"""

import ctypes
import errno
import platform
from collections.abc import Collection

# Calls by name: numbers on x86_64 and on aarch64 (arch/x86/entry/syscalls/syscall_64.tbl, asm-generic/unistd.h).
MACHINES = ("x86_64", "aarch64")
DENIED: dict[str, tuple[int, int | None]] = {
    # keys are shared by all processes of a user, in every namespace
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # memory that no limit of a process counts: files without a name, messages, semaphores, rules, watches, policies
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "io_setup": (206, 0),
    "io_uring_setup": (425, 425),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "fanotify_init": (300, 262),
    "landlock_create_ruleset": (444, 444),
    "seccomp": (317, 277),
    "mbind": (237, 235),
    "set_mempolicy": (238, 237),
    "set_mempolicy_home_node": (450, 450),
    "remap_file_pages": (216, 234),
    # pages that stay in a pipe after their process has given them back; options that let a socket hold more
    "vmsplice": (278, 75),
    "splice": (275, 76),
    "tee": (276, 77),
    "setsockopt": (54, 208),
    # namespaces and mounts
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    # looking into other processes, and parts of the kernel with a history of holes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "move_pages": (279, 239),
    "migrate_pages": (256, 238),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "personality": (135, 92),
    "modify_ldt": (154, None),
    # the machine itself: clocks, modules, disks, names, log. A process without privileges is refused them anyway.
    "iopl": (172, None),
    "ioperm": (173, None),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "syslog": (103, 116),
    "sync": (162, 81),
    "syncfs": (306, 267),
    "membarrier": (324, 283),
    # which pages of the files that all submissions see are in memory
    "mincore": (27, 232),
    "cachestat": (451, 451),
}
# Said not to exist, so that libraries do without. The flags of clone3 lie in memory that a filter cannot read, and the
# C library then takes `clone`. The younger calls for futexes are there beside `futex`.
ABSENT = {"clone3": (435, 435), "futex_waitv": (449, 449), "futex_wait": (455, 455), "futex_requeue": (456, 456)}
# Said to have worked, and not made: locks on the files that all submissions see would carry bytes between them. What
# takes locks on files of its own, as SQLite does, runs as if it were alone.
FEIGNED = {"flock": (73, 32)}
# Denied with some of their arguments.
SOMETIMES = {
    "clone": (56, 220),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "fcntl": (72, 25),
    "mmap": (9, 222),
    "futex": (202, 98),
}
NEW_NAMESPACES = 0x7E020080  # CLONE_NEW*: user, process, network, message, name, mount, control group and time
FAMILIES = (1, 2, 10)  # AF_UNIX, AF_INET, AF_INET6: what a network namespace keeps apart and programs try
LOCKS = (6, 7, 37, 38)  # F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW: see FEIGNED
# F_SETLEASE, F_NOTIFY, F_SETPIPE_SZ, F_SET_RW_HINT, F_SET_FILE_RW_HINT: others see them, or nobody counts them.
UNLISTED = (1024, 1026, 1031, 1036, 1038)
# A futex without FUTEX_PRIVATE_FLAG is known by its page's file, and a page of a library will do: whoever waits there
# is woken, and counted, by any other process. The C library waits so for the end of a thread and for semaphores of
# several processes, and tries again as long as it is told EAGAIN. Nobody can be seen who does not wait.
PRIVATE_FUTEX, FUTEX_COMMAND = 0x80, 0x7F
FUTEX_WAITS, FUTEX_WAKES = (0, 9), (1, 5, 7, 10)  # WAIT, WAIT_BITSET; WAKE, WAKE_OP, UNLOCK_PI, WAKE_BITSET
# MAP_SHARED | MAP_ANONYMOUS: its pages stay when they are no longer anybody's resident memory. MAP_HUGETLB: no limit
# counts the machine's reserve of large pages.
SHARED_ANONYMOUS, HUGE_PAGES = 0x21, 0x40000
ARCHITECTURE = (0xC000003E, 0xC00000B7)  # AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64
X32 = 0x40000000  # numbers from here on are another way into the kernel of x86_64

# Instructions of the classic Berkeley packet filter, and where they find what (struct seccomp_data).
LOAD, AND, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
NUMBER_AT, ARCHITECTURE_AT, ARGUMENTS_AT = 0, 4, 16
ALLOW, KILL, ERROR = 0x7FFF0000, 0x80000000, 0x00050000

_Step = tuple[int, int, int, int]  # code, steps to jump if true and if false, operand
ALLOWED: _Step = (RETURN, 0, 0, ALLOW)


class _Instruction(ctypes.Structure):
    _fields_ = [("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("k", ctypes.c_uint32)]


class Program(ctypes.Structure):
    """A filter as the kernel takes it (struct sock_fprog)."""

    _fields_ = [("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(_Instruction))]


def machine() -> int:
    """Where this machine's numbers stand in each pair.

    Raises: OSError if it is another kind of machine.
    """
    if platform.machine() not in MACHINES:
        raise OSError(errno.ENOSYS, f"no filter of system calls for {platform.machine()}")
    return MACHINES.index(platform.machine())


def program(allowed: Collection[str] = ()) -> Program:
    """The filter for this machine. Calls with these names are `allowed` after all.

    Raises: OSError if there is no filter for this machine.
    """
    here = machine()
    denied = _refuse(errno.EPERM)
    steps = [
        (LOAD, 0, 0, ARCHITECTURE_AT),
        (EQUAL, 1, 0, ARCHITECTURE[here]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER_AT),
        (AT_LEAST, 0, 1, X32),
        denied,
    ]
    answers = {name: (numbers[here], [denied]) for name, numbers in DENIED.items()}
    answers |= {name: (numbers[here], [_refuse(errno.ENOSYS)]) for name, numbers in ABSENT.items()}
    answers |= {name: (numbers[here], [_refuse(0)]) for name, numbers in FEIGNED.items()}
    answers |= {name: (numbers[here], _SOME[name]()) for name, numbers in SOMETIMES.items()}
    for name, (number, answer) in answers.items():
        if number is not None and name not in allowed:
            steps += _where(number, answer)
    steps.append(ALLOWED)
    instructions = (_Instruction * len(steps))(*(_Instruction(*step) for step in steps))
    return Program(len(steps), instructions)


def _clone() -> list[_Step]:
    return [_argument(0), (ANY_BIT, 0, 1, NEW_NAMESPACES), _refuse(errno.EPERM), ALLOWED]


def _socket() -> list[_Step]:
    families = [step for family in FAMILIES for step in _where(family, [ALLOWED])]
    return [_argument(0), *families, _refuse(errno.EAFNOSUPPORT)]


def _fcntl() -> list[_Step]:
    locks = [step for lock in LOCKS for step in _where(lock, [_refuse(0)])]
    refused = [step for command in UNLISTED for step in _where(command, [_refuse(errno.EPERM)])]
    return [_argument(1), *locks, *refused, ALLOWED]


def _mmap() -> list[_Step]:
    huge = [(ANY_BIT, 0, 1, HUGE_PAGES), _refuse(errno.EPERM)]
    shared = [(AND, 0, 0, SHARED_ANONYMOUS), *_where(SHARED_ANONYMOUS, [_refuse(errno.EPERM)])]
    return [_argument(3), *huge, *shared, ALLOWED]


def _futex() -> list[_Step]:
    waits = [step for command in FUTEX_WAITS for step in _where(command, [_refuse(errno.EAGAIN)])]
    wakes = [step for command in FUTEX_WAKES for step in _where(command, [ALLOWED])]
    command = (AND, 0, 0, FUTEX_COMMAND)
    return [_argument(1), (ANY_BIT, 0, 1, PRIVATE_FUTEX), ALLOWED, command, *waits, *wakes, _refuse(errno.ENOSYS)]


_SOME = {
    "clone": _clone,
    "socket": _socket,
    "socketpair": _socket,
    "fcntl": _fcntl,
    "mmap": _mmap,
    "futex": _futex,
}


def _where(value: int, then: list[_Step]) -> list[_Step]:
    """Steps that are taken only where what was loaded is this value."""
    return [(EQUAL, 0, len(then), value), *then]


def _refuse(number: int) -> _Step:
    """Do not make the call, and give this error: 0 says that it has worked."""
    return (RETURN, 0, 0, ERROR | number)


def _argument(number: int) -> _Step:
    """Load the lower half of a call's argument, which is where the kernel itself looks for flags and commands."""
    return (LOAD, 0, 0, ARGUMENTS_AT + 8 * number)
