"""An index over a table that is in use."""

from django.db import migrations, models

from pocketvault.kernel.schema_changes import AddIndexAside


class Migration(migrations.Migration):

    atomic = False

    dependencies = [("images", "0101_leave")]

    operations = [
        AddIndexAside("imagepart", models.Index(fields=["bytes"], name="part_by_size")),
    ]
