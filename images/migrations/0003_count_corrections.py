"""Corrections take room from now on, so those that are there already are counted too:
otherwise a purge would give back room that was never taken.
"""

from django.db import migrations
from django.db.models import F, Sum
from django.db.models.functions import Length


def count_corrections(apps, schema_editor):
    correction = apps.get_model("images", "Correction")
    storage_use = apps.get_model("images", "StorageUse")
    account = apps.get_model("accounts", "Account")
    rows = correction.objects.order_by().values_list("image__owner")
    for owner_id, total in rows.annotate(total=Sum(Length("ciphertext"))):
        storage_use.objects.filter(pk=owner_id).update(used_bytes=F("used_bytes") + total)
        account.objects.filter(pk=owner_id).update(used_bytes=F("used_bytes") + total)


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0001_initial"),
        ("images", "0002_uploads"),
    ]

    operations = [migrations.RunPython(count_corrections, migrations.RunPython.noop)]
