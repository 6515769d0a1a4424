"""The contract on paper is the contract in code: OpenAPI, TypeScript, and docs/api.md."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from accounts import errors as account_errors
from images import errors as image_errors
from images import upload_errors
from pocketvault.kernel.errors import VaultError

ROOT = Path(settings.BASE_DIR)
OPENAPI = ROOT / "docs" / "openapi.yaml"
TYPES = ROOT / "static" / "src" / "api" / "schema.ts"
GENERATOR = ROOT / "node_modules" / ".bin" / "openapi-typescript"
# What the framework itself answers, in our shape.
FRAMEWORK_CODES = (
    "invalid", "parse_error", "not_authenticated", "signed_out", "method_not_allowed",
    "unsupported_media_type", "unavailable", "failed",
)


def refusals(kind: type[VaultError] = VaultError) -> Iterator[type[VaultError]]:
    for each in kind.__subclasses__():
        yield each
        yield from refusals(each)


def test_the_openapi_document_is_what_the_code_says(tmp_path: Path) -> None:
    """Mend with: manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml"""
    fresh = tmp_path / "openapi.yaml"

    call_command("spectacular", file=str(fresh), validate=True, fail_on_warn=True)

    assert fresh.read_text(encoding="utf-8") == OPENAPI.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_browsers_types_are_what_the_openapi_document_says(tmp_path: Path) -> None:
    """Mend with: npx openapi-typescript docs/openapi.yaml -o static/src/api/schema.ts"""
    fresh = tmp_path / "schema.ts"

    subprocess.run([GENERATOR, OPENAPI, "-o", fresh], cwd=ROOT, check=True, capture_output=True)

    assert fresh.read_text(encoding="utf-8") == TYPES.read_text(encoding="utf-8")


@pytest.mark.parametrize("refusal", sorted(set(refusals()), key=lambda each: each.__name__))
def test_every_code_is_explained(refusal: type[VaultError]) -> None:
    """A code without a line in docs/api.md is one that an app does not know of."""
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert any(
        line.startswith(f"| `{refusal.code}` | {refusal.status} |") for line in text.splitlines()
    )


@pytest.mark.parametrize("code", FRAMEWORK_CODES)
def test_the_frameworks_codes_are_explained_too(code: str) -> None:
    assert f"| `{code}` |" in (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def test_no_two_refusals_share_a_code_with_different_statuses() -> None:
    statuses: dict[str, set[int]] = {}
    for refusal in refusals():
        statuses.setdefault(refusal.code, set()).add(refusal.status)

    assert account_errors.WrongCredentialsError.code in statuses
    assert image_errors.ImageGoneError.code in statuses
    assert upload_errors.ChecksumError.code in statuses
    assert {code: found for code, found in statuses.items() if len(found) > 1} == {}
