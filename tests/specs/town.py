"""The small town in which the circulation cases play: its rows are laid out as a case says, and read back in its words."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation import queries, services
from fumikura.circulation.events import told as meaning
from fumikura.circulation.models import (
    Allotment,
    Crate,
    CrateLine,
    DueShift,
    Exemption,
    Hold,
    HoldTitle,
    Loan,
    NoShow,
    OfflineTerminal,
    OnwardLoan,
    PolicySet,
    Route,
    ShelfPlace,
    ShiftedLoan,
    Transit,
)
from fumikura.circulation.rules.holding import state_of_hold
from fumikura.circulation.rules.offline import Batch, Line, signature_of
from fumikura.circulation.rules.offline import written as as_signed
from fumikura.circulation.rules.policies import OUTPUTS
from fumikura.circulation.rules.resolution import RuleSet
from fumikura.circulation.rules.states import NOWHERE, Move
from fumikura.circulation.services.policies import digest_of
from fumikura.circulation.services.queue import copies_of_titles, waiting_line
from fumikura.holdings.models import Deposit, FrozenStock, Item, KeptAside, Missing, ShelvingLocation, Withdrawal
from fumikura.holdings.queries import find_item
from fumikura.holdings.services import NewItem
from fumikura.journal.models import Entry
from fumikura.journal.services import once
from fumikura.kernel.actors import Actor
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.kernel.refusals import Refused
from fumikura.organisation.models import Agency, Calendar, DisasterMode, Facility
from fumikura.patrons.models import Card, Category, Patron
from tests.specs.cases import TOKYO, moment, read, steps

KINDS = {
    "CHUO": "central", "KITA": "branch", "MINAMI": "branch", "HIGASHI": "room", "EKIMAE": "counter", "LOCKER": "locker",
    "BM-A1": "stop", "SHOGAKKO": "school", "BUNKAKAN": "culture",
}  # fmt: skip
ORDINARY_DAY = date(2026, 5, 20)
FILLER = "FILLER"
OUR_WORDS = {"patron-blocked": "block-set", "records-merged": "record-merged"}
"""Events whose name in this house differs from the published one."""
OUR_OWN = {"card-issued"}
"""Events that this house records beside the published ones: handing out a card is a matter of its own."""
GIVEN = {"items", "patrons", "rules", "holds", "titles", "walk", "sites", "versions", "crates", "mode"}
"""What of a case's `given` this town can lay out; cases with more are skipped and say so."""
ROWS = {"shelf", "loan", "transit", "missing", "withdrawn", "set_aside", "hold_shelf"}
ON_ROWS = {
    "lent", "due", "renewals", "kind", "due_time", "at", "received", "claimed", "lost", "seen_at", "since", "why", "sent",
    "parts", "withdrawn", "allotted", "not_found", "hold", "ready", "until", "collecting", "leaving_for", "extended",
    "location", "call_number", "added", "deposit", "purpose", "rules_version",
    "reminded", "shifted_from",
}  # fmt: skip
FACTS = {
    "card_expires", "card_stopped", "open_loans", "overdue_since", "guardian_consents", "open_holds", "holds_today",
    "no_shows", "merged_into", "e_mail", "responsible_for", "exempt_until",
}  # fmt: skip


def not_built(case: dict[str, Any]) -> list[str]:
    """What this case needs and nobody has built yet; empty when it can be played."""
    given = case["given"]
    needs = [f"verb {step['verb']}" for step in steps(case) if step["verb"] not in VERBS]
    needs += [f"given {key}" for key in given if key not in GIVEN]
    for row in given.get("items", {}).values():
        if not ROWS & set(row):
            needs.append(f"row {next(iter(row))}")
        needs += [f"mark {key}" for key in row if key not in ROWS | ON_ROWS]
    for facts in given.get("patrons", {}).values():
        needs += [f"fact {key}" for key in facts if key not in FACTS]
    for group, values in given.get("rules", {}).items():
        outputs = _flat(group, values) if isinstance(values, dict) else [(group, values)]
        needs += [f"rule {name}" for name, _ in outputs if name not in OUTPUTS and ".limit." not in name]
    return sorted(set(needs))


def _output(group: str, name: str) -> str:
    if group == "limits":
        return f"loan.limit.{name}"
    return f"{group}.{name}"


