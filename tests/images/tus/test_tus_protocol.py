"""tus 1.0, sentence by sentence, against our server and (slow) against @tus/server.

What the protocol leaves open is not asked here; what we promise beyond it is in
test_tus_promises.py.
"""

from __future__ import annotations

import base64
import hashlib
from email.utils import parsedate_to_datetime

import pytest

from tests.images.tus.servers import Target

MISSING = (404, 410)
NEVER_MADE = "01900000-0000-7000-8000-000000000000"


def extensions_of(target: Target) -> set[str]:
    answer = target.ask("OPTIONS", target.path, tus=None)
    return set(answer.headers["tus-extension"].split(","))


def checksum_of(body: bytes, algorithm: str = "sha1") -> str:
    digest = hashlib.new(algorithm, body).digest()
    return f"{algorithm} {base64.b64encode(digest).decode()}"


@pytest.fixture
def checksum_target(target: Target) -> Target:
    if "checksum" not in extensions_of(target):
        pytest.skip("this server has no checksum extension")
    return target


# OPTIONS


def test_options_tells_version_extensions_and_limit(target: Target) -> None:
    answer = target.ask("OPTIONS", target.path, tus=None)

    assert answer.status in (200, 204)
    assert "1.0.0" in answer.headers["tus-version"].split(",")
    assert int(answer.headers["tus-max-size"]) == 512 * 2**20
    wanted = {"creation", "creation-with-upload", "expiration", "termination"}
    assert wanted <= extensions_of(target)


def test_options_need_no_version(target: Target) -> None:
    assert target.ask("OPTIONS", target.path, tus="0.1").status in (200, 204)


# Version


@pytest.mark.parametrize("version", ["0.2.2", "2.0.0"])
@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
def test_another_version_is_refused_and_ours_is_named(
    target: Target, method: str, version: str
) -> None:
    location = target.path if method == "POST" else target.begin(10)

    answer = target.ask(method, location, tus=version, upload_length=10, upload_offset=0)

    assert answer.status == 412
    assert "1.0.0" in answer.headers["tus-version"].split(",")


def test_a_refused_version_changes_nothing(target: Target) -> None:
    location = target.begin(5)

    target.ask(
        "PATCH", location, b"12345", tus="2.0.0", upload_offset=0,
        content_type="application/offset+octet-stream",
    )  # fmt: skip

    assert target.offset_of(location) == 0


def test_every_answer_names_the_version(target: Target) -> None:
    location = target.begin(5)
    answers = [
        target.create(5), target.ask("HEAD", location), target.append(location, 0, b"12"),
        target.append(location, 0, b"12"), target.ask("HEAD", f"{target.path}/{NEVER_MADE}"),
    ]  # fmt: skip

    assert [answer.headers.get("tus-resumable") for answer in answers] == ["1.0.0"] * 5


# Creation


def test_creation_answers_where_the_upload_is(target: Target) -> None:
    answer = target.create(10)

    assert answer.status == 201
    assert "location" in answer.headers


def test_two_creations_are_two_uploads(target: Target) -> None:
    assert target.begin(10) != target.begin(10)


@pytest.mark.parametrize("length", ["-1", "ten", "", "1.5", "0x10"])
def test_a_length_that_is_no_number_is_refused(target: Target, length: str) -> None:
    assert target.create(length).status == 400


def test_a_creation_without_a_length_is_refused(target: Target) -> None:
    assert target.ask("POST", target.path).status == 400


def test_an_upload_over_the_limit_is_refused(target: Target) -> None:
    assert target.create(512 * 2**20 + 1).status == 413


def test_an_upload_of_nothing_is_complete_at_once(target: Target) -> None:
    location = target.begin(0)

    answer = target.ask("HEAD", location)
    assert answer.offset == 0
    assert answer.headers["upload-length"] == "0"


def test_metadata_comes_back_as_it_was_sent(target: Target) -> None:
    metadata = f"part {base64.b64encode(b'preview').decode()},version MQ=="
    location = target.begin(10, upload_metadata=metadata)

    assert target.ask("HEAD", location).headers["upload-metadata"] == metadata


def test_malformed_metadata_is_refused(target: Target) -> None:
    assert target.create(10, upload_metadata="part not/base64/!!").status == 400


# Creation with upload


def test_bytes_may_come_with_the_creation(target: Target) -> None:
    answer = target.create(10, b"12345")

    assert answer.status == 201
    assert answer.offset == 5
    location = answer.headers["location"]
    assert target.offset_of(location) == 5
    assert target.append(location, 5, b"67890").offset == 10


def test_all_bytes_may_come_with_the_creation(target: Target) -> None:
    answer = target.create(100_000, b"x" * 100_000)

    assert answer.offset == 100_000
    assert target.offset_of(answer.headers["location"]) == 100_000


# HEAD


def test_head_tells_offset_and_length_and_is_not_cached(target: Target) -> None:
    answer = target.ask("HEAD", target.begin(10))

    assert answer.status in (200, 204)
    assert answer.offset == 0
    assert answer.headers["upload-length"] == "10"
    assert "no-store" in answer.headers["cache-control"]
    assert answer.body == b""


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_an_upload_that_never_was_is_missing(target: Target, method: str) -> None:
    location = f"{target.path}/{NEVER_MADE}"

    answer = target.ask(
        method, location, b"" if method == "PATCH" else None, upload_offset=0,
        content_type="application/offset+octet-stream",
    )  # fmt: skip

    assert answer.status in MISSING
    assert "upload-offset" not in answer.headers


# PATCH


