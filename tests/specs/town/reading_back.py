"""What stands in the rows and in the journal after the steps, in the words of the cases."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from fumikura.circulation.events import told as meaning
from fumikura.circulation.models import Allotment, Hold, Loan, ShelfPlace, ShiftedLoan, Transit
from fumikura.circulation.rules.holding import state_of_hold
from fumikura.circulation.services.queue import copies_of_titles, waiting_line
from fumikura.holdings.models import Deposit, Item, KeptAside, Missing, Withdrawal
from fumikura.journal.models import Entry
from tests.specs.town.laying_out import LaidOut
from tests.specs.town.words import FILLER, OUR_OWN, OUR_WORDS, day_of


class ReadBack(LaidOut):
    """The town as a case may speak of it afterwards."""

    def __init__(self, world: dict[str, Any] | None = None) -> None:
        super().__init__(world)
        self.told: dict[str, list[str]] = {}
        """Reader to the codes of everything that all steps together have told."""
        self.heard = 0

    def rows(self) -> dict[str, dict[str, Any]]:
        return {name: self._row(item) for name, item in self.items.items() if self._is_told(name)}

    def _is_told(self, name: str) -> bool:
        return not name.startswith(FILLER)

    def _row(self, item: Item) -> dict[str, Any]:
        row = self._place(item)
        item.refresh_from_db()
        if deposit := Deposit.objects.filter(item=item, ended_at=None).first():
            row["deposit"] = {"at": deposit.facility.code, "until": deposit.until}
        if item.home.code != self.world["items"][item.barcode]["home"]:
            row["home"] = item.home.code
        return row

    def _place(self, item: Item) -> dict[str, Any]:
        withdrawn = Withdrawal.objects.filter(item=item).first()
        if loan := Loan.objects.open().filter(item=item).first():
            row = self._loan_row(loan)
            return {**row, "withdrawn": day_of(withdrawn.withdrawn_at)} if withdrawn else row
        if withdrawn:
            why = {"why": withdrawn.reason} if withdrawn.reason == "replaced" else {}
            return {"withdrawn": day_of(withdrawn.withdrawn_at), **why}
        if transit := Transit.objects.open().filter(item=item).first():
            row = {"transit": [transit.origin.code, transit.destination.code]}
            if transit.seen_facility:
                row["seen_at"] = transit.seen_facility.code
            if transit.purpose not in {"home", "hold"}:
                row["purpose"] = transit.purpose
            return {**row, **self._bound(item, "hold")}
        if place := ShelfPlace.objects.open().filter(item=item).first():
            return self._place_row(item, place)
        if aside := KeptAside.objects.filter(item=item, ended_at=None).first():
            return {"set_aside": aside.facility.code, "why": aside.why}
        if missing := Missing.objects.filter(item=item, found_at=None).first():
            lost = {"on_the_way_to": missing.on_the_way_to.code} if missing.on_the_way_to else {}
            return {"missing": missing.last_at.code, "since": day_of(missing.since), **lost}
        item.refresh_from_db()
        vain = {"not_found": item.searched_in_vain} if item.searched_in_vain else {}
        return {"shelf": (item.stands_at or item.home).code, **self._bound(item, "allotted"), **vain}

    def _bound(self, item: Item, word: str) -> dict[str, str]:
        allotment = Allotment.objects.open().filter(item=item).select_related("title").first()
        return {word: self.name_of(allotment.title.hold_id)} if allotment else {}

    def name_of(self, hold: int) -> str:
        return next(name for name, row in self.holds.items() if row.pk == hold)

    def _place_row(self, item: Item, place: ShelfPlace) -> dict[str, Any]:
        row = {"hold_shelf": place.facility.code, **(self._bound(item, "hold") or {"hold": "none"})}
        if row["hold"] == "none":
            return row
        hold = Hold.objects.select_related("pickup").get(pk=self.holds[row["hold"]].pk)
        if hold.pickup_id != place.facility_id:
            return {**row, "leaving_for": hold.pickup.code}
        if place.ready_on is None:
            return {**row, "collecting": True}
        extended = {"extended": place.extensions} if place.extensions else {}
        return {**row, "ready": place.ready_on, "until": place.until or "open-ended", **extended}

    def hold_states(self) -> dict[str, str]:
        states = {}
        for name, row in self.holds.items():
            hold = Hold.objects.get(pk=row.pk)
            copies = copies_of_titles(hold.titles.values_list("pk", flat=True))
            states[name] = state_of_hold(hold.closed_as, copies.values())
        return states

    def queue(self, title: str, on: date) -> list[str]:
        return [self.name_of(hold) for hold in waiting_line(self.records[title].pk)]

    def _loan_row(self, loan: Loan) -> dict[str, Any]:
        row: dict[str, Any] = {
            "loan": next(name for name, patron in self.patrons.items() if patron.pk == loan.patron_id),
            "lent": day_of(loan.lent_at),
            "due": loan.due_on,
        }
        if loan.renewals:
            row["renewals"] = loan.renewals
        if loan.kind != "loan":
            row["kind"] = loan.kind
        if loan.due_time:
            row["due_time"] = loan.due_time.strftime("%H:%M")
        if loan.received_at:
            row["received"] = {"site": loan.received_facility.code, "day": day_of(loan.received_at)}
        if loan.claimed_at:
            row["claimed"] = day_of(loan.claimed_at)
        if loan.lost_at:
            row["lost"] = day_of(loan.lost_at)
        if loan.reminded:
            row["reminded"] = loan.reminded
        return row

    def journal(self) -> list[str]:
        events = (event.partition(".")[2] for event in Entry.objects.values_list("event", flat=True))
        return sorted(OUR_WORDS.get(event, event) for event in events if event not in OUR_OWN)

    def blocks(self) -> dict[str, dict[str, date]]:
        words = {"loans-paused": "loans_until", "holds-paused": "holds_until"}
        rows = {name: patron.blocks.filter(lifted_at=None) for name, patron in self.patrons.items()}
        return {name: {words[row.reason]: row.ends_on for row in blocks} for name, blocks in rows.items() if blocks}

    def listen(self) -> None:
        """What readers are told by the entries since the last time: read after each step, for what ends forgets its reader."""
        names = {patron.key: name for name, patron in self.patrons.items()}
        for entry in Entry.objects.filter(id__gt=self.heard).order_by("id"):
            self.heard = entry.id
            for key, messages in _messages_of(entry):
                self.told.setdefault(names[key], []).extend(messages)

    def pickup(self, name: str) -> str:
        return Hold.objects.select_related("pickup").get(pk=self.holds[name].pk).pickup.code

    def returned_on(self, name: str) -> date:
        loan = Loan.objects.filter(item=self.items[name]).exclude(returned_at=None).latest("returned_at")
        return day_of(loan.returned_at)

    def beside(self, name: str, fact: str) -> Any:
        """What stands beside the row of an item: who lent it, since when it is ours, where on the shelf …"""
        item = Item.objects.select_related("location").get(pk=self.items[name].pk)
        loan = Loan.objects.open().filter(item=item).select_related("lent_facility", "policy_set").first()
        match fact:
            case "at":
                return loan and loan.lent_facility.code
            case "rules_version":
                return loan and loan.policy_set and loan.policy_set.name
            case "desk":
                return loan and loan.snapshot.get("desk")
            case "shifted_from":
                return ShiftedLoan.objects.filter(loan=loan).values_list("due_before", flat=True).first()
            case "sent":
                return day_of(Transit.objects.open().get(item=item).sent_at)
            case "added":
                return item.added_on
            case "location":
                return item.location and item.location.code
            case "call_number":
                return item.call_number
            case "parts":
                return item.parts_words.split()
        raise AssertionError(fact)

    def leads_to_a_reader(self, name: str) -> bool:
        """Whether a closed loan of the item, or its entries, still lead to somebody."""
        closed = Loan.objects.filter(item=self.items[name]).exclude(returned_at=None)
        subjects = [f"circulation.loan:{loan.pk}" for loan in closed]
        return (
            closed.exclude(patron=None).exists()
            or Entry.objects.filter(subject__in=subjects).exclude(patron_key="").exists()
        )


def _messages_of(entry: Entry) -> Iterator[tuple[str, list[str]]]:
    """Reader's key and codes."""
    said = entry.particulars
    match entry.event:
        case "circulation.loan-declared-lost" | "circulation.no-copy-left":
            yield from ((key, ["hold-delayed"]) for key in _keys_of(said["holds_without_copy"]))
        case "circulation.site-closed":
            yield from ((key, ["shelf-days-extended"]) for key in _keys_of(said["holds_kept_longer"]))
        case "circulation.due-dates-shifted":
            shifted = ShiftedLoan.objects.filter(shift=said["shift"]).order_by("loan__patron")
            for key in shifted.values_list("loan__patron__key", flat=True).distinct():
                yield key, ["due-date-moved"]
    if entry.patron_key and (messages := meaning(entry.event, said)):
        yield entry.patron_key, list(messages)


def _keys_of(holds: list[int]) -> list[str]:
    return list(Hold.objects.filter(pk__in=holds).order_by("pk").values_list("patron__key", flat=True))
