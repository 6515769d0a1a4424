from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_digests"),
        ("images", "0010_the_text_lies_in_its_row"),
        ("sharing", "0008_publications"),
    ]

    operations = [
        migrations.CreateModel(
            name="LogEntry",
            fields=[
                ("index", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("entry", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
