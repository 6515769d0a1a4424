"""The units of deploy/systemd say what `make run` does, and systemd understands them."""

from __future__ import annotations

import configparser
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from deploy.local.project import Project
from deploy.local.serving import Address, programs
from pocketvault.settings import backends
from tests.live import ROOT

UNITS = ROOT / "deploy" / "systemd"
PYTHON = "/opt/pocketvault/.venv/bin/python"
SERVICES = sorted(UNITS.glob("*.service"))


class Unit(configparser.ConfigParser):
    """One unit; what is said twice counts once, which is enough for what is asked here."""

    def __init__(self, path: Path) -> None:
        super().__init__(interpolation=None, strict=False)
        self.optionxform = str  # type: ignore[assignment, method-assign]
        self.read(path)


def words_of(name: str) -> list[str]:
    return Unit(UNITS / name)["Service"]["ExecStart"].split()


def test_each_program_is_started_as_make_run_starts_it() -> None:
    address = Address("127.0.0.1", 8001, "https://vault.example.org")
    environ = {"REDIS_URL": "redis://127.0.0.1:6379/0", "METRICS_BIND": "127.0.0.1:9464"}
    chosen = programs(Project(ROOT), address, environ)
    shipped = {
        "web": [word.replace("%i", "8001") for word in words_of("pocketvault-web@.service")],
        "worker": [word.replace("%H", "%h") for word in words_of("pocketvault-worker.service")],
        "pictures": [word.replace("%H", "%h") for word in words_of("pocketvault-pictures.service")],
        "beat": words_of("pocketvault-beat.service")[:-2],
        "metrics": words_of("pocketvault-metrics.service"),
    }
    for program in chosen:
        theirs = [PYTHON, *map(str, program.command[1:])]
        assert Counter(shipped[program.name]) == Counter(theirs), program.name


def test_all_of_them_are_confined_alike() -> None:
    confined = [
        {
            name: value
            for name, value in Unit(path)["Service"].items()
            if name.startswith(("Protect", "Private", "Restrict", "SystemCall", "Capab", "NoNew"))
            and name != "Restart"
        }
        for path in SERVICES
    ]
    assert len(confined) == 6
    assert all(each == confined[0] for each in confined)
    assert confined[0]["CapabilityBoundingSet"] == ""


def test_the_example_of_an_environment_is_one_that_settings_take(tmp_path: Path) -> None:
    lines = (UNITS / "pocketvault.env").read_text().splitlines()
    named = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    blobs = backends.blobs(named["BLOB_URL"], var=tmp_path)
    assert backends.accel_prefix(named["ACCEL_REDIRECT_PREFIX"], blobs=blobs) == "/_blobs"
    assert backends.database(named["DATABASE_URL"], var=tmp_path)["NAME"] == "pocketvault"
    folders = Unit(UNITS / "pocketvault-worker.service")["Service"]["ReadWritePaths"]
    for name in ("EPOCH_KEY_DIRS", "LOG_DIRS", "BACKUP_DIRS"):
        for folder in named[name].split(","):
            assert any(folder.startswith(each.lstrip("-")) for each in folders.split()), folder


def test_systemd_finds_nothing_to_say(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("UNITS ARE NOT VERIFIED: systemd-analyze is not installed")
    for path in [*SERVICES, *UNITS.glob("*.target")]:
        # It looks whether each program and folder is there.
        text = path.read_text().replace(PYTHON, shutil.which("true") or "/bin/true")
        for name in (path.name, *([path.name.replace("@", f"@{n}") for n in (8001, 8002)])):
            (tmp_path / name).write_text(text.replace("/opt/pocketvault", str(tmp_path)))
    names = [path.name.replace("@", "@8001") for path in SERVICES] + ["pocketvault.target"]
    told = subprocess.run(
        [program, "verify", *(str(tmp_path / name) for name in names)],
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (told.returncode, told.stdout + told.stderr) == (0, "")