def _flat(group: str, values: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if (group, name) == ("hold", "limits"):
            yield from ((f"hold.limit.{counter}", limit) for counter, limit in value.items())
        else:
            yield _output(group, name), value


class Town:
    """One case being played. Everything it writes is rolled back afterwards."""

    def __init__(self, world: dict[str, Any] | None = None) -> None:
        self.world = world or read("world.yaml")
        self.sites = {place.code: place for place in Facility.objects.select_related("calendar", "agency")}
        self.agency = Agency.objects.get()
        self.records = {record.number: record for record in BibliographicRecord.objects.all()}
        self.items: dict[str, Item] = {}
        self.patrons: dict[str, Patron] = {}
        self.holds: dict[str, Hold] = {}
        self.versions: dict[str, PolicySet] = {}
        self.answer: dict[str, Any] = {}
        self.moves: set[Move] = set()
        """Every change of state that the steps have made."""

    # ---- laying out ------------------------------------------------------------------------------

    def lay_out(self, case: dict[str, Any]) -> None:
        given = case["given"]
        self.on_order = {title: facts.get("on_order", 0) for title, facts in given.get("titles", {}).items()}
        self.step_site = next((step["site"] for step in steps(case) if "site" in step), "CHUO")
        self._rules(given)
        for code, facts in given.get("sites", {}).items():
            self._site(code, facts)
        people = self._named(case)
        for name, facts in people.items():
            self._patron(name, {**facts, **given.get("patrons", {}).get(name, {})})
        for name, facts in given.get("patrons", {}).items():
            if "merged_into" in facts:
                self._merged(name, facts["merged_into"])
        for name in _records_to_merge(case):
            self._patron(name, self.world["patrons"][name.removesuffix("-OLD")])
        for name, facts in people.items():
            if "guardian" in facts:
                Patron.objects.filter(pk=self.patrons[name].pk).update(guardian=self.patrons[facts["guardian"]])
                self.patrons[name].refresh_from_db()
        for name, facts in given.get("patrons", {}).items():
            if wards := facts.get("responsible_for"):
                wards = [wards] if isinstance(wards, str) else wards
                keys = [self.patrons[ward].pk for ward in wards]
                Patron.objects.filter(pk__in=keys).update(guardian=self.patrons[name])
        for name, row in given.get("holds", {}).items():
            self._hold(name, row)
        for name, row in given.get("items", {}).items():
            self._item(name, row)
        for name, hold in self.holds.items():
            self._only_copy(hold, given["holds"][name])
        for number, crate in given.get("crates", {}).items():
            self._crate(number, crate)
        if given.get("mode") == "disaster":
            DisasterMode.objects.create(since=_at(ORDINARY_DAY))
        for place, order in given.get("walk", {}).items():
            for turn, code in enumerate(order):
                ShelvingLocation.objects.filter(facility=self.sites[place], code=code).update(walk_order=turn)
        for name in given.get("patrons", {}):
            self._fillers(name, given["patrons"][name])
        Entry.objects.all().delete()

    def _named(self, case: dict[str, Any]) -> dict[str, Any]:
        """The readers whom the case speaks of, and their guardians; nobody else need be registered for it."""
        everybody, told = self.world["patrons"], repr(case)
        names = {name for name in everybody if name in told}
        names |= {everybody[name]["guardian"] for name in names if "guardian" in everybody[name]}
        return {name: facts for name, facts in everybody.items() if name in names}

    def _site(self, code: str, facts: dict[str, Any]) -> None:
        """What a case says of a site over what the world says."""
        if facts.get("stock_frozen"):
            FrozenStock.objects.create(facility=self.sites[code], since=_at(ORDINARY_DAY))
        said = {
            name: facts[name]
            for name in ("holds_stock", "lends", "takes_returns", "pickup", "registers", "openings")
            if name in facts
        }
        if "hours" in facts:
            said["opens"], said["closes"] = (time.fromisoformat(hour) for hour in facts["hours"])
        if "calendar" in facts:
            said["calendar"] = Calendar.objects.get(code=facts["calendar"])
        if said:
            Facility.objects.filter(code=code).update(**said)
            self.sites[code].refresh_from_db()

    def _rules(self, given: dict[str, Any]) -> None:
        """The house rules with the case's changes, in as many versions as the case names."""
        versions = given.get("versions") or [{"id": "house", "from": date(2000, 1, 1), "rules": given.get("rules", {})}]
        for number, version in enumerate(versions, start=1):
            written = self._written(version["rules"])
            self.versions[version["id"]] = PolicySet.objects.create(
                version=number, name=version["id"], effective_from=version["from"], rules=written,
                digest=digest_of(written),
            )  # fmt: skip

    def _written(self, changes: dict[str, Any]) -> dict[str, Any]:
        gives: dict[str, Any] = {
            "loan.hard": "none", "loan.guardian_consent_for": [], "hold.per_day": "none", "hold.letter_days": 2,
            "hold.no_show_pause_days": 0, "overdue.pause_most": "unlimited", "floating.group": "none",
            "floating.most_per_title": "unlimited",
        }  # fmt: skip
        gives.update(self.world.get("gives", {}))
        for group in {**self.world["rules"], **changes}:
            if group == "nesting":
                continue
            for values in (self.world["rules"].get(group, {}), changes.get(group, {})):
                if isinstance(values, dict):
                    gives.update((output, _json(value)) for output, value in _flat(group, values))
        return {
            "trees": self.world["trees"],
            "nesting": self.world["rules"]["nesting"],
            "rules": [{"id": "P0", "from": "2000-01-01", "if": {}, "give": gives}, *self.world.get("more", [])],
        }

    def _patron(self, name: str, facts: dict[str, Any]) -> None:
        born = date(ORDINARY_DAY.year - facts["age"], 1, 1) if "age" in facts else None
        patron = Patron.objects.create(
            name=facts["name"], born_on=born, category=Category.objects.get(code=facts["category"]),
            residency=facts["residency"], home=self.sites["CHUO"], registered_at=datetime(2026, 1, 1, tzinfo=TOKYO),
            consents=facts.get("guardian_consents", []),
            email="" if facts.get("e_mail") == "none" else f"{name.lower()}@example.jp",
        )  # fmt: skip
        stopped = facts.get("card_stopped")
        Card.objects.create(
            agency=self.agency, patron=patron, number=f"CARD-{name}", issued_on=date(2026, 1, 1),
            expires_on=facts.get("card_expires", date(2028, 3, 31)), stopped_at=_at(stopped) if stopped else None,
        )  # fmt: skip
        self.patrons[name] = patron

    def _merged(self, name: str, into: str) -> None:
        self._patron(name, self.world["patrons"][into])
        Patron.objects.filter(pk=self.patrons[name].pk).update(
            merged_into=self.patrons[into], closed_at=_at(ORDINARY_DAY - timedelta(days=30))
        )

    def _crate(self, number: str, crate: dict[str, Any]) -> None:
        filling = Crate.objects.create(
            number=number, origin=self.sites["CHUO"], destination=self.sites[crate["to"]], opened_at=_at(ORDINARY_DAY)
        )
        for name in crate["contains"]:
            CrateLine.objects.create(crate=filling, item=self.items[name], packed_at=_at(ORDINARY_DAY))

    def _hold(self, name: str, row: dict[str, Any]) -> None:
        wanted = row.get("set", {})
        accepted = moment(row["accepted"])
        closed = {"closed_at": accepted, "closed_as": row["closed"]} if "closed" in row else {}
        hold = Hold.objects.create(
            patron=None if closed else self.patrons[row["patron"]], pickup=self.sites[row["pickup"]],
            kind=wanted.get("kind", "one"), want=wanted.get("want", 1), accepted_at=accepted,
            entered_at=moment(row.get("entered", row["accepted"])), via="desk", contact=row.get("contact", "e-mail"),
            suspended_until=row.get("suspended_until"), needed_by=row.get("needed_by"), **closed,
        )  # fmt: skip
        titles = wanted.get("titles") or [row["title"] if "title" in row else self.world["items"][row["item"]]["title"]]
        for place, title in enumerate(titles, start=1):
            done = accepted if closed or title in wanted.get("done", ()) else None
            HoldTitle.objects.create(hold=hold, record=self.records[title], place=place, done_at=done)
        self.holds[name] = hold

    def _only_copy(self, hold: Hold, row: dict[str, Any]) -> None:
        if "item" in row:
            hold.titles.update(item=self.items[row["item"]])

    def _bind(self, item: Item, name: str, *, picked: bool) -> None:
        title = self.holds[name].titles.get(record=item.record)
        at = _at(date(2026, 5, 19))
        Allotment.objects.create(title=title, item=item, since=at, picked_at=at if picked else None)

    def _item(self, name: str, row: dict[str, Any]) -> None:
        item = self._new_item(name, **self.world["items"][name])
        if "added" in row:
            item.added_on = row["added"]
        if "deposit" in row:
            place = self.sites[row["deposit"]["at"]]
            Deposit.objects.create(item=item, facility=place, until=row["deposit"]["until"])
        if "shelf" in row:
            place = self.sites[row["shelf"]]
            item.stands_at = place if place.pk != item.home_id else None
        item.searched_in_vain = row.get("not_found", 0)
        item.call_number = row.get("call_number", "")
        if "location" in row:
            item.location, _ = ShelvingLocation.objects.get_or_create(
                facility=item.home, code=row["location"], defaults={"name": row["location"]}
            )
        item.save()
        bound = row.get("allotted") or row.get("hold")
        if bound and bound != "none":
            self._bind(item, bound, picked="allotted" not in row)
        if "loan" in row:
            self._loan(item, row)
            if "withdrawn" in row:
                Withdrawal.objects.create(item=item, withdrawn_at=_at(row["withdrawn"]), reason="worn")
        elif "transit" in row:
            origin, destination = row["transit"]
            Transit.objects.create(
                item=item, origin=self.sites[origin], destination=self.sites[destination],
                sent_at=_at(row.get("sent", date(2026, 5, 19))), purpose=row.get("purpose", "home"),
            )  # fmt: skip
        elif "missing" in row:
            Missing.objects.create(item=item, since=_at(row["since"]), last_at=self.sites[row["missing"]])
        elif "withdrawn" in row:
            Withdrawal.objects.create(item=item, withdrawn_at=_at(row["withdrawn"]), reason=row.get("why", "worn"))
        elif "hold_shelf" in row:
            until = row.get("until")
            ShelfPlace.objects.create(
                item=item, facility=self.sites[row["hold_shelf"]], since=_at(row.get("ready", date(2026, 5, 19))),
                ready_on=row.get("ready"), until=None if until == "open-ended" else until,
                extensions=row.get("extended", 0),
            )  # fmt: skip
            if "leaving_for" in row:
                Hold.objects.filter(pk=self.holds[row["hold"]].pk).update(pickup=self.sites[row["leaving_for"]])
        elif "set_aside" in row:
            place = self.sites[row["set_aside"]]
            KeptAside.objects.create(item=item, facility=place, why=row["why"], since=_at(date(2026, 5, 18)))

    def _new_item(self, name: str, *, title: str, home: str, material: str, **marks: Any) -> Item:
        if "return_to" in marks:
            marks["return_to"] = self.sites[marks["return_to"]]
        if "latest_issue" in marks:
            marks["is_latest_issue"] = marks.pop("latest_issue")
        item = Item.objects.create(
            agency=self.agency, barcode=name, record=self.records[title], home=self.sites[home], material=material,
            added_on=date(2026, 1, 1), **marks,
        )  # fmt: skip
        if not name.startswith(FILLER):
            self.items[name] = item
        return item

    def _loan(self, item: Item, row: dict[str, Any]) -> Loan:
        received = row.get("received")
        loan = Loan.objects.create(
            item=item, patron=self.patrons[row["loan"]], kind=row.get("kind", "loan"), lent_at=_at(row["lent"]),
            lent_facility=self.sites[row.get("at", self.step_site)], due_on=row["due"],
            renewals=row.get("renewals", 0), policy_set=self.versions[row.get("rules_version", next(iter(self.versions)))], snapshot=self._snapshot(row),
            received_at=_at(received["day"]) if received else None,
            received_facility=self.sites[received["site"]] if received else None,
            claimed_at=_at(row["claimed"]) if "claimed" in row else None,
            lost_at=_at(row["lost"]) if "lost" in row else None,
            reminded=row.get("reminded", []),
        )  # fmt: skip
        if "shifted_from" in row:
            self.shift = DueShift.objects.create(
                first_on=row["shifted_from"],
                last_on=row["shifted_from"],
                new_due_on=row["due"],
                made_at=_at(ORDINARY_DAY),
            )
            ShiftedLoan.objects.create(
                shift=self.shift, loan=loan, due_before=row["shifted_from"], renewals=row.get("renewals", 0)
            )
        return loan

    def _snapshot(self, row: dict[str, Any]) -> dict[str, Any]:
        """The values of the day of the loan, or of the version that the case names."""
        named = self.versions.get(row.get("rules_version", ""))
        rule_set = RuleSet.read(named.rules) if named else queries.rules_in_force(ORDINARY_DAY).rule_set
        decided = rule_set.decide({}, ORDINARY_DAY)
        given = {output: [given.value, given.rule] for output, given in decided.items()}
        return {"given": given, "why": [], **({"desk": row["desk"]} if "desk" in row else {})}

    def _fillers(self, name: str, facts: dict[str, Any]) -> None:
        """Loans that a case only counts."""
        number = 0
        for material, count in facts.get("open_loans", {}).items():
            for _ in range(count):
                number += 1
                item = self._new_item(f"{FILLER}-{name}-{number}", title=FILLER, home="CHUO", material=material)
                self._loan(item, {"loan": name, "lent": ORDINARY_DAY, "due": date(2099, 1, 1)})
        for material, count in facts.get("open_holds", {}).items():
            for _ in range(count):
                number += 1
                self._filler_hold(name, number, material, "desk", ORDINARY_DAY - timedelta(days=9))
        for _ in range(facts.get("no_shows", 0)):
            NoShow.objects.create(patron=self.patrons[name], on=date(2026, 3, 1))
        for door, count in facts.get("holds_today", {}).items():
            for _ in range(count):
                number += 1
                self._filler_hold(name, number, "book", door, ORDINARY_DAY)
        if until := facts.get("exempt_until"):
            Exemption.objects.create(patron=self.patrons[name], why="illness", until=until, made_at=_at(ORDINARY_DAY))
        if since := facts.get("overdue_since"):
            item = self._new_item(f"{FILLER}-{name}-overdue", title=FILLER, home="CHUO", material="book")
            due = since - timedelta(days=1)
            # In-house, so that it is overdue and fills no limit: the case counts its loans itself.
            self._loan(item, {"loan": name, "lent": due, "due": due, "kind": "in-house"})

    def _filler_hold(self, name: str, number: int, material: str, door: str, day: date) -> None:
        """A hold that a case only counts, on a title of its own."""
        title = f"{FILLER}-{name}-{number}"
        self.records[title] = BibliographicRecord.objects.create(
            source="TOWN", number=title, title=title, marc=b"", created_at=_at(day), changed_at=_at(day)
        )
        self._new_item(title, title=title, home="CHUO", material=material)
        hold = Hold.objects.create(
            patron=self.patrons[name], pickup=self.sites["CHUO"], accepted_at=_at(day), entered_at=_at(day), via=door
        )
        HoldTitle.objects.create(hold=hold, record=self.records[title])

    # ---- playing ---------------------------------------------------------------------------------

    def play(self, case: dict[str, Any]) -> dict[str, Any]:
        """Everything that the case's `then` may speak of, after the last step."""
        self.before = (self.rows(), self.hold_states())
        outcome: dict[str, Any] = {}
        for step in steps(case):
            self.answer = {}
            before = self.states()
            try:
                with transaction.atomic():
                    VERBS[step["verb"]](self, step)
                self._note(before, step["verb"])
            except Refused as refused:
                outcome = {"refused": sorted(reason.code for reason in refused.reasons)}
                if "no-lendable-copy" in outcome["refused"]:
                    outcome["offer"] = ["suggest-purchase"]
                assert (self.rows(), self.hold_states()) == self.before, "a refusal changed rows"
                assert not Entry.objects.exists(), "a refusal wrote the journal"
                return outcome
        onward = {row.loan.item.barcode: row.holder for row in OnwardLoan.objects.select_related("loan__item")}
        return {
            **({"onward": onward} if onward else {}),
            "items": self.rows(),
            "holds": self.hold_states(),
            "journal": self.journal(),
            "blocks": self.blocks(),
            "staff": self.answer.get("staff", []),
            "patron": self.told(),
            **{key: value for key, value in self.answer.items() if key != "staff"},
        }

    def actor(self, step: dict[str, Any]) -> Actor:
        return Actor(
            ref="staff:1",
            facility=step["site"],
            desk=step.get("desk", ""),
            via=step.get("door", "desk"),
            permissions=frozenset(PERMISSIONS),
            request_key=step.get("request_key", ""),
        )

    def once(self, step: dict[str, Any], act: Any) -> None:
        """A step with a request key, as a door sends it."""
        body, _ = once(step.get("request_key", ""), act, door="desk", at=moment(step["at"]))
        self.answer = body

    def states(self) -> dict[tuple[str, str], str]:
        """(noun, name) to its state, for items, loans, holds and journeys."""
        found: dict[tuple[str, str], str] = {}
        for name, row in self.rows().items():
            found["item", name] = item_state(row)
            if "loan" in row:
                found["loan", name] = loan_state(row)
            if "transit" in row:
                found["transit", name] = transit_state(row)
        return found | {("hold", name): state for name, state in self.hold_states().items()}

    def _note(self, before: dict[tuple[str, str], str], verb: str) -> None:
        after = self.states()
        for noun, name in sorted(before.keys() | after.keys()):
            was, becomes = (states.get((noun, name), NOWHERE) for states in (before, after))
            if was != becomes:
                self.moves.add(Move(noun, was, verb.replace("_", "-"), becomes))

    # ---- reading back ----------------------------------------------------------------------------

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
            return {**row, "withdrawn": _day(withdrawn.withdrawn_at)} if withdrawn else row
        if withdrawn:
            why = {"why": withdrawn.reason} if withdrawn.reason == "replaced" else {}
            return {"withdrawn": _day(withdrawn.withdrawn_at), **why}
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
            return {"missing": missing.last_at.code, "since": _day(missing.since), **lost}
        item.refresh_from_db()
        vain = {"not_found": item.searched_in_vain} if item.searched_in_vain else {}
        return {"shelf": (item.stands_at or item.home).code, **self._bound(item, "allotted"), **vain}

    def _bound(self, item: Item, word: str) -> dict[str, str]:
        allotment = Allotment.objects.open().filter(item=item).select_related("title").first()
        return {word: self._name_of(allotment.title.hold_id)} if allotment else {}

    def _name_of(self, hold: int) -> str:
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
        return [self._name_of(hold) for hold in waiting_line(self.records[title].pk, on)]

    def _loan_row(self, loan: Loan) -> dict[str, Any]:
        row: dict[str, Any] = {
            "loan": next(name for name, patron in self.patrons.items() if patron.pk == loan.patron_id),
            "lent": _day(loan.lent_at),
            "due": loan.due_on,
        }
        if loan.renewals:
            row["renewals"] = loan.renewals
        if loan.kind != "loan":
            row["kind"] = loan.kind
        if loan.due_time:
            row["due_time"] = loan.due_time.strftime("%H:%M")
        if loan.received_at:
            row["received"] = {"site": loan.received_facility.code, "day": _day(loan.received_at)}
        if loan.claimed_at:
            row["claimed"] = _day(loan.claimed_at)
        if loan.lost_at:
            row["lost"] = _day(loan.lost_at)
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

    def told(self) -> dict[str, list[str]]:
        told: dict[str, list[str]] = {}
        names = {patron.key: name for name, patron in self.patrons.items()}
        for entry in Entry.objects.filter(event="circulation.loan-declared-lost"):
            for hold in Hold.objects.filter(pk__in=entry.particulars["holds_without_copy"]):
                told.setdefault(names[hold.patron.key], []).append("hold-delayed")
        for entry in Entry.objects.filter(event="circulation.site-closed"):
            for hold in Hold.objects.filter(pk__in=entry.particulars["holds_kept_longer"]):
                told.setdefault(names[hold.patron.key], []).append("shelf-days-extended")
        for entry in Entry.objects.filter(event="circulation.due-dates-shifted"):
            shifted = ShiftedLoan.objects.filter(shift=entry.particulars["shift"])
            for key in shifted.order_by("loan__patron").values_list("loan__patron__key", flat=True).distinct():
                told.setdefault(names[key], []).append("due-date-moved")
        for entry in Entry.objects.exclude(patron_key="").order_by("id"):
            if messages := meaning(entry.event, entry.particulars):
                told.setdefault(names[entry.patron_key], []).extend(messages)
        return told

    def pickup(self, name: str) -> str:
        return Hold.objects.select_related("pickup").get(pk=self.holds[name].pk).pickup.code

    def returned_on(self, name: str) -> date:
        loan = Loan.objects.filter(item=self.items[name]).exclude(returned_at=None).latest("returned_at")
        return _day(loan.returned_at)

    def leads_to_a_reader(self, name: str) -> bool:
        """Whether a closed loan of the item, or its entries, still lead to somebody."""
        closed = Loan.objects.filter(item=self.items[name]).exclude(returned_at=None)
        subjects = [f"circulation.loan:{loan.pk}" for loan in closed]
        return (
            closed.exclude(patron=None).exists()
            or Entry.objects.filter(subject__in=subjects).exclude(patron_key="").exists()
        )


def _check_out(town: Town, step: dict[str, Any]) -> None:
    def act() -> dict[str, Any]:
        loan = services.check_out(
            item=find_item(step["item"]),
            patron=town.patrons[step["patron"]],
            by=town.actor(step),
            at=moment(step["at"]),
            overriding=frozenset(step.get("overriding", ())),
            kind=step.get("kind", "loan"),
        )
        return {"staff": list(loan.messages)}

    if step.get("dry_run"):
        reasons = services.objections(
            item=find_item(step["item"]), patron=town.patrons[step["patron"]], by=town.actor(step),
            at=moment(step["at"]),
        )  # fmt: skip
        town.answer = {"would_refuse": sorted(reason.code for reason in reasons)}
        return
    town.once(step, act)


def _check_in(town: Town, step: dict[str, Any]) -> None:
    if "crate" in step:
        crate = services.find_crate(step["crate"])
        out = services.unpack(item=find_item(step["item"]), crate=crate, by=town.actor(step), at=moment(step["at"]))
        town.answer = {"staff": list(out.messages), "next": _next(town, out.stop)}
        return

    def act() -> dict[str, Any]:
        back = services.check_in(
            item=find_item(step["item"]),
            by=town.actor(step),
            at=moment(step["at"]),
            mode=step.get("mode", "final"),
            overriding=frozenset(step.get("overriding", ())),
            missing_parts=tuple(step.get("parts_missing", ())),
            excuse=step.get("excuse", ""),
        )
        return {"staff": list(back.messages), "next": _next(town, back.stop)}

    town.once(step, act)


def _next(town: Town, stop: Any) -> dict[str, Any]:
    hold = getattr(stop, "hold", None)
    for_hold = {"hold": town._name_of(hold)} if hold else {}
    if stop.kind == "set-aside":
        return {"set_aside": stop.to, "why": stop.why}
    return {stop.kind.replace("-", "_"): stop.to, **for_hold}


def _renew(town: Town, step: dict[str, Any]) -> None:
    def act() -> dict[str, Any]:
        loan = queries.need_open_loan_of(find_item(step["item"]))
        overriding = frozenset(step.get("overriding", ()))
        renewed = services.renew(loan=loan, by=town.actor(step), at=moment(step["at"]), overriding=overriding)
        return {"staff": list(renewed.messages)}

    town.once(step, act)


def _place_hold(town: Town, step: dict[str, Any]) -> None:
    item = find_item(step["item"]) if "item" in step else None
    wanted = step.get("set", {})
    titles = wanted.get("titles") or [step.get("title") or item.record.number]
    records = tuple(town.records[title] for title in titles)
    hold = services.place_hold(
        patron=town.patrons[step["patron"]],
        want=services.Want(records, item, wanted.get("kind", "one"), wanted.get("want", 1)),
        pickup=town.sites[step["pickup"]],
        by=town.actor(step),
        at=moment(step["at"]),
        accepted_at=moment(step.get("accepted", step["at"])),
        needed_by=step.get("needed_by"),
        contact=step.get("contact", "e-mail"),
        overriding=frozenset(step.get("overriding", ())),
        on_order=sum(town.on_order.get(title, 0) for title in titles),
    )
    town.holds[step["hold"]] = hold
    on = moment(step["at"]).date()
    line = town.queue(titles[0], on)
    town.answer = {"position": line.index(step["hold"]) + 1} if step["hold"] in line else {}


def _on_hold(verb: Any, **named: str) -> Any:
    def act(town: Town, step: dict[str, Any]) -> None:
        more = {name: _read(town, name, step[word]) for name, word in named.items()}
        answer = verb(hold=town.holds[step["hold"]], by=town.actor(step), at=moment(step["at"]), **more)
        town.answer = {"staff": list(answer)} if isinstance(answer, tuple) else {}

    return act


def _cancel_hold(town: Town, step: dict[str, Any]) -> None:
    staff = services.cancel_hold(
        hold=town.holds[step["hold"]], by=town.actor(step), at=moment(step["at"]), why=step.get("reason", "")
    )
    town.answer = {"staff": list(staff)}


def _merge_record(town: Town, step: dict[str, Any]) -> None:
    gone, kept = town.records[step["from"]], town.records[step["into"]]
    services.merge_titles(kept=kept, gone=gone, by=town.actor({"site": "CHUO", **step}), at=moment(step["at"]))


def _read(town: Town, name: str, value: Any) -> Any:
    match name:
        case "pickup":
            return town.sites[value]
        case "records":
            return [town.records[title].pk for title in value]
    return value


def _night(verb: Any) -> Any:
    def act(town: Town, step: dict[str, Any]) -> None:
        answer = verb(by=town.actor({"site": "", **step}), at=moment(step["at"]))
        town.answer = {"staff": list(answer)} if isinstance(answer, list) else {}

    return act


def _allot(town: Town, step: dict[str, Any]) -> None:
    record = town.records[step["title"]].pk
    services.allot(record=record, by=town.actor({"site": "", **step}), at=moment(step["at"]))


def _not_found(town: Town, step: dict[str, Any]) -> None:
    answer = services.not_found(item=find_item(step["item"]), by=town.actor(step), at=moment(step["at"]))
    town.answer = {"staff": list(answer)}


def _pick_list(town: Town, step: dict[str, Any]) -> None:
    town.answer = {"pick_list": [item.barcode for item in services.pick_list(town.sites[step["site"]])]}


def _on_loan(verb: Any) -> Any:
    def act(town: Town, step: dict[str, Any]) -> None:
        loan = queries.need_open_loan_of(find_item(step["item"]))
        town.answer = {"staff": list(verb(loan=loan, by=town.actor(step), at=moment(step["at"])))}

    return act


def _accept_replacement(town: Town, step: dict[str, Any]) -> None:
    new = None
    if "new_item" in step:
        facts = town.world["items"][step["new_item"]]
        new = NewItem(
            barcode=step["new_item"], record=town.records[facts["title"]], home=town.sites[facts["home"]],
            agency=town.agency, material=facts["material"],
        )  # fmt: skip
    loan = queries.need_open_loan_of(find_item(step["item"]))
    item = services.accept_replacement(loan=loan, new=new, by=town.actor(step), at=moment(step["at"]))
    if item:
        town.items[step["new_item"]] = item


def _withdraw(town: Town, step: dict[str, Any]) -> None:
    answer = services.withdraw(
        item=find_item(step["item"]), reason=step["reason"], by=town.actor(step), at=moment(step["at"]),
        overriding=frozenset(step.get("overriding", ())),
    )  # fmt: skip
    town.answer = {"staff": list(answer)}


def _set_aside(town: Town, step: dict[str, Any]) -> None:
    services.set_aside(item=find_item(step["item"]), by=town.actor(step), at=moment(step["at"]))


def _mark_missing(town: Town, step: dict[str, Any]) -> None:
    services.mark_missing(item=find_item(step["item"]), by=town.actor(step), at=moment(step["at"]))


def _send(town: Town, step: dict[str, Any]) -> None:
    stop = services.send(
        item=find_item(step["item"]), to=town.sites[step["to"]], purpose=step["purpose"], by=town.actor(step),
        at=moment(step["at"]),
    )  # fmt: skip
    town.answer = {"next": _next(town, stop)}


def _merge_patron(town: Town, step: dict[str, Any]) -> None:
    staff = services.merge_patron(
        old=town.patrons[step["from"]], into=town.patrons[step["into"]], by=town.actor(step), at=moment(step["at"])
    )
    town.answer = {"staff": list(staff)}


def _pack(town: Town, step: dict[str, Any]) -> None:
    services.pack(item=find_item(step["item"]), crate=step["crate"], by=town.actor(step), at=moment(step["at"]))


def _receive(town: Town, step: dict[str, Any]) -> None:
    if "crate" not in step:
        _check_in(town, step)
        return
    crate = services.find_crate(step["crate"])
    _, staff = services.receive_crate(crate=crate, by=town.actor(step), at=moment(step["at"]))
    town.answer = {"staff": list(staff)}


def _close_crate(town: Town, step: dict[str, Any]) -> None:
    crate = services.find_crate(step["crate"])
    town.answer = {"staff": list(services.close_crate(crate=crate, by=town.actor(step), at=moment(step["at"])))}


def _close_site(town: Town, step: dict[str, Any]) -> None:
    substitute = step.get("substitute", "none")
    services.close_site(
        facility=town.sites[step["closed"]], first_on=step["from"], last_on=step["to"],
        substitute=None if substitute == "none" else town.sites[substitute], by=town.actor(step), at=moment(step["at"]),
    )  # fmt: skip


def _shift_due_dates(town: Town, step: dict[str, Any]) -> None:
    days = {"first_on": step["from"], "last_on": step["to"], "new_due_on": step["new_due"]}
    if step.get("preview"):
        town.answer = {"counts": {"loans": services.plan_shift(**days)}}
        return
    town.shift = services.shift_due_dates(**days, by=town.actor(step), at=moment(step["at"]))


def _undo_shift(town: Town, step: dict[str, Any]) -> None:
    done = services.undo_shift(shift=town.shift, by=town.actor(step), at=moment(step["at"]))
    town.answer = {"staff": [one.message for one in done.left]}


def _estimate_arrival(town: Town, step: dict[str, Any]) -> None:
    arrives = services.estimate_arrival(item=find_item(step["item"]), ready_to_go=moment(step["ready_to_go"]))
    town.answer = {"arrives": arrives.astimezone(TOKYO).strftime("%Y-%m-%dT%H:%M") if arrives else "none"}


def _remind(town: Town, step: dict[str, Any]) -> None:
    names = {patron.key: name for name, patron in town.patrons.items()}
    said = services.remind(by=town.actor({"site": "", **step}), at=moment(step["at"]))
    parts = [message.partition(":") for message in said]
    town.answer = {"staff": [f"{code}:{names[about]}" if about else code for code, _, about in parts]}


def _may_borrow(town: Town, step: dict[str, Any]) -> None:
    answers = services.may_borrow(
        patron=town.patrons[step["patron"]], by=town.actor({"site": "", **step}), at=moment(step["at"]),
        kinds=step["kinds"],
    )  # fmt: skip
    town.answer = {"refused_kinds": {kind: [reason.code for reason in why] for kind, why in answers.items()}}


def _replay_offline(town: Town, step: dict[str, Any]) -> None:
    batches = [_batch(town, batch) for batch in step["batches"]]
    answers = services.replay_offline(batches=batches, by=town.actor({"site": "", **step}), at=moment(step["at"]))
    named = {line.key: written for batch, given in zip(batches, step["batches"], strict=True)
             for line, written in zip(batch.lines, given["lines"], strict=True)}  # fmt: skip
    for key, written in named.items():
        name = written.get("patron", "")
        if name and name not in town.patrons and (card := Card.objects.filter(number=f"CARD-{name}").first()):
            town.patrons[name] = card.patron
        if "hold" in written and (patron := town.patrons.get(name)):
            entered = Hold.objects.filter(patron=patron, accepted_at=named_at(batches, key)).first()
            town.holds |= {written["hold"]: entered} if entered else {}
    town.answer = {
        "lines": {answer.key: str(answer) for answer in answers},
        "order": [answer.key for answer in answers],
    }


def named_at(batches: list[Batch], key: str) -> datetime:
    return next(line.at for batch in batches for line in batch.lines if line.key == key)


def _batch(town: Town, given: dict[str, Any]) -> Batch:
    """As a terminal writes it: signed with its own secret, unless the case breaks the signature."""
    terminal, _ = OfflineTerminal.objects.get_or_create(
        code=given["terminal"],
        defaults={"facility": town.sites[given["site"]], "secret": "of-the-town", "issued_at": _at(ORDINARY_DAY)},
    )
    lines = tuple(_line(town, written) for written in given["lines"])
    signature = given.get("signature") or signature_of(map(as_signed, lines), terminal.secret)
    return Batch(
        terminal=given["terminal"], site=given["site"], skew_seconds=given["skew_seconds"], lines=lines,
        signature=signature,
    )  # fmt: skip


def _line(town: Town, given: dict[str, Any]) -> Line:
    name = given.get("patron", "")
    return Line(
        key=given["key"], kind=given["kind"], at=moment(given["at"]), item=given.get("item", ""),
        card=f"CARD-{name}" if name else "", record=town.records[given["title"]].pk if "title" in given else 0,
        pickup=given.get("pickup", ""), name=name if given["kind"] == "register" else "",
        category="adult" if given["kind"] == "register" else "",
    )  # fmt: skip


def _records_to_merge(case: dict[str, Any]) -> list[str]:
    """A second record of a reader that a case names without giving facts of it."""
    return [step["from"] for step in steps(case) if step["verb"] == "merge_patron"]


def _explain_due(town: Town, step: dict[str, Any]) -> None:
    loan = queries.need_open_loan_of(find_item(step["item"]))
    explained = queries.explain_due(loan)
    town.answer = {"explains": {"due": explained.due_on, "version": explained.rules}}


def _lend_on(town: Town, step: dict[str, Any]) -> None:
    services.lend_on(
        item=find_item(step["item"]), holder=step["holder"], by=town.actor(step), at=moment(step["at"])
    )  # fmt: skip


def _take_back_onward(town: Town, step: dict[str, Any]) -> None:
    services.take_back_onward(item=find_item(step["item"]), by=town.actor(step), at=moment(step["at"]))


def _tell_onward_count(town: Town, step: dict[str, Any]) -> None:
    patron, month = town.patrons[step["patron"]], step["month"]
    row = services.tell_onward_count(
        patron=patron, month=month, told=step["told"], by=town.actor(step), at=moment(step["at"])
    )
    town.answer = {"counts": {"noted": row.noted, "told": row.told}}


VERBS = {
    "lend_on": _lend_on,
    "take_back_onward": _take_back_onward,
    "tell_onward_count": _tell_onward_count,
    "forget_onward": _night(services.forget_onward),
    "claim_returned": _on_loan(services.claim_returned),
    "declare_lost": _on_loan(services.declare_lost),
    "accept_replacement": _accept_replacement,
    "withdraw": _withdraw,
    "mark_missing": _mark_missing,
    "set_aside": _set_aside,
    "send": _send,
    "receive": _receive,
    "close_crate": _close_crate,
    "pack": _pack,
    "merge_patron": _merge_patron,
    "close_site": _close_site,
    "shift_due_dates": _shift_due_dates,
    "undo_shift": _undo_shift,
    "estimate_arrival": _estimate_arrival,
    "remind": _remind,
    "may_borrow": _may_borrow,
    "replay_offline": _replay_offline,
    "find_stuck": _night(services.find_stuck),
    "explain_due": _explain_due,
    "place_hold": _place_hold,
    "cancel_hold": _cancel_hold,
    "merge_record": _merge_record,
    "suspend": _on_hold(services.suspend_hold, until="until"),
    "change_pickup": _on_hold(services.change_pickup, pickup="pickup"),
    "reorder_set": _on_hold(services.reorder_set, records="titles"),
    "extend_shelf": _on_hold(services.extend_shelf),
    "expire_shelf": _night(services.expire_shelf),
    "expire_holds": _night(services.expire_holds),
    "allot": _allot,
    "not_found": _not_found,
    "pick_list": _pick_list,
    "check_out": _check_out,
    "check_in": _check_in,
    "renew": _renew,
    "found": _check_in,
}


@contextmanager
def founded(world: dict[str, Any] | None = None) -> Iterator[None]:
    """The town's places, categories and titles, until the block ends."""
    world = world or read("world.yaml")
    with transaction.atomic():
        agency = Agency.objects.create(code="TOWN", name="町立図書館")
        calendars = {
            code: Calendar.objects.create(code=code, name=code, rules=_json(rules))
            for code, rules in world["calendars"].items()
        }
        for code, facts in world["sites"].items():
            opens, closes = facts["hours"]
            Facility.objects.create(
                code=code, agency=agency, name=facts["name"], kind=facts.get("kind") or KINDS[code], calendar=calendars[facts["calendar"]],
                opens=time.fromisoformat(opens), closes=time(0) if closes == "24:00" else time.fromisoformat(closes),
                holds_stock=facts["holds_stock"], lends=facts["lends"], takes_returns=facts["takes_returns"],
                pickup=facts["pickup"], registers=facts["registers"], openings=_openings(facts),
            )  # fmt: skip
        _categories(world["trees"]["category"])
        Route.objects.create(code="VAN", name="便", stops=world["van"]["ring"], on_call=world["van"]["on_call"],
            runs=[_run(run) for run in world["van"]["runs"]], rest_days=["monday"],
        )  # fmt: skip
        for number, title in {**world["titles"], FILLER: FILLER}.items():
            BibliographicRecord.objects.create(
                source="TOWN", number=number, title=title, marc=b"", created_at=_at(ORDINARY_DAY),
                changed_at=_at(ORDINARY_DAY),
            )  # fmt: skip
        yield
        transaction.set_rollback(True)


def _run(times: dict[str, str]) -> dict[str, str]:
    return {"back" if stop.startswith("back") else stop: when for stop, when in times.items()}


def _openings(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Only a place that tells its audiences apart has hours of its own for them."""
    if "community_hours" not in facts:
        return []
    opens, closes = facts["hours"]
    evenings = [
        {"audience": "everyone", "weekdays": [day], "opens": start, "closes": end}
        for day, (start, end) in facts["community_hours"].items()
    ]
    return [{"audience": "school", "opens": opens, "closes": closes}, *evenings]


def _categories(tree: dict[str, list[str]]) -> None:
    rows: dict[str, Category] = {"everyone": Category.objects.create(code="everyone", name="everyone")}
    for parent, children in tree.items():
        for child in children:
            rows[child] = Category.objects.create(code=child, name=child, parent=rows[parent])


def item_state(row: dict[str, Any]) -> str:
    """The one open row that says where an item is, in the words of rules.states."""
    words = {"loan": "on-loan", "transit": "in-transit", "set_aside": "set-aside", "missing": "missing"}
    if "hold_shelf" in row:
        if row["hold"] == "none" or "leaving_for" in row:
            return "to-be-fetched"
        return "collecting" if row.get("collecting") else "on-hold-shelf"
    if "shelf" in row:
        return "on-pick-list" if "allotted" in row else "on-shelf"
    return next((word for key, word in words.items() if key in row), "withdrawn")


def loan_state(row: dict[str, Any]) -> str:
    marks = ("lost", "claimed", "received")
    return next((mark for mark in marks if mark in row), "open")


def transit_state(row: dict[str, Any]) -> str:
    return "for-a-hold" if "hold" in row else "to-its-place"


def same(expected: list[str], actual: list[str]) -> bool:
    return Counter(expected) == Counter(actual)


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 8, 0, tzinfo=TOKYO)


def _day(at: datetime) -> date:
    return at.astimezone(TOKYO).date()


def _json(value: Any) -> Any:
    """Dates as text, all the way down."""
    if isinstance(value, dict):
        return {key: _json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
