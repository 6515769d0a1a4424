"""PostgreSQL keeps the text that pages of the feed show in the row itself.

A row over 2 KB loses its largest value to a second table, and with some 700 bytes of metadata
that was this text: five hundred look-ups more for a page, which never reads the metadata. So the
metadata goes first; it is ciphertext, and trying to compress it is in vain. Only text that is
written from now on lies so, which is why nothing is rewritten here: each version's is written
again when its parts are read back.
"""

from django.db import migrations

TABLE = "images_imageversion"


def keep_in_row(apps, schema_editor):
    _store(schema_editor, shown="MAIN", metadata="EXTERNAL")


def as_before(apps, schema_editor):
    _store(schema_editor, shown="EXTENDED", metadata="EXTENDED")


def _store(schema_editor, **storages):
    if schema_editor.connection.vendor != "postgresql":
        return
    changes = ", ".join(f"ALTER {column} SET STORAGE {kind}" for column, kind in storages.items())
    schema_editor.execute(f"ALTER TABLE {TABLE} {changes}")


class Migration(migrations.Migration):

    dependencies = [
        ("images", "0009_a_version_is_spelled"),
    ]

    operations = [migrations.RunPython(keep_in_row, as_before)]
