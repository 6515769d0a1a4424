"""What the kernel does when something happens elsewhere."""

from __future__ import annotations

from django.core.signals import request_finished
from django.dispatch import receiver

from pocketvault.kernel import epochs


@receiver(request_finished, dispatch_uid="kernel.forget_stale_keys")
def on_request_finished(**_: object) -> None:
    """A web process may open no key for days, and is still asked how it is every few seconds."""
    epochs.forget_stale_keys()
