import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("images", "0013_reading_again"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TouchBatch",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="Touch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("who", models.CharField(choices=[("owner", "Owner"), ("recipient", "Recipient"), ("link", "Link"), ("public", "Public"), ("worker", "Worker")], max_length=9)),
                ("purpose", models.CharField(max_length=40)),
                ("day", models.DateField()),
                ("count", models.PositiveIntegerField()),
                ("image", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="touches", to="images.image")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("image", "day", "who", "purpose"), name="a_touch_is_counted_in_one_row"), models.CheckConstraint(condition=models.Q(("purpose__icontains", "train"), ("purpose__icontains", "third_party"), ("purpose__icontains", "market"), ("purpose__icontains", "personali"), ("purpose__icontains", "advert"), ("purpose__icontains", "sale"), ("purpose__icontains", "sell"), ("purpose__icontains", "sold"), _connector="OR", _negated=True), name="no_touch_for_training_or_sale")],
            },
        ),
        migrations.CreateModel(
            name="TouchDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("who", models.CharField(choices=[("owner", "Owner"), ("recipient", "Recipient"), ("link", "Link"), ("public", "Public"), ("worker", "Worker")], max_length=9)),
                ("purpose", models.CharField(max_length=40)),
                ("day", models.DateField()),
                ("count", models.PositiveIntegerField()),
                ("owner", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("owner", "day", "who", "purpose"), name="a_day_is_counted_in_one_row"), models.CheckConstraint(condition=models.Q(("purpose__icontains", "train"), ("purpose__icontains", "third_party"), ("purpose__icontains", "market"), ("purpose__icontains", "personali"), ("purpose__icontains", "advert"), ("purpose__icontains", "sale"), ("purpose__icontains", "sell"), ("purpose__icontains", "sold"), _connector="OR", _negated=True), name="no_day_for_training_or_sale")],
            },
        ),
    ]