def test_bytes_are_appended_where_the_upload_stands(target: Target) -> None:
    location = target.begin(10)

    first = target.append(location, 0, b"12345")
    assert (first.status, first.offset) == (204, 5)
    assert target.offset_of(location) == 5
    second = target.append(location, 5, b"67890")
    assert (second.status, second.offset) == (204, 10)
    assert target.offset_of(location) == 10


def test_one_byte_at_a_time_is_slow_but_right(target: Target) -> None:
    location = target.begin(20)

    offsets = [target.append(location, at, b"x").offset for at in range(20)]

    assert offsets == list(range(1, 21))


@pytest.mark.parametrize("offset", [0, 4, 6, 10, 11])
def test_another_offset_is_a_conflict(target: Target, offset: int) -> None:
    location = target.begin(10)
    target.append(location, 0, b"12345")

    assert target.append(location, offset, b"6").status == 409
    assert target.offset_of(location) == 5


def test_a_finished_upload_takes_no_more(target: Target) -> None:
    location = target.begin(5)
    target.append(location, 0, b"12345")

    assert target.append(location, 0, b"12345").status == 409
    assert target.append(location, 5, b"6").status >= 400
    assert target.offset_of(location) == 5


@pytest.mark.parametrize("offset", ["-1", "five", "", "1.0"])
def test_an_offset_that_is_no_number_is_refused(target: Target, offset: str) -> None:
    location = target.begin(10)

    assert target.append(location, offset, b"12345").status in (400, 403)
    assert target.offset_of(location) == 0


def test_a_patch_without_an_offset_is_refused(target: Target) -> None:
    location = target.begin(10)
    answer = target.ask(
        "PATCH", location, b"12345", content_type="application/offset+octet-stream"
    )

    assert answer.status in (400, 403)
    assert target.offset_of(location) == 0


@pytest.mark.parametrize("media_type", ["application/octet-stream", "text/plain"])
def test_another_media_type_is_refused(target: Target, media_type: str) -> None:
    location = target.begin(10)

    assert target.append(location, 0, b"12345", content_type=media_type).status in (400, 403, 415)
    assert target.offset_of(location) == 0


@pytest.mark.parametrize("chunked", [False, True], ids=["with length", "chunked"])
def test_a_body_past_the_length_is_not_kept_past_it(target: Target, *, chunked: bool) -> None:
    location = target.begin(5)

    answer = target.append(location, 0, b"1234567890", chunked=chunked)

    assert answer.status >= 400
    assert target.offset_of(location) <= 5


def test_an_empty_patch_changes_nothing(target: Target) -> None:
    location = target.begin(5)

    answer = target.append(location, 0, b"")

    assert (answer.status, answer.offset) == (204, 0)


def test_a_chunked_body_is_taken(target: Target) -> None:
    location = target.begin(100_000)

    assert target.append(location, 0, b"x" * 100_000, chunked=True).offset == 100_000


# Method override


def test_a_post_may_mean_patch(target: Target) -> None:
    location = target.begin(5)

    answer = target.ask(
        "POST", location, b"12345", x_http_method_override="PATCH", upload_offset=0,
        content_type="application/offset+octet-stream",
    )  # fmt: skip

    assert (answer.status, answer.offset) == (204, 5)


def test_a_post_may_mean_delete(target: Target) -> None:
    location = target.begin(5)

    assert target.ask("POST", location, x_http_method_override="DELETE").status == 204
    assert target.ask("HEAD", location).status in MISSING


# Checksum


def test_the_checksum_algorithms_are_named(checksum_target: Target) -> None:
    answer = checksum_target.ask("OPTIONS", checksum_target.path, tus=None)

    assert "sha1" in answer.headers["tus-checksum-algorithm"].split(",")


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_bytes_that_hash_as_promised_are_kept(checksum_target: Target, algorithm: str) -> None:
    location = checksum_target.begin(10)

    for at, body in ((0, b"12345"), (5, b"67890")):
        promised = checksum_of(body, algorithm)
        answer = checksum_target.append(location, at, body, upload_checksum=promised)
        assert (answer.status, answer.offset) == (204, at + 5)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_bytes_that_do_not_are_refused_and_not_kept(
    checksum_target: Target, algorithm: str
) -> None:
    location = checksum_target.begin(10)
    promised = checksum_of(b"54321", algorithm)

    answer = checksum_target.append(location, 0, b"12345", upload_checksum=promised)

    assert answer.status == 460
    assert checksum_target.offset_of(location) == 0
    assert checksum_target.append(location, 0, b"1234567890").offset == 10


@pytest.mark.parametrize(
    "value", ["md99 AAAA", "sha1", "sha1 !!!!", "sha1 AAAA", "", "SHA-1 AAAA", "sha256"]
)
def test_a_checksum_nobody_can_check_is_refused(checksum_target: Target, value: str) -> None:
    location = checksum_target.begin(10)

    assert checksum_target.append(location, 0, b"12345", upload_checksum=value).status == 400
    assert checksum_target.offset_of(location) == 0


# Expiration


def test_an_unfinished_upload_says_when_it_goes(target: Target) -> None:
    created = target.create(10)
    appended = target.append(created.headers["location"], 0, b"12345")

    for answer in (created, appended):
        assert parsedate_to_datetime(answer.headers["upload-expires"]).tzinfo is not None


# Termination


def test_a_terminated_upload_is_gone(target: Target) -> None:
    location = target.begin(10)
    target.append(location, 0, b"12345")

    assert target.ask("DELETE", location).status == 204
    assert target.ask("HEAD", location).status in MISSING
    assert target.append(location, 5, b"67890").status in MISSING
    assert target.ask("DELETE", location).status in MISSING


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_other_methods_change_nothing(target: Target, method: str) -> None:
    location = target.begin(10)

    assert target.ask(method, location).status >= 400
    assert target.offset_of(location) == 0
