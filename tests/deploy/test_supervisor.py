"""The supervisor over real processes: restarts, clean stops, and nothing left behind."""

import signal
import time
from pathlib import Path

from tests.deploy.processes import eventually, is_alive, numbers_in, supervisor_of

STUBBORN = "trap '' TERM; echo $$ >> {file}; while :; do sleep 0.2; done"
STEADY = "echo $$ >> {file}; exec sleep 60"


def pids_in(file: Path) -> list[int]:
    return [int(number) for number in numbers_in(file)]


def test_a_stop_signal_ends_every_program_and_the_supervisor(tmp_path: Path) -> None:
    file = tmp_path / "pids"
    steady = STEADY.format(file=file)
    with supervisor_of({"web": steady, "worker": steady}) as supervisor:
        assert eventually(lambda: len(pids_in(file)) == 2)
        supervisor.send_signal(signal.SIGTERM)

        assert supervisor.wait(timeout=10) == 0

    assert not [pid for pid in pids_in(file) if is_alive(pid)]


def test_a_program_may_finish_what_it_is_at(tmp_path: Path) -> None:
    ready, finished = tmp_path / "ready", tmp_path / "finished"
    finish = f"trap 'sleep 0.5; echo 1 > {finished}; exit 0' TERM"
    careful = f"{finish}; echo $$ > {ready}; while :; do sleep 0.1; done"
    with supervisor_of({"worker": careful}) as supervisor:
        assert eventually(ready.exists)
        supervisor.send_signal(signal.SIGINT)
        supervisor.wait(timeout=10)

    assert finished.exists()


def test_a_program_that_will_not_stop_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "pids"
    with supervisor_of({"web": STUBBORN.format(file=file)}, patience=0.5) as supervisor:
        assert eventually(lambda: bool(pids_in(file)))
        started = time.monotonic()
        supervisor.send_signal(signal.SIGTERM)
        supervisor.wait(timeout=10)

    assert time.monotonic() - started < 5
    assert not is_alive(pids_in(file)[0])


def test_a_program_that_ends_is_started_again_after_growing_pauses(tmp_path: Path) -> None:
    file = tmp_path / "times"
    short_lived = f"date +%s.%N >> {file}; exit 3"
    with supervisor_of({"web": short_lived}, pauses=[0.1, 0.6, 1.2]) as supervisor:
        assert eventually(lambda: len(numbers_in(file)) >= 4)
        supervisor.send_signal(signal.SIGTERM)
        output, _ = supervisor.communicate(timeout=10)

    first, second, third, fourth = numbers_in(file)[:4]
    assert second - first >= 0.1
    assert third - second >= 0.6
    assert fourth - third >= 1.2
    assert "web | ended with exit code 3; starting again in 0.1 s." in output


def test_the_others_keep_running_while_one_restarts(tmp_path: Path) -> None:
    web, worker = tmp_path / "web", tmp_path / "worker"
    programs = {"web": STEADY.format(file=web), "worker": f"echo $$ >> {worker}; exit 1"}
    with supervisor_of(programs, pauses=[0.1]):
        assert eventually(lambda: len(pids_in(worker)) >= 3)

        assert len(pids_in(web)) == 1
        assert is_alive(pids_in(web)[0])


def test_what_a_dead_program_left_behind_is_gone_before_it_starts_again(tmp_path: Path) -> None:
    file = tmp_path / "left"
    careless = f"sleep 60 & echo $! >> {file}; exit 1"
    with supervisor_of({"web": careless}, pauses=[0.5]):
        assert eventually(lambda: len(pids_in(file)) >= 2)

        assert not is_alive(pids_in(file)[0])


def test_a_killed_supervisor_leaves_no_orphan(tmp_path: Path) -> None:
    steady, stubborn, grandchild = (tmp_path / name for name in ("steady", "stubborn", "grand"))
    programs = {
        "web": STEADY.format(file=steady),
        "worker": STUBBORN.format(file=stubborn),
        "beat": f"sleep 60 & echo $! >> {grandchild}; wait",
    }
    files = (steady, stubborn, grandchild)
    with supervisor_of(programs, patience=0.5) as supervisor:
        assert eventually(lambda: all(pids_in(file) for file in files))
        supervisor.kill()
        supervisor.wait(timeout=10)

        pids = [pids_in(file)[0] for file in files]
        assert eventually(lambda: not any(is_alive(pid) for pid in pids))


def test_every_line_says_who_wrote_it(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    programs = {
        "web": f"echo listening; echo trouble >&2; touch {ready}; exec sleep 60",
        "worker": "exec sleep 60",
    }
    with supervisor_of(programs) as supervisor:
        assert eventually(ready.exists)
        supervisor.send_signal(signal.SIGTERM)
        output, _ = supervisor.communicate(timeout=10)

    assert output.splitlines()[:2] == ["web    | listening", "web    | trouble"]
