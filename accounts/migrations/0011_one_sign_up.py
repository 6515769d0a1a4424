"""One pending sign-up for each account id and address, so that a request sent twice is one."""

from django.db import migrations, models


def keep_the_newest(apps, schema_editor):
    """Of sign-ups that came at the same moment: the code in the last mail stays good."""
    SignUp = apps.get_model("accounts", "SignUp")
    seen = set()
    rows = SignUp.objects.order_by("-created_at", "-pk").values_list("pk", "account_id", "email")
    for pk, *request in rows.iterator():
        if tuple(request) in seen:
            SignUp.objects.filter(pk=pk).delete()
        seen.add(tuple(request))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_two_factor_sessions")]

    operations = [
        migrations.RunPython(keep_the_newest, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="signup",
            constraint=models.UniqueConstraint(
                fields=["account_id", "email"], name="one_sign_up_for_each_request"
            ),
        ),
    ]
