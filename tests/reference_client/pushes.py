"""Being woken: a push service tells this device that something changed, and nothing else.

    said = push_state(device)             # the key, the push services that the server asks
    endpoint = …                          # the platform registers with `said["public_key"]`
    ask_to_be_woken(device, endpoint)     # at each start of the app, and whenever it changes
    …                                     # a push came, without content: sync

A push may be late, come twice, or never: an app syncs when it is opened as well.
"""

from __future__ import annotations

from tests.reference_client.account import Device
from tests.reference_client.client import Json

PATH = "/auth/session/push"


def push_state(device: Device) -> Json:
    """``public_key`` to register with, ``services`` that are asked, and ``subscription``, which is
    None when this device is not woken: it never asked, or could not be reached for long.
    """
    return device.client.call("GET", PATH)


def ask_to_be_woken(device: Device, endpoint: str, *, urgency: str = "normal") -> None:
    """Be woken through this address. Raises `ProblemError` ``unknown_push_service`` (its
    ``services`` are asked) and ``bad_push_address``.
    """
    device.client.call("PUT", PATH, {"endpoint": endpoint, "urgency": urgency})


def stop_being_woken(device: Device) -> None:
    """Be woken no more."""
    device.client.call("DELETE", PATH)


def stop_waking(device: Device, session_id: str) -> None:
    """Have another device of the account woken no more; it stays signed in."""
    device.client.call("DELETE", f"/auth/sessions/{session_id}/push")
