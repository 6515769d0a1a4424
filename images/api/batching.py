"""Many operations in one request: grouped by kind, so that the queries do not multiply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import NotRequired, TypedDict
from uuid import UUID

from accounts.errors import VaultShutError
from accounts.guards import NO_DELAY
from accounts.models import Account
from images.actions.correcting import Revision, add_corrections
from images.actions.disposal import bin_images, purge_images, restore_images
from images.actions.marking import Marks, set_many_marks
from images.api.finding import missing_images
from images.api.serializers import Body
from images.models import Image
from pocketvault.kernel.errors import VaultError


class Result(TypedDict):
    """What came of one operation."""

    id: str
    status: int
    code: NotRequired[str]


def run_batch(
    operations: Sequence[Body], *, account: Account, wait: timedelta
) -> list[Result]:
    """Do what can be done; one refusal stops nothing else. Results in the order asked.

    ``wait`` is how long a deletion asked for by this session has to wait. One that has to
    comes from a shut vault, where nothing else is done.
    """
    ids = [operation["id"] for operation in operations]
    there = set(Image.objects.owned_by(account).filter(pk__in=ids).values_list("pk", flat=True))
    refusals = missing_images(account, [image_id for image_id in ids if image_id not in there])
    outcome: dict[UUID, int | VaultError] = dict(refusals)
    groups: defaultdict[str, list[Body]] = defaultdict(list)
    for operation in operations:
        if operation["id"] in there:
            groups[operation["op"]].append(operation)
    for name, group in groups.items():
        if wait > NO_DELAY and name not in _WHILE_SHUT:
            outcome |= {operation["id"]: VaultShutError() for operation in group}
        else:
            outcome |= _OPERATIONS[name](group, account, wait)
    return [_result(image_id, outcome[image_id]) for image_id in ids]


def _result(image_id: UUID, outcome: int | VaultError) -> Result:
    if isinstance(outcome, VaultError):
        return {"id": str(image_id), "status": outcome.status, "code": outcome.code}
    return {"id": str(image_id), "status": outcome}


def _purge(group: list[Body], account: Account, wait: timedelta) -> Mapping[UUID, int]:
    ids = [operation["id"] for operation in group]
    return dict.fromkeys(ids, 202 if purge_images(ids, actor=account, wait=wait) else 204)


def _bin(group: list[Body], account: Account, wait: timedelta) -> Mapping[UUID, int]:
    ids = [operation["id"] for operation in group]
    return dict.fromkeys(ids, 200 if bin_images(ids, actor=account, wait=wait) else 204)


def _restore(group: list[Body], account: Account, _: timedelta) -> Mapping[UUID, int]:
    ids = [operation["id"] for operation in group]
    restore_images(ids, actor=account)
    return dict.fromkeys(ids, 200)


def _mark(group: list[Body], account: Account, _: timedelta) -> Mapping[UUID, int | VaultError]:
    wanted = {one["id"]: Marks(one["number"], one["marks"]) for one in group}
    return {i: e or 200 for i, e in set_many_marks(wanted, actor=account).items()}


def _correct(
    group: list[Body], account: Account, _: timedelta
) -> Mapping[UUID, int | VaultError]:
    wanted = {one["id"]: Revision(one["revision"], one["corrections"]) for one in group}
    return {i: e or 201 for i, e in add_corrections(wanted, actor=account).items()}


_WHILE_SHUT = frozenset({"purge", "bin"})
_Operation = Callable[[list[Body], Account, timedelta], Mapping[UUID, int | VaultError]]
_OPERATIONS: dict[str, _Operation] = {
    "purge": _purge,
    "bin": _bin,
    "restore": _restore,
    "marks": _mark,
    "corrections": _correct,
}
