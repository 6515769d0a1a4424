"""Orders of authorities.

What a CHECK cannot say, because it looks at the row before or at other rows, is said by triggers
on both engines. A later migration that changes a column of one of these tables on SQLite makes
the table anew without them, and has to put them back (`put_up`).
"""

import django.db.models.deletion
import pocketvault.kernel.ids
from django.db import migrations, models


# Nobody, with whatever rights in the application, changes what was decided. Text that is sealed
# anew under a younger key is the same text, so those two columns are free.
FACTS = " OR ".join(
    f"NEW.{name} {{differs}} OLD.{name}"
    for name in (
        "intake_id", "instrument", "country", "dated_on", "received_at", "due_at", "asked_text",
        "period_from", "period_to",
    )
).replace("NEW.asked_text {differs} OLD.asked_text", "NEW.asked{text} {differs} OLD.asked{text}")
SET_ONCE = " OR ".join(
    f"(OLD.{name} IS NOT NULL AND NEW.{name} {{differs}} OLD.{name})"
    for name in (
        "reviewer_id", "reviewed_at", "outcome", "approver_id", "approved_at", "cools_until",
        "genuine_at", "produced_at", "closed_at",
    )
)
# Whoever decides works here, on such things, when they do.
NO_ROLE = """
(OLD.{column} IS NULL AND NEW.{column} IS NOT NULL AND NOT EXISTS (
SELECT 1 FROM accounts_staffrole r JOIN accounts_account a ON a.id = r.account_id
WHERE r.account_id = NEW.{column} AND a.is_staff AND r.role IN ('counsel', 'dpo')))
"""
ROLES = " OR ".join(NO_ROLE.format(column=each) for each in ("reviewer_id", "approver_id"))
OTHER_OUTCOME = """
OLD.reviewer_id IS NOT NULL AND (NEW.granted{text} {differs} OLD.granted{text}
OR NEW.is_emergency {differs} OLD.is_emergency)
"""
AT_ONCE = "OLD.reviewer_id IS NULL AND NEW.approver_id IS NOT NULL"
TOO_SOON = """
OLD.approved_at IS NULL AND NEW.approved_at IS NOT NULL AND {cools_until} < {a_day_later}
AND (NEW.due_at IS NULL OR {due_at} >= {a_day_later})
"""
GAG_MOVED = " OR ".join(
    [
        *(
            f"NEW.{name} {{differs}} OLD.{name}"
            for name in (
                "order_id", "renews", "basis", "document_id", "starts_at", "ends_at",
                "until_released", "proposed_by",
            )
        ),
        *(
            f"(OLD.{name} IS NOT NULL AND NEW.{name} {{differs}} OLD.{name})"
            for name in ("approved_by", "approved_at", "released_at")
        ),
    ]
)
GAG_ROLE = NO_ROLE.format(column="approved_by")
STANDS = """
EXISTS (SELECT 1 FROM rights_legalorder o WHERE o.id = OLD.order_id
AND (o.closed_at IS NULL OR o.closed_at > {six_years_ago}))
"""
DECIDED = """
EXISTS (SELECT 1 FROM rights_legalorder o WHERE o.id = {row}.order_id
AND o.reviewer_id IS NOT NULL)
"""
EVENT_CHANGED = " OR ".join(
    f"NEW.{name} {{differs}} OLD.{name}" for name in ("order_id", "number", "at", "tag", "actor_id")
)
PAPER_CHANGED = " OR ".join(
    f"NEW.{name} {{differs}} OLD.{name}" for name in ("order_id", "blob_key", "sha256", "added_at")
)
# Name, table, when, and the condition under which the database refuses.
RULES = (
    ("order_is_as_it_came", "rights_legalorder", "UPDATE", FACTS),
    ("decision_is_never_rewritten", "rights_legalorder", "UPDATE", SET_ONCE),
    ("decision_covers_what_it_did", "rights_legalorder", "UPDATE", OTHER_OUTCOME),
    ("decision_is_by_staff", "rights_legalorder", "UPDATE", ROLES),
    ("decision_takes_two_steps", "rights_legalorder", "UPDATE", AT_ONCE),
    ("decision_cools_for_a_day", "rights_legalorder", "UPDATE", TOO_SOON),
    ("order_stays_six_years", "rights_legalorder", "DELETE",
     "OLD.closed_at IS NULL OR OLD.closed_at > {six_years_ago}"),
    ("gag_is_never_moved", "rights_ordergag", "UPDATE", GAG_MOVED),
    ("gag_is_renewed_by_staff", "rights_ordergag", "UPDATE", GAG_ROLE),
    ("gag_stays", "rights_ordergag", "DELETE", STANDS),
    ("event_is_never_rewritten", "rights_orderevent", "UPDATE", EVENT_CHANGED),
    ("event_stays", "rights_orderevent", "DELETE", STANDS),
    ("check_is_over_once_decided", "rights_ordercheck", "UPDATE", DECIDED.replace("{row}", "OLD")),
    ("check_stays", "rights_ordercheck", "DELETE", STANDS),
    ("untold_notice_stays", "rights_ordernotice", "DELETE", "OLD.told_at IS NULL AND " + STANDS),
    ("paper_is_never_changed", "rights_orderdocument", "UPDATE", PAPER_CHANGED),
    ("paper_stays", "rights_orderdocument", "DELETE", STANDS),
)  # fmt: skip
SQLITE = {
    "differs": "IS NOT",
    "text": "",
    # A second is left to rounding.
    "a_day_later": "julianday(NEW.approved_at) + 0.99998",
    "cools_until": "julianday(NEW.cools_until)",
    "due_at": "julianday(NEW.due_at)",
    "six_years_ago": "strftime('%Y-%m-%d %H:%M:%f', 'now', '-6 years')",
}
POSTGRES = {
    "differs": "IS DISTINCT FROM",
    "text": "::text",
    "a_day_later": "NEW.approved_at + interval '24 hours'",
    "cools_until": "NEW.cools_until",
    "due_at": "NEW.due_at",
    "six_years_ago": "clock_timestamp() - interval '6 years'",
}


