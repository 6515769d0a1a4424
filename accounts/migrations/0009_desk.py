from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def make_auditors(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Whoever was let into the desk goes on looking, and gains nothing."""
    account, role = apps.get_model("accounts", "Account"), apps.get_model("accounts", "StaffRole")
    ids = account.objects.filter(is_staff=True).values_list("pk", flat=True)
    role.objects.bulk_create([role(account_id=each, role="auditor") for each in ids])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_choices")]

    operations = [
        migrations.CreateModel(
            name="StaffRole",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("dpo", "DPO"),
                            ("reviewer", "Reviewer"),
                            ("counsel", "Counsel"),
                            ("support", "Support"),
                            ("auditor", "Auditor"),
                        ],
                        max_length=8,
                    ),
                ),
                ("granted_at", models.DateTimeField(auto_now_add=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="staff_roles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("account", "role"), name="one_row_per_role")
                ],
            },
        ),
        migrations.RunPython(make_auditors, migrations.RunPython.noop),
    ]
