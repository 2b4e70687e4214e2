from django.db import migrations


def lie_behind_their_doors(apps, schema_editor):
    """What lies in lockers when this version comes: behind the door of the hold to which it was bound last."""
    places = apps.get_model("circulation", "ShelfPlace").objects.filter(ended_at=None)
    allotments = apps.get_model("circulation", "Allotment").objects.order_by("-pk")
    for stay in apps.get_model("circulation", "LockerStay").objects.filter(ended_at=None).select_related("compartment"):
        for place in places.filter(facility=stay.compartment.facility_id, item__allotments__title__hold=stay.hold_id).distinct():
            last = allotments.filter(item=place.item_id).values_list("title__hold", flat=True).first()
            if last == stay.hold_id:
                places.filter(pk=place.pk).update(stay=stay)


class Migration(migrations.Migration):
    dependencies = [
        ("circulation", "0004_doors_hold_what_lies_behind"),
    ]

    operations = [migrations.RunPython(lie_behind_their_doors, migrations.RunPython.noop)]