def put_up(apps, schema_editor):
    is_postgres = schema_editor.connection.vendor == "postgresql"
    words = POSTGRES if is_postgres else SQLITE
    for name, table, event, condition in RULES:
        refused = condition.format(**words)
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
        ('rights', '0009_takedown'),
    ]

    operations = [
        migrations.CreateModel(
            name='Authority',
            fields=[
                ('id', models.UUIDField(default=pocketvault.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=160)),
                ('country', models.CharField(max_length=2)),
                ('phone', models.CharField(max_length=40)),
                ('source', models.CharField(max_length=300)),
                ('added_by', models.UUIDField()),
                ('added_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='CanaryStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('jurisdiction', models.CharField(max_length=80)),
                ('document', models.BinaryField()),
                ('signatures', models.JSONField()),
                ('due_on', models.DateField()),
                ('published_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='LegalOrder',
            fields=[
                ('epoch_number', models.PositiveIntegerField(db_index=True)),
                ('sealed', models.BinaryField()),
                ('id', models.UUIDField(default=pocketvault.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('instrument', models.CharField(choices=[('warrant', 'Warrant'), ('court_order', 'Court Order'), ('2703d', 'Order 2703D'), ('subpoena', 'Subpoena'), ('epoc', 'Epoc'), ('nsl', 'Nsl'), ('preservation', 'Preservation'), ('emergency', 'Emergency'), ('informal', 'Informal')], max_length=12)),
                ('country', models.CharField(max_length=2)),
                ('jurisdiction', models.CharField(max_length=120)),
                ('is_emergency', models.BooleanField(default=False)),
                ('dated_on', models.DateField()),
                ('received_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('asked', models.JSONField()),
                ('period_from', models.DateField(null=True)),
                ('period_to', models.DateField(null=True)),
                ('intake_id', models.UUIDField()),
                ('genuine_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(choices=[('comply', 'Comply'), ('narrow', 'Narrow'), ('contest', 'Contest'), ('reject', 'Reject')], max_length=7, null=True)),
                ('granted', models.JSONField(default=list)),
                ('reviewer_id', models.UUIDField(null=True)),
                ('reviewed_at', models.DateTimeField(null=True)),
                ('approver_id', models.UUIDField(null=True)),
                ('approved_at', models.DateTimeField(null=True)),
                ('cools_until', models.DateTimeField(null=True)),
                ('produced_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('authority', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rights.authority')),
                ('follows', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rights.legalorder')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='OrderBatch',
            fields=[
                ('epoch_number', models.PositiveIntegerField(db_index=True)),
                ('sealed', models.BinaryField()),
                ('month', models.CharField(max_length=7, primary_key=True, serialize=False)),
                ('commitment', models.BinaryField(max_length=32)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SilentJurisdiction',
            fields=[
                ('jurisdiction', models.CharField(max_length=80, primary_key=True, serialize=False)),
                ('since', models.DateTimeField()),
                ('actor_id', models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name='OrderCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.CharField(max_length=12)),
                ('answer', models.CharField(choices=[('yes', 'Yes'), ('no', 'No'), ('n/a', 'Not Applicable')], max_length=3)),
                ('actor_id', models.UUIDField()),
                ('at', models.DateTimeField()),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='checks', to='rights.legalorder')),
            ],
        ),
        migrations.CreateModel(
            name='OrderDocument',
            fields=[
                ('epoch_number', models.PositiveIntegerField(db_index=True)),
                ('sealed', models.BinaryField()),
                ('id', models.UUIDField(default=pocketvault.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('blob_key', models.CharField(max_length=200, unique=True)),
                ('bytes', models.PositiveIntegerField()),
                ('sha256', models.BinaryField(max_length=32)),
                ('added_at', models.DateTimeField()),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='rights.legalorder')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='OrderEvent',
            fields=[
                ('epoch_number', models.PositiveIntegerField(db_index=True)),
                ('sealed', models.BinaryField()),
                ('id', models.UUIDField(default=pocketvault.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
                ('tag', models.CharField(max_length=24)),
                ('actor_id', models.UUIDField(null=True)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='rights.legalorder')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='OrderGag',
            fields=[
                ('id', models.UUIDField(default=pocketvault.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('renews', models.BooleanField(default=False)),
                ('basis', models.CharField(max_length=200)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
                ('until_released', models.BooleanField(default=False)),
                ('challenge_at', models.DateTimeField(null=True)),
                ('proposed_by', models.UUIDField()),
                ('approved_by', models.UUIDField(null=True)),
                ('approved_at', models.DateTimeField(null=True)),
                ('released_at', models.DateTimeField(null=True)),
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='rights.orderdocument')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='gags', to='rights.legalorder')),
            ],
        ),
        migrations.CreateModel(
            name='OrderHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('image_id', models.UUIDField(db_index=True)),
                ('set_at', models.DateTimeField()),
                ('released_at', models.DateTimeField(null=True)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='holds', to='rights.legalorder')),
            ],
        ),
        migrations.CreateModel(
            name='OrderNotice',
            fields=[
                ('epoch_number', models.PositiveIntegerField(db_index=True)),
                ('sealed', models.BinaryField()),
                ('id', models.UUIDField(default=pocketvault.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('account_id', models.UUIDField(db_index=True)),
                ('written_at', models.DateTimeField()),
                ('told_at', models.DateTimeField(null=True)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='rights.legalorder')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TransparencyReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('half_year', models.CharField(max_length=7)),
                ('document', models.BinaryField()),
                ('signature', models.BinaryField(max_length=64)),
                ('published_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['half_year', '-id'], name='report_by_half_year')],
            },
        ),
        migrations.CreateModel(
            name='OrderPackage',
            fields=[
                ('order', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='package', serialize=False, to='rights.legalorder')),
                ('blob_key', models.CharField(max_length=200, unique=True)),
                ('bytes', models.PositiveIntegerField()),
                ('sha256', models.BinaryField(max_length=32)),
                ('certificate_sha256', models.BinaryField(max_length=32)),
                ('manifest', models.JSONField()),
                ('plaintext_files', models.PositiveIntegerField()),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('plaintext_files', 0)), name='no_plaintext_is_handed_over')],
            },
        ),
        migrations.AddIndex(
            model_name='legalorder',
            index=models.Index(fields=['closed_at', 'due_at'], name='order_by_due'),
        ),
        migrations.AddConstraint(
            model_name='legalorder',
            constraint=models.CheckConstraint(condition=models.Q(('reviewer_id', None), models.Q(('reviewer_id', models.F('intake_id')), _negated=True), _connector='OR'), name='a_reviewer_is_not_the_intake'),
        ),
        migrations.AddConstraint(
            model_name='legalorder',
            constraint=models.CheckConstraint(condition=models.Q(('approver_id', None), models.Q(('reviewer_id__isnull', False), models.Q(('approver_id', models.F('intake_id')), _negated=True), models.Q(('approver_id', models.F('reviewer_id')), _negated=True)), _connector='OR'), name='an_approver_is_a_third_person'),
        ),
        migrations.AddConstraint(
            model_name='legalorder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', None), ('reviewed_at', None), ('reviewer_id', None)), models.Q(('outcome__isnull', False), ('reviewed_at__isnull', False), ('reviewer_id__isnull', False)), _connector='OR'), name='an_outcome_has_its_reviewer'),
        ),
        migrations.AddConstraint(
            model_name='legalorder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_at', None), ('approver_id', None), ('cools_until', None)), models.Q(('approved_at__gte', models.F('reviewed_at')), ('approved_at__isnull', False), ('approver_id__isnull', False), ('cools_until__gte', models.F('approved_at')), ('cools_until__isnull', False)), _connector='OR'), name='an_approval_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='legalorder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('instrument__in', ('emergency', 'informal')), _negated=True), ('outcome', None), ('outcome', 'reject'), _connector='OR'), name='no_order_is_rejected'),
        ),
        migrations.AddConstraint(
            model_name='legalorder',
            constraint=models.CheckConstraint(condition=models.Q(('outcome', None), models.Q(('outcome__in', ('comply', 'narrow')), _negated=True), ('genuine_at__isnull', False), _connector='OR'), name='only_what_is_genuine_is_answered'),
        ),
        migrations.AddConstraint(
            model_name='legalorder',
            constraint=models.CheckConstraint(condition=models.Q(('produced_at', None), models.Q(('approver_id__isnull', False), ('outcome__in', ('comply', 'narrow')), ('produced_at__gte', models.F('cools_until'))), _connector='OR'), name='nothing_leaves_before_it_cooled'),
        ),
        migrations.AddConstraint(
            model_name='legalorder',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at', None), ('approver_id__isnull', False), _connector='OR'), name='nothing_closes_without_approval'),
        ),
        migrations.AddConstraint(
            model_name='ordercheck',
            constraint=models.UniqueConstraint(fields=('order', 'item'), name='one_answer'),
        ),
        migrations.AddConstraint(
            model_name='orderdocument',
            constraint=models.UniqueConstraint(fields=('order', 'sha256'), name='a_paper_once'),
        ),
        migrations.AddConstraint(
            model_name='ordergag',
            constraint=models.UniqueConstraint(condition=models.Q(('renews', False)), fields=('order',), name='one_first_gag'),
        ),
        migrations.AddConstraint(
            model_name='ordergag',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by', None), models.Q(('approved_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='a_renewal_has_two_people'),
        ),
        migrations.AddConstraint(
            model_name='ordergag',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_at', None), ('approved_by', None)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False)), _connector='OR'), name='a_renewal_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='ordergag',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ends_at__gt', models.F('starts_at')), ('ends_at__isnull', False)), models.Q(('ends_at', None), ('until_released', True)), models.Q(('challenge_at__isnull', False), ('ends_at', None)), _connector='OR'), name='a_gag_ends_or_is_challenged'),
        ),
        migrations.AddConstraint(
            model_name='orderhold',
            constraint=models.UniqueConstraint(fields=('order', 'image_id'), name='held_once'),
        ),
        migrations.AddConstraint(
            model_name='ordernotice',
            constraint=models.UniqueConstraint(fields=('order', 'account_id'), name='one_notice_each'),
        ),
        migrations.AddConstraint(
            model_name='orderevent',
            constraint=models.UniqueConstraint(fields=('order', 'number'), name='events_counted'),
        ),
        migrations.RunPython(put_up, take_down),
    ]
