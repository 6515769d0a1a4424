"""A network line between a browser and the service that can be slowed, cut and mended."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PIECE = 16 * 1024


class Line:
    """Carries bytes both ways. Cut, it drops every connection and takes no new one."""

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._lock = threading.Lock()
        self._ends: set[socket.socket] = set()
        self._is_cut = False
        self._cut_after: int | None = None
        self._pause = 0.0
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        """What the browser opens instead of the service's own address."""
        return f"http://localhost:{self._listener.getsockname()[1]}"

    def slow_down(self, bytes_per_second: int) -> None:
        """Let what the browser sends pass no faster than this, on each connection."""
        self._pause = PIECE / bytes_per_second

    def cut(self) -> None:
        """Drop everything, now."""
        with self._lock:
            self._is_cut = True
            ends, self._ends = self._ends, set()
        for end in ends:
            _close(end)

    def cut_after(self, byte_count: int) -> None:
        """Drop everything once the browser has sent so many bytes more."""
        self._cut_after = byte_count

    def mend(self) -> None:
        """Carry again, at full speed."""
        self._pause = 0.0
        self._is_cut = False

    def close(self) -> None:
        """End of the story."""
        self.cut()
        _close(self._listener)

    @property
    def is_cut(self) -> bool:
        """Whether nothing passes."""
        return self._is_cut

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self._join(near)

    def _join(self, near: socket.socket) -> None:
        if self._is_cut:
            return _close(near)
        try:
            far = socket.create_connection(self._target)
        except OSError:
            return _close(near)
        with self._lock:
            self._ends |= {near, far}
        for ends, is_upward in (((near, far), True), ((far, near), False)):
            kind = {"is_upward": is_upward}
            threading.Thread(target=self._carry, args=ends, kwargs=kind, daemon=True).start()
        return None

    def _carry(self, come: socket.socket, go: socket.socket, *, is_upward: bool) -> None:
        with suppress(OSError):
            while piece := come.recv(PIECE):
                if is_upward:
                    self._count(len(piece))
                go.sendall(piece)
        for end in (come, go):
            _close(end)
        with self._lock:
            self._ends -= {come, go}

    def _count(self, byte_count: int) -> None:
        if self._pause:
            time.sleep(self._pause * byte_count / PIECE)
        if self._cut_after is None:
            return
        self._cut_after -= byte_count
        if self._cut_after <= 0:
            self._cut_after = None
            self.cut()


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextmanager
def line_to(port: int) -> Iterator[Line]:
    """A line for one story."""
    line = Line(port)
    try:
        yield line
    finally:
        line.close()
