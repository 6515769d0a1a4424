"""Answers are the same JSON, whoever writes it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ErrorDetail
from rest_framework.renderers import JSONRenderer

from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.rendering import FastJSONRenderer


@pytest.mark.parametrize(
    "data",
    [
        {"id": uuid7(), "at": datetime(2026, 11, 26, 1, 2, 3, 4, tzinfo=UTC), "none": None},
        {"text": "Grüße \u2028 \U0001f4f7 \x00", "number": 2**63, "is": True, "float": 0.1},
        {"detail": ErrorDetail("No.", code="no"), "lazy": gettext_lazy("Yes."), "d": Decimal(1)},
        {"errors": {0: ["Keys that are numbers."]}, "huge": 2**70, "some": {1}},
        [],
    ],
)
def test_the_same_document_as_the_frameworks_own(data: object) -> None:
    ours, theirs = FastJSONRenderer().render(data), JSONRenderer().render(data)

    assert json.loads(ours) == json.loads(theirs)


def test_no_document_is_no_body() -> None:
    assert FastJSONRenderer().render(None) == b""
