from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rights", "0003_deletions")]

    operations = [
        migrations.CreateModel(
            name="Backup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True)),
                ("epoch", models.PositiveIntegerField(db_index=True)),
                ("made_at", models.DateTimeField(db_index=True)),
                ("verified_at", models.DateTimeField(null=True)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("row_count", models.PositiveBigIntegerField(default=0)),
                ("removed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Drill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("began_at", models.DateTimeField(db_index=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("backup_made_at", models.DateTimeField(null=True)),
                ("engine", models.CharField(max_length=16)),
                ("row_count", models.PositiveBigIntegerField(default=0)),
                ("replayed_count", models.PositiveIntegerField(default=0)),
                ("sealed_count", models.PositiveIntegerField(default=0)),
                ("is_kept_back", models.BooleanField(default=False)),
                ("is_gone", models.BooleanField(default=False)),
                ("finding", models.CharField(default="running", max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="Sentinel",
            fields=[
                ("image_id", models.UUIDField(primary_key=True, serialize=False)),
                ("made_at", models.DateTimeField()),
                ("is_kept", models.BooleanField()),
                ("sha256", models.BinaryField(max_length=32)),
                ("key_digest", models.BinaryField(max_length=32)),
                ("deleted_at", models.DateTimeField(null=True)),
            ],
        ),
    ]
