"""Rows that are there get the new column's value, a few at a time."""

from django.db import migrations, transaction

AT_A_TIME = 2


def shade(apps, schema_editor):
    """Killed, it goes on where it was."""
    images = apps.get_model("images", "Image").objects
    while True:
        with transaction.atomic():
            batch = list(images.filter(shade="plain").values_list("pk", flat=True)[:AT_A_TIME])
            if not batch:
                return
            images.filter(pk__in=batch).update(shade="light")


class Migration(migrations.Migration):

    atomic = False

    dependencies = [("images", "0103_rules")]

    operations = [migrations.RunPython(shade, migrations.RunPython.noop)]
