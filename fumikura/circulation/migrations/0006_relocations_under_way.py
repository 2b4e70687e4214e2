"""What is on its way to a new home is to belong there whatever happens on the way."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def note_relocations(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    journeys = apps.get_model("circulation", "Transit").objects.filter(purpose="relocate", arrived_at=None)
    Relocation = apps.get_model("holdings", "Relocation")
    rows = [Relocation(item_id=item, home_id=home, since=since) for item, home, since in journeys.values_list("item", "destination", "sent_at")]
    Relocation.objects.bulk_create(rows, batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [
        ("circulation", "0005_what_lies_behind_doors_now"),
        ("holdings", "0002_relocations_last_until_the_copy_is_there"),
    ]

    operations = [migrations.RunPython(note_relocations, migrations.RunPython.noop)]
