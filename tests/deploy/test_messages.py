"""The catalogues hold what is said now, and a translation reaches a person in each of its ways."""

from __future__ import annotations

import json
import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.utils.translation import override

from deploy.messages.__main__ import ROOT, browser_messages, templates
from deploy.messages.catalogues import compile_browser, compile_server, template_of, update
from deploy.messages.server import server_messages
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.templatetags.languages import page_language
from pocketvault.settings.env import languages_in

LANGUAGES = sorted(each.parent.name for each in ROOT.glob("locale/*/LC_MESSAGES"))
VALUE = re.compile(r"%\(\w+\)[sd]|\{\w+\}|<[^>]+>")


def values_in(sentence: str) -> set[str]:
    """What is filled in, and the elements. A language may say a value twice."""
    return set(VALUE.findall(sentence))


def test_the_catalogues_hold_every_sentence_of_the_sources_and_no_other() -> None:
    """Red? ``make messages`` collects them anew."""
    for domain, found in templates(ROOT).items():
        assert (ROOT / "locale" / f"{domain}.pot").read_bytes() == found, domain


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_a_language_says_everything_and_leaves_out_no_value(language: str, domain: str) -> None:
    """Red? ``make messages`` brings the catalogue up to the sources; then somebody translates."""
    file = ROOT / "locale" / language / "LC_MESSAGES" / f"{domain}.po"
    template = read_po(BytesIO((ROOT / "locale" / f"{domain}.pot").read_bytes()))
    catalogue = read_po(BytesIO(file.read_bytes()), locale=language)
    said = {message.id: message.string for message in catalogue if message.id}

    assert set(said) == {message.id for message in template if message.id}
    for sentence, translation in said.items():
        forms = (translation,) if isinstance(translation, str) else translation
        many = sentence if isinstance(sentence, str) else sentence[-1]
        assert all(form.strip() for form in forms), sentence
        assert values_in(forms[-1]) == values_in(many), sentence
        assert forms[-1].count("\n") == many.count("\n"), sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_was_translated(language: str, tmp_path: Path) -> None:
    for domain, compiled, ending in (
        ("django", compile_server, ".mo"), ("djangojs", compile_browser, ".json"),
    ):  # fmt: skip
        file = ROOT / "locale" / language / "LC_MESSAGES" / f"{domain}.po"
        copy = tmp_path / file.name
        copy.write_bytes(file.read_bytes())
        compiled(copy, language=language)
        assert copy.with_suffix(ending).read_bytes() == file.with_suffix(ending).read_bytes()


def test_sentences_are_found_in_each_place_they_can_stand() -> None:
    server = server_messages(ROOT)
    assert {
        "Photos only you can open",  # a template
        "Welcome to PocketVault.",  # a mail
        NotFoundError.sentence,  # the sentence of a class
        "This passkey is already in use.",  # raised with one of its own
        "Your recovery key was replaced",  # a notice
        "Use the cursor of an earlier answer.",  # about one value
    } <= server

    browser = browser_messages(ROOT)
    assert {
        "Your vault is locked",  # t()
        ("{n} photo", "{n} photos"),  # tn()
        "Signed out everywhere",  # a table
        "That passkey does not open this vault. Use your password or your recovery key.",
    } <= set(browser)
    assert "The page has no shell." not in browser


def test_what_is_translated_stays_when_the_sources_change(tmp_path: Path) -> None:
    file = tmp_path / "django.po"
    update(file, template_of({"Photos", "Albums"}), language="de")
    translate(file, "Photos", "Fotos")

    update(file, template_of({"Photos", "Bin"}), language="de")

    text = file.read_text()
    assert 'msgid "Photos"\nmsgstr "Fotos"' in text
    assert 'msgid "Bin"\nmsgstr ""' in text
    assert "Albums" not in text


@pytest.mark.parametrize(
    ("language", "forms", "first"),
    [("sl", 4, "3012233333"), ("pl", 3, "2011122222"), ("ja", 1, "0" * 10)],
)
def test_each_number_takes_the_form_of_its_language(
    tmp_path: Path, language: str, forms: int, first: str
) -> None:
    file = tmp_path / "djangojs.po"
    update(file, template_of({("{n} photo", "{n} photos")}), language=language)
    text = file.read_text()
    assert text.count("msgstr[") == forms
    for form in range(forms):
        text = text.replace(f'msgstr[{form}] ""', f'msgstr[{form}] "{{n}} #{form}"')
    file.write_text(text)

    compile_browser(file, language=language)

    compiled = json.loads(file.with_suffix(".json").read_text())
    assert compiled["plurals"].startswith(first)
    assert len(compiled["plurals"]) == 200
    assert compiled["sentences"] == {"{n} photo": [f"{{n}} #{form}" for form in range(forms)]}


def test_a_language_is_a_folder_with_catalogues(tmp_path: Path) -> None:
    file = tmp_path / "pt_BR" / "LC_MESSAGES" / "django.po"
    update(file, template_of({"Photos"}), language="pt_BR")
    assert languages_in([tmp_path, tmp_path / "absent"]) == []

    compile_server(file, language="pt_BR")

    assert languages_in([tmp_path]) == [("pt-br", "pt-br")]
    with override("pt-br"):
        assert page_language() == "pt-BR"


def translate(file: Path, sentence: str, translation: str) -> None:
    empty = f'msgid "{sentence}"\nmsgstr ""'
    text = file.read_text()
    assert empty in text
    file.write_text(text.replace(empty, f'msgid "{sentence}"\nmsgstr "{translation}"'))
