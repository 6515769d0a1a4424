"""The four tools. None is ours, and none is changed."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.places import ROOT, MissingError, scratch_folder
from benchmarks.scores.fronts import Origin
from deploy.local.project import Project, make_private_folder
from deploy.local.stamps import fingerprint, is_current, leave

FOLDER = Path(__file__).parent
PACKAGE = FOLDER / "node_modules" / "@mdn" / "mdn-http-observatory"
# What sslyze needs, all of it wheels; and sslyze, which is made of its sources with those.
NEEDS = ROOT / "benchmarks" / "scores-requirements.txt"
SOURCES = ROOT / "benchmarks" / "sslyze-requirements.txt"
WAIT_SECONDS = 30
# testssl.sh pretends to be some dozens of browsers, one after the other.
PATIENCE_SECONDS = 900


def versions_spoken(origin: Origin) -> dict[str, bool]:
    """Whether ``openssl s_client`` and a server agree, for each way to ask. That it does for
    TLS 1.3 shows that the others were refused and not merely missed.
    """
    named = ["-servername", origin.host]
    return {
        "TLS 1.3": _agrees(origin.port, "-tls1_3", *named),
        "TLS 1.2": _agrees(origin.port, "-tls1_2", *named),
        "TLS 1.2 without a name": _agrees(origin.port, "-tls1_2", "-noservername"),
    }


def _agrees(port: int, *options: str) -> bool:
    openssl = _program("openssl", "openssl")
    command = [openssl, "s_client", "-connect", f"127.0.0.1:{port}", *options]
    done = subprocess.run(
        command, input="", capture_output=True, text=True, check=False, timeout=WAIT_SECONDS
    )
    return done.returncode == 0


def testssl(origin: Origin) -> list[dict[str, str]]:
    """Its flat report. Raises `MissingError` without Debian's package of that name."""
    program = _program("testssl", "testssl.sh")
    with scratch_folder() as folder:
        written = folder / "report.json"
        command = [
            program, "--quiet", "--color", "0", "--warnings", "off", "--nodns", "none",
            "--ip", "127.0.0.1", "--add-ca", str(origin.authority), "--jsonfile", str(written),
            f"{origin.host}:{origin.port}",
        ]  # fmt: skip
        done = _run(command, folder, PATIENCE_SECONDS)
        if not written.is_file():
            raise AssertionError(f"testssl.sh wrote nothing: {done.stdout[-800:]}")
        report: list[dict[str, str]] = json.loads(written.read_text(encoding="utf-8"))
    return report


def sslyze(origin: Origin) -> str:
    """What it prints when it holds a server against Mozilla's modern configuration."""
    command = [
        str(_environment()), "-m", "sslyze", "--mozilla_config=modern",
        f"--certinfo_ca_file={origin.authority}",
        f"{origin.host}:{origin.port}{{127.0.0.1}}",
    ]  # fmt: skip
    with scratch_folder() as folder:
        return _run(command, folder, PATIENCE_SECONDS).stdout


def observatory(origin: Origin, page: str) -> dict[str, Any]:
    """Its report on a page. Raises `MissingError` where it is not installed."""
    node = shutil.which("node", path=os.environ.get("PATH", os.defpath))
    if node is None or not PACKAGE.is_dir():
        raise MissingError("the Observatory or Node is missing: run it through make scores")
    _without_lists()
    places = {f"{origin.host}:443": origin.port, f"{origin.host}:80": origin.plain or 1}
    command = [
        node, "--require", str(FOLDER / "names.cjs"), str(PACKAGE / "src" / "scan.js"),
        f"{origin.host}{page}",
    ]  # fmt: skip
    environ = {
        "POCKETVAULT_PLACES": json.dumps(places), "NODE_EXTRA_CA_CERTS": str(origin.authority),
    }  # fmt: skip
    printed = _run(command, FOLDER, WAIT_SECONDS * 4, environ).stdout
    told: dict[str, Any] = json.loads(printed)
    return told


def _without_lists() -> None:
    """Its installer would fetch the list of domains that browsers know for TLS from the network.
    Nobody's name is on ours: that one point goes to nobody here.
    """
    known = PACKAGE / "conf" / "hsts-preload.json"
    if not known.exists():
        known.write_text("{}\n", encoding="utf-8")


def versions() -> dict[str, str]:
    """Which tools judged. Raises `MissingError` for one that is not here."""
    told = json.loads((PACKAGE / "package.json").read_text(encoding="utf-8"))
    with scratch_folder() as folder:
        openssl = _run([_program("openssl", "openssl"), "version"], folder, WAIT_SECONDS)
        asked = "from importlib.metadata import version; print(version('sslyze'))"
        known = _run([str(_environment()), "-c", asked], folder, WAIT_SECONDS)
        shown = _run([_program("testssl", "testssl.sh"), "--version"], folder, WAIT_SECONDS)
    said = next(line for line in shown.stdout.splitlines() if "testssl" in line)
    return {
        "openssl": openssl.stdout.split()[1], "sslyze": known.stdout.strip(),
        "testssl.sh": next(word for word in said.split() if word[0].isdigit()),
        "observatory": told["version"],
    }  # fmt: skip


def _program(name: str, package: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise MissingError(f"{name} is not here: on Debian, apt-get install {package}")
    return found


def _environment() -> Path:
    """The Python of sslyze, which is installed apart from what the project needs."""
    folder = Project(ROOT).data_folder(os.environ) / "tmp" / "scores"
    made_from = fingerprint([NEEDS, SOURCES], platform.python_version())
    stamp = folder / "made-from"
    python = folder / "bin" / "python"
    if not is_current(stamp, made_from):
        stamp.unlink(missing_ok=True)
        make_private_folder(folder)
        _install([sys.executable, "-m", "venv", "--clear", str(folder)])
        pip = [str(python), "-m", "pip", "install", "--require-hashes", "--no-deps"]
        _install([*pip, "--only-binary", ":all:", "-r", str(NEEDS)])
        _install([*pip, "--no-build-isolation", "-r", str(SOURCES)])
        leave(stamp, made_from)
    return python


def _install(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MissingError(f"sslyze cannot be installed: {done.stderr.strip()[-400:]}")


def _run(
    command: Sequence[str], folder: Path, seconds: float, environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(command), cwd=folder, env={**os.environ, **(environ or {})}, capture_output=True,
        text=True, check=False, timeout=seconds, stdin=subprocess.DEVNULL,
    )  # fmt: skip
