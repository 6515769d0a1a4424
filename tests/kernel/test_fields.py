"""Bytes as text: one canonical spelling, exact lengths."""

from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from pocketvault.kernel.fields import BytesField, from_base64url, to_base64url


@given(st.binary(max_size=200))
def test_bytes_survive(value: bytes) -> None:
    assert from_base64url(to_base64url(value)) == value


@pytest.mark.parametrize(
    "text", ["A", "AA==", "AB", "A A", "++++", "////", "AAAA\n", "é", "AAA=", "=", "AAAAA"]
)
def test_any_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"base64url|ASCII"):
        from_base64url(text)


@pytest.mark.parametrize("value", [None, 7, [], {}, "?", "é", "A" * 5, b"AAAA", True])
def test_what_is_not_text_is_refused_with_a_sentence(value: object) -> None:
    with pytest.raises(ValidationError):
        BytesField().to_internal_value(value)


def test_lengths_are_exact_or_bounded() -> None:
    text = to_base64url(secrets.token_bytes(32))
    assert len(BytesField(exactly=32).to_internal_value(text)) == 32
    assert len(BytesField(least=10, most=32).to_internal_value(text)) == 32
    for field in (BytesField(exactly=31), BytesField(least=33), BytesField(most=31)):
        with pytest.raises(ValidationError, match="32 bytes"):
            field.to_internal_value(text)


def test_whatever_a_database_hands_out_is_written_the_same() -> None:
    assert BytesField().to_representation(memoryview(b"\x01\x02")) == "AQI"
