"""Versions that are there already get the text that pages of the feed show of them.

In batches of their own, so that a library of a million photos is not one transaction; killed,
it goes on where it was.
"""

import json
from collections import defaultdict

from django.db import migrations, transaction

from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.statements import text_of_moment

AT_A_TIME = 500
# In the order in which they are shown.
PARTS = ("original", "preview", "thumbnail")


def spell_versions(apps, schema_editor):
    versions = apps.get_model("images", "ImageVersion").objects
    parts = apps.get_model("images", "ImagePart").objects
    last = 0
    while True:
        with transaction.atomic():
            batch = list(versions.filter(pk__gt=last, shown="").order_by("pk")[:AT_A_TIME])
            if not batch:
                return
            found = defaultdict(dict)
            ids = [version.image_id for version in batch]
            for part in parts.filter(image_id__in=ids, name__in=PARTS):
                found[part.image_id, part.version][part.name] = part
            for version in batch:
                stored = found[version.image_id, version.number]
                version.shown = spelled(version, [stored[n] for n in PARTS if n in stored])
            versions.bulk_update(batch, ["shown"])
        last = batch[-1].pk


def spelled(version, parts):
    """As ``images.actions.spelling.spell`` did when this was written."""
    times = [part.verified_at for part in parts]
    is_verified = bool(times) and None not in times
    lines = (
        text_of_moment(str(max(times))) if is_verified else None,
        {
            "number": version.number,
            "parts": {
                part.name: {"bytes": part.bytes, "sha256": to_base64url(bytes(part.sha256))}
                for part in parts
            },
            "is_damaged": any(part.is_damaged for part in parts),
        },
        to_base64url(bytes(version.metadata)),
    )
    return "\n".join(json.dumps(line, separators=(",", ":")) for line in lines)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ("images", "0007_imageversion_shown"),
    ]

    operations = [migrations.RunPython(spell_versions, migrations.RunPython.noop)]
