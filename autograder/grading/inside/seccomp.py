"""System calls that a student's process may not make: a filter in the kernel (seccomp(2), "filter mode").

Namespaces keep files, processes and the network apart, but not everything: keys, memory that belongs to no process, and
new namespaces, whose file systems count for nothing. No lesson needs any of these calls.
"""

import ctypes
import errno
import platform

# Calls by name: numbers on x86_64 and on aarch64 (arch/x86/entry/syscalls/syscall_64.tbl, asm-generic/unistd.h).
MACHINES = ("x86_64", "aarch64")
DENIED = {
    # keys are shared by all processes of a user, in every namespace
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # memory that no limit of a process counts
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    # namespaces and mounts
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "mount_setattr": (442, 442),
    # looking into other processes, and parts of the kernel with a history of holes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
}
CLONE, CLONE3, SOCKET = (56, 220), (435, 435), (41, 198)
NEW_NAMESPACES = 0x7E020080  # CLONE_NEW*: user, process, network, message, name, mount, control group and time
FAMILIES = (1, 2, 10, 16)  # AF_UNIX, AF_INET, AF_INET6, AF_NETLINK: what a network namespace keeps apart
ARCHITECTURE = (0xC000003E, 0xC00000B7)  # AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64
X32 = 0x40000000  # numbers from here on are another way into the kernel of x86_64

# Instructions of the classic Berkeley packet filter, and where they find what (struct seccomp_data).
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER_AT, ARCHITECTURE_AT, FIRST_ARGUMENT_AT = 0, 4, 16
ALLOW, KILL, ERROR = 0x7FFF0000, 0x80000000, 0x00050000


class _Instruction(ctypes.Structure):
    _fields_ = [("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("k", ctypes.c_uint32)]


class Program(ctypes.Structure):
    """A filter as the kernel takes it (struct sock_fprog)."""

    _fields_ = [("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(_Instruction))]


def program() -> Program:
    """The filter for this machine.

    Raises: OSError if there is none.
    """
    if platform.machine() not in MACHINES:
        raise OSError(errno.ENOSYS, f"no filter of system calls for {platform.machine()}")
    machine = MACHINES.index(platform.machine())
    denied = ERROR | errno.EPERM
    steps = [
        (LOAD, 0, 0, ARCHITECTURE_AT),
        (EQUAL, 1, 0, ARCHITECTURE[machine]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER_AT),
        (AT_LEAST, 0, 1, X32),
        (RETURN, 0, 0, denied),
    ]
    for numbers in DENIED.values():
        steps += [(EQUAL, 0, 1, numbers[machine]), (RETURN, 0, 0, denied)]
    # Its flags lie in memory that a filter cannot read; the C library then takes `clone`.
    steps += [(EQUAL, 0, 1, CLONE3[machine]), (RETURN, 0, 0, ERROR | errno.ENOSYS)]
    steps += [
        (EQUAL, 0, 4, CLONE[machine]),
        (LOAD, 0, 0, FIRST_ARGUMENT_AT),
        (ANY_BIT, 0, 1, NEW_NAMESPACES),
        (RETURN, 0, 0, denied),
        (RETURN, 0, 0, ALLOW),
    ]
    steps += [(EQUAL, 0, len(FAMILIES) + 2, SOCKET[machine]), (LOAD, 0, 0, FIRST_ARGUMENT_AT)]
    steps += [(EQUAL, len(FAMILIES) - number, 0, family) for number, family in enumerate(FAMILIES)]
    steps += [(RETURN, 0, 0, ERROR | errno.EAFNOSUPPORT), (RETURN, 0, 0, ALLOW)]
    instructions = (_Instruction * len(steps))(*(_Instruction(*step) for step in steps))
    return Program(len(steps), instructions)
