"""Two origins, one process: what belongs to the vault is not on the public host, and back."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.test.utils import override_settings

from pocketvault.pages import PLAIN_PAGES, VAULT_PAGES
from pocketvault.public_urls import VAULTS_OWN

pytestmark = pytest.mark.django_db
BOTH = (
    "/healthz", "/robots.txt", "/.well-known/tdmrep.json", "/.well-known/gpc.json",
    "/no-training.json", "/no-training",
)


@pytest.fixture
def stranger() -> Client:
    """Asks the public host."""
    return Client(HTTP_HOST="127.0.0.1:8000")


def test_the_suite_has_two_origins() -> None:
    assert settings.PROFILES_URL == "http://127.0.0.1:8000"
    assert settings.PUBLIC_URL == "http://localhost:8000"


def test_nothing_of_the_vault_answers_on_the_public_host(client: Client, stranger: Client) -> None:
    names = {*PLAIN_PAGES, *VAULT_PAGES} - set(VAULTS_OWN)
    pages = [f"/{name}" for name in names if "<" not in name]
    vaults = [*pages, "/api/v1/server", "/api/v1/images", "/service-worker.js"]
    for address in vaults:
        assert client.get(address).status_code != 404, address
        assert stranger.get(address).status_code == 404, address
    assert stranger.get("/desk/").status_code == stranger.get("/desk/login/").status_code == 404


def test_what_is_about_us_leads_to_the_vault(stranger: Client) -> None:
    for path in VAULTS_OWN:
        answer = stranger.get(f"/{path}")
        assert answer.status_code == 302
        assert answer["Location"] == f"{settings.PUBLIC_URL}/{path}".rstrip("/")


def test_no_profile_answers_on_the_vaults_host(client: Client) -> None:
    for address in ("/u/alice", "/u/alice/report", "/i/x/320.webp", "/g/challenge"):
        assert client.get(address).status_code == 404


def test_machines_are_told_the_same_on_both(client: Client, stranger: Client) -> None:
    for address in BOTH:
        ours, theirs = client.get(address), stranger.get(address)
        assert (ours.status_code, theirs.status_code) == (200, 200), address
        for header in ("Content-Usage", "tdm-reservation", "tdm-policy"):
            assert ours[header] == theirs[header]


def test_the_public_host_knows_no_session(stranger: Client) -> None:
    stranger.cookies[settings.SESSION_COOKIE_NAME] = "something"
    answer = stranger.get("/nowhere")
    assert answer.status_code == 404
    assert "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies


def test_a_public_page_may_do_less_than_the_vault(client: Client, stranger: Client) -> None:
    ours, theirs = (
        each.get("/no-training")["Content-Security-Policy"] for each in (client, stranger)
    )
    assert "wasm-unsafe-eval" in ours
    assert "wasm-unsafe-eval" not in theirs
    assert "img-src 'self' data:;" in theirs
    assert "require-trusted-types-for 'script'" in theirs
    assert "'unsafe-inline'" not in theirs


def test_without_an_origin_for_them_there_are_no_profiles(stranger: Client) -> None:
    with override_settings(PROFILES_URL=""):
        assert stranger.get("/u/alice").status_code == 404
        assert stranger.get("/sign-in").status_code == 200
