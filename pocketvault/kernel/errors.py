"""Why PocketVault says no. Each reason has a stable code and an HTTP status."""

from __future__ import annotations

from typing import ClassVar


class VaultError(Exception):
    """A request that was understood and refused. Safe to show to the person who made it.

    ``code`` never changes once released: apps switch on it. ``sentence`` is what a person
    reads when the raiser gives no better one. ``details`` are extra members of the
    problem document (RFC 9457): numbers and ids the client needs to recover.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    sentence: ClassVar[str] = "This cannot be done."

    def __init__(self, sentence: str | None = None, **details: object) -> None:
        super().__init__(sentence or self.sentence)
        self.details = details


class NotFoundError(VaultError):
    """Unknown and forbidden are the same answer."""

    code = "not_found"
    status = 404
    sentence = "There is nothing here that you can open."


class ConflictError(VaultError):
    """Somebody else changed it first: fetch the newer state and try again."""

    code = "conflict"
    status = 409
    sentence = "This changed in the meantime. Fetch it again and repeat your change."


class StaleGenerationError(ConflictError):
    """The key was rotated since."""

    code = "stale_generation"
    sentence = "The key was replaced in the meantime. Fetch the new one and try again."


class TooManyRequestsError(VaultError):
    """A rate limit was reached. ``retry_after`` (seconds) is in ``details``."""

    code = "too_many_requests"
    status = 429
    sentence = "That was tried too often. Wait a little, then try again."


class UnavailableError(VaultError):
    """Something a request needs does not answer. ``retry_after`` (seconds) is in ``details``."""

    code = "unavailable"
    status = 503
    sentence = "The service is busy. Nothing was lost; try again in a moment."


class NewerTablesError(VaultError):
    """A newer release's tables keep what this process was to change: a process of that release can.
    ``retry_after`` (seconds) is in ``details``.
    """

    code = "tables_ahead"
    status = 503
    sentence = "The vault is being brought up to date. Nothing was changed; try again in a moment."


class StorageFullError(VaultError):
    """The disk or bucket took no more bytes. Nothing already safe is lost."""

    code = "storage_full"
    status = 507
    sentence = "Our storage is full at the moment. Nothing was lost; try again in a while."
