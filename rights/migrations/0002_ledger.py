from __future__ import annotations

import django.db.models.deletion
import pocketvault.kernel.ids
from django.db import migrations, models

from rights.append_only import guard, unguard


class Migration(migrations.Migration):
    dependencies = [("rights", "0001_initial")]

    operations = [
        # There was no log yet.
        migrations.DeleteModel(name="LogEntry"),
        migrations.CreateModel(
            name="LogCheckpoint",
            fields=[
                ("size", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("note", models.TextField()),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="LogEntry",
            fields=[
                ("index", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("entry", models.BinaryField()),
                ("at", models.DateTimeField()),
                ("leaf_hash", models.BinaryField(max_length=32)),
                ("commitment", models.BinaryField(max_length=32, null=True, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="LogHead",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("origin", models.CharField(max_length=255)),
                ("public_key", models.BinaryField(max_length=32)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("newest_on", models.DateField(null=True)),
                ("founded_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="OwedEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("statement", models.JSONField()),
                ("commitment", models.BinaryField(max_length=32, null=True)),
                ("owed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.UUIDField(default=pocketvault.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("account_id", models.UUIDField(db_index=True, null=True)),
                ("kind", models.CharField(choices=[("stored", "Stored"), ("deleted.active", "Deleted Active"), ("deleted.final", "Deleted Final"), ("account.erased", "Account Erased")], max_length=16)),
                ("about", models.UUIDField(db_index=True)),
                ("promise_id", models.UUIDField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("owed_at", models.DateTimeField(db_index=True)),
                ("taken_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="StatedFact",
            fields=[
                ("key", models.CharField(max_length=128, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="LogNode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.PositiveSmallIntegerField()),
                ("number", models.PositiveBigIntegerField()),
                ("hash", models.BinaryField(max_length=32)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("level", "number"), name="log_node")],
            },
        ),
        migrations.CreateModel(
            name="ReceiptBody",
            fields=[
                ("epoch_number", models.PositiveIntegerField(db_index=True)),
                ("sealed", models.BinaryField()),
                ("receipt", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="body", serialize=False, to="rights.receipt")),
                ("issued_at", models.DateTimeField(db_index=True, null=True)),
                ("commitment", models.BinaryField(max_length=32, null=True, unique=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(fields=("kind", "about"), name="one_receipt_of_a_kind"),
        ),
        migrations.RunPython(guard, unguard),
    ]
