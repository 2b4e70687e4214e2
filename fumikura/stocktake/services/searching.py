"""Walking again for what was not read, three times; then it is missing and somebody decides what becomes of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import F

from fumikura.circulation.queries import states_of
from fumikura.circulation.services import check_in, mark_missing
from fumikura.circulation.services.returns import CheckedIn
from fumikura.holdings.models import Item, Missing
from fumikura.holdings.services import search_in_vain, see_item
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.stocktake.events import ReadingSettled, SearchRoundDone
from fumikura.stocktake.models import Reading, Search, Stocktake
from fumikura.stocktake.rules.leaving import ROUNDS
from fumikura.stocktake.rules.verdicts import ON_LOAN, RECEIVED, TO_DEAL_WITH
from fumikura.stocktake.services.leaving import propose_withdrawal

SETTLED = ("replace", "withdraw")


@transaction.atomic
def found_on_search(*, stocktake: Stocktake, item: Item, by: Actor, at: datetime) -> Search | None:
    """It was there after all. Answers its search; None when it was not on the list (it is noted as seen all the same)."""
    by.require("stocktake.count")
    row = _locked(stocktake)
    search = Search.objects.filter(stocktake=row, item=item, ended_as__in=["", "missing"], settled_as="").first()
    may = replace(by, permissions=by.permissions | {"holdings.see-item"})
    see_item(item, facility=row.facility, by=may, at=at)
    if search is None:
        return None
    Search.objects.filter(pk=search.pk).update(ended_at=at, ended_as="found")
    record(SearchRoundDone(stocktake=row.pk, found=1, missing=0), by=by, at=at, subject=_subject(row))
    return search


@transaction.atomic
def look_in_vain(*, stocktake: Stocktake, searches: Sequence[Search] = (), by: Actor, at: datetime) -> tuple[int, int]:
    """Looked for and not there: these, or (without any) everything this round has not come to yet.

    After ROUNDS rounds it is missing. What was lent or sent meanwhile leaves the list. Answers (again, missing).
    """
    by.require("stocktake.count")
    row = _locked(stocktake)
    open_ones = Search.objects.open().filter(stocktake=row).select_related("item__home")
    if searches:
        rows = list(open_ones.filter(pk__in=[search.pk for search in searches]))
    else:
        fewest = open_ones.order_by("rounds").values_list("rounds", flat=True).first() or 0
        rows = list(open_ones.filter(rounds=fewest))
    states = states_of([search.item for search in rows], at)
    may = replace(by, permissions=by.permissions | {"holdings.mark-missing"})
    missing = 0
    for search in rows:
        if states[search.item_id].kind not in {"on-shelf", "missing"}:
            Search.objects.filter(pk=search.pk).update(ended_at=at, ended_as="gone")
            continue
        search_in_vain(search.item)
        if search.rounds + 1 < ROUNDS:
            Search.objects.filter(pk=search.pk).update(rounds=F("rounds") + 1)
            continue
        mark_missing(item=search.item, by=may, at=at)
        Search.objects.filter(pk=search.pk).update(rounds=ROUNDS, ended_at=at, ended_as="missing")
        missing += 1
    done = SearchRoundDone(stocktake=row.pk, found=0, missing=missing)
    record(done, by=by, at=at, subject=_subject(row))
    return len(rows) - missing, missing


@transaction.atomic
def settle_missing(*, search: Search, how: str, by: Actor, at: datetime) -> None:
    """What becomes of a missing one: `replace` (buy it again, and withdraw this copy) or `withdraw`."""
    by.require("stocktake.propose")
    row = Search.objects.select_for_update(of=("self",)).select_related("item").get(pk=search.pk)
    if row.ended_as != "missing" or row.settled_as or how not in SETTLED:
        raise Refused(Reason("withdrawal-decided-already"))
    if not Missing.objects.filter(item=row.item, found_at=None).exists():
        raise Refused(Reason("withdrawal-seen-since"))
    propose_withdrawal(items=[row.item], reason="missing", way_out="none", by=by, at=at)
    Search.objects.filter(pk=row.pk).update(settled_as=how)


@transaction.atomic
def settle_reading(*, reading: Reading, by: Actor, at: datetime) -> CheckedIn | None:
    """Deal with one that should not be here: on loan, or travelling, it is returned as at a desk; else it is carried away.

    Answers where it goes when it was returned.
    """
    row = Reading.objects.select_for_update(of=("self",)).select_related("item").get(pk=reading.pk)
    if row.settled_at or not (row.verdict in TO_DEAL_WITH or row.is_out_of_order or row.item is None):
        raise Refused(Reason("not-undoable"))
    by.require("stocktake.count")
    back = None
    if row.item and row.verdict in {ON_LOAN, RECEIVED, "in-transit", "other-site", "set-aside"}:
        back = check_in(item=row.item, by=by, at=at)
    record(ReadingSettled(reading=row.pk, verdict=row.verdict), by=by, at=at)
    Reading.objects.filter(pk=row.pk).update(settled_at=at)
    return back


def _locked(stocktake: Stocktake) -> Stocktake:
    row = Stocktake.objects.select_for_update(of=("self",)).select_related("facility").get(pk=stocktake.pk)
    if not row.counted_at:
        raise Refused(Reason("stocktake-still-counting"))
    if row.closed_at:
        raise Refused(Reason("stocktake-over"))
    return row


def _subject(stocktake: Stocktake) -> str:
    return f"stocktake.stocktake:{stocktake.pk}"
