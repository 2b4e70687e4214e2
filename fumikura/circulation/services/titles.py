"""Two titles made one, with their copies and the readers who wait; and two again. A title of which nothing is left, taken out."""

from datetime import datetime

from django.db import transaction

from fumikura.catalogue.models import BibliographicRecord, RecordMerge
from fumikura.catalogue.services import delete_record, divide, unite
from fumikura.circulation.models import HoldTitle
from fumikura.circulation.services.binding import allot
from fumikura.circulation.services.merging import close_doubled, doubled_holds
from fumikura.circulation.services.scene import Scene
from fumikura.holdings.queries import items_of
from fumikura.holdings.services import repoint_items
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Patron


@transaction.atomic
def merge_titles(*, kept: BibliographicRecord, gone: BibliographicRecord, by: Actor, at: datetime) -> RecordMerge:
    """Make `gone` a part of `kept`: its copies and the holds on it go over, the record leaves the catalogue.

    One line of readers waits for all copies. Who waited for both keeps the earlier place; the other hold is closed.
    Refused("record-same" | "record-merged").
    """
    by.require("catalogue.merge")
    items = repoint_items(old=gone, new=kept)
    waiting = list(HoldTitle.objects.filter(record=gone).order_by("pk").values_list("pk", flat=True))
    HoldTitle.objects.filter(pk__in=waiting).update(record=kept)
    united = unite(kept=kept, gone=gone, moved={"items": items, "holds": waiting}, by=by, at=at)
    scene = Scene(by, at)
    both = HoldTitle.objects.filter(pk__in=waiting, done_at=None, hold__closed_at=None)
    for reader in Patron.objects.filter(holds__titles__in=both).distinct().order_by("pk"):
        close_doubled(doubled_holds(reader), scene)
    allot(kept.pk, scene)
    return united


@transaction.atomic
def unmerge_titles(*, merge: RecordMerge, by: Actor, at: datetime) -> None:
    """Make two titles of one again; the copies and holds that had gone over go back.

    A hold that was closed because its reader waited for both stays closed: whose it was is not known any more.

    Refused("merge-undone-already"), Refused("merge-built-upon") when the title that was kept went into another since.
    """
    by.require("catalogue.merge")
    merge = RecordMerge.objects.select_for_update().select_related("kept", "gone").get(pk=merge.pk)
    if merge.undone_at is not None:
        raise Refused(Reason.of("merge-undone-already"))
    repoint_items(old=merge.kept, new=merge.gone, only=merge.moved.get("items", []))
    waiting = HoldTitle.objects.filter(pk__in=merge.moved.get("holds", []), record=merge.kept)
    waiting.update(record=merge.gone)
    divide(merge=merge, by=by, at=at)


@transaction.atomic
def take_out_title(*, record: BibliographicRecord, by: Actor, at: datetime) -> None:
    """Take a record out of the catalogue when nothing hangs on it; `bring_back_record` is the way back.

    Refused: title-has-copies (how many are in stock), title-is-awaited (how many wait); both reasons at once.
    """
    by.require("catalogue.delete")
    row = BibliographicRecord.objects.select_for_update().get(pk=record.pk)
    if reasons := what_keeps_title(row.pk):
        raise Refused(*reasons)
    delete_record(record=row, by=by, at=at)


def what_keeps_title(record: int) -> list[Reason]:
    """Why the record may not be taken out of the catalogue today; empty when it may."""
    copies = len(items_of(record))
    waiting = HoldTitle.objects.filter(record=record, done_at=None, hold__closed_at=None).count()
    found = [Reason.of("title-has-copies", copies=copies)] if copies else []
    return [*found, Reason.of("title-is-awaited", waiting=waiting)] if waiting else found
