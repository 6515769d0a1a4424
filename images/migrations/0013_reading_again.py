from __future__ import annotations

from django.db import migrations, models


def read_when_verified(apps: object, schema_editor: object) -> None:
    """Whatever was verified was read at that time."""
    del schema_editor
    parts = apps.get_model("images", "ImagePart")  # type: ignore[attr-defined]
    parts.objects.filter(read_at=None).update(read_at=models.F("verified_at"))


class Migration(migrations.Migration):
    dependencies = [("images", "0010_the_text_lies_in_its_row")]

    operations = [
        migrations.AddField(
            "imagepart", "read_at", models.DateTimeField(null=True), preserve_default=True
        ),
        migrations.RunPython(read_when_verified, migrations.RunPython.noop),
        migrations.AddIndex(
            "imagepart", models.Index(fields=["read_at"], name="part_by_reading")
        ),
        migrations.CreateModel(
            name="ReadingDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("parts", models.PositiveBigIntegerField(default=0)),
                ("bytes", models.PositiveBigIntegerField(default=0)),
                ("damaged", models.PositiveBigIntegerField(default=0)),
                ("mended", models.PositiveBigIntegerField(default=0)),
            ],
        ),
    ]
