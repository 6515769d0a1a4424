"""Public pages speak the reader's language, as far as there is a catalogue of it."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from django.test.utils import override_settings

from accounts.models import Account
from sharing.models import Profile
from tests.sharing.visitors.live import publish
from tests.sharing.visitors.protocol import Stranger

pytestmark = pytest.mark.django_db
SAID = {
    "Report": "Anmeld",
    "There is nothing here": "Her er ingenting",
    "It is intimate, and shown without consent": "Det er intimt",
    "That was tried too often. Wait a little, then try again.": "Vent lidt.",
}
DANISH = {"Accept-Language": "da-DK, da;q=0.9, en;q=0.5"}


@pytest.fixture
def danish(tmp_path: Path) -> Iterator[None]:
    """There are some words of Danish."""
    catalogue = Catalog(locale="da")
    for sentence, said in SAID.items():
        catalogue.add(sentence, said)
    written = BytesIO()
    write_mo(written, catalogue)
    folder = tmp_path / "da" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.mo").write_bytes(written.getvalue())
    with override_settings(
        LOCALE_PATHS=[tmp_path], LANGUAGES=[("en-gb", "English"), ("da", "Danish")]
    ):
        yield


@pytest.mark.usefixtures("danish")
@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        ("/u/marit", 200, "Anmeld"),
        ("/u/marit/report", 200, "Det er intimt"),
        ("/u/nobody", 404, "Her er ingenting"),
        ("/nowhere", 404, "Her er ingenting"),
    ],
)
def test_a_public_page_speaks_the_readers_language(
    profile: Profile, path: str, status: int, word: str
) -> None:
    client = Stranger().client
    for headers, language, is_said in ((DANISH, "da", True), ({}, "en-gb", False)):
        answer = client.get(path, headers=headers)
        page = answer.content.decode()
        assert answer.status_code == status
        assert (word in page) is is_said
        assert (f'<html lang="{language[:2]}' in page, answer["Content-Language"]) == (
            True, language,
        )  # fmt: skip
        assert "Accept-Language" in answer["Vary"]


@pytest.mark.usefixtures("danish")
def test_a_page_of_another_language_is_another_page_to_a_cache(
    alice: Account, profile: Profile
) -> None:
    photo = publish(alice, long_edge=32)
    client = Stranger().client
    for path in ("/u/marit", f"/u/marit/{photo.public_id}"):
        tag = client.get(path)["ETag"]
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
        kept = client.get(path, headers={**DANISH, "If-None-Match": tag})
        assert kept.status_code == 200


@pytest.mark.usefixtures("danish")
def test_a_refusal_speaks_it_too(alice: Account, profile: Profile) -> None:
    profile.cover = publish(alice, long_edge=32)
    profile.save()
    stranger = Stranger()
    for _ in range(20):
        assert stranger.fill("/u/marit/report", {"reason": "other", "text": "x"}).status_code == 200
    refused = stranger.fill("/u/marit/report", {"reason": "other", "text": "x"}, DANISH)
    assert refused.status_code == 429
    assert "Vent lidt." in refused.content.decode()
