"""What an account may do with a shared album: the one place that says so.

Directly or through groups; the strongest role wins, and what one grant allows another does
not take away. Whoever asks here has nothing until this answers, so somebody whose access
ended is a stranger from that moment on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Account
from pocketvault.kernel.errors import NotFoundError
from sharing.errors import RoleNeededError
from sharing.models import Grant, GrantRole, SharedAlbum

OWNER = "owner"
VIEWER, CONTRIBUTOR, MANAGER = (role.value for role in GrantRole)
# From what may least to what may most.
RANKS = (VIEWER, CONTRIBUTOR, MANAGER, OWNER)
ROLES = [(role, role) for role in RANKS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One account's access to one shared album, and the grants that give it (none to its
    owner).
    """

    account_id: UUID
    shared_album: SharedAlbum
    role: str
    can_download: bool
    grants: Sequence[Grant] = ()

    @property
    def is_owner(self) -> bool:
        """True for whose album it is."""
        return self.role == OWNER

    def is_at_least(self, role: str) -> bool:
        """True when this may do all that ``role`` may."""
        return RANKS.index(self.role) >= RANKS.index(role)

    def require(self, role: str) -> None:
        """Raise `RoleNeededError` to somebody who is in the album and may not do this."""
        if not self.is_at_least(role):
            raise RoleNeededError(roles=list(RANKS[RANKS.index(role) :]))


def access_to(account: Account, album_id: UUID, *, least: str = VIEWER) -> Access:
    """What the account may do with this album now, in two queries.

    Raises `NotFoundError` to everybody it is not shared with, and `RoleNeededError`.
    """
    shared = SharedAlbum.objects.select_related("album", "history").filter(pk=album_id).first()
    if shared is None:
        raise NotFoundError
    grants = [] if shared.album.owner_id == account.pk else list(
        Grant.objects.filter(shared_album=shared).reaching(account)
    )
    access = _access(account, shared, grants)
    access.require(least)
    return access


def accesses_of(account: Account) -> list[Access]:
    """Everything that is shared with this account or by it, oldest first, in two queries."""
    grants: defaultdict[UUID, list[Grant]] = defaultdict(list)
    for grant in Grant.objects.reaching(account).select_related(
        "shared_album__album", "shared_album__history"
    ):
        grants[grant.shared_album_id].append(grant)
    found = {album_id: reaching[0].shared_album for album_id, reaching in grants.items()}
    own = SharedAlbum.objects.filter(album__owner=account).select_related("album", "history")
    found |= {shared.pk: shared for shared in own}
    ordered = sorted(found.values(), key=lambda shared: (shared.shared_at, shared.pk))
    return [_access(account, shared, grants[shared.pk]) for shared in ordered]


def _access(account: Account, shared: SharedAlbum, grants: Sequence[Grant]) -> Access:
    if shared.album.owner_id == account.pk:
        return Access(account_id=account.pk, shared_album=shared, role=OWNER, can_download=True)
    if not grants:
        raise NotFoundError
    return Access(
        account_id=account.pk,
        shared_album=shared,
        role=max((grant.role for grant in grants), key=RANKS.index),
        can_download=any(grant.can_download for grant in grants),
        grants=grants,
    )
