"""Rules for a table that is in use, which every release since 2026-11-28 obeys."""

from django.db import migrations, models

from pocketvault.kernel.schema_changes import AddConstraintAside


class Migration(migrations.Migration):

    atomic = False

    dependencies = [("images", "0102_index")]

    operations = [
        AddConstraintAside(
            "imagepart",
            models.CheckConstraint(
                condition=~models.Q(blob_key=""), name="a_part_lies_somewhere"
            ),
            obeyed_since="2026-11-28",
        ),
        AddConstraintAside(
            "imagepart",
            models.UniqueConstraint(fields=["blob_key", "name"], name="one_part_in_a_blob"),
            obeyed_since="2026-11-28",
        ),
        AddConstraintAside(
            "imagepart",
            models.UniqueConstraint(
                fields=["image", "version", "name"], condition=models.Q(is_damaged=False),
                name="one_whole_part_of_a_kind",
            ),
            obeyed_since="2026-11-28",
        ),
    ]
