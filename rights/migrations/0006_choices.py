"""Consents, processors and notices.

What a CHECK cannot say, because it looks at other rows, is said by triggers on both engines. A
later migration that changes a column of one of these tables on SQLite makes the table anew
without them, and has to put them back (`put_up`).
"""

import django.db.models.deletion
import pocketvault.kernel.ids
from django.conf import settings
from django.db import migrations, models

# A maker's row, and the one consent it stands on. The clock is the database's own.
COVERED = """
SELECT 1 FROM rights_consent c
JOIN rights_consentimage ci ON ci.consent_id = c.id
JOIN images_image i ON i.id = ci.image_id AND i.owner_id = c.account_id
WHERE c.id = NEW.consent_id AND ci.image_id = NEW.image_id
AND {length}(c.signature) = 65 AND c.withdrawn_at IS NULL
AND c.given_at <= {now} AND c.expires_at > {now}
"""
WELL_MADE = """
{length}(NEW.signature) = 65 AND {length}(NEW.text_sha256) = 32 AND {length}(NEW.record) > 1
AND NEW.expires_at > NEW.given_at AND {year_is_kept}
"""
REWRITTEN = """
NEW.record <> OLD.record OR NEW.signature <> OLD.signature OR NEW.given_at <> OLD.given_at
OR NEW.expires_at <> OLD.expires_at OR NEW.account_id <> OLD.account_id
OR NEW.text_sha256 <> OLD.text_sha256
OR (OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS NULL)
"""
STANDS_ON_CONSENT = "SELECT 1 FROM rights_syntheticderivative d WHERE d.consent_id = NEW.id"
STANDS_ON_PHOTO = """
SELECT 1 FROM rights_syntheticderivative d
WHERE d.consent_id = OLD.consent_id AND d.image_id = OLD.image_id
"""
# Name, table, when, and the condition under which the database refuses.
RULES = (
    ("derivative_is_covered", "rights_syntheticderivative", "INSERT",
     "NOT EXISTS ({covered})"),
    ("derivative_stays_covered", "rights_syntheticderivative", "UPDATE",
     "NOT EXISTS ({covered})"),
    ("consent_is_signed", "rights_consent", "INSERT", "NOT ({well_made})"),
    ("consent_is_never_rewritten", "rights_consent", "UPDATE", "{rewritten}"),
    ("consent_ends_last", "rights_consent", "UPDATE",
     "NEW.withdrawn_at IS NOT NULL AND EXISTS ({stands_on_consent})"),
    ("covered_photo_stays", "rights_consentimage", "DELETE", "EXISTS ({stands_on_photo})"),
    ("covered_photo_is_never_rewritten", "rights_consentimage", "UPDATE",
     "NEW.image_id <> OLD.image_id OR NEW.consent_id <> OLD.consent_id"),
)  # fmt: skip
SQLITE = {
    "length": "length",
    "now": "strftime('%Y-%m-%d %H:%M:%f', 'now')",
    "year_is_kept": "julianday(NEW.expires_at) <= julianday(NEW.given_at, '+12 months')",
}
POSTGRES = {
    "length": "octet_length",
    "now": "clock_timestamp()",
    "year_is_kept": "NEW.expires_at <= NEW.given_at + interval '12 months'",
}


def put_up(apps, schema_editor):
    is_postgres = schema_editor.connection.vendor == "postgresql"
    words = POSTGRES if is_postgres else SQLITE
    parts = {
        "covered": COVERED.format(**words), "well_made": WELL_MADE.format(**words),
        "rewritten": REWRITTEN, "stands_on_consent": STANDS_ON_CONSENT,
        "stands_on_photo": STANDS_ON_PHOTO,
    }
    for name, table, event, condition in RULES:
        refused = condition.format(**parts)
        for statement in (_postgres if is_postgres else _sqlite)(name, table, event, refused):
            schema_editor.execute(statement, params=None)


def _sqlite(name, table, event, refused):
    yield (
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {refused} "
        f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
    )


def _postgres(name, table, event, refused):
    row = "OLD" if event == "DELETE" else "NEW"
    yield (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {refused} THEN RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation'; END IF; "
        f"RETURN {row}; END $$"
    )
    yield (
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


def take_down(apps, schema_editor):
    for name, table, _event, _condition in RULES:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {name} ON {table}")
            schema_editor.execute(f"DROP FUNCTION {name}()")
        else:
            schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):

    dependencies = [
        ("images", "0010_the_text_lies_in_its_row"),
        ("rights", "0005_archives"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.UUIDField(default=pocketvault.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('text_version', models.CharField(max_length=20)),
                ('text_sha256', models.BinaryField(max_length=32)),
                ('typed_name', models.CharField(max_length=120)),
                ('record', models.BinaryField()),
                ('signature', models.BinaryField(max_length=65)),
                ('given_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Processor',
            fields=[
                ('id', models.UUIDField(default=pocketvault.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('role', models.CharField(max_length=200)),
                ('country', models.CharField(max_length=2)),
                ('data', models.CharField(max_length=300)),
                ('contract_from', models.DateField()),
                ('contract_until', models.DateField()),
                ('announced_at', models.DateTimeField()),
                ('starts_on', models.DateField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('contract_until__gte', models.F('contract_from'))), name='a_contract_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='SyntheticDerivative',
            fields=[
                ('id', models.UUIDField(default=pocketvault.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('made_at', models.DateTimeField()),
                ('consent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='derivatives', to='rights.consent')),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='images.image')),
            ],
        ),
        migrations.CreateModel(
            name='ConsentImage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('image_id', models.UUIDField()),
                ('consent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='images', to='rights.consent')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('consent', 'image_id'), name='a_photo_once')],
            },
        ),
        migrations.CreateModel(
            name='ProcessorHost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('host', models.CharField(max_length=259)),
                ('processor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hosts', to='rights.processor')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('processor', 'host'), name='a_host_once')],
            },
        ),
        migrations.CreateModel(
            name='ProcessorPurpose',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(max_length=40)),
                ('processor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='purposes', to='rights.processor')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('processor', 'purpose'), name='a_purpose_once'), models.CheckConstraint(condition=models.Q(('purpose__icontains', 'train'), ('purpose__icontains', 'third_party'), ('purpose__icontains', 'market'), ('purpose__icontains', 'personali'), ('purpose__icontains', 'advert'), ('purpose__icontains', 'sale'), ('purpose__icontains', 'sell'), ('purpose__icontains', 'sold'), _connector='OR', _negated=True), name='no_processor_for_training_or_sale')],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ('id', models.UUIDField(default=pocketvault.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('joined', 'Processor Added'), ('left', 'Processor Ended')], max_length=6)),
                ('effective_on', models.DateField()),
                ('made_at', models.DateTimeField()),
                ('reached_id', models.UUIDField(null=True)),
                ('told_count', models.PositiveIntegerField(default=0)),
                ('done_at', models.DateTimeField(null=True)),
                ('processor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='rights.processor')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'processor'), name='told_once')],
            },
        ),
        migrations.RunPython(put_up, take_down),
    ]
