from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_digests")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="opt_out_signal_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
