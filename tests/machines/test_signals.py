"""Machines are told, in every way they read, that nothing here is for training."""

from __future__ import annotations

import json
from datetime import date
from urllib.robotparser import RobotFileParser

import pytest
from django.conf import settings
from django.test import Client
from django.test.utils import override_settings
from pytest_django import Settings

from accounts.models import Account
from pocketvault.kernel import blobs, reservation
from pocketvault.kernel.headers import SecurityHeadersMiddleware
from pocketvault.machines import fetching, published, selfcheck, views
from pocketvault.settings.agents import AgentList
from sharing.models import Publication, Rendition
from sharing.publication_keys import keys_of, part_of
from sharing.publishing import Rights, render
from sharing.publishing.streams import seal_stream
from tests.sharing import publicity
from tests.sharing.signing_albums import person

pytestmark = pytest.mark.django_db
TRAINERS = ("GPTBot", "CCBot", "ClaudeBot", "Google-Extended", "Applebot-Extended", "Bytespider")
# Not machines that train: engines that send people, and the cards of links people post.
WELCOME = ("Googlebot", "bingbot", "Applebot", "facebookexternalhit", "Mozilla/5.0")


def robots(client: Client) -> RobotFileParser:
    parser = RobotFileParser()
    parser.parse(client.get("/robots.txt").content.decode().splitlines())
    return parser


@pytest.mark.parametrize("agent", TRAINERS)
def test_an_agent_that_trains_is_asked_to_read_nothing(client: Client, agent: str) -> None:
    assert not robots(client).can_fetch(agent, "/")
    assert not robots(client).can_fetch(agent, "/no-training")


@pytest.mark.parametrize("agent", WELCOME)
def test_others_may_read_pages_but_no_answers_and_no_links_of_people(
    client: Client, agent: str
) -> None:
    parser = robots(client)
    assert parser.can_fetch(agent, "/")
    assert parser.can_fetch(agent, "/robots.txt")
    for path in ("/api/v1/server", "/l/0190", "/c/0190"):
        assert not parser.can_fetch(agent, path)


def test_every_kind_of_answer_carries_the_signals(client: Client) -> None:
    for path in ("/", "/photos", "/robots.txt", "/api/v1/server", "/nowhere", "/api/v1/nowhere"):
        headers = client.get(path).headers
        assert headers["Content-Usage"] == "train-ai=n", path
        assert headers["tdm-reservation"] == "1", path
        assert headers["tdm-policy"] == f"{settings.PUBLIC_URL}/no-training.json", path
        assert "noai" in headers["X-Robots-Tag"], path


def test_only_pages_about_us_may_be_listed(client: Client) -> None:
    listed = {path for path in ("/", "/terms", "/privacy", "/no-training", "/verify", "/photos",
              "/sign-in", "/l/01900000-0000-7000-8000-000000000000", "/api/v1/server", "/healthz")
              if "noindex" not in client.get(path).headers["X-Robots-Tag"]}  # fmt: skip
    assert listed == {"/", "/terms", "/privacy", "/no-training", "/verify"}


def test_the_rules_lead_to_a_policy_that_asks_for_consent(client: Client) -> None:
    answer = client.get("/.well-known/tdmrep.json")
    assert answer["Content-Type"] == "application/json"
    [rule] = answer.json()
    assert (rule["location"], rule["tdm-reservation"]) == ("/", 1)

    policy = client.get(rule["tdm-policy"].removeprefix(settings.PUBLIC_URL))
    assert policy["Content-Type"] == "application/ld+json"
    body = json.loads(policy.content)
    assert body["profile"] == "http://www.w3.org/ns/tdmrep"
    [permission] = body["permission"]
    assert permission["action"] == "tdm:mine"
    assert permission["duty"] == [{"action": "obtainConsent"}]


def test_the_page_finds_every_signal_but_an_old_list(client: Client) -> None:
    with override_settings(AI_AGENTS=AgentList(date.today(), settings.AI_AGENTS.names)):  # noqa: DTZ011
        assert [each.name for each in selfcheck.findings() if not each.is_there] == []
        assert "is-missing" not in client.get("/no-training").content.decode()


