from __future__ import annotations

import uuid

import django.db.models.deletion
from django.db import migrations, models

import pocketvault.kernel.ids

STATES = [
    ("received", "Received"),
    ("retrying", "Retrying"),
    ("incident", "Incident"),
    ("active_removed", "Active Removed"),
    ("backups_pending", "Backups Pending"),
    ("completed", "Completed"),
]


class Migration(migrations.Migration):
    dependencies = [("rights", "0002_ledger")]

    operations = [
        migrations.CreateModel(
            name="Closing",
            fields=[
                ("epoch_number", models.PositiveIntegerField(db_index=True)),
                ("sealed", models.BinaryField()),
                (
                    "id",
                    models.UUIDField(
                        default=pocketvault.kernel.ids.uuid7, editable=False, primary_key=True,
                        serialize=False,
                    ),
                ),
                ("account_id", models.UUIDField(unique=True)),
                ("secret_digest", models.BinaryField(max_length=32)),
                ("asked_at", models.DateTimeField()),
                ("starts_at", models.DateTimeField()),
                ("begun_at", models.DateTimeField(null=True)),
                ("images_total", models.PositiveIntegerField(default=0)),
                ("images_erased", models.PositiveIntegerField(default=0)),
                ("erased_at", models.DateTimeField(null=True)),
                ("last_blob", models.PositiveBigIntegerField(default=0)),
                ("last_epoch", models.PositiveIntegerField(default=0)),
                ("active_removed_at", models.DateTimeField(null=True)),
                ("unreadable_by", models.DateField(null=True)),
                ("completed_at", models.DateTimeField(null=True)),
                ("promise_id", models.UUIDField(default=uuid.uuid4, unique=True)),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="Deletion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=pocketvault.kernel.ids.uuid7, editable=False, primary_key=True,
                        serialize=False,
                    ),
                ),
                ("account_id", models.UUIDField(null=True)),
                ("image_ids", models.JSONField()),
                ("image_count", models.PositiveIntegerField()),
                ("state", models.CharField(choices=STATES, default="received", max_length=15)),
                ("deleted_at", models.DateTimeField()),
                ("unreadable_by", models.DateField()),
                ("last_epoch", models.PositiveIntegerField()),
                ("looked_at", models.DateTimeField(null=True)),
                ("active_removed_at", models.DateTimeField(null=True)),
                ("completed_at", models.DateTimeField(null=True)),
                ("promise_id", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("is_promised", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account_id", "-id"], name="deletion_by_account"),
                    models.Index(
                        condition=~models.Q(state="completed"),
                        fields=["state", "id"],
                        name="deletion_under_way",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(state="completed")
                        | models.Q(active_removed_at__isnull=False, completed_at__isnull=False),
                        name="a_completed_deletion_was_looked_at",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HeldEnvelope",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("epoch_number", models.PositiveIntegerField(db_index=True)),
                ("sealed", models.BinaryField()),
                ("image_id", models.UUIDField()),
                ("owner_id", models.UUIDField(db_index=True)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("content", "Content"), ("record", "Record"), ("clean", "Clean"),
                        ],
                        max_length=7,
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("held_at", models.DateTimeField()),
                (
                    "deletion",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT,
                        related_name="held", to="rights.deletion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["image_id", "purpose", "version"], name="one_held_envelope_per_key"
                    )
                ]
            },
        ),
    ]
