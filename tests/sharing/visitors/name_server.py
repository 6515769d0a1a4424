"""A real DNS server on this machine, of whatever honesty a test needs."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Thread

from dns import flags, message, rdatatype, rrset
from dns.exception import DNSException

Records = Mapping[tuple[str, str], Sequence[str]]
"""By name and kind, such as ``("crawl.googlebot.com.", "A")``, what there is."""
GARBAGE = ("garbage",)
STOP = b""


class NameServer:
    """Answers from ``records`` and notes what it was asked. Silent when there are none at all."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.asked: list[tuple[str, str]] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]

    def serve(self) -> None:
        """Answer until an empty datagram comes."""
        with self._socket:
            while True:
                data, sender = self._socket.recvfrom(4096)
                if data == STOP:
                    return
                answer = self._answer_to(data)
                if answer is not None:
                    self._socket.sendto(answer, sender)

    def _answer_to(self, data: bytes) -> bytes | None:
        query = message.from_wire(data)
        asked = query.question[0]
        key = (asked.name.to_text().lower(), rdatatype.to_text(asked.rdtype))
        self.asked.append(key)
        if not self.records:
            return None
        found = self.records.get(key, ())
        if found == GARBAGE:
            return data[:2] + b"\xff" * 40
        answer = message.make_response(query)
        answer.flags |= flags.RA
        if found:
            answer.answer.append(rrset.from_text(asked.name, 60, "IN", key[1], *found))
        try:
            return answer.to_wire(max_size=60_000)
        except DNSException:
            return None


@contextmanager
def running_name_server(records: Records) -> Iterator[NameServer]:
    """Answers on its port until the end."""
    server = NameServer(records)
    thread = Thread(target=server.serve)
    thread.start()
    try:
        yield server
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(STOP, ("127.0.0.1", server.port))
        thread.join()
