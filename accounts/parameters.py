"""Which key-derivation parameters an address is told, whether it has an account or not."""

from __future__ import annotations

from accounts.kdf import Kdf, stand_in
from accounts.models import KeyBundle


def parameters_for(email: str) -> Kdf:
    """What the browser needs to turn a password into keys, for a normalised address.

    The stand-in is worked out either way, so that both answers cost the same.
    """
    fallback = stand_in(email, KeyBundle.objects.kdf_mix())
    bundle = KeyBundle.objects.filter(account__email=email).defer("sealed").first()
    return bundle.kdf if bundle else fallback
