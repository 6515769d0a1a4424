"""What a process gives up before it touches bytes that a stranger made.

First the limits that hold from the start: memory, processor time, no file written. Then, once
everything is imported, the list of system calls that a computation needs; every other one
fails. One of the decoders cannot do without threads, so these may be started, and nothing else.
So whoever takes over a decoder can open no file, no socket, no process, and can only answer.
Numbers are the kernel's own (arch/x86/entry/syscalls/syscall_64.tbl,
include/uapi/asm-generic/unistd.h).
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys

_NEVER = (0, 0)
_FILES_AT_MOST = 64  # shared libraries are opened one after the other while modules load
_SET_DEATH_SIGNAL, _SET_SECCOMP, _SET_NO_NEW_PRIVILEGES = 1, 22, 38
_FILTER_MODE = 2

_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | errno.EPERM
# Told so of the newer call, whose flags no filter can see, the C library uses the older one.
_UNKNOWN = 0x00050000 | errno.ENOSYS
# Where seccomp's record has the number of the call, its architecture, its first argument.
_NUMBER_AT, _ARCHITECTURE_AT, _FLAGS_AT = 0, 4, 16
# Instructions of the classic packet filter: load a word, jump if equal or if a bit is set, return.
_LOAD, _IF_EQUAL, _IF_SET, _RETURN = 0x20, 0x15, 0x45, 0x06
_CLONE_THREAD, _CLONE3 = 0x00010000, 435

# Architecture, the number of clone, and those of the calls that are allowed.
_CALLS = {
    # read, write, close, fstat, lseek, mmap, mprotect, munmap, brk, rt_sigaction,
    # rt_sigprocmask, rt_sigreturn, readv, writev, sched_yield, mremap, madvise, nanosleep,
    # getpid, exit, gettimeofday, getrusage, sysinfo, times, sigaltstack, gettid, futex,
    # sched_getaffinity, restart_syscall, clock_gettime, clock_getres, clock_nanosleep,
    # exit_group, set_robust_list, getrandom, membarrier, rseq
    "x86_64": (
        0xC000003E,
        56,
        (0, 1, 3, 5, 8, 9, 10, 11, 12, 13, 14, 15, 19, 20, 24, 25, 28, 35, 39, 60, 96, 98, 99,
         100, 131, 186, 202, 204, 219, 228, 229, 230, 231, 273, 318, 324, 334),
    ),
    "aarch64": (
        0xC00000B7,
        220,
        (63, 64, 57, 80, 62, 222, 226, 215, 214, 134, 135, 139, 65, 66, 124, 216, 233, 101, 172,
         93, 169, 165, 179, 153, 132, 178, 98, 123, 128, 113, 114, 115, 94, 99, 278, 283, 293),
    ),
}  # fmt: skip


def limit(*, memory_bytes: int, processor_seconds: int, parent: int) -> None:
    """Bound this process before it loads anything. It also dies with its ``parent``, and leaves
    it to the parent to stop: a service that shuts down signals all its processes, and a
    picture must not be refused for that.
    """
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    _control(_SET_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        # It died before we could ask to be told.
        os._exit(1)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (processor_seconds, processor_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, _NEVER)
    resource.setrlimit(resource.RLIMIT_FSIZE, _NEVER)
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES_AT_MOST, _FILES_AT_MOST))


def confine() -> bool:
    """Leave this process nothing but computing, reading and writing what is open already.
    False where the kernel or the processor knows no such filter: then only the limits hold.
    """
    known = _CALLS.get(platform.machine())
    if known is None or sys.platform != "linux":
        return False
    program = _program(*known)
    text = ctypes.create_string_buffer(program, len(program))
    count = len(program) // 8
    filter_ = struct.pack("HxxxxxxP", count, ctypes.addressof(text))
    buffer = ctypes.create_string_buffer(filter_, len(filter_))
    return _control(_SET_NO_NEW_PRIVILEGES, 1) and _control(
        _SET_SECCOMP, _FILTER_MODE, ctypes.addressof(buffer)
    )


def _program(architecture: int, clone: int, numbers: tuple[int, ...]) -> bytes:
    """Kill on a foreign architecture, allow threads and the numbers listed, refuse the rest.
    Each step is (instruction, how many to skip if true, if false, operand).
    """
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_IF_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_IF_EQUAL, 0, 1, _CLONE3),
        (_RETURN, 0, 0, _UNKNOWN),
        (_IF_EQUAL, 0, 4, clone),
        (_LOAD, 0, 0, _FLAGS_AT),
        (_IF_SET, 0, 1, _CLONE_THREAD),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    for place, number in enumerate(numbers):
        steps.append((_IF_EQUAL, len(numbers) - place, 0, number))
    steps += [(_RETURN, 0, 0, _REFUSE), (_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def _control(option: int, value: int, other: int = 0) -> bool:
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
    return bool(prctl(option, value, other, 0, 0) == 0)
