"""The copies that could serve whoever waits: which stand free on a shelf, and what else there is of a title."""

from collections.abc import Collection
from datetime import date

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import Coalesce, RowNumber

from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation.models import Allotment, Loan, ShelfPlace, Transit
from fumikura.circulation.rules.holding import FreeCopy
from fumikura.holdings.models import FrozenStock, Item, KeptAside, Missing
from fumikura.organisation.models import Facility
from fumikura.statements.ahead import Asked
from fumikura.statements.among import Among, listed
from fumikura.statements.reads import prepared

MOST_FREE = 200
"""So many free copies are looked at to choose one: the first of every site come before the second of any."""


def asked_free(record: int, on: date) -> tuple[Asked, ...]:
    """What `free_copies` reads of a title, for `read_ahead`."""
    return _free_items.asked(record=record, on=on), _frozen_facilities.asked()


def free_copies(record: int, on: date, *, only: Item | None = None) -> list[FreeCopy]:
    """Copies on shelves that may be lent and are bound to nobody, as they stand: before one is bound it is secured.

    Of a title with very many, those with the lowest numbers at each site: no other could be chosen.
    """
    rows = _free_item(item=only.pk, on=on) if only else _free_items(record=record, on=on)
    frozen = set(_frozen_facilities()) if rows else set()
    return sorted(
        (FreeCopy(item, code, searched) for item, site, code, searched in rows if site not in frozen),
        key=lambda copy: copy.item,
    )


def is_any_free(record: int, on: date) -> bool:
    """Whether a copy stands free on a shelf; the first that is found answers."""
    return bool(_any_free(record=record, on=on))


def asked_any_free(record: int, on: date) -> Asked:
    """What `is_any_free` reads."""
    return _any_free.asked(record=record, on=on)


@prepared
def _any_free(record: int, on: date) -> "QuerySet[Item, tuple[int]]":
    return free(Item.objects.filter(record=record), on).values_list("pk")[:1]


def secure(item: int, on: date) -> bool:
    """Lock a free copy. False when a desk holds it just now, or when it is not free any more since it was looked at."""
    if not connection.features.has_select_for_update:
        return True
    return lock_unless_in_hand(item) and bool(_free_item(item=item, on=on))


def lock_unless_in_hand(item: int) -> bool:
    """Lock a copy without waiting. False when a desk holds it just now. SQLite has let only this transaction in."""
    return not connection.features.has_select_for_update or bool(_locked_unless_in_hand(item=item))


def asked_secure(item: int, on: date) -> tuple[Asked, ...]:
    """What `secure` does and then reads, for `read_ahead`."""
    return _locked_unless_in_hand.asked(item=item), _free_item.asked(item=item, on=on)


@prepared
def _locked_unless_in_hand(item: int) -> "QuerySet[Item, tuple[int]]":
    return Item.objects.select_for_update(skip_locked=True).filter(pk=item).values_list("pk")


@prepared
def _free_items(record: int, on: date) -> "QuerySet[Item, tuple[int, int, str, int]]":
    of_site = Window(RowNumber(), partition_by=[_stands("pk"), F("searched_in_vain")], order_by=F("pk").asc())
    items = _with_site(free(Item.objects.filter(record=record), on)).annotate(nth=of_site)
    return items.order_by("nth", "searched_in_vain", "pk").values_list(*OF_FREE)[:MOST_FREE]


@prepared
def _free_item(item: int, on: date) -> "QuerySet[Item, tuple[int, int, str, int]]":
    return _with_site(free(Item.objects.filter(pk=item), on)).values_list(*OF_FREE)


OF_FREE = ("pk", "site", "site_code", "searched_in_vain")


def free(items: "QuerySet[Item]", on: date) -> "QuerySet[Item]":
    """Those that may be lent home on that day, stand on a shelf and are bound to nobody."""
    return lendable(items, on).filter(_is_free())


def _with_site(items: "QuerySet[Item]") -> "QuerySet[Item]":
    return items.annotate(site=_stands("pk"), site_code=_stands("code"))


def _stands(what: str) -> Coalesce:
    return Coalesce(f"stands_at__{what}", f"home__{what}")


@prepared
def _frozen_facilities() -> "QuerySet[FrozenStock, int]":
    return FrozenStock.objects.filter(ended_at=None).values_list("facility_id", flat=True)


def standing_at(record: int, facility: Facility, *, besides: Item) -> int:
    """Copies of a title that stand on the shelves of a facility."""
    here = Q(stands_at=facility) | Q(stands_at=None, home=facility)
    return Item.objects.filter(here, record=record, withdrawal=None).filter(on_shelf()).exclude(pk=besides.pk).count()


def copies_that_could_serve(record: int, on: date, *, only: Item | None = None) -> list[str]:
    """What stands behind a hold: free, lent, unborn or gone, for each copy that may ever be lent."""
    rows = _prospects_of_copy(item=only.pk) if only else _prospects(record=record)
    return [
        "gone" if is_gone else "unborn" if starts and on < starts else "free" if is_free else "lent"
        for is_free, is_gone, starts in rows
    ]


def prospects_of_title(record: int, on: date) -> set[str]:
    """The furthest that one may hope for: free, else lent; and unborn. The first copy of a kind that is found answers."""
    ((is_any_free, is_any_born, is_any_unborn),) = _kinds_of_prospect(record=record, on=on)
    kinds = {"free": is_any_free, "lent": is_any_born and not is_any_free, "unborn": is_any_unborn}
    return {kind for kind, there_is in kinds.items() if there_is}


