"""Uploads over connections that are cut, servers that are killed, and tabs that race."""

from __future__ import annotations

import hashlib
import random
import socket
import struct
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.images.tus.servers import Answer, Target, Vault, eventually

pytestmark = pytest.mark.usefixtures("store_kind")
MIB = 2**20


def some_bytes(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def request_of(line: str, headers: Mapping[str, object]) -> bytes:
    lines = [f"{line} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


class Cut:
    """A PATCH whose connection ends before its body does."""

    def __init__(self, target: Target, location: str, offset: int, announced: int) -> None:
        self.socket = socket.create_connection(target.netloc, timeout=30)
        head = {
            **target.headers, "Host": "127.0.0.1", "Tus-Resumable": "1.0.0",
            "Content-Type": "application/offset+octet-stream", "Upload-Offset": offset,
            "Content-Length": announced,
        }  # fmt: skip
        self.socket.sendall(request_of(f"PATCH {location}", head))

    def send(self, body: bytes) -> None:
        self.socket.sendall(body)

    def end(self, *, rudely: bool = False) -> None:
        if rudely:  # a reset, as when a phone loses its network address
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


def settled_offset(target: Target, location: str) -> int:
    """The offset once nobody writes any more. A client would ask again after 423, too."""
    answers: list[Answer] = []

    def ask() -> bool:
        answers.append(target.ask("HEAD", location))
        return answers[-1].status == 200

    assert eventually(ask, 40)
    return answers[-1].offset


def wait_for_writer(target: Target, location: str) -> None:
    """Until somebody's bytes are on their way to the store, not acknowledged yet."""
    assert eventually(lambda: target.ask("HEAD", location).status == 423)


def go_on(target: Target, location: str, offset: int, body: bytes) -> Answer:
    """Append as clients do: a busy upload is tried again."""
    answers: list[Answer] = []

    def attempt() -> bool:
        answers.append(target.append(location, offset, body))
        return answers[-1].status != 423

    assert eventually(attempt, 40)
    return answers[-1]


def test_a_cut_connection_keeps_what_had_arrived(ours: Target) -> None:
    location = ours.begin(4 * MIB)
    cut = Cut(ours, location, 0, 4 * MIB)
    cut.send(b"x" * 3_000_001)
    cut.end()

    assert eventually(
        lambda: ours.ask("HEAD", location).headers.get("upload-offset") == "3000001"
    )


def test_a_reset_connection_goes_back_no_further_than_the_last_acknowledged_byte(
    ours: Target, vault: Vault
) -> None:
    body = some_bytes(3 * MIB)
    location = ours.begin(len(body))
    ours.append(location, 0, body[:MIB])
    cut = Cut(ours, location, MIB, 2 * MIB)
    cut.send(body[MIB : 2 * MIB])
    wait_for_writer(ours, location)
    cut.end(rudely=True)

    offset = settled_offset(ours, location)
    assert MIB <= offset <= 2 * MIB
    assert go_on(ours, location, offset, body[offset:]).offset == len(body)
    assert hashlib.sha256(body).hexdigest() in vault.stored(len(body))


def test_a_cut_body_with_a_checksum_is_not_kept(ours: Target, vault: Vault) -> None:
    location = ours.begin(MIB)
    connection = socket.create_connection(ours.netloc, timeout=30)
    head = {
        **ours.headers, "Host": "127.0.0.1", "Tus-Resumable": "1.0.0", "Upload-Offset": 0,
        "Content-Type": "application/offset+octet-stream", "Content-Length": MIB,
        "Upload-Checksum": "sha1 " + "A" * 27 + "=",
    }  # fmt: skip
    connection.sendall(request_of(f"PATCH {location}", head) + b"x" * 300_000)
    wait_for_writer(ours, location)
    connection.close()

    assert settled_offset(ours, location) == 0
    assert go_on(ours, location, 0, b"x" * MIB).offset == MIB


def test_a_creation_cut_in_its_body_leaves_nothing(ours: Target, vault: Vault) -> None:
    before = vault.stages()
    connection = socket.create_connection(ours.netloc, timeout=30)
    head = {
        **ours.headers, "Host": "127.0.0.1", "Tus-Resumable": "1.0.0", "Upload-Length": 900_000,
        "Content-Type": "application/offset+octet-stream", "Content-Length": 900_000,
    }  # fmt: skip
    connection.sendall(request_of(f"POST {ours.path}", head) + b"x" * 600_000)
    assert eventually(lambda: vault.stages() != before)
    connection.close()

    assert eventually(lambda: vault.stages() == before)


@pytest.mark.parametrize(
    "size", [20 * MIB, pytest.param(200 * MIB, marks=pytest.mark.slow)], ids=["20 MB", "200 MB"]
)
def test_sixty_four_cuts_cost_at_most_a_twentieth(ours: Target, vault: Vault, size: int) -> None:
    body, dice = some_bytes(size), random.Random(size)
    location, offset, sent = ours.begin(size), 0, 0
    ends = sorted(dice.sample(range(1, size), 64))
    for number, end in enumerate(ends):
        if end <= offset:
            continue
        cut = Cut(ours, location, offset, size - offset)
        cut.send(body[offset:end])
        is_rude = number % 8 == 7
        if is_rude:
            time.sleep(0.3)  # a reset throws away what our own kernel has not handed over
        cut.end(rudely=is_rude)
        sent += end - offset
        if not is_rude:
            assert eventually(lambda end=end: ours.ask("HEAD", location).headers.get(
                "upload-offset") == str(end))
        offset = settled_offset(ours, location)

    answer = go_on(ours, location, offset, body[offset:])
    sent += size - offset

    assert answer.offset == size
    assert hashlib.sha256(body).hexdigest() in vault.stored(size)
    assert sent <= size * 1.05
    ours.ask("DELETE", location)


def test_of_eight_that_append_at_once_exactly_one_wins(ours: Target, vault: Vault) -> None:
    for attempt in range(5):
        bodies = [some_bytes(2 * MIB, 100 * attempt + number) for number in range(8)]
        location, start, answers = ours.begin(2 * MIB), threading.Barrier(8), {}

        def append(number: int, *, location=location, start=start, bodies=bodies, answers=answers):
            start.wait()
            answers[number] = ours.append(location, 0, bodies[number])

        threads = [threading.Thread(target=append, args=[number]) for number in range(8)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]

        winners = [number for number, answer in answers.items() if answer.status == 204]
        assert len(winners) == 1
        assert {a.status for n, a in answers.items() if n not in winners} <= {409, 423}
        digest = hashlib.sha256(bodies[winners[0]]).hexdigest()
        assert digest in vault.stored(2 * MIB)
        ours.ask("DELETE", location)


def test_a_second_tab_is_told_that_the_upload_is_busy(ours: Target, vault: Vault) -> None:
    location = ours.begin(MIB)
    first = Cut(ours, location, 0, MIB)
    first.send(b"x" * 300_000)
    wait_for_writer(ours, location)

    assert ours.ask("HEAD", location).status == 423
    answer = ours.append(location, 0, b"y")
    assert (answer.status, answer.problem["code"]) == (423, "upload_busy")
    assert int(answer.headers["retry-after"]) >= 1

    first.send(b"x" * (MIB - 300_000))
    assert settled_offset(ours, location) == MIB
    first.end()


def test_terminating_ends_a_writer(ours: Target, vault: Vault) -> None:
    before = vault.stages()
    location = ours.begin(MIB)
    writer = Cut(ours, location, 0, MIB)
    writer.send(b"x" * 300_000)
    wait_for_writer(ours, location)

    assert ours.ask("DELETE", location).status == 204

    writer.send(b"x" * (MIB - 300_000))
    assert b" 404 " in writer.socket.recv(100)
    writer.end()
    assert vault.stages() == before


def test_a_silent_connection_is_taken_over(own_vault: Vault) -> None:
    # As on a train: the first connection is dead, and nobody told the server.
    target, body = own_vault.start(), some_bytes(MIB)
    location = target.begin(MIB)
    silent = Cut(target, location, 0, MIB)
    silent.send(body[:300_000])
    wait_for_writer(target, location)

    assert go_on(target, location, 0, body).offset == MIB

    silent.send(bytes(MIB - 300_000))
    answer = silent.socket.recv(100)
    silent.end()
    assert b" 423 " in answer or b" 404 " in answer
    assert own_vault.stored(MIB) == {hashlib.sha256(body).hexdigest()}


def test_a_killed_server_loses_nothing_it_acknowledged(own_vault: Vault) -> None:
    body, dice = some_bytes(8 * MIB), random.Random(3)
    target = own_vault.start()
    location, acknowledged = target.begin(len(body)), 0
    for _ in range(6):
        step = dice.randrange(100_000, 900_000)
        answer = go_on(target, location, acknowledged, body[acknowledged : acknowledged + step])
        acknowledged = answer.offset
        cut = Cut(target, location, acknowledged, len(body) - acknowledged)
        cut.send(body[acknowledged : acknowledged + 700_000])
        time.sleep(dice.random() * 0.05)
        own_vault.kill()
        cut.end()
        target = own_vault.start()
        end_lease(own_vault)
        assert target.offset_of(location) == acknowledged

    assert go_on(target, location, acknowledged, body[acknowledged:]).offset == len(body)
    assert own_vault.stored(len(body)) == {hashlib.sha256(body).hexdigest()}


def end_lease(vault: Vault) -> None:
    """As if the lease's 20 seconds had passed; one test above really waits for them."""
    vault.python(
        "import django; django.setup()\n"
        "from images.models import Upload\n"
        "Upload.objects.update(leased_until=None)"
    )


def test_memory_stays_flat_whatever_the_size(ours: Target) -> None:
    assert ours.process is not None
    location = ours.begin(300 * MIB)
    # What a request needs however long it is: two whole parts of S3, once.
    ours.append(location, 0, bytes(20 * MIB))
    before = memory_of(ours.process.pid)

    ours.append(location, 20 * MIB, bytes(280 * MIB))

    assert memory_of(ours.process.pid) - before < 30 * MIB
    ours.ask("DELETE", location)


def memory_of(parent: int) -> int:
    """The greatest resident size so far of a process and its children, in bytes."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        except OSError:
            continue
        if str(parent) in (fields["Pid"].strip(), fields["PPid"].strip()):
            total += int(fields["VmHWM"].split()[0]) * 1024
    return total
