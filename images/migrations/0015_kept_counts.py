"""Counts of photos by month and album, kept beside them. They hold for nobody before they were
counted once: `images.counts`.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("images", "0014_damaged_parts"),
    ]

    operations = [
        migrations.AddField(
            "feedhead", "counted", models.BigIntegerField(default=-1, db_default=-1)
        ),
        migrations.AddField("feedhead", "newest_month", models.IntegerField(default=0, db_default=0)),
        migrations.AddField("feedhead", "newest_count", models.IntegerField(default=0, db_default=0)),
        migrations.CreateModel(
            "MonthCount",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.PositiveIntegerField()),
                ("count", models.IntegerField()),
                ("account", models.ForeignKey(settings.AUTH_USER_MODEL, django.db.models.deletion.PROTECT, related_name="+", db_index=False)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["account", "month"], name="one_count_per_month")],
            },
        ),
        migrations.CreateModel(
            "AlbumCount",
            [
                ("album_id", models.UUIDField(primary_key=True, serialize=False)),
                ("count", models.IntegerField()),
                ("account", models.ForeignKey(settings.AUTH_USER_MODEL, django.db.models.deletion.PROTECT, related_name="+")),
            ],
        ),
        migrations.CreateModel(
            "ComparedDay",
            [
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("accounts", models.PositiveBigIntegerField(default=0)),
                ("wrong", models.PositiveBigIntegerField(default=0)),
            ],
        ),
    ]
