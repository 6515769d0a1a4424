"""Django's database sessions, with only a digest of the cookie in the database.

Django stores session keys as they are, so whoever reads the table can put one into a
browser and be that person. Here the table holds a keyed digest instead. Everything else,
the cookie, its rotation and its expiry, stays Django's.
"""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import salted_hmac


class SessionStore(DatabaseSessionStore):
    """Looks sessions up by the digest of the key in the cookie."""

    def _get_session_from_db(self) -> Session | None:
        row = Session.objects.filter(
            session_key=_stored(str(self.session_key)), expire_date__gt=timezone.now()
        ).first()
        if row is None:
            self._session_key = None
        return row

    def exists(self, session_key: str) -> bool:
        return super().exists(_stored(session_key))

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            super().delete(_stored(key))

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = super().create_model_instance(data)
        return Session(
            session_key=_stored(row.session_key),
            session_data=row.session_data,
            expire_date=row.expire_date,
        )


def _stored(session_key: str) -> str:
    """40 characters, as Django's column wants: 160 bits of a keyed SHA-256."""
    return salted_hmac("accounts.session", session_key, algorithm="sha256").hexdigest()[:40]
