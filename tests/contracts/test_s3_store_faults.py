"""The S3 store when its server is away, and after crashes in the middle of a step."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Iterator

import boto3
import pytest

from pocketvault.kernel.blobs import BlobExistsError, StorageUnavailableError, new_blob_key
from pocketvault.kernel.blobs.s3 import S3BlobStore
from tests.faults.cutting import CuttingProxy, cutting_proxy
from tests.s3 import BUCKET, free_ports

MIB = 2**20


@pytest.fixture
def prefix() -> str:
    return secrets.token_hex(4)


@pytest.fixture
def s3(s3_address: str, prefix: str) -> S3BlobStore:
    return S3BlobStore(bucket=BUCKET, prefix=prefix, endpoint=s3_address)


@pytest.fixture
def bucket(s3_address: str):
    return boto3.resource("s3", endpoint_url=s3_address, region_name="us-east-1").Bucket(BUCKET)


@pytest.fixture
def proxy(s3_address: str) -> Iterator[CuttingProxy]:
    with cutting_proxy(s3_address, random.Random(1)) as one:
        yield one


@pytest.fixture
def behind(proxy: CuttingProxy, prefix: str) -> S3BlobStore:
    """The same store, over a network that can be told to fail."""
    return S3BlobStore(bucket=BUCKET, prefix=prefix, endpoint=proxy.url)


LOSSES = ["lost", "cut", "error"]


@pytest.mark.parametrize("loss", LOSSES)
def test_a_blob_whose_answer_was_lost_is_stored(
    behind: S3BlobStore, proxy: CuttingProxy, loss: str
) -> None:
    """The second try finds what the first one put, and that is no stranger's."""
    key = new_blob_key()
    proxy.fates.append(("PUT", loss))
    assert behind.put(key, [b"content"]) == 7
    assert b"".join(behind.read(key)) == b"content"
    with pytest.raises(BlobExistsError):
        behind.put(key, [b"another"])
    assert b"".join(behind.read(key)) == b"content"


@pytest.mark.parametrize("loss", LOSSES)
def test_a_stage_whose_answer_was_lost_is_begun(
    behind: S3BlobStore, proxy: CuttingProxy, loss: str
) -> None:
    proxy.fates.append(("PUT", loss))
    behind.begin("stage")
    assert list(behind.stages()) == ["stage"]
    with pytest.raises(BlobExistsError):
        behind.begin("stage")


@pytest.mark.parametrize("loss", LOSSES)
def test_an_adoption_whose_answer_was_lost_is_done(
    behind: S3BlobStore, proxy: CuttingProxy, loss: str
) -> None:
    behind.begin("stage")
    behind.append("stage", 0, [b"content"])
    # The multipart upload is begun with a POST, and ended with one.
    proxy.fates += [("POST", "well"), ("POST", loss)]
    behind.adopt("stage", "ab/cd", 7)
    assert proxy.done[loss] == 1
    assert b"".join(behind.read("ab/cd")) == b"content"
    assert list(behind.stages()) == []


@pytest.mark.parametrize("loss", LOSSES)
def test_a_long_blob_whose_answer_was_lost_is_stored(
    behind: S3BlobStore, proxy: CuttingProxy, loss: str
) -> None:
    key = new_blob_key()
    proxy.fates += [("POST", "well"), ("POST", loss)]
    assert behind.put(key, [bytes(9 * MIB)]) == 9 * MIB
    assert proxy.done[loss] == 1
    assert behind.size(key) == 9 * MIB
    with pytest.raises(BlobExistsError):
        behind.put(key, [bytes(9 * MIB)])


@pytest.mark.by_hand
def test_a_server_that_says_nothing_is_given_up_within_a_minute(
    behind: S3BlobStore, proxy: CuttingProxy
) -> None:
    since = time.monotonic()
    with proxy.being("silent"), pytest.raises(StorageUnavailableError):
        behind.size("key")
    assert 40 < time.monotonic() - since < 60


def test_a_server_that_is_away_is_unavailable_and_not_empty(s3_address: str) -> None:
    away = S3BlobStore(bucket=BUCKET, endpoint=f"http://127.0.0.1:{free_ports(1)[0]}")

    for ask in (away.exists, away.size, away.read, away.begin, away.discard_stage):
        with pytest.raises(StorageUnavailableError):
            ask("key")
    with pytest.raises(StorageUnavailableError):
        list(away.keys())
    with pytest.raises(StorageUnavailableError):
        away.put("key", [b"x"])


def test_a_bucket_that_is_missing_is_not_mistaken_for_an_empty_one(s3_address: str) -> None:
    store = S3BlobStore(bucket="no-such-bucket", endpoint=s3_address)

    with pytest.raises(StorageUnavailableError):
        list(store.keys())


def test_many_small_appends_do_not_become_many_objects(
    s3: S3BlobStore, bucket, prefix: str
) -> None:
    s3.begin("stage")
    offset = 0
    for _ in range(40):
        offset = s3.append("stage", offset, [b"x" * 400_000])

    sizes = [found.size for found in bucket.objects.filter(Prefix=f"{prefix}/stages/stage/part")]

    assert sum(sizes) == 16_000_000
    assert len(sizes) <= 3


def test_a_torn_tail_leaves_the_bucket(s3: S3BlobStore, bucket, prefix: str) -> None:
    s3.begin("stage")
    s3.append("stage", 0, [b"a" * 6 * MIB])
    s3.append("stage", 6 * MIB, [b"t" * 20 * MIB])

    s3.append("stage", 6 * MIB, ())

    parts = bucket.objects.filter(Prefix=f"{prefix}/stages/stage/part")
    assert [part.size for part in parts] == [6 * MIB]


def test_adoption_resumes_when_only_the_stage_was_left(
    s3: S3BlobStore, bucket, prefix: str
) -> None:
    s3.begin("stage")
    s3.append("stage", 0, [b"content"])
    s3.adopt("stage", "ab/cd", 7)
    # As if killed while removing the stage: some of its objects are still there.
    bucket.put_object(Key=f"{prefix}/stages/stage/begin", Body=b"")

    s3.adopt("stage", "ab/cd", 7)

    assert list(s3.stages()) == []
    assert b"".join(s3.read("ab/cd")) == b"content"


def test_nothing_half_composed_remains_after_a_refusal(s3: S3BlobStore, bucket) -> None:
    key = new_blob_key()
    s3.put(key, [b"first"])
    with pytest.raises(BlobExistsError):
        s3.put(key, [bytes(9 * MIB)])

    def broken():
        yield bytes(17 * MIB)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        s3.put(new_blob_key(), broken())

    assert list(bucket.multipart_uploads.all()) == []
