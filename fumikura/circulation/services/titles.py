"""Two titles made one, with their copies and the readers who wait; and two again. A title of which nothing is left, taken out."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from fumikura.catalogue.models import BibliographicRecord, RecordMerge
from fumikura.catalogue.services import delete_record, divide, unite
from fumikura.circulation.models import Allotment, Hold, HoldTitle, ShelfPlace
from fumikura.circulation.network_events import HoldTitleMerged
from fumikura.circulation.services.binding import allot, allot_to, hold_subject, let_go, requeue
from fumikura.circulation.services.hold_shelf import announce_what_is_left, unready
from fumikura.circulation.services.merging import close_doubled, doubled_holds
from fumikura.circulation.services.queue import copies_of_titles
from fumikura.circulation.services.scene import Scene
from fumikura.holdings.models import Item
from fumikura.holdings.queries import items_of
from fumikura.holdings.services import repoint_items
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Patron


@transaction.atomic
def merge_titles(*, kept: BibliographicRecord, gone: BibliographicRecord, by: Actor, at: datetime) -> RecordMerge:
    """Make `gone` a part of `kept`: its copies and the holds on it go over, the record leaves the catalogue.

    One line of readers waits for all copies. Who waited for both keeps the earlier place; the other hold is closed. Of
    a set in which both were, one is left. Refused("record-same" | "record-merged").
    """
    by.require("catalogue.merge")
    scene = Scene(by, at)
    _lock_copies(kept.pk, gone.pk)
    items = repoint_items(old=gone, new=kept)
    waiting = list(HoldTitle.objects.filter(record=gone).order_by("pk").values_list("pk", flat=True))
    HoldTitle.objects.filter(pk__in=waiting).update(record=kept)
    moved: dict[str, Any] = {"items": items, "holds": waiting}
    united = unite(kept=kept, gone=gone, moved=moved, by=by, at=at)
    moved["left_out"] = [
        [title.hold_id, title.place, gone.pk if title.pk in waiting else kept.pk, _leave_out(title, scene)]
        for title in _twice_in_a_set(waiting)
    ]
    united.moved = moved
    united.save(update_fields=["moved"])
    both = HoldTitle.objects.filter(pk__in=waiting, done_at=None, hold__closed_at=None)
    for reader in Patron.objects.filter(holds__titles__in=both).distinct().order_by("pk"):
        close_doubled(doubled_holds(reader), scene)
    allot(kept.pk, scene)
    return united


def _lock_copies(*records: int) -> None:
    """In their order and before any promise is looked at: a desk that has one in the hand is done with it first."""
    rows = Item.objects.select_for_update().filter(record__in=records).order_by("pk")
    list(rows.values_list("pk", flat=True))


def _twice_in_a_set(moved: list[int]) -> list[HoldTitle]:
    """Of two titles of one set that are one now, the one whose copy is less far on its way; else the later."""
    found = []
    waiting = HoldTitle.objects.filter(pk__in=moved, done_at=None, hold__closed_at=None)
    for hold, record in waiting.order_by("hold").values_list("hold", "record").distinct():
        same = HoldTitle.objects.filter(hold=hold, record=record, done_at=None)
        rows = list(same.select_related("hold__patron", "hold__pickup").order_by("place", "pk"))
        states = copies_of_titles([row.pk for row in rows])
        found += sorted(rows, key=lambda row: _HOW_FAR.index(states.get(row.pk, "")))[1:]
    return found


_HOW_FAR = ("ready", "collecting", "travelling", "allotted", "")


def _leave_out(title: HoldTitle, scene: Scene) -> int:
    """The set waits for it once. Answers how many were enough before, for the day on which they are two again."""
    hold = title.hold
    left = hold.titles.filter(record=title.record_id, done_at=None).exclude(pk=title.pk)[0]
    bound = Allotment.objects.open().filter(title=title).first()
    if bound:
        let_go(bound, scene)
    Allotment.objects.filter(title=title).update(title=left)
    HoldTitle.objects.filter(pk=title.pk).delete()
    Hold.objects.filter(pk=hold.pk, want__gt=hold.titles.count()).update(want=hold.titles.count())
    news = HoldTitleMerged(hold=hold.pk, record=left.record_id, item=bound.item_id if bound else None)
    scene.record(news, hold_subject(hold.pk))
    if hold.kind == Hold.Kind.ORDERED:
        allot_to(hold, scene)
    elif hold.kind == Hold.Kind.TOGETHER:
        announce_what_is_left(hold, scene)
    return hold.want


@transaction.atomic
def unmerge_titles(*, merge: RecordMerge, by: Actor, at: datetime) -> tuple[str, ...]:
    """Make two titles of one again; the copies and holds that had gone over go back, and sets wait for both.

    A set that was announced as whole and misses a volume again waits in silence until that lies there too. Answers what
    staff have to know: set-waits-again for each, take-off-hold-shelf for each copy that lies there for nobody now.

    Who was promised a copy of what is the other title now is promised one of the right title, or has the old place in
    the queue again; of what lay ready they are told that it cannot be collected. A hold that was closed because its
    reader waited for both stays closed: whose it was is not known any more.

    Refused("merge-undone-already"), Refused("merge-built-upon") when the title that was kept went into another since.
    """
    by.require("catalogue.merge")
    merge = RecordMerge.objects.select_for_update().select_related("kept", "gone").get(pk=merge.pk)
    if merge.undone_at is not None:
        raise Refused(Reason.of("merge-undone-already"))
    _lock_copies(merge.kept_id, merge.gone_id)
    repoint_items(old=merge.kept, new=merge.gone, only=merge.moved.get("items", []))
    waiting = HoldTitle.objects.filter(pk__in=merge.moved.get("holds", []), record=merge.kept)
    waiting.update(record=merge.gone)
    # Who waits for one copy waits for it wherever it belongs.
    for here, there in ((merge.kept_id, merge.gone_id), (merge.gone_id, merge.kept_id)):
        HoldTitle.objects.filter(record=here, item__record=there).update(record=there)
    left_out = merge.moved.get("left_out", [])
    still_open = set(Hold.objects.open().filter(pk__in=[hold for hold, *_ in left_out]).values_list("pk", flat=True))
    for hold, place, record, *enough in left_out:
        if hold in still_open:
            HoldTitle.objects.create(hold_id=hold, record_id=record, place=place)
            # What was joined before that was kept has no figure.
            Hold.objects.filter(pk=hold, want__lt=max(enough, default=0)).update(want=max(enough, default=0))
    divide(merge=merge, by=by, at=at)
    scene = Scene(by, at)
    told = _take_back_announcements(still_open, scene)
    told += _take_back_wrong_promises((merge.kept_id, merge.gone_id), scene)
    for record in (merge.kept_id, merge.gone_id):
        allot(record, scene)
    return tuple(told)


def _take_back_announcements(holds: Iterable[int], scene: Scene) -> list[str]:
    """What was announced as a whole set and misses a volume again lies there in silence, and its reader is told."""
    told = []
    rows = Hold.objects.select_for_update(of=("self",)).filter(pk__in=list(holds)).order_by("pk")
    for hold in rows.select_related("patron", "pickup"):
        announced = ShelfPlace.objects.open().filter(facility=hold.pickup, item__allotments__title__hold=hold)
        announced = announced.filter(item__allotments__ended_at=None).exclude(ready_on=None)
        place = announced.select_related("item").order_by("item").first()
        if hold.kind == Hold.Kind.TOGETHER and place:
            unready(hold, place.item, scene, surprise=True)
            ShelfPlace.objects.filter(pk=place.pk).update(ready_on=None, until=None)
            told.append("set-waits-again")
    return told


def _take_back_wrong_promises(records: tuple[int, int], scene: Scene) -> list[str]:
    """What lies on a hold shelf for the wrong reader stays there until somebody fetches and scans it."""
    wrong = Allotment.objects.open().filter(item__record__in=records).exclude(item__record=F("title__record"))
    rows = list(wrong.select_related("title__hold__patron", "item").order_by("item_id"))
    states = copies_of_titles([one.title_id for one in rows])
    for one in rows:
        if states.get(one.title_id) == "ready":
            unready(one.title.hold, one.item, scene, surprise=True)
        let_go(one, scene)
        requeue(one.title, one.item, scene)
    lying = ShelfPlace.objects.open().filter(item__in=[one.item_id for one in rows]).count()
    return ["take-off-hold-shelf"] * lying


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
