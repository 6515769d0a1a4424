from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('images', '0008_spell_versions'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='imageversion',
            constraint=models.CheckConstraint(condition=models.Q(('shown', ''), _negated=True), name='a_version_is_spelled'),
        ),
    ]
