from __future__ import annotations

import django.db.models.deletion
import pocketvault.kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0004_backups"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Archive",
            fields=[
                ("id", models.UUIDField(default=pocketvault.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("state", models.CharField(choices=[("asked", "Asked"), ("building", "Building"), ("ready", "Ready"), ("expired", "Expired"), ("failed", "Failed")], default="asked", max_length=8)),
                ("phase", models.CharField(choices=[("front", "Front"), ("photos", "Photos"), ("closing", "Closing")], default="front", max_length=8)),
                ("ended_by", models.CharField(blank=True, choices=[("its_time", "Its Time"), ("photo_deleted", "Photo Deleted"), ("photo_changed", "Photo Changed"), ("took_too_long", "Took Too Long")], default="", max_length=16)),
                ("cursor", models.UUIDField(null=True)),
                ("fence", models.PositiveIntegerField(default=0)),
                ("asked_at", models.DateTimeField()),
                ("turned_at", models.DateTimeField()),
                ("ready_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("bytes", models.PositiveBigIntegerField(default=0)),
                ("bytes_of", models.PositiveBigIntegerField(default=0)),
                ("files", models.PositiveIntegerField(default=0)),
                ("files_of", models.PositiveIntegerField(default=0)),
                ("missing", models.PositiveIntegerField(default=0)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("owner", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name="ArchiveKey",
            fields=[
                ("epoch_number", models.PositiveIntegerField(db_index=True)),
                ("sealed", models.BinaryField()),
                ("archive", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to="rights.archive")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ArchiveStretch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("phase", models.CharField(choices=[("front", "Front"), ("photos", "Photos"), ("closing", "Closing")], max_length=8)),
                ("start", models.PositiveBigIntegerField()),
                ("length", models.PositiveBigIntegerField()),
                ("blob_key", models.CharField(max_length=64, unique=True)),
                ("archive", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="stretches", to="rights.archive")),
            ],
        ),
        migrations.AddIndex(
            model_name="archive",
            index=models.Index(fields=["state", "expires_at"], name="archive_by_state"),
        ),
        migrations.AddIndex(
            model_name="archive",
            index=models.Index(fields=["owner", "-asked_at"], name="archive_by_owner"),
        ),
        migrations.AddConstraint(
            model_name="archive",
            constraint=models.UniqueConstraint(condition=models.Q(("state__in", ["asked", "building"])), fields=("owner",), name="one_archive_under_way"),
        ),
        migrations.AddIndex(
            model_name="archivestretch",
            index=models.Index(fields=["archive", "start"], name="stretch_by_start"),
        ),
        migrations.AddConstraint(
            model_name="archivestretch",
            constraint=models.UniqueConstraint(fields=("archive", "number"), name="one_row_per_stretch"),
        ),
    ]
