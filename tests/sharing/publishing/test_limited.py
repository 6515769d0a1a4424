"""A job on a stranger's bytes can compute and answer, and nothing else; and it ends in time."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from sharing.publishing import PictureRefusedError, Refusal
from sharing.publishing.framing import BrokenFrameError, Message, packed, unpacked
from sharing.publishing.limited import LIMITS, Limits, run

ECHO = "tests.sharing.publishing.jobs.echo"
MISBEHAVING = "tests.sharing.publishing.jobs.misbehaving"
GARBAGE = "tests.sharing.publishing.jobs.garbage"
HASTY = replace(LIMITS, seconds=3)


def deed(name: str, argument: object = "", limits: Limits = LIMITS) -> object:
    request = Message({"deed": name, "with": str(argument)})
    return run(MISBEHAVING, request, limits).fields["got"]


def refusal(name: str, argument: object = "", limits: Limits = LIMITS) -> Refusal:
    with pytest.raises(PictureRefusedError) as refused:
        deed(name, argument, limits)
    return refused.value.code


def test_a_job_gets_its_request_and_gives_its_answer() -> None:
    request = Message({"size": 320, "words": ["ä"]}, (os.urandom(3_000_000), b"", b"x"))

    assert run(ECHO, request) == request


def test_a_job_that_hangs_is_stopped() -> None:
    started = time.monotonic()

    assert refusal("sleep", limits=HASTY) is Refusal.TOOK_TOO_LONG
    assert time.monotonic() - started < 10


def test_a_job_that_closes_its_answer_and_hangs_is_stopped() -> None:
    started = time.monotonic()

    assert refusal("hang_after_closing", limits=HASTY) is Refusal.TOOK_TOO_LONG
    assert time.monotonic() - started < 10


def test_a_job_that_computes_without_end_is_stopped() -> None:
    frugal = replace(LIMITS, seconds=20, processor_seconds=1)
    started = time.monotonic()

    assert refusal("spin", limits=frugal) is Refusal.TOOK_TOO_LONG
    assert time.monotonic() - started < 15


@pytest.mark.parametrize("way", ["eat", "eat_mapped"])
def test_a_job_that_eats_memory_gets_none(way: str) -> None:
    code = refusal(way)

    assert code in (Refusal.TOO_MUCH_MEMORY, Refusal.CANNOT_DECODE)
    assert code is Refusal.TOO_MUCH_MEMORY or way == "eat_mapped"


@pytest.mark.parametrize("way", ["crash", "exit_early"])
def test_a_job_that_crashes_takes_nobody_with_it(way: str) -> None:
    assert refusal(way) is Refusal.CANNOT_DECODE


def test_a_job_that_answers_without_end_is_cut_off() -> None:
    short = replace(LIMITS, answer_bytes=4 << 20)

    assert refusal("flood", limits=short) is Refusal.CANNOT_DECODE
    with pytest.raises(PictureRefusedError):
        run(ECHO, Message({}, (bytes(5 << 20),)), short)


def test_what_libraries_print_is_no_part_of_the_answer() -> None:
    assert deed("talk") == "talked"


def test_a_job_knows_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "the key of the service")

    assert "SECRET_KEY" not in str(deed("read_environment"))


@pytest.mark.parametrize("path", [__file__, "/proc/self/environ", "/proc/{us}/maps"])
def test_a_job_can_read_no_file(path: str) -> None:
    # No number of ours in a test's name: each process of the suite collects the same names.
    assert refusal("read", path.format(us=os.getpid())) is Refusal.CANNOT_DECODE


def test_a_job_can_write_no_file(tmp_path: Path) -> None:
    assert refusal("write", tmp_path / "note") is Refusal.CANNOT_DECODE
    assert list(tmp_path.iterdir()) == []


def test_a_job_can_reach_no_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        assert refusal("connect", server.getsockname()[1]) is Refusal.CANNOT_DECODE
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize("way", ["execute", "fork"])
def test_a_job_can_start_no_process(way: str) -> None:
    assert refusal(way) is Refusal.CANNOT_DECODE


def test_a_job_can_end_no_other_process() -> None:
    with subprocess.Popen(["/bin/sleep", "60"]) as bystander:
        assert refusal("kill", bystander.pid) is Refusal.CANNOT_DECODE
        assert bystander.poll() is None
        bystander.kill()


def test_a_job_may_start_threads_because_a_decoder_does() -> None:
    assert deed("start_thread") == "ran"


@pytest.mark.parametrize(
    "garbage",
    [
        b"", b"\0", b"\0\0\0\x02{}", b"\0\0\0\x02[]", b"\xff\xff\xff\xff", b"<svg/>" * 100,
        packed(Message({}))[:-1], packed(Message({})) + b"\0",
        b"\0\0\0\x1d" + b'{"fields": {}, "parts": [-1]}',
        b"\0\0\0\x1f" + b'{"fields": {}, "parts": [1e99]}',
        b"\0\0\xea\x60" + b"[" * 60_000,
        packed(Message({"refused": "whatever mallory likes"})),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_refuses_the_picture(garbage: bytes) -> None:
    with pytest.raises(PictureRefusedError) as refused:
        run(GARBAGE, Message({}, (garbage,)))

    assert refused.value.code is Refusal.CANNOT_DECODE


def test_parts_that_overlap_or_do_not_fit_are_no_message() -> None:
    whole = packed(Message({}, (b"abc",)))

    assert unpacked(whole).parts == (b"abc",)
    head = b'{"fields": {}, "parts": [-1, 4]}'
    for broken in (whole[:-1], whole + b"d", b"\0\0\0" + bytes([len(head)]) + head + b"abc"):
        with pytest.raises(BrokenFrameError):
            unpacked(broken)


def test_a_job_outlives_the_signal_that_shuts_a_service_down() -> None:
    code = f"""
import os, signal, threading, time
from sharing.publishing.framing import Message
from sharing.publishing.limited import run
def tell_everybody():
    time.sleep(0.7)
    for each in os.listdir("/proc"):
        if each.isdigit():
            try:
                stat = open(f"/proc/{{each}}/stat").read().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(stat[1]) == os.getpid():
                os.kill(int(each), signal.SIGTERM)
                told.append(each)
told = []
threading.Thread(target=tell_everybody).start()
print(run("{MISBEHAVING}", Message({{"deed": "nap"}})).fields["got"], len(told))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stdout.split() == ["napped", "1"], done.stderr


@pytest.mark.parametrize("after", [0, 2])
def test_a_job_dies_with_the_worker_that_asked_for_it(after: int) -> None:
    code = (
        "from sharing.publishing.framing import Message\n"
        "from sharing.publishing.limited import run\n"
        f"run('{MISBEHAVING}', Message({{'deed': 'sleep'}}))\n"
    )
    with subprocess.Popen([sys.executable, "-c", code]) as worker:
        child = _child_of(worker.pid)
        time.sleep(after)
        worker.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while _runs(child) and time.monotonic() < deadline:
        time.sleep(0.05)

    assert not _runs(child)


def _child_of(parent: int) -> int:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for each in Path("/proc").iterdir():
            if each.name.isdigit() and _parent_of(int(each.name)) == parent:
                return int(each.name)
        time.sleep(0.02)
    raise AssertionError("it started no child")


def _parent_of(process: int) -> int | None:
    try:
        told = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return None
    return int(told.rsplit(")", 1)[1].split()[1])


def _runs(process: int) -> bool:
    try:
        told = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return told.rsplit(")", 1)[1].split()[0] != "Z"
