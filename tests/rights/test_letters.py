"""Letters: our words around somebody's, which never become ours, in three shapes."""

from __future__ import annotations

import re
import zlib
from base64 import a85decode
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from rights.letters.marking import as_html
from rights.letters.printing import as_pdf, is_printable, print_kept, printable
from rights.letters.typefaces import runs_of
from rights.letters.writing import Letter, Shape, keep_letter, read_letter, write_letter

pytestmark = pytest.mark.django_db

TEMPLATE = """{% load i18n %}About {{ number }}

Dear {{ name }},

## What you said

{% for part in text %}{{ part }}

{% endfor %}- one
- {{ name }}
"""


@pytest.fixture(autouse=True)
def own_template(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "rights" / "letters"
    folder.mkdir(parents=True)
    (folder / "example-v1.txt").write_text(TEMPLATE)
    [engine] = django_settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path / "templates", *engine["DIRS"]]}]


def write(name: str = "Zoë", text: list[str] | None = None) -> Letter:
    return write_letter("example", 1, {"number": "R-1", "name": name, "text": text or ["Yes."]})


def printed_pages(data: bytes) -> bytes:
    """The streams of a PDF, opened."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL)
    opened = b""
    for each in streams:
        raw = each.strip()
        try:
            raw = a85decode(raw, adobe=False) if not raw.endswith(b"~>") else a85decode(raw[:-2])
            opened += zlib.decompress(raw)
        except (ValueError, zlib.error):
            continue
    return opened


def test_a_template_becomes_a_subject_and_paragraphs():
    letter = write()

    assert (letter.template, letter.subject) == ("example-v1", "About R-1")
    assert [each.shape for each in letter.paragraphs] == [
        Shape.TEXT, Shape.HEADING, Shape.TEXT, Shape.ITEMS,
    ]  # fmt: skip
    assert letter.text == "Dear Zoë,\n\nWhat you said\n\nYes.\n\n- one\n- Zoë\n"


@pytest.mark.parametrize(
    "name", ["## Zoë", "- Zoë", "Zoë\n\n## Refused", "<b>Zoë</b>", "{{ number }}", "{% now %}"]
)
def test_what_somebody_writes_never_becomes_ours(name):
    letter = write(name)

    headings = [each for each in letter.paragraphs if each.shape is Shape.HEADING]
    assert [each.lines for each in headings] == [("What you said",)]
    assert len(letter.paragraphs) == 4
    assert "<b>" not in as_html(letter)
    assert "R-1" not in letter.text


def test_the_same_letter_has_the_same_digest_and_the_same_bytes():
    one, other = write(), write()

    assert one.digest == other.digest != write("Zoe").digest
    assert as_pdf(one) == as_pdf(other)


def test_a_kept_letter_is_the_letter():
    letter = write()

    assert read_letter(keep_letter(letter)) == letter
    assert print_kept(keep_letter(letter)) == as_pdf(letter)


@pytest.mark.parametrize(
    ("name", "faces"),
    [
        ("Zoë Ångström", ["NotoSans"]), ("Łukasz Żółć", ["NotoSans"]), ("Ștefan", ["NotoSans"]),
        ("Nguyễn Thị Ánh", ["NotoSans"]), ("Ελένη Παπαδοπούλου", ["NotoSans"]),
        ("Юлія", ["NotoSans"]), ("山田 Taro", ["NotoSansJP", "NotoSans"]),
        ("김민준", ["NotoSansKR"]), ("张伟", ["NotoSansSC"]),
        ("محمد بن سلمان", ["NotoSansArabic"]), ("דוד בן־גוריון", ["Rubik"]),
        ("राम कृष्ण", ["NotoSansDevanagari", "NotoSans", "NotoSansDevanagari"]),
        ("สมชาย", ["NotoSansThai"]),
    ],
)  # fmt: skip
def test_a_name_is_printed_as_it_is_in_the_typeface_of_its_script(name, faces):
    runs = [run.typeface.name if run.typeface else None for run in runs_of(name)]

    assert runs == faces
    assert is_printable(name)
    assert printable(name) == name
    embedded = set(re.findall(rb"/FontName /[A-Z]+\+([A-Za-z]+)-", as_pdf(write(name))))
    assert embedded >= {face.encode() for face in faces}


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Zoë 🙂", "Zoë [U+1F642]"), ("ნინო", "[U+10DC U+10D8 U+10DC U+10DD]"),
        ("বন", "[U+09AC U+09A8]"), ("Zoë", "Zoë"),
    ],
)  # fmt: skip
def test_other_scripts_are_printed_as_numbers_and_never_as_black_boxes(name, printed):
    assert printable(name) == printed
    assert is_printable(printable(name))


def test_what_is_written_from_the_right_is_numbers_where_it_would_need_a_second_line():
    """There its second line would stand above its first."""
    assert is_printable("محمد " * 11 + "محمد")
    assert "[U+0645" in printable("محمد " * 40)


def test_a_letter_with_such_a_name_says_why_there_are_numbers():
    plain, numbered = as_pdf(write("Zoë")), as_pdf(write("ნინო"))

    assert len(printed_pages(numbered)) > len(printed_pages(plain))
    assert "ნინო" in write("ნინო").text
    assert "ნინო" in as_html(write("ნინო"))


def test_every_letter_of_requests_is_a_version_that_stays():
    folder = Path(django_settings.BASE_DIR) / "templates" / "rights" / "letters"
    names = [each.stem for each in folder.glob("request-*.txt")]

    assert len(names) == 6
    assert all(re.fullmatch(r"request-[a-z]+-v\d+", each) for each in names)
