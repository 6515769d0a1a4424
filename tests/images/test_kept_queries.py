"""Model objects by SQL that Django made once: the same as it finds each time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions.sessions import Device, open_session
from accounts.models import Account, AccountSession, SessionKind
from images.models import Image, ImagePart
from pocketvault.kernel.kept_queries import KeptQuery

PARTS = KeptQuery(
    lambda: ImagePart.objects.select_related("image__owner").filter(read_at=None),
    # Neither in the order of the alphabet nor of the model.
    by=("version", "image", "name"),
)


@pytest.mark.django_db
def test_a_row_and_its_relations_are_those_of_the_queryset(image: Image) -> None:
    for part in ImagePart.objects.select_related("image__owner").filter(image=image):
        with CaptureQueriesContext(connection) as asked:
            found = PARTS.first(part.version, image.pk, part.name)
            assert found is not None
            same = (found.image, found.image.owner)
        assert len(asked) == 1
        assert _columns(found) == _columns(part)
        assert _columns(same[0]) == _columns(part.image)
        assert _columns(same[1]) == _columns(part.image.owner)
        assert not found._state.adding
        assert found._state.db == "default"


@pytest.mark.django_db
def test_what_the_queryset_leaves_out_is_not_found(image: Image) -> None:
    assert PARTS.first(1, image.pk, "original")
    assert PARTS.first(2, image.pk, "original") is None
    assert PARTS.first(1, uuid4(), "original") is None
    assert PARTS.first(1, image.pk, "preview'") is None
    ImagePart.objects.update(read_at=timezone.now())
    assert PARTS.first(1, image.pk, "original") is None


@pytest.mark.django_db
@pytest.mark.parametrize("version", [-1, 2**31, 2**63, 10**40])
def test_a_number_that_no_column_holds_is_nowhere(image: Image, version: int) -> None:
    assert PARTS.first(version, image.pk, "original") is None


@pytest.mark.django_db
def test_bytes_are_compared(alice: Account) -> None:
    sessions = KeptQuery(
        lambda: AccountSession.objects.select_related("account"), by=("token_digest",)
    )
    device = Device(name="Phone", kind=SessionKind.TOKEN)
    session = open_session(alice, device=device).session
    assert session.token_digest is not None
    found = sessions.first(bytes(session.token_digest))
    assert found is not None
    assert (found.pk, found.account.pk) == (session.pk, alice.pk)
    assert sessions.first(bytes(32)) is None


@pytest.mark.django_db(transaction=True)
def test_threads_share_the_sql_and_not_the_connection(image: Image) -> None:
    def ask(_: int) -> object:
        try:
            found = PARTS.first(1, image.pk, "original")
            return found and found.image.owner_id
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(ask, range(12))) == {image.owner_id}


@pytest.mark.django_db
def test_a_column_that_nothing_is_known_of_is_refused() -> None:
    with pytest.raises(TypeError):
        KeptQuery(Image.objects.all, by=("stored_at",)).first("2026-11-28")


def _columns(row: models.Model) -> dict[str, object]:
    return {
        field.attname: bytes(value) if isinstance(value := getattr(row, field.attname), memoryview)
        else value
        for field in row._meta.concrete_fields
    }  # fmt: skip
