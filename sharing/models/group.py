"""Groups, who is in them, and how their key reaches each member."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import Account
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.sealing import SealedModel
from sharing.models.history import History


class GroupRole(models.TextChoices):
    """What a member may do. The value is part of the protocol."""

    OWNER = "owner"
    MANAGER = "manager"
    MEMBER = "member"


class GroupQuerySet(models.QuerySet["Group"]):
    """How groups are found: always starting from who is in them."""

    def of(self, account: Account) -> GroupQuerySet:
        """Those this account is in."""
        return self.filter(members__account=account)


class Group(models.Model):
    """People who are shared with at once. Name and description are ciphertext in ``settings``,
    under the group key of ``settings_generation``, numbered so that an older one cannot win.

    ``rotation_due_at`` says since when somebody who left still knows the key.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    history = models.OneToOneField(History, models.PROTECT, related_name="group")
    made_at = models.DateTimeField()
    generation = models.PositiveIntegerField(default=1)
    settings_number = models.PositiveIntegerField(default=1)
    settings_generation = models.PositiveIntegerField(default=1)
    settings = models.BinaryField()
    rotation_due_at = models.DateTimeField(null=True)

    objects = GroupQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.pk)


class GroupMember(models.Model):
    """One account in one group."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="members")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.CharField(max_length=7, choices=GroupRole)
    joined_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "account"], name="a_member_once"),
            models.UniqueConstraint(
                fields=["group"], name="one_owner_per_group", condition=models.Q(role="owner")
            ),
        ]


class GroupKeyDelivery(SealedModel):
    """A group key on its way to one member, sealed to that member's exchange key, sealed here.

    Those of older generations stay while the member does: older entries of the history and
    albums not wrapped again yet still want them.
    """

    sealing_fields: ClassVar[tuple[str, ...]] = ("member_id", "generation")

    member = models.ForeignKey(GroupMember, models.CASCADE, related_name="deliveries")
    generation = models.PositiveIntegerField()
    granter_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "generation"], name="one_group_key_per_member_and_generation"
            )
        ]
