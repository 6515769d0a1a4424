"""What the next release does without, and this one still uses."""

from django.db import migrations

from pocketvault.kernel.schema_changes import LeaveField, LeaveModel


class Migration(migrations.Migration):

    dependencies = [("images", "0100_grow")]

    operations = [
        LeaveField("imageversion", "stored_at"),
        LeaveModel("Correction"),
    ]
