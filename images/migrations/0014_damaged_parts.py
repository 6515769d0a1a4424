"""An index of the damaged parts alone: whoever looks for them every ten minutes reads no others."""

from django.db import migrations, models

from pocketvault.kernel.schema_changes import AddIndexAside


class Migration(migrations.Migration):

    atomic = False

    dependencies = [("images", "0013_passing_of_nobody")]

    operations = [
        AddIndexAside(
            "imagepart",
            models.Index(
                fields=["image"], name="damaged_part", condition=models.Q(is_damaged=True)
            ),
        ),
    ]
