"""Devices that want to be woken when something changed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("accounts", "0012_security_events")]

    operations = [
        migrations.CreateModel(
            name="PushSubscription",
            fields=[
                ("epoch_number", models.PositiveIntegerField(db_index=True)),
                ("sealed", models.BinaryField()),
                (
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, primary_key=True,
                        related_name="push", serialize=False, to="accounts.accountsession",
                    ),
                ),
                ("service", models.CharField(db_index=True, max_length=259)),
                (
                    "urgency",
                    models.CharField(choices=[("low", "Low"), ("normal", "Normal")], max_length=6),
                ),
                ("subscribed_at", models.DateTimeField()),
                ("told", models.PositiveBigIntegerField(default=0)),
                ("not_before", models.DateTimeField(db_index=True)),
                ("failing_since", models.DateTimeField(null=True)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
            ],
            options={"abstract": False},
        ),
    ]
