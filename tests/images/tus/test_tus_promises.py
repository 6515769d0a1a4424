"""What our server promises beyond the protocol: privacy, stable codes, true refusals."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest

from tests.images.tus.servers import Target, Vault, eventually
from tests.images.tus.test_tus_protocol import checksum_of


def encoded(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


@pytest.mark.parametrize(
    ("code", "status", "headers"),
    [
        ("upload_header", 400, {"upload_length": "x"}),
        ("upload_header", 400, {"upload_length": "9" * 40}),
        ("upload_header", 400, {"upload_length": "\uff11\uff12"}),
        ("upload_header", 400, {"upload_length": 5, "upload_defer_length": 1}),
        ("upload_header", 400, {"upload_defer_length": 1}),
        ("upload_too_large", 413, {"upload_length": 512 * 2**20 + 1}),
        ("upload_header", 400, {"upload_length": 5, "upload_metadata": "part !"}),
        ("upload_media_type", 415, {"upload_length": 5, "content_type": "image/jpeg"}),
    ],
)
def test_a_creation_is_refused_with_a_code_and_a_sentence(
    ours: Target, code: str, status: int, headers: dict[str, object]
) -> None:
    body = b"12345" if "content_type" in headers else None
    headers = {name: str(value).encode().decode("latin-1") for name, value in headers.items()}

    answer = ours.ask("POST", ours.path, body, **headers)

    assert (answer.status, answer.problem["code"]) == (status, code)
    assert answer.problem["status"] == status
    assert answer.problem["detail"].endswith(".")


@pytest.mark.parametrize(
    "metadata",
    [
        f"filename {encoded('IMG_1234.jpg')}",
        f"name {encoded('Anna at the beach')}",
        f"filetype {encoded('image/heic')}",
        f"image {encoded('Anna')}",
        f"image {encoded('01900000-0000-7000-8000-00000000000Z')}",
        f"part {encoded('face')}",
        f"version {encoded('first')}",
        f"part {encoded('preview')},part {encoded('original')}",
        "part",
        ",",
    ],
)
def test_metadata_may_not_name_anything(ours: Target, metadata: str) -> None:
    answer = ours.create(10, upload_metadata=metadata)

    assert (answer.status, answer.problem["code"]) == (400, "upload_header")


def test_ids_may_be_sent_along(ours: Target) -> None:
    image = encoded("01900000-0000-7000-8000-000000000000")
    metadata = f"image {image},part {encoded('original')},version {encoded('12')}"

    location = ours.begin(10, upload_metadata=metadata)

    assert ours.ask("HEAD", location).headers["upload-metadata"] == metadata


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_somebody_elses_upload_is_as_unknown_as_none(ours: Target, method: str) -> None:
    mallory = ours.as_("mallory")
    body = b"12345" if method == "PATCH" else None
    sent = {"upload_offset": 0, "content_type": "application/offset+octet-stream"}
    hers, nobodys = ours.begin(10), f"{ours.path}/01900000-0000-7000-8000-000000000000"

    answers = [mallory.ask(method, where, body, **sent) for where in (hers, nobodys)]

    assert [answer.status for answer in answers] == [404, 404]
    assert answers[0].body == answers[1].body
    assert ours.offset_of(hers) == 0


@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE", "OPTIONS"])
def test_nobody_uploads_without_signing_in(ours: Target, method: str) -> None:
    location = ours.path if method in ("POST", "OPTIONS") else ours.begin(10)

    answer = ours.as_("nobody").ask(method, location, upload_length=5, upload_offset=0)

    assert answer.status == 401


def test_a_body_past_the_length_is_not_kept_at_all(ours: Target) -> None:
    for chunked in (False, True):
        location = ours.begin(5)
        answer = ours.append(location, 0, b"1234567890", chunked=chunked)
        assert (answer.status, answer.problem["code"]) == (413, "body_too_long")
        assert ours.offset_of(location) == 0


def test_a_wrong_offset_is_answered_with_the_right_one(ours: Target) -> None:
    location = ours.begin(10)
    ours.append(location, 0, b"12345")

    answer = ours.append(location, 3, b"x")

    assert (answer.problem["code"], answer.problem["offset"]) == ("wrong_offset", 5)


def test_a_checksum_over_damaged_bytes_has_its_own_code(ours: Target) -> None:
    location = ours.begin(10)

    answer = ours.append(location, 0, b"12345", upload_checksum=checksum_of(b"other"))

    assert (answer.status, answer.problem["code"]) == (460, "checksum_mismatch")
    assert answer.problem["title"] == "Checksum Mismatch"


def test_a_creation_whose_bytes_are_damaged_leaves_nothing(ours: Target, vault: Vault) -> None:
    before = vault.stages()

    answer = ours.create(5, b"12345", upload_checksum=checksum_of(b"other"))

    assert answer.status == 460
    assert vault.stages() == before


def test_an_upload_id_that_is_none_is_not_found(ours: Target) -> None:
    assert ours.ask("HEAD", f"{ours.path}/../../etc/passwd").status == 404
    assert ours.ask("HEAD", f"{ours.path}/not-a-uuid").status == 404


def test_what_was_sent_is_what_is_stored(ours: Target, vault: Vault) -> None:
    body = bytes(range(256)) * 5000
    location = ours.begin(len(body))
    ours.append(location, 0, body[:700_000])
    ours.append(location, 700_000, body[700_000:])

    assert hashlib.sha256(body).hexdigest() in vault.stored(len(body))


def test_a_terminated_upload_leaves_no_bytes(ours: Target, vault: Vault) -> None:
    before = vault.stages()
    location = ours.create(1000, b"x" * 1000).headers["location"]
    assert len(vault.stages()) == len(before) + 1

    ours.ask("DELETE", location)

    assert eventually(lambda: vault.stages() == before)


def test_nothing_about_an_upload_is_logged(ours: Target, vault: Vault) -> None:
    location = ours.begin(10, upload_metadata=f"part {encoded('preview')}")
    ours.append(location, 3, b"x")
    ours.append(location, 0, b"1234567890")

    log = (vault.folder / "server.log").read_text()

    assert location.rsplit("/", 1)[1] not in log
    assert ours.tokens["alice"] not in log


def test_options_list_exactly_what_is_built(ours: Target) -> None:
    answer = ours.ask("OPTIONS", ours.path, tus=None)

    assert answer.headers["tus-extension"].split(",") == [
        "creation", "creation-with-upload", "checksum", "expiration", "termination",
    ]  # fmt: skip
    assert json.dumps(answer.headers["tus-checksum-algorithm"]) == '"sha1,sha256"'
