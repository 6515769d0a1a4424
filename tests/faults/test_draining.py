"""SIGTERM while an upload is coming in and a worker is at a long job: both are brought to their
end, and everything is gone within thirty seconds.

The job is long because the S3 server it reads from says nothing for a while.
"""

from __future__ import annotations

import http.client
import os
import random
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.api.people import Person, metadata_of, new_person
from tests.faults import reporting
from tests.faults.inspecting import inspector_of
from tests.faults.test_s3_away import on_s3, proxied_s3
from tests.images.tus.servers import eventually
from tests.live import Live, wait_until_it_answers
from tests.reference_client import uploads
from tests.reference_client.client import API, ProblemError

DRAINED_SECONDS = 30.0
UPLOAD_BYTES = 400_000
WORK_SECONDS = 180.0
STILL_AT_IT_SECONDS = 3.0


@pytest.fixture(scope="session", autouse=True)
def epoch_key() -> None:
    """None here: the service under test has a database and keys of its own."""


class SlowUpload:
    """A request that has sent half of its body, and whose bytes are being taken in."""

    def __init__(self, live: Live, person: Person) -> None:
        client = self.client = person.device.client
        self.content = os.urandom(UPLOAD_BYTES)
        self.upload = uploads.create(client, UPLOAD_BYTES)
        self.connection = http.client.HTTPConnection(
            "127.0.0.1", live.ports[0], timeout=DRAINED_SECONDS
        )
        self.connection.putrequest("PATCH", f"{API}/uploads/{self.upload}", skip_host=True)
        headers: Mapping[str, str] = {
            **uploads.VERSION, "Host": urlsplit(live.url).netloc, "Upload-Offset": "0",
            "Authorization": f"Bearer {client.token}", "Content-Type": uploads.MEDIA_TYPE,
            "Content-Length": str(UPLOAD_BYTES),
        }  # fmt: skip
        for name, value in headers.items():
            self.connection.putheader(name, value)
        self.connection.endheaders()
        self.connection.send(self.content[: UPLOAD_BYTES // 2])
        assert eventually(self.is_busy, WORK_SECONDS)

    def is_busy(self) -> bool:
        try:
            uploads.offset_of(self.client, self.upload)
        except ProblemError as problem:
            return problem.status == 423
        return False

    def finish(self) -> int:
        """Send the rest; the offset that is acknowledged."""
        self.connection.send(self.content[UPLOAD_BYTES // 2 :])
        answer = self.connection.getresponse()
        assert answer.status == 204, answer.read()
        self.connection.close()
        return int(answer.headers["Upload-Offset"])


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_told_to_stop_it_finishes_what_it_has_in_hand(tmp_path: Path) -> None:
    with (
        proxied_s3(tmp_path, random.Random(1)) as proxy,
        on_s3(tmp_path / "var", proxy) as live,
        inspector_of(live) as inspector,
    ):
        alice = new_person(live, "alice")
        assert inspector.ask("wait_for_work", WORK_SECONDS) == [], live.log()
        live.kill("worker")
        content = os.urandom(20_000)
        photo = alice.library.store(content, metadata_of(content))
        upload = SlowUpload(live, alice)
        with proxy.being("silent"):
            live.start("worker")
            assert eventually(
                lambda: "images.verify_image" in inspector.ask("at_work"), WORK_SECONDS
            )
            told_at = time.monotonic()
            for process in live.processes.values():
                process.terminate()
            time.sleep(STILL_AT_IT_SECONDS)
            assert live.processes["web"].poll() is None
            assert live.processes["worker"].poll() is None
        assert upload.finish() == UPLOAD_BYTES
        for process in live.processes.values():
            process.wait(DRAINED_SECONDS - (time.monotonic() - told_at))
        seconds = round(time.monotonic() - told_at, 1)
        ended = {name: process.returncode for name, process in live.processes.items()}
        assert set(ended.values()) == {0}, ended
        assert inspector.ask("at_work") == []

        for name in live.commands:
            live.start(name)
        wait_until_it_answers(live)
        assert uploads.offset_of(alice.device.client, upload.upload) == UPLOAD_BYTES
        assert alice.library.download(photo) == content
        uploads.discard(alice.device.client, upload.upload)
        assert inspector.ask("wait_for_work", WORK_SECONDS) == [], live.log()
        assert inspector.ask("report")["wrong"] == []
    reporting.note(times=1, seconds=seconds)
