"""The browser's sentences: a file that is kept, named before whatever says them, and only there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test.utils import override_settings
from rest_framework.test import APIClient

from pocketvault.kernel.bundle import manifest
from pocketvault.kernel.catalogues import browser_catalogue

pytestmark = pytest.mark.django_db
GERMAN = {"Accept-Language": "de-DE, de;q=0.9"}
DANISH = {"Accept-Language": "da"}
SPEAKING = ["", "sign-in", "sign-up", "photos", "settings/account", "verify"]
SILENT = ["offline", "terms", "promises"]
NAMED = re.compile(
    r'<script src="(/static/languages/de-[0-9A-Z]{8}\.js)" integrity="([^"]+)"'
    r' crossorigin="anonymous" fetchpriority="high" defer></script>'
)
CODE = re.compile(r'<script type="module" src="/static/pages/(?!early-)')
# A page with 240 KB of sentences inside is ten times as long.
LONGEST_BYTES = 30_000


def page_of(api: APIClient, name: str, headers: dict[str, str]) -> str:
    answer = api.get(f"/{name}", headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("name", SPEAKING)
def test_a_page_names_its_catalogue_before_the_code_that_speaks(api: APIClient, name: str) -> None:
    page = page_of(api, name, GERMAN)
    named, code = list(NAMED.finditer(page)), CODE.search(page)
    built = manifest()["files"]["languages/de.js"]

    assert [each.groups() for each in named] == [(f"/static/{built['path']}", built["integrity"])]
    assert code is not None
    assert named[0].end() <= code.start()
    assert 'id="catalogue"' not in page
    assert len(page.encode()) < LONGEST_BYTES


@pytest.mark.parametrize("name", [*SPEAKING, *SILENT])
def test_a_page_in_english_asks_for_no_catalogue(api: APIClient, name: str) -> None:
    page = page_of(api, name, {})

    assert "languages/" not in page
    assert 'id="catalogue"' not in page


@pytest.mark.parametrize("name", SILENT)
def test_a_page_whose_code_says_nothing_asks_for_none_either(api: APIClient, name: str) -> None:
    assert "languages/" not in page_of(api, name, GERMAN)


def test_the_file_holds_the_sentences_and_is_kept_for_years(api: APIClient) -> None:
    answer = api.get(f"/static/{manifest()['files']['languages/de.js']['path']}")
    text = b"".join(answer.streaming_content).decode()
    answer.close()
    data = re.fullmatch(r"globalThis\.pocketvaultCatalogue=JSON\.parse\((.*)\);\n", text)

    assert data is not None
    assert json.loads(json.loads(data[1])) == browser_catalogue("de")
    assert "immutable" in answer["Cache-Control"]
    assert re.search(r"max-age=\d{8,}", answer["Cache-Control"])


@pytest.fixture
def danish(tmp_path: Path) -> Iterator[dict[str, object]]:
    """A language that an operator added, which no build knows."""
    sentences = {"plurals": "01" * 100, "sentences": {"Photos": "</script>Billeder"}}
    folder = tmp_path / "da" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "djangojs.json").write_text(json.dumps(sentences))
    languages = [("en-gb", "English"), ("da", "Danish")]
    with override_settings(LOCALE_PATHS=[tmp_path], LANGUAGES=languages):
        browser_catalogue.cache_clear()
        yield sentences
    browser_catalogue.cache_clear()


def test_a_language_of_the_operators_own_is_data_in_the_pages_that_speak(
    api: APIClient, danish: dict[str, object]
) -> None:
    page = page_of(api, "sign-in", DANISH)
    found = re.search(r'<script id="catalogue" type="application/json">(.*?)</script>', page)
    code = CODE.search(page)

    assert found is not None
    assert code is not None
    assert json.loads(found[1]) == danish
    assert found.end() <= code.start()
    assert 'id="catalogue"' not in page_of(api, "offline", DANISH)


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_files_are_sent_compressed_to_whoever_takes_them_so(api: APIClient, encoding: str) -> None:
    path = f"/static/{manifest()['files']['languages/de.js']['path']}"
    answer = api.get(path, headers={"Accept-Encoding": encoding})

    assert answer["Content-Encoding"] == encoding
    assert "Accept-Encoding" in answer["Vary"]
    assert int(answer["Content-Length"]) < manifest()["files"]["languages/de.js"]["bytes"] / 2
    assert "require-trusted-types-for" in answer["Content-Security-Policy"]
    answer.close()


@pytest.mark.parametrize("name", ["photos", "sign-in"])
def test_a_page_is_sent_compressed_too(api: APIClient, name: str) -> None:
    answer = api.get(f"/{name}", headers={"Accept-Encoding": "gzip"})

    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]


def test_an_answer_with_something_of_somebody_in_it_is_not_compressed(api: APIClient) -> None:
    """Its length beside what a stranger had it repeat would tell what else is in it (BREACH)."""
    for address in ("/api/v1/server", "/request", "/takedown"):
        answer = api.get(address, headers={"Accept-Encoding": "gzip, br"})
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer
