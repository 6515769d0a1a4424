from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('images', '0006_passing_blobs'),
    ]

    operations = [
        migrations.AddField(
            model_name='imageversion',
            name='shown',
            field=models.TextField(default=''),
            preserve_default=False,
        ),
    ]
