"""What every endpoint of images and albums starts from."""

from __future__ import annotations

from typing import ClassVar

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts.api.base import AccountView
from accounts.guards import require_open_vault


class VaultView(AccountView):
    """An endpoint for what is in a vault.

    After an e-mail reset, until the vault was opened, whoever is signed in may be somebody
    who merely reads the owner's mail: they may look at ciphertext and change nothing.
    ``while_shut`` names the methods of a view that are harmless all the same; a test goes
    through the URLconf and knocks at every other.
    """

    while_shut: ClassVar[frozenset[str]] = frozenset()

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in SAFE_METHODS and request.method not in self.while_shut:
            require_open_vault(self.session)
