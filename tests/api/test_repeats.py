"""``Idempotency-Key``: the same request with the same key is answered again, not done again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import InterfaceError, OperationalError, connection, transaction
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from pytest_django import Settings
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.actions import housekeeping, repeating
from accounts.actions.repeating import Answer, Claim, KeyedRequest, claim_key, keep_answer
from accounts.custody import AccountsCustodian
from accounts.errors import KeyReusedError, StillRunningError
from accounts.models import Account, KeptAnswer, Preferences
from images.actions.disposal import purge_image
from images.models import Image, Upload
from pocketvault.kernel.fields import from_base64url
from pocketvault.kernel.ids import uuid7
from tests.factories import app_of, open_session, with_token
from tests.images.making import store_image

pytestmark = pytest.mark.django_db
API = "/api/v1"
TUS = {"HTTP_TUS_RESUMABLE": "1.0.0"}
ABC = {
    "HTTP_UPLOAD_LENGTH": "3",
    "HTTP_UPLOAD_CHECKSUM": "sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=",
    "content_type": "application/offset+octet-stream",
}


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}


@pytest.fixture
def app(alice: Account) -> APIClient:
    return app_of(alice)


def keyed(key: str) -> dict[str, str]:
    return {"HTTP_IDEMPOTENCY_KEY": key}


def announce(app: APIClient, key: str, length: int = 100) -> Response:
    return app.post(f"{API}/uploads", HTTP_UPLOAD_LENGTH=str(length), **TUS, **keyed(key))


def said(answer: Response) -> tuple[int, bytes, dict[str, str]]:
    """What an answer says, without the header that marks a repeat."""
    headers = dict(answer.headers)
    headers.pop("Idempotent-Replayed", None)
    return answer.status_code, answer.content, headers


def asked_by(account: Account, *, request: bytes = b"r" * 32) -> KeyedRequest:
    return KeyedRequest(
        account=account, key_digest=b"k" * 32, request_digest=request, subject_id=None
    )


@transaction.atomic
def finish_late(claim: Claim, account: Account) -> None:
    Preferences.objects.create(account=account, recycle_bin_days=30)
    keep_answer(claim, Answer(status=200, body="late", headers={}))


def begun(asked: KeyedRequest) -> Claim:
    claimed = claim_key(asked)
    assert isinstance(claimed, Claim)
    return claimed


def test_an_upload_begins_once_however_often_it_is_asked_for(app: APIClient) -> None:
    key = str(uuid4())

    first, again = announce(app, key), announce(app, key)

    assert first.status_code == 201
    assert said(first) == said(again)
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert Upload.objects.count() == 1


def test_without_a_key_each_request_is_done(app: APIClient) -> None:
    for _ in range(2):
        app.post(f"{API}/uploads", HTTP_UPLOAD_LENGTH="100", **TUS)

    assert Upload.objects.count() == 2
    assert not KeptAnswer.objects.exists()


def test_an_upload_that_brings_its_bytes_begins_once_too(app: APIClient) -> None:
    key = keyed(str(uuid4()))

    first, again = (app.post(f"{API}/uploads", b"abc", **TUS, **ABC, **key) for _ in range(2))

    assert said(first) == said(again)
    assert first["Upload-Offset"] == "3"
    assert Upload.objects.count() == 1


def test_a_repeat_hears_the_image_as_it_was_answered(alice: Account, app: APIClient) -> None:
    Preferences.objects.create(account=alice, recycle_bin_days=30)
    image = store_image(alice)
    path, key = f"{API}/images/{image.pk}/bin", keyed("one")
    first = app.post(path, **key)
    app.post(f"{API}/images/{image.pk}/restore")

    again = app.post(path, **key)

    assert first.json()["binned_at"] is not None
    assert said(first) == said(again)
    assert Image.objects.get(pk=image.pk).binned_at is None


def test_a_repeated_batch_does_not_say_gone(alice: Account, app: APIClient) -> None:
    body = {"operations": [{"op": "purge", "id": str(store_image(alice).pk)}]}
    path = f"{API}/images/batch"

    first, again = (app.post(path, body, format="json", **keyed("two")) for _ in range(2))
    unkeyed = app.post(path, body, format="json")

    assert said(first) == said(again)
    assert first.json()["results"][0]["status"] == 204
    assert unkeyed.json()["results"][0]["status"] == 410


def test_the_order_of_members_makes_no_other_request(alice: Account, app: APIClient) -> None:
    image_id = store_image(alice).pk
    texts = [
        f'{{"operations": [{{"op": "restore", "id": "{image_id}"}}]}}',
        f'{{"operations":[{{"id":"{image_id}","op":"restore"}}]}}',
    ]
    answers = [
        app.post(f"{API}/images/batch", text, content_type="application/json", **keyed("three"))
        for text in texts
    ]

    assert [answer.get("Idempotent-Replayed") for answer in answers] == [None, "true"]


def test_another_request_under_the_same_key_is_refused(app: APIClient) -> None:
    announce(app, "four")

    longer = announce(app, "four", length=101)
    elsewhere = app.post(f"{API}/images/batch", {"operations": []}, format="json", **keyed("four"))

    assert (longer.status_code, longer.json()["code"]) == (422, "key_reused")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (422, "key_reused")
    assert Upload.objects.count() == 1


def test_somebody_elses_key_is_unknown(app: APIClient, mallory: Account) -> None:
    hers = announce(app, "five")

    other, different = app_of(mallory), announce(app_of(mallory), "six", length=7)
    mine = announce(other, "five", length=7)

    assert mine.status_code == different.status_code == 201
    assert "Idempotent-Replayed" not in mine
    assert mine["Location"] != hers["Location"]


def test_another_device_of_the_same_account_hears_the_same(alice: Account, app: APIClient) -> None:
    first = announce(app, "seven")

    assert said(announce(app_of(alice), "seven")) == said(first)


NO_KEYS = ["", '"', "a b", "ü", "x" * 129, '"half', "tab\there", "back\\slash"]


@pytest.mark.parametrize("key", NO_KEYS)
def test_a_key_that_is_none_is_refused(app: APIClient, key: str) -> None:
    answer = announce(app, key)

    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_idempotency_key")
    assert not Upload.objects.exists()


def test_a_key_in_quotes_is_the_same_key(app: APIClient) -> None:
    assert said(announce(app, '"eight"')) == said(announce(app, "eight"))


def test_a_refusal_is_not_kept(alice: Account, app: APIClient, settings: Settings) -> None:
    settings.UPLOAD_LIMIT_BYTES = 10
    refused = announce(app, "nine")
    settings.UPLOAD_LIMIT_BYTES = 1000

    assert refused.status_code == 413
    assert announce(app, "nine").status_code == 201


def test_a_request_that_still_runs_is_not_started_again(alice: Account) -> None:
    begun(asked_by(alice))

    with pytest.raises(StillRunningError) as refusal:
        claim_key(asked_by(alice))
    with pytest.raises(KeyReusedError):
        claim_key(asked_by(alice, request=b"other" * 6))

    assert refusal.value.details["retry_after"] == 1


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_server_had_claimed_is_done_by_the_next(alice: Account) -> None:
    """The first one was killed, or so it seems: when it comes back late, it may not commit."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        first = begun(asked_by(alice))
        clock.shift(repeating.LEASE + timedelta(seconds=1))
        second = begun(asked_by(alice))
        with transaction.atomic():
            keep_answer(second, Answer(status=204, body=None, headers={}))

        with pytest.raises(StillRunningError):
            finish_late(first, alice)

        assert claim_key(asked_by(alice)) == Answer(status=204, body=None, headers={})
    assert not Preferences.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_what_went_down_with_the_database_can_be_asked_again_at_once(
    alice: Account, error: type[Exception]
) -> None:
    claim = begun(asked_by(alice))

    def away(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        if sql.startswith("DELETE"):
            raise error("the connection was cut")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(away), pytest.raises(error):
        repeating.release_key(claim)
    assert KeptAnswer.objects.count() == 1

    again = claim_key(asked_by(alice))
    assert isinstance(again, Claim)
    assert again.answer_id != claim.answer_id
    with pytest.raises(StillRunningError):
        claim_key(asked_by(alice))


@pytest.mark.django_db(transaction=True)
def test_a_claim_whose_answer_was_lost_is_let_go_of(
    alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, statements = connection._commit, list[str]()

    def noted(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        statements.append(sql)
        return execute(sql, params, many, context)

    def cut_off() -> None:
        commit()
        if statements[-1].startswith("INSERT"):
            raise OperationalError("the connection was cut")

    with monkeypatch.context() as patched, connection.execute_wrapper(noted):
        patched.setattr(connection, "_commit", cut_off)
        with pytest.raises(OperationalError):
            claim_key(asked_by(alice))
    assert KeptAnswer.objects.count() == 1

    assert isinstance(claim_key(asked_by(alice)), Claim)


@pytest.mark.django_db(transaction=True)
def test_many_at_the_same_moment_begin_one_upload(alice: Account) -> None:
    token, answers = open_session(alice), list[Response]()
    start = threading.Barrier(4)

    def ask() -> None:
        start.wait()
        answers.append(announce(with_token(token), "ten"))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Upload.objects.count() == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    running = [answer for answer in answers if answer.status_code == 409]
    assert {answer.json()["code"] for answer in running} <= {"still_running"}
    assert all(answer["Retry-After"] == "1" for answer in running)
    assert len({a["Location"] for a in answers if a.status_code == 201}) == 1


def test_a_key_is_known_for_a_day(alice: Account, app: APIClient) -> None:
    token = open_session(alice)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        announce(with_token(token), "eleven")
        clock.shift(timedelta(hours=23, minutes=59))
        announce(with_token(token), "eleven")
        assert Upload.objects.count() == 1

        clock.shift(timedelta(minutes=2))
        announce(with_token(token), "eleven")

    assert Upload.objects.count() == 2


def test_old_answers_are_swept(app: APIClient) -> None:
    announce(app, "twelve")
    housekeeping.purge_expired()
    assert KeptAnswer.objects.count() == 1

    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1)):
        housekeeping.purge_expired()

    assert not KeptAnswer.objects.exists()


def test_an_account_keeps_only_so_many(
    app: APIClient, mallory: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeating, "KEYS_PER_ACCOUNT", 3)
    others = announce(app_of(mallory), "hers")
    first = announce(app, "key-0")
    for number in range(1, 6):
        newest = announce(app, f"key-{number}")

    assert KeptAnswer.objects.exclude(account=mallory).count() == 3
    assert said(announce(app, "key-5")) == said(newest)
    assert announce(app, "key-0")["Location"] != first["Location"]
    assert said(announce(app_of(mallory), "hers")) == said(others)


def test_what_is_kept_shows_nothing(alice: Account, app: APIClient) -> None:
    Preferences.objects.create(account=alice, recycle_bin_days=30)
    image = store_image(alice)
    answer = app.post(f"{API}/images/{image.pk}/bin", **keyed("thirteen"))
    wrapped = answer.json()["wrapped_content_key"]

    row = KeptAnswer.objects.get()
    stored = b"".join(bytes(each) for each in (row.sealed, row.key_digest, row.request_digest))

    assert wrapped.encode() in row.open()
    assert wrapped.encode() not in stored
    assert from_base64url(wrapped) not in stored
    assert b"thirteen" not in stored


def test_no_answer_outlives_the_image_it_is_about(alice: Account, app: APIClient) -> None:
    Preferences.objects.create(account=alice, recycle_bin_days=30)
    image, other = store_image(alice), store_image(alice)
    for each in (image, other):
        app.post(f"{API}/images/{each.pk}/bin", **keyed(str(each.pk)))

    purge_image(image, actor=alice)

    assert KeptAnswer.objects.get().subject_id == other.pk
    assert app.post(f"{API}/images/{image.pk}/bin", **keyed(str(image.pk))).status_code == 410


def test_putting_away_without_a_recycle_bin_is_answered_twice(
    alice: Account, app: APIClient
) -> None:
    path = f"{API}/images/{store_image(alice).pk}/bin"

    first, again = (app.post(path, **keyed("fourteen")) for _ in range(2))

    assert said(first) == said(again)
    assert first.status_code == 204


def test_what_is_somebody_elses_is_not_found_with_a_key_too(
    alice: Account, mallory: Account
) -> None:
    mine, hers = app_of(mallory), store_image(alice)
    answers = [
        mine.post(f"{API}/images/{image_id}/bin", **keyed("fifteen"))
        for image_id in (hers.pk, uuid7())
    ]

    assert said(answers[0]) == said(answers[1])
    assert answers[0].status_code == 404
    assert not KeptAnswer.objects.exists()


def test_an_account_takes_its_answers_along(alice: Account, app: APIClient) -> None:
    begun(asked_by(alice))

    AccountsCustodian().erase(alice.pk)

    assert not KeptAnswer.objects.exists()


def posts(patterns: list[Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from posts(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and route.startswith("api/v1/"):
            view = pattern.callback.view_class  # type: ignore[attr-defined]
            if hasattr(view, "post"):
                yield route, view.post


def test_of_every_post_the_document_says_whether_it_takes_a_key(settings: Settings) -> None:
    lines = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text(encoding="utf-8").splitlines()
    written = {
        cells[1].strip(" `"): cells[2].strip()
        for cells in (line.split("|") for line in lines)
        if len(cells) == 5 and cells[2].strip() in ("yes", "no")
    }
    true = {
        "/" + route.removeprefix("api/v1/").replace("<uuid:", "{").replace(">", "}"): (
            "yes" if getattr(post, "is_keyed", False) else "no"
        )
        for route, post in posts(get_resolver().url_patterns)
    }

    assert written == true