def test_a_list_of_agents_grows_old_in_thirty_days() -> None:
    assert selfcheck.is_list_fresh(date(2026, 11, 1), date(2026, 12, 1))
    assert not selfcheck.is_list_fresh(date(2026, 11, 1), date(2026, 12, 2))


def missing() -> set[str]:
    return {each.name for each in selfcheck.findings() if not each.is_there}


def test_the_page_notices_whatever_is_taken_away(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with override_settings(AI_AGENTS=AgentList(date(2000, 1, 1), settings.AI_AGENTS.names)):
        assert missing() == {"The list of AI agents is at most 30 days old"}
        assert "is-missing" in client.get("/no-training").content.decode()
    whole = missing()

    monkeypatch.setattr(views, "CONTENT_USAGE", "train-ai=y")
    assert missing() - whole == {"robots.txt tells everybody that nothing is for training"}
    monkeypatch.undo()

    policy = reservation.policy_url()
    monkeypatch.setattr(views, "policy_url", lambda: f"{policy}#")
    assert missing() - whole == {"The well-known rules reserve everything at this address"}


@pytest.mark.parametrize("header", ["Content-Usage", "X-Robots-Tag", "tdm-reservation"])
def test_the_page_notices_a_header_that_is_gone(
    monkeypatch: pytest.MonkeyPatch, header: str
) -> None:
    whole = missing()
    fetching.application.cache_clear()
    kept = SecurityHeadersMiddleware.__init__

    def without(self: SecurityHeadersMiddleware, get_response: object) -> None:
        kept(self, get_response)  # type: ignore[arg-type]
        self.headers[header] = "nothing"

    monkeypatch.setattr(SecurityHeadersMiddleware, "__init__", without)
    try:
        gone = missing() - whole
    finally:
        fetching.application.cache_clear()
    # A page that may be listed says the word for robots by itself; its pictures do not.
    assert len(gone) == (1 if header == "X-Robots-Tag" else 2)


@pytest.fixture
def shown(transactional_db: None, alice: Account, settings: Settings) -> Publication:
    """A photo that alice shows, rendered as a worker renders it."""
    settings.PROFILES_URL = "http://127.0.0.1:8000"
    owner = person(alice)
    publicity.open_profile(owner)
    rights = Rights("Alice", publicity.LICENCE, f"{settings.PROFILES_URL}/u/alice-photos/x")
    made = render(publicity.png((320, 240)), [320], rights)[320]["webp"]
    photo = publicity.publish(owner)
    return publicity.as_live(photo, **{"320_webp": made.data})


def test_the_page_reads_a_profile_and_a_published_picture_back(shown: Publication) -> None:
    found = {each.name: each.is_there for each in selfcheck.findings()}

    assert {name: found[name] for name in published.CHECKS} == dict.fromkeys(
        published.CHECKS, True
    )


def test_nothing_is_said_of_published_pictures_while_there_are_none(
    transactional_db: None,
) -> None:
    assert not {each.name for each in selfcheck.findings()} & set(published.CHECKS)


def test_the_page_notices_a_published_file_that_says_nothing(shown: Publication) -> None:
    row = Rendition.objects.get()
    sealed = seal_stream(
        b"a picture without a word", keys_of(shown.pk).data_key, owner=shown.owner_id,
        publication=shown.pk, part=part_of(320, "webp"),
    )
    blobs.store().discard(row.blob_key)
    blobs.store().put(row.blob_key, [sealed])

    assert missing() & set(published.CHECKS) == {
        "It says so in the file itself, wherever that goes"
    }


@pytest.mark.parametrize("header", ["Content-Usage", "X-Robots-Tag", "tdm-reservation"])
def test_the_page_notices_a_header_that_is_gone_from_what_is_published(
    shown: Publication, monkeypatch: pytest.MonkeyPatch, header: str
) -> None:
    fetching.application.cache_clear()
    kept = SecurityHeadersMiddleware.__init__

    def without(self: SecurityHeadersMiddleware, get_response: object) -> None:
        kept(self, get_response)  # type: ignore[arg-type]
        self.headers[header] = "nothing"

    monkeypatch.setattr(SecurityHeadersMiddleware, "__init__", without)
    try:
        gone = missing() & set(published.CHECKS)
    finally:
        fetching.application.cache_clear()
    assert "A published picture says so with its answer" in gone
