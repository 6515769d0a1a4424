"""New columns, a wider one, and a new table."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0011_one_sign_up"),
        ("images", "0015_kept_counts"),
    ]

    operations = [
        migrations.AddField("image", "shade", models.CharField(max_length=9, db_default="plain")),
        migrations.AddField(
            "imagepart", "fetched_by",
            models.ForeignKey(
                settings.AUTH_USER_MODEL, django.db.models.deletion.PROTECT,
                null=True, db_index=False, related_name="+",
            ),
        ),
        migrations.AlterField(
            "discardedblob", "blob_key", models.CharField(max_length=300, unique=True)
        ),
        migrations.CreateModel(
            "ImageNote",
            [
                ("id", models.BigAutoField(primary_key=True)),
                (
                    "image",
                    models.ForeignKey(
                        "images.image", django.db.models.deletion.CASCADE, related_name="+"
                    ),
                ),
                ("made_at", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