def asked_prospects(record: int, on: date) -> Asked:
    """What `prospects_of_title` reads, for `read_ahead`."""
    return _kinds_of_prospect.asked(record=record, on=on)


@prepared
def _kinds_of_prospect(record: int, on: date) -> "QuerySet[BibliographicRecord, tuple[bool, bool, bool]]":
    copies = _lent_some_day(Item.objects.filter(record=OuterRef("pk"))).filter(~_is_gone())
    born = copies.filter(Q(lendable_from=None) | Q(lendable_from__lte=on))
    kinds = {
        "is_any_free": Exists(born.filter(_is_free(), ~_is_frozen())),
        "is_any_born": Exists(born),
        "is_any_unborn": Exists(copies.filter(lendable_from__gt=on)),
    }
    return BibliographicRecord.objects.filter(pk=record).annotate(**kinds).values_list(*kinds)


@prepared
def _prospects(record: int) -> "QuerySet[Item, tuple[bool, bool, date | None]]":
    return _with_prospects(_lent_some_day(Item.objects.filter(record=record)))


@prepared
def _prospects_of_copy(item: int) -> "QuerySet[Item, tuple[bool, bool, date | None]]":
    return _with_prospects(_lent_or_borrowed(Item.objects.filter(pk=item)))


def free_of_each(records: Collection[int], on: date) -> dict[int, int]:
    """How many copies of each of these titles stand free on a shelf; titles without any are left out."""
    return dict(_free_counted(records=listed(records), on=on))


@prepared
def _free_counted(records: str, on: date) -> "QuerySet[Item, tuple[int, int]]":
    born = Q(lendable_from=None) | Q(lendable_from__lte=on)
    copies = _lent_some_day(Item.objects.filter(Among("record", records))).filter(born, _is_free()).exclude(_is_gone())
    return copies.order_by().values("record").annotate(free=Count("pk")).values_list("record", "free")


def records_not_gone(records: Collection[int]) -> set[int]:
    """Those of these titles of which some copy may be lent yet, today or another day: one question for all."""
    left = _lent_some_day(Item.objects.filter(record__in=records)).exclude(_is_gone())
    return set(left.values_list("record", flat=True).distinct()) if records else set()


def items_not_gone(items: Collection[int]) -> set[int]:
    """The same of copies that somebody asked for, those of another library too."""
    left = _lent_or_borrowed(Item.objects.filter(pk__in=items)).exclude(_is_gone())
    return set(left.values_list("pk", flat=True)) if items else set()


def _lent_some_day(items: "QuerySet[Item]") -> "QuerySet[Item]":
    return _lent_or_borrowed(items).filter(origin="own")


def _lent_or_borrowed(items: "QuerySet[Item]") -> "QuerySet[Item]":
    return items.filter(withdrawal=None, reference_only=False, in_house_only=False)


def _with_prospects(items: "QuerySet[Item]") -> "QuerySet[Item, tuple[bool, bool, date | None]]":
    found = items.annotate(is_free=_is_free(), is_gone=_is_gone())
    return found.values_list("is_free", "is_gone", "lendable_from")


def _is_gone() -> Q:
    is_lost = Loan.objects.open().filter(item=OuterRef("pk")).exclude(lost_at=None)
    return Q(Exists(Missing.objects.filter(item=OuterRef("pk"), found_at=None)) | Exists(is_lost))


def _is_free() -> Q:
    """For a query over items: on a shelf and bound to nobody."""
    return Q(on_shelf(), ~Exists(Allotment.objects.open().filter(item=OuterRef("pk"))))


def _is_frozen() -> Q:
    """For a query over items: it stands where the stock is frozen, and nobody gets at it."""
    stands = Coalesce(OuterRef("stands_at"), OuterRef("home"))
    return Q(Exists(FrozenStock.objects.filter(facility=stands, ended_at=None)))


def copies_on_shelves(record: int, on: date) -> set[int]:
    """Copies on shelves that may be lent and can be reached, bound or not, by row number."""
    copies = lendable(Item.objects.filter(record=record), on).filter(on_shelf(), ~_is_frozen())
    return set(copies.values_list("pk", flat=True))


def lendable(items: "QuerySet[Item]", on: date) -> "QuerySet[Item]":
    """Copies of our own that may be lent home on that day."""
    return items.filter(
        Q(lendable_from=None) | Q(lendable_from__lte=on), withdrawal=None, reference_only=False, in_house_only=False,
        is_latest_issue=False, origin="own",
    )  # fmt: skip


def on_shelf() -> Q:
    """For a query over items: neither lent, nor travelling, nor on a hold shelf, nor set aside, nor missing."""
    elsewhere = (
        Exists(Loan.objects.open().filter(item=OuterRef("pk"))),
        Exists(Transit.objects.open().filter(item=OuterRef("pk"))),
        Exists(ShelfPlace.objects.open().filter(item=OuterRef("pk"))),
        Exists(KeptAside.objects.filter(item=OuterRef("pk"), ended_at=None)),
        Exists(Missing.objects.filter(item=OuterRef("pk"), found_at=None)),
    )
    return Q(*(~condition for condition in elsewhere))
