"""Proof P1: whoever stores a photo stays its owner, and it says so wherever it goes.

Our terms take nothing. What is published says in each of its files whose it is and on which
terms, through the whole pipeline and after it was published anew; its page says the same to
machines, with a statement that only its owner can have signed. What somebody takes along says
it beside every photo. Where nobody named an owner none is invented: that test shows that the
others read something.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from playwright.sync_api import Page
from pytest_django import Settings

from accounts.models import Account
from sharing.actions.advancing import advance_publication
from sharing.models import Publication, PublicationState, Rendition
from tests.images.making import store_image
from tests.journeys.pictures import write_photo
from tests.journeys.site import Site
from tests.journeys.uploading import open_vault
from tests.proofs.taking import copy_tree
from tests.proofs.test_p18_portability import (
    CREATOR,
    XMP,
    bring,
    browser,
    expect_complete,
    name_the_creator,
    page,
    site,
    take_into_folder,
    text_in,
    watch,
)
from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.crypto.publication import read_publication
from tests.sharing import publicity
from tests.sharing.signing_albums import Person, person

__all__ = ["browser", "page", "site", "watch"]

LICENCE = "CC BY-NC 4.0"
RIGHTS = {**XMP, "xmpRights": "http://ns.adobe.com/xap/1.0/rights/"}


@pytest.fixture
def photographer(alice: Account, settings: Settings, tmp_path: Path) -> Person:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    settings.PROFILES_URL = "http://photos.localhost:8000"
    found = person(alice)
    publicity.open_profile(found)
    return found


def published(photographer: Person, **said: str) -> Publication:
    """Through the whole pipeline."""
    copy = publicity.Copy(
        image=store_image(photographer.account), content=publicity.jpeg(4, (640, 480))
    )
    body = publicity.publish_body(photographer, copy) | publicity.signed(photographer, copy, **said)
    answer = publicity.put(photographer, copy, body)
    assert answer.status_code == 201, answer.content
    publication = Publication.objects.get(pk=answer.json()["id"])
    while publication.state != PublicationState.LIVE:
        before = publication.state
        advance_publication(publication.pk)
        publication.refresh_from_db()
        assert publication.state != before, publication.refusal
    return publication


def files_of(photographer: Person, publication: Publication) -> list[bytes]:
    """Every file that strangers can be given of it."""
    found = Rendition.objects.filter(publication=publication).values_list("size", "kind")
    base = f"{publicity.path_of(publication.pk)}/pictures"
    answers = [photographer.app.get(f"{base}/{size}.{kind}") for size, kind in found]
    assert {answer.status_code for answer in answers} == {200}
    return [answer.content for answer in answers]


def packet_in(file: bytes) -> ET.Element:
    start, end = file.index(b"<x:xmpmeta"), file.index(b"</x:xmpmeta>") + 12
    return ET.fromstring(file[start:end])


def rights_in(packet: ET.Element) -> str:
    found = packet.find(".//dc:rights/rdf:Alt/rdf:li", RIGHTS)
    return "" if found is None or found.text is None else found.text


@pytest.mark.django_db
def test_the_terms_take_no_licence(client: Client) -> None:
    terms = client.get("/terms").content.decode()
    assert "Your photos stay yours" in terms
    assert "Storing a photo here gives us no licence to it." in terms
    assert "We do not show your photos, sell them, or let anyone train a model on them." in terms
    policy = client.get("/privacy").content.decode()
    assert "Storing a photo here gives us no licence to it." in policy


@pytest.mark.django_db
def test_every_public_file_says_whose_it_is(photographer: Person) -> None:
    files = files_of(photographer, published(photographer, creator="Alice", licence=LICENCE))

    assert len(files) >= 2
    for file in files:
        packet = packet_in(file)
        assert rights_in(packet) == LICENCE
        creator = packet.find(".//dc:creator/rdf:Seq/rdf:li", RIGHTS)
        assert creator is not None
        assert creator.text == "Alice"
        assert "PROHIBITED-AIMLTRAINING" in ET.tostring(packet, encoding="unicode")


@pytest.mark.django_db
def test_where_nobody_named_an_owner_none_is_invented(photographer: Person) -> None:
    for file in files_of(photographer, published(photographer, creator="", licence="")):
        assert packet_in(file).find(".//dc:creator", RIGHTS) is None
        assert rights_in(packet_in(file)) == ""


@pytest.mark.django_db
def test_only_the_owner_can_have_said_so(photographer: Person) -> None:
    publication = published(photographer, creator="Alice", licence=LICENCE)
    statement, signature = bytes(publication.statement), bytes(publication.signature)
    owner, about = str(photographer.pk), str(publication.pk)
    identity = photographer.key.public_key().public_bytes_raw()

    said = read_publication(statement, signature, owner, about, identity)
    assert (said["creator"], said["licence"]) == ("Alice", LICENCE)
    for altered in (b"Alice", LICENCE.encode()):
        with pytest.raises(CryptoError):
            read_publication(
                statement.replace(altered, b"PocketVault"), signature, owner, about, identity
            )


@pytest.mark.django_db
def test_nobody_else_can_have_it_said_here(photographer: Person, mallory: Account) -> None:
    """A statement of ownership is taken under its owner's signature alone."""
    copy = publicity.Copy(
        image=store_image(photographer.account), content=publicity.jpeg(4, (640, 480))
    )
    honest = publicity.publish_body(photographer, copy)
    raw = copy.statement(number=1, creator="Mallory", licence=LICENCE)
    forged = publicity.text(publicity.sign(person(mallory), copy, raw, number=1))

    answer = publicity.put(
        photographer, copy, honest | {"statement": publicity.text(raw), "signature": forged}
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_statement")
    assert not Publication.objects.exists()
    assert publicity.put(photographer, copy, honest).status_code == 201


@pytest.mark.browser
@pytest.mark.browser_alone
@pytest.mark.parametrize("named", [CREATOR, ""], ids=["named", "nobody named"])
def test_what_somebody_takes_along_says_whose_it_is(
    page: Page, site: Site, tmp_path: Path, named: str
) -> None:
    open_vault(page, site, f"owner{len(named)}")
    if named:
        name_the_creator(page, site)
    bring(page, site, [write_photo(tmp_path, "a.jpg", seed=9, taken="2026:06:15 11:42:07")])
    take_into_folder(page, site)
    expect_complete(page)

    bag = copy_tree(page, tmp_path / "taken")
    (photo,) = (bag / "data/photos").rglob("a.jpg")
    packet = ET.parse(f"{photo}.xmp").getroot()
    told = json.loads(Path(f"{photo}.json").read_text(encoding="utf-8"))["pocketvault"]
    rights = text_in(packet, "dc:rights/rdf:Alt/rdf:li")
    assert re.search("all rights reserved", rights, re.IGNORECASE)
    assert rights.startswith(CREATOR) == bool(named)
    assert told["rights"]["creator"] == named
