"""How often each door opens: by the caller's network, and by the name it is tried for.

Networks are generous, because a school or a phone company is one; a name from one network
is not. Whoever tries the name of somebody else must not lock them out by it, so the owner's
own devices are counted apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.http import HttpRequest
from rest_framework.request import Request

from accounts.actions.known_devices import known_device
from accounts.api.authentication import plain_request
from pocketvault.kernel.network import network_prefix
from pocketvault.kernel.ratelimit import limit_by_name, limit_by_network

# Random, HttpOnly, and worth nothing but a count of its own.
DEVICE_COOKIE = "__Host-device"


class Door(StrEnum):
    """Everything that can be tried out by somebody who is not signed in, or not enough."""

    PARAMETERS = "parameters"
    SIGN_UP = "sign_up"
    CONFIRM = "confirm"
    RESEND = "resend"
    SIGN_IN = "sign_in"
    SECOND_FACTOR = "second_factor"
    PASSKEY = "passkey"
    RECOVERY = "recovery"
    RECOVERY_ASK = "recovery_ask"
    RECOVERY_CONFIRM = "recovery_confirm"
    RESET = "reset"
    RESET_CONFIRM = "reset_confirm"
    STEP_UP = "step_up"
    CODES = "codes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """``count/period``, as django-ratelimit reads it.

    ``network`` is for all names tried from one network. ``near`` is for one name from one
    network, and strict. ``name`` is for one name from everywhere: where it is looser than
    ``near``, no one network can use up a name, and many together still cannot guess on.
    ``is_owned`` doors are tried for accounts: there a device that the account has signed in
    from before is held to ``near`` alone, in a count of its own, which no stranger reaches.
    """

    network: str
    near: str
    name: str
    is_owned: bool = False


RATES = {
    Door.PARAMETERS: Rates(network="300/10m", near="30/10m", name="300/10m", is_owned=True),
    Door.SIGN_UP: Rates(network="60/h", near="5/h", name="20/h"),
    Door.CONFIRM: Rates(network="120/h", near="20/h", name="20/h"),
    Door.RESEND: Rates(network="60/h", near="3/h", name="3/h"),
    Door.SIGN_IN: Rates(network="100/10m", near="10/10m", name="600/h", is_owned=True),
    # Six digits, three of them right at any time: ten tries an hour is one hit in four years.
    # Who comes here knows the password, so many networks are no excuse for more.
    Door.SECOND_FACTOR: Rates(network="100/10m", near="10/h", name="10/h", is_owned=True),
    Door.PASSKEY: Rates(network="100/10m", near="10/10m", name="10/10m"),
    Door.RECOVERY: Rates(network="60/h", near="10/h", name="100/h", is_owned=True),
    # Each of these two is a mail to somebody who may not have asked for it.
    Door.RECOVERY_ASK: Rates(network="60/h", near="3/h", name="10/h"),
    Door.RECOVERY_CONFIRM: Rates(network="120/h", near="20/h", name="20/h"),
    Door.RESET: Rates(network="60/h", near="3/h", name="10/h", is_owned=True),
    Door.RESET_CONFIRM: Rates(network="60/h", near="10/h", name="10/h"),
    Door.STEP_UP: Rates(network="100/10m", near="20/h", name="20/h", is_owned=True),
    Door.CODES: Rates(network="100/10m", near="10/10m", name="10/10m", is_owned=True),
}


def limit(request: Request, door: Door, *, name: str | UUID | None = None) -> None:
    """Count this try, and refuse with `TooManyRequestsError` when it is one too many.

    ``name`` is the address or the id that is tried; names that exist and names that do not
    are counted alike.
    """
    limit_plain(plain_request(request), door, name=name)


def limit_plain(request: HttpRequest, door: Door, *, name: str | UUID | None = None) -> None:
    """`limit` for a page: the same door, counted together."""
    rates = RATES[door]
    device = _device(request, name) if rates.is_owned else None
    if device is not None:
        limit_by_name(request, door=f"{door}:device", name=str(device), rate=rates.near)
        return
    limit_by_network(request, door=f"{door}:network", rate=rates.network)
    if name is not None:
        near = f"{name} from {network_prefix(request.META['REMOTE_ADDR'])}"
        limit_by_name(request, door=f"{door}:near", name=near, rate=rates.near)
        limit_by_name(request, door=f"{door}:name", name=str(name), rate=rates.name)


def _device(request: HttpRequest, name: str | UUID | None) -> int | None:
    token = request.COOKIES.get(DEVICE_COOKIE)
    return known_device(token, name) if token and name is not None else None
