"""What a ciphertext is for, as bytes."""

import re
from dataclasses import dataclass

from tests.reference_client.crypto.errors import CryptoError

FIELD = re.compile(r"[A-Za-z0-9._:@-]{1,128}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Authenticated statement of what a ciphertext is for."""

    purpose: str
    owner: str
    record: str
    part: str = "-"
    version: int | str

    def encode(self) -> bytes:
        """Return `pv1|purpose|owner|record|part|version`; fields cannot hold the separator."""
        fields = [self.purpose, self.owner, self.record, self.part, str(self.version)]
        if not all(FIELD.fullmatch(field) for field in fields):
            raise CryptoError("malformed", "A context field holds characters it may not hold.")
        return "|".join(["pv1", *fields]).encode()
