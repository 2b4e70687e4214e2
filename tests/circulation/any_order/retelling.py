"""The state of a network told from the journal alone: what is lent, on its way, waited for, promised, missing, withdrawn."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.circulation.any_order.watching import Look


class Tale:
    """Entries in, in their order; `differs_from` compares with the rows."""

    def __init__(self, records: Mapping[int, int]) -> None:
        """`records` tells the record of each item as the story begins."""
        self.records = dict(records)
        self.gone_over: dict[int, list[int]] = {}
        """By merge of two records: the items that went over."""
        self.loans: dict[int, int] = {}
        """Loan to item."""
        self.journeys: dict[int, str] = {}
        self.cut_short: dict[int, tuple[str, datetime]] = {}
        """Item to where its journey went that ended last, and when."""
        self.holds: set[int] = set()
        self.promised: set[tuple[int, int]] = set()
        """Hold and item."""
        self.missing: set[int] = set()
        self.withdrawn: set[int] = set()
        self.lent_at: dict[int, datetime] = {}

    def hear(self, event: str, at: datetime, said: Mapping[str, Any]) -> None:
        room, _, name = event.partition(".")
        told = getattr(self, f"_{name.replace('-', '_')}", None)
        if told and room in {"catalogue", "circulation", "holdings"}:
            told(said, at)

    def differs_from(self, now: Look) -> list[str]:
        hold_of = {title: wish.hold for title, wish in now.wishes.items()}
        pairs = {
            "on loan": (set(self.loans.items()), {(loan, item) for item, (loan, *_) in now.loans.items()}),
            "on its way": (set(self.journeys.items()), set(now.transits.items())),
            "waited for": (self.holds, set(hold_of.values())),
            "promised": (self.promised, {(hold_of[title], item) for title, item in now.promised.items()}),
            "missing": (self.missing, set(now.missing)),
            "withdrawn": (self.withdrawn, set(now.withdrawn)),
            "copies of": (set(self.records.items()), set(now.records.items())),
        }
        return [f"{what}: told {told}, is {rows}" for what, (told, rows) in pairs.items() if told != rows]

    def _item_added(self, said: Mapping[str, Any], at: datetime) -> None:
        self.records[said["item"]] = said["record"]

    def _records_merged(self, said: Mapping[str, Any], at: datetime) -> None:
        kept, gone = said["records"]
        self.gone_over[said["merge"]] = [item for item, record in self.records.items() if record == gone]
        self.records |= dict.fromkeys(self.gone_over[said["merge"]], kept)

    def _record_merge_undone(self, said: Mapping[str, Any], at: datetime) -> None:
        kept, gone = said["records"]
        back = [item for item in self.gone_over[said["merge"]] if self.records[item] == kept]
        self.records |= dict.fromkeys(back, gone)

    def _loan_made(self, said: Mapping[str, Any], at: datetime) -> None:
        self.loans[said["loan"]] = said["item"]
        self.lent_at[said["loan"]] = at

    def _loan_returned(self, said: Mapping[str, Any], at: datetime) -> None:
        self.loans.pop(said["loan"])

    def _loan_replaced(self, said: Mapping[str, Any], at: datetime) -> None:
        self.loans.pop(said["loan"])

    def _loan_undone(self, said: Mapping[str, Any], at: datetime) -> None:
        item = self.loans.pop(said["loan"])
        where, ended_at = self.cut_short.get(item, ("", None))
        if where and ended_at == self.lent_at[said["loan"]]:
            self.journeys[item] = where

    def _return_undone(self, said: Mapping[str, Any], at: datetime) -> None:
        self.loans[said["loan"]] = said["item"]
        self.journeys.pop(said["item"], None)

    def _transit_started(self, said: Mapping[str, Any], at: datetime) -> None:
        self.journeys[said["item"]] = said["destination"]

    _transit_redirected = _transit_started

    def _transit_ended(self, said: Mapping[str, Any], at: datetime) -> None:
        self.cut_short[said["item"]] = self.journeys.pop(said["item"]), at

    def _item_missing(self, said: Mapping[str, Any], at: datetime) -> None:
        self.missing.add(said["item"])
        self.journeys.pop(said["item"], None)

    def _item_found(self, said: Mapping[str, Any], at: datetime) -> None:
        self.missing.discard(said["item"])

    def _item_withdrawn(self, said: Mapping[str, Any], at: datetime) -> None:
        self.withdrawn.add(said["item"])
        self.missing.discard(said["item"])

    def _hold_placed(self, said: Mapping[str, Any], at: datetime) -> None:
        self.holds.add(said["hold"])

    _hold_restored = _hold_placed

    def _hold_allotted(self, said: Mapping[str, Any], at: datetime) -> None:
        self.promised.add((said["hold"], said["item"]))

    def _allotment_moved(self, said: Mapping[str, Any], at: datetime) -> None:
        self.promised.discard((said["hold"], said["instead_of"]))
        self.promised.add((said["hold"], said["item"]))

    def _hold_requeued(self, said: Mapping[str, Any], at: datetime) -> None:
        self.promised.discard((said["hold"], said["item"]))

    def _hold_part_fulfilled(self, said: Mapping[str, Any], at: datetime) -> None:
        done = {pair for pair in self.promised if pair[0] == said["hold"] and self.records[pair[1]] == said["record"]}
        self.promised -= done

    def _hold_title_merged(self, said: Mapping[str, Any], at: datetime) -> None:
        self.promised.discard((said["hold"], said["item"]))

    def _hold_cancelled(self, said: Mapping[str, Any], at: datetime) -> None:
        self.holds.discard(said["hold"])
        self.promised = {(hold, item) for hold, item in self.promised if hold != said["hold"]}

    _hold_fulfilled = _hold_expired = _hold_lapsed = _hold_merged = _hold_cancelled
