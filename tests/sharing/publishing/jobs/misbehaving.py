"""One function for each thing that a decoder that was taken over might try."""

import ctypes
import mmap
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sharing.publishing.framing import Message


def run(request: Message) -> Message:
    """Do what ``deed`` says. What it got by that is in the answer."""
    got = DEEDS[str(request.fields["deed"])](str(request.fields.get("with", "")))
    return Message({"got": got})


def sleep(_: str) -> str:
    time.sleep(60)
    return "slept"


def spin(_: str) -> str:
    while True:
        pass


def eat(_: str) -> str:
    return str(len(bytearray(4 << 30)))


def eat_mapped(_: str) -> str:
    return str(len(mmap.mmap(-1, 4 << 30)))


def crash(_: str) -> str:
    return str(ctypes.string_at(0))


def exit_early(_: str) -> str:
    os._exit(0)


def hang_after_closing(_: str) -> str:
    for descriptor in range(3, 64):
        try:
            os.close(descriptor)
        except OSError:
            continue
    os.close(1)
    time.sleep(60)
    return "slept"


def flood(_: str) -> str:
    for descriptor in range(3, 64):
        try:
            while True:
                os.write(descriptor, bytes(1 << 20))
        except OSError:
            continue
    return "flooded"


def talk(_: str) -> str:
    sys.stdout.write("a library says hello")
    sys.stdout.flush()
    os.write(1, b"so does C")
    return "talked"


def read(path: str) -> str:
    return Path(path).read_text()


def read_environment(_: str) -> str:
    return " ".join(sorted(os.environ))


def write(path: str) -> str:
    Path(path).write_text("mallory was here")
    return "written"


def connect(port: str) -> str:
    with socket.create_connection(("127.0.0.1", int(port))):
        return "connected"


def execute(_: str) -> str:
    return subprocess.run(["/bin/echo", "hello"], capture_output=True, check=True).stdout.decode()


def fork(_: str) -> str:
    process = os.fork()
    if process == 0:
        os._exit(0)
    return str(process)


def kill(process: str) -> str:
    os.kill(int(process), signal.SIGKILL)
    return "killed"


def start_thread(_: str) -> str:
    done: list[str] = []
    thread = threading.Thread(target=lambda: done.append("ran"))
    thread.start()
    thread.join()
    return done[0]


def nap(_: str) -> str:
    """Long enough to be interrupted."""
    until = time.monotonic() + 1.5
    while time.monotonic() < until:
        time.sleep(0.1)
    return "napped"


DEEDS: dict[str, Callable[[str], str]] = {
    each.__name__: each
    for each in (
        sleep, spin, eat, eat_mapped, crash, exit_early, hang_after_closing, flood, talk, read,
        read_environment, write, connect, execute, fork, kill, start_thread,
        nap,
    )
}  # fmt: skip
