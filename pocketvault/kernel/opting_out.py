"""Global Privacy Control (W3C): a browser says for its person that they object."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest

HEADER = "Sec-GPC"
SUPPORT_PATH = "/.well-known/gpc.json"
# When what we do about the signal was last changed.
HONOURED_SINCE = date(2026, 11, 27)


def says_opt_out(request: HttpRequest) -> bool:
    """Whether a request carries the signal: ``1``, and nothing that is not ``1``.

    Whoever stands between may send it on twice, which says it twice. ``0`` and ``true`` are
    not in the specification and mean nothing.
    """
    said = [each.strip() for each in request.headers.get(HEADER, "").split(",")]
    return set(said) == {"1"}


def support_document() -> dict[str, object]:
    """What is answered at `SUPPORT_PATH`."""
    return {"gpc": True, "lastUpdate": HONOURED_SINCE.isoformat()}
