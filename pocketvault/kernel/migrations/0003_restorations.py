from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_clock_watch")]

    operations = [
        migrations.CreateModel(
            name="Restoration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("restored_at", models.DateTimeField()),
                ("restored_to", models.DateTimeField()),
                ("replayed_at", models.DateTimeField(null=True)),
                ("gap_accepted", models.BooleanField(default=False)),
            ],
        ),
    ]
