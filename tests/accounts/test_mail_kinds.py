"""Names of mails: each has a template, and fits into its column on every database."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from accounts.actions.mailing import queue_mail
from accounts.models import OutgoingMail
from accounts.models.outgoing_mail import KIND_LETTERS

TEMPLATES = Path(settings.BASE_DIR) / "templates"


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*/mail/*.txt")), ids=lambda p: p.stem)
def test_a_mail_of_this_name_can_be_kept(path: Path) -> None:
    app = path.parts[-3]
    kind = path.stem if app == "accounts" else f"{app}.{path.stem}"
    assert len(kind) <= KIND_LETTERS


@pytest.mark.django_db
def test_a_longer_name_is_refused_on_every_database() -> None:
    with pytest.raises(ValueError, match="rights"):
        queue_mail("rights.a_name_that_is_long", email="alice@example.org")
    assert not OutgoingMail.objects.exists()
