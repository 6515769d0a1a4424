"""An index of what somebody did beside their photos, so that a page of it reads nothing else."""

from django.db import migrations, models

from pocketvault.kernel.schema_changes import AddIndexAside


class Migration(migrations.Migration):

    atomic = False

    dependencies = [("accounts", "0011_one_sign_up")]

    operations = [
        AddIndexAside(
            "auditevent",
            models.Index(
                fields=["actor_id", "-id"], name="audit_beside_photos",
                condition=~models.Q(tag__startswith="image:"),
            ),
        ),
    ]
