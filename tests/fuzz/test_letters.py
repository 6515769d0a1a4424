"""Mails that anybody may write, and pages that anybody may put up."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.errors import WrongCodeError
from rights.guest_fields import read_digits, read_email, read_once
from rights.models import Takedown
from rights.requests.errors import BadMailError
from rights.requests.mails import read_mail
from rights.takedown.pages import MOST_PICTURES, pictures_of
from rights.takedown.replies import case_of_mail, is_verified
from tests.fuzz.hostile import TEXTS, ends, mutants, tried


def good_mail() -> bytes:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "Zoë <zoe@example.org>", "a@b.org", "Mine ü"
    letter["Message-ID"], letter["Date"] = "<1@example.org>", "Sat, 28 Nov 2026 10:00:00 +0000"
    letter["Authentication-Results"] = "mx.example.org; dmarc=pass header.from=example.org"
    letter.set_content("Erase me, please. ü")
    letter.add_alternative("<p>Erase <b>me</b><!-- x --></p>", subtype="html")
    letter.add_attachment(b"abc", maintype="application", subtype="pdf", filename="a.pdf")
    return letter.as_bytes()


GOOD = good_mail()
HEAD = b"From: zoe@example.org\r\nSubject: x\r\n"
# Markup that the parser of the standard library stumbles over.
ODD_MARKUP = [
    b"<![x[y]]>", b"<![CDATA[x]]>", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<!a[b",
    b"<![if IE]>a<![endif]>",
    b"<?x", b"<!--", b"<!", b"</", b"&#x110000;&#xd800;&#99999999999999999999;", b"<a" * 2_000,
    b"<p " + b"a" * 5_000 + b"=", b"<" * 20_000, b"<!\x00>", b"<!DOCTYPE html PUBLIC", b"<![temp[x",
]  # fmt: skip
PARTS = [
    b"multipart/mixed; boundary=a", b"message/rfc822", b"text/html; charset=utf-7",
    b"text/plain; charset=nowhere",
    b'text/plain; charset="\xff"', b"text/html; charset=idna", b"text/plain; charset=undefined",
    b"text/plain; charset=unicode_escape", b"text/plain; charset*=utf-8''a; charset*1=b",
    b"multipart/mixed", b"message/delivery-status", b"message/partial", b"text", b"/", b"; ; =",
]  # fmt: skip
HEADERS = [
    b"Content-Type", b"Content-Transfer-Encoding", b"Content-Disposition", b"From", b"Subject",
    b"Message-ID", b"Auto-Submitted", b"Return-Path", b"Date", b"Precedence", b"Delivered-To",
    b"Authentication-Results",
]  # fmt: skip
WORDS = st.one_of(
    st.sampled_from([
        *PARTS, b"base64", b"quoted-printable", b"x-uuencode", b"\xff\xfe", b"=?utf-8?b?/?=",
        b"=?utf-8?q?" + b"=00" * 200 + b"?=", b"a@b.org, c@d.org", b'"' * 300, b"(" * 3_000,
        b"<" * 300,
        b"a@" + b"b." * 200 + b"org", b"=?\xff?b?a?=", b"=?utf-16?b?2AA=?=",
        b"\xe2\x80\xae@example.org",
    ]),
    st.binary(max_size=60),
)  # fmt: skip
MAILS = st.one_of(
    mutants(GOOD),
    st.tuples(
        st.lists(st.tuples(st.sampled_from(HEADERS), WORDS), max_size=6),
        st.sampled_from([*ODD_MARKUP, GOOD, b"--a\r\n\r\nb\r\n--a--", b"====",
            b"begin 666 x\n!!!\nend"]) | st.binary(max_size=200),
    ).map(lambda made: HEAD + b"".join(n + b": " + v + b"\r\n" for n,
        v in made[0]) + b"\r\n" + made[1]),
)  # fmt: skip


@tried()
@example(HEAD + b"Content-Type: text/html\r\n\r\n<p>Erase me</p><![x[y]]>")
@given(MAILS)
def test_a_mail(raw: bytes) -> None:
    read = ends(lambda: read_mail(raw), BadMailError)
    assert read is None or "\0" not in read.text + read.name


@pytest.mark.django_db
def test_an_answer_of_a_host(settings: Settings) -> None:
    settings.REPLIES_ADDRESS, settings.REPLIES_AUTHSERV_ID = "cases@example.org", "mx.example.org"

    @tried()
    @given(MAILS)
    def read(raw: bytes) -> None:
        ends(lambda: case_of_mail(raw))
        ends(lambda: is_verified(Takedown(), raw, "abuse@example.org"))

    read()


@tried()
@example(b"<img src=a.jpg><![x[y]]><img src=b.jpg>", "https://example.org/")
@given(
    st.sampled_from(ODD_MARKUP)
        | mutants(b'<img src="a"><meta property="og:image" content="//[::1">', *ODD_MARKUP),
    st.sampled_from(["https://example.org/", "https://[::1]/", "", "https://example.org:99999/"]),
)  # fmt: skip
def test_a_page_with_pictures(page: bytes, base: str) -> None:
    found = ends(lambda: pictures_of(page, base))
    assert found is not None
    assert len(found) <= MOST_PICTURES


def test_what_stands_before_odd_markup_is_still_seen() -> None:
    page = b"<img src=a.jpg><![x[y]]><img src=b.jpg>"
    assert pictures_of(page, "https://example.org/")[0] == "https://example.org/a.jpg"


@tried()
@given(TEXTS)
def test_what_a_guest_types(text: str) -> None:
    ends(lambda: read_email(text))
    ends(lambda: read_once(text, "a@example.org"))
    ends(lambda: read_digits(text), WrongCodeError)
