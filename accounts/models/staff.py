"""What somebody who works here does."""

from __future__ import annotations

from django.db import models

from accounts.models.account import Account


class Role(models.TextChoices):
    """What a person at the desk may do. One person may have several; none includes another.

    ``dpo`` answers requests and leads the desk, ``reviewer`` decides on reports and takedowns,
    ``counsel`` on orders of authorities, ``support`` writes to people, ``auditor`` only looks.
    """

    DPO = "dpo", "DPO"
    REVIEWER = "reviewer"
    COUNSEL = "counsel"
    SUPPORT = "support"
    AUDITOR = "auditor"


class StaffRole(models.Model):
    """That somebody at the desk has a role. Whoever is not staff has none, whatever is here."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="staff_roles")
    role = models.CharField(max_length=8, choices=Role)
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "role"], name="one_row_per_role"),
        ]
