import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("circulation", "0003_how_long_things_stay"),
    ]

    operations = [
        migrations.AddField(
            model_name="shelfplace",
            name="stay",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="places",
                to="circulation.lockerstay",
            ),
        ),
    ]
