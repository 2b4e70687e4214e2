"""The rows that stand before a case begins, laid out as the case says."""

from datetime import date, datetime, time, timedelta
from typing import Any

from fumikura.catalogue.models import BibliographicRecord
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
    PolicySet,
    ShelfPlace,
    ShiftedLoan,
    Transit,
)
from fumikura.circulation.rules.resolution import RuleSet
from fumikura.circulation.services.policies import digest_of
from fumikura.holdings.models import Deposit, FrozenStock, Item, KeptAside, Missing, ShelvingLocation, Withdrawal
from fumikura.holdings.services.relocating import promise_home
from fumikura.journal.models import Entry
from fumikura.organisation.models import Agency, Calendar, DisasterMode, Facility
from fumikura.patrons.models import Card, Category, Patron
from tests.specs.cases import TOKYO, moment, read, steps
from tests.specs.town.founding import openings_of
from tests.specs.town.vocabulary import OF_VERBS, unknown_words
from tests.specs.town.words import FILLER, ORDINARY_DAY, dates_as_text, listed, morning_of, outputs_of, records_to_merge


class LaidOut:
    """The town as a case gives it."""

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

    def lay_out(self, case: dict[str, Any]) -> None:
        if words := unknown_words(case, OF_VERBS):
            raise AssertionError("not understood: " + ", ".join(words))
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
                self._merged(name, facts)
        for name in set(records_to_merge(case)) - self.patrons.keys():
            facts = given.get("patrons", {}).get(name, {})
            self._patron(name, {**self.world["patrons"][name.removesuffix("-OLD")], **facts})
        for name, facts in people.items():
            if "guardian" in facts:
                Patron.objects.filter(pk=self.patrons[name].pk).update(guardian=self.patrons[facts["guardian"]])
                self.patrons[name].refresh_from_db()
        for name, facts in given.get("patrons", {}).items():
            if wards := facts.get("responsible_for"):
                keys = [self.patrons[ward].pk for ward in listed(wards)]
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
            DisasterMode.objects.create(since=morning_of(ORDINARY_DAY))
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
            FrozenStock.objects.create(facility=self.sites[code], since=morning_of(ORDINARY_DAY))
        said = {
            name: facts[name]
            for name in ("holds_stock", "lends", "takes_returns", "pickup", "registers", "openings")
            if name in facts
        }
        if "community_hours" in facts:
            said["openings"] = openings_of({**self.world["sites"][code], **facts})
        if "hours" in facts:
            said["opens"], said["closes"] = (time.fromisoformat(hour) for hour in facts["hours"])
        if "calendar" in facts:
            said["calendar"] = self._calendar(facts["calendar"])
        if said:
            Facility.objects.filter(code=code).update(**said)
            self.sites[code].refresh_from_db()

    def _calendar(self, written: str | list[dict[str, Any]]) -> Calendar:
        """By name, or written out."""
        if isinstance(written, str):
            return Calendar.objects.get(code=written)
        return Calendar.objects.create(code="OF-THE-CASE", name="OF-THE-CASE", rules=dates_as_text(written))

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
            if group in {"nesting", "counters"}:
                continue
            for values in (self.world["rules"].get(group, {}), changes.get(group, {})):
                if isinstance(values, dict):
                    gives.update((output, dates_as_text(value)) for output, value in outputs_of(group, values))
        return {
            "trees": self.world["trees"],
            "nesting": self.world["rules"]["nesting"],
            "counters": changes.get("counters", {}),
            "rules": [{"id": "P0", "from": "2000-01-01", "if": {}, "give": gives}, *self.world.get("more", [])],
        }

    def _patron(self, name: str, facts: dict[str, Any]) -> None:
        born = date(ORDINARY_DAY.year - facts["age"], 1, 1) if "age" in facts else None
        patron = Patron.objects.create(
            name=facts["name"], born_on=born, category=Category.objects.get(code=facts["category"]),
            residency=facts["residency"], home=self.sites["CHUO"], registered_at=datetime(2026, 1, 1, tzinfo=TOKYO),
            consents=listed(facts.get("guardian_consents")),
            email="" if facts.get("e_mail") == "none" else f"{name.lower()}@example.jp",
        )  # fmt: skip
        stopped = facts.get("card_stopped")
        Card.objects.create(
            agency=self.agency, patron=patron, number=f"CARD-{name}", issued_on=date(2026, 1, 1),
            expires_on=facts.get("card_expires", date(2028, 3, 31)), stopped_at=morning_of(stopped) if stopped else None,
        )  # fmt: skip
        self.patrons[name] = patron

    def _merged(self, name: str, facts: dict[str, Any]) -> None:
        into = facts["merged_into"]
        self._patron(name, {**self.world["patrons"][into], **facts})
        Patron.objects.filter(pk=self.patrons[name].pk).update(
            merged_into=self.patrons[into], closed_at=morning_of(ORDINARY_DAY - timedelta(days=30))
        )

    def _crate(self, number: str, crate: dict[str, Any]) -> None:
        filling = Crate.objects.create(
            number=number,
            origin=self.sites["CHUO"],
            destination=self.sites[crate["to"]],
            opened_at=morning_of(ORDINARY_DAY),
        )
        for name in crate["contains"]:
            journey = Transit.objects.open().filter(item=self.items[name]).first()
            packed_at = max(morning_of(ORDINARY_DAY), journey.sent_at) if journey else morning_of(ORDINARY_DAY)
            CrateLine.objects.create(crate=filling, item=self.items[name], packed_at=packed_at)

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
        at = morning_of(date(2026, 5, 19))
        Allotment.objects.create(title=title, item=item, since=at, picked_at=at if picked else None)

    def _item(self, name: str, row: dict[str, Any]) -> None:
        item = self._new_item(name, **self.world["items"][name])
        if "added" in row:
            item.added_on = row["added"]
        if "home" in row:
            item.home = self.sites[row["home"]]
        if "deposit" in row:
            place = self.sites[row["deposit"]["at"]]
            Deposit.objects.create(item=item, facility=place, until=row["deposit"]["until"])
        if "shelf" in row:
            place = self.sites[row["shelf"]]
            item.stands_at = place if place.pk != item.home_id else None
        item.searched_in_vain = row.get("not_found", 0)
        if "parts" in row:
            item.parts, item.parts_words = 1 + len(listed(row["parts"])), " ".join(listed(row["parts"]))
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
                Withdrawal.objects.create(item=item, withdrawn_at=morning_of(row["withdrawn"]), reason="worn")
        elif "transit" in row:
            origin, destination = row["transit"]
            sent = morning_of(row.get("sent", date(2026, 5, 19)))
            seen = {"seen_at": sent, "seen_facility": self.sites[row["seen_at"]]} if "seen_at" in row else {}
            Transit.objects.create(
                item=item, origin=self.sites[origin], destination=self.sites[destination],
                sent_at=sent, purpose=row.get("purpose", "home"), **seen,
            )  # fmt: skip
            if row.get("purpose") == "relocate":
                promise_home(item, home=self.sites[destination], at=sent)
        elif "missing" in row:
            Missing.objects.create(
                item=item, since=morning_of(row["since"]), last_at=self.sites[row["missing"]],
                on_the_way_to=self.sites[row["on_the_way_to"]] if "on_the_way_to" in row else None,
            )  # fmt: skip
        elif "withdrawn" in row:
            Withdrawal.objects.create(
                item=item, withdrawn_at=morning_of(row["withdrawn"]), reason=row.get("why", "worn")
            )
        elif "hold_shelf" in row:
            until = row.get("until")
            ShelfPlace.objects.create(
                item=item, facility=self.sites[row["hold_shelf"]], since=morning_of(row.get("ready", date(2026, 5, 19))),
                ready_on=row.get("ready"), until=None if until == "open-ended" else until,
                extensions=row.get("extended", 0),
            )  # fmt: skip
            if "leaving_for" in row:
                Hold.objects.filter(pk=self.holds[row["hold"]].pk).update(pickup=self.sites[row["leaving_for"]])
        elif "set_aside" in row:
            place = self.sites[row["set_aside"]]
            KeptAside.objects.create(item=item, facility=place, why=row["why"], since=morning_of(date(2026, 5, 18)))

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
            item=item, patron=self.patrons[row["loan"]], kind=row.get("kind", "loan"), lent_at=morning_of(row["lent"]),
            lent_facility=self.sites[row.get("at", self.step_site)], due_on=row["due"],
            due_time=time.fromisoformat(row["due_time"]) if "due_time" in row else None, renewals=row.get("renewals", 0), policy_set=self._version_of(row), snapshot=self._snapshot(row),
            received_at=morning_of(received["day"]) if received else None,
            received_facility=self.sites[received["site"]] if received else None,
            claimed_at=morning_of(row["claimed"]) if "claimed" in row else None,
            lost_at=morning_of(row["lost"]) if "lost" in row else None,
            reminded=listed(row.get("reminded")),
        )  # fmt: skip
        if "shifted_from" in row:
            self._was_shifted(loan, row["shifted_from"])
        return loan

    def _was_shifted(self, loan: Loan, due_before: date) -> None:
        """One shift moved every loan that the case marks; its new day is that of the loans not renewed since."""
        if not hasattr(self, "shift"):
            self.shift = DueShift.objects.create(
                first_on=due_before, last_on=due_before, new_due_on=loan.due_on, made_at=morning_of(ORDINARY_DAY)
            )
        if not loan.renewals:
            self.shift.new_due_on = loan.due_on
            self.shift.save()
        ShiftedLoan.objects.create(shift=self.shift, loan=loan, due_before=due_before, renewals=0)

    def _version_of(self, row: dict[str, Any]) -> PolicySet:
        """The version that the case names for a loan, or the one in force on the day of the loan."""
        if named := row.get("rules_version"):
            return self.versions[named]
        in_force = [one for one in self.versions.values() if one.effective_from <= row["lent"]]
        return max(in_force, key=lambda one: one.effective_from, default=next(iter(self.versions.values())))

    def _snapshot(self, row: dict[str, Any]) -> dict[str, Any]:
        """The values of the day of the loan, or of the version that the case names."""
        rule_set = RuleSet.read(self._version_of(row).rules)
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
        # What was placed today is among the open holds, as far as these reach.
        today = [door for door, count in facts.get("holds_today", {}).items() for _ in range(count)]
        open_holds = [one for one, count in facts.get("open_holds", {}).items() for _ in range(count)]
        open_holds += ["book"] * (len(today) - len(open_holds))
        for number_of_hold, material in enumerate(open_holds):
            is_of_today = number_of_hold < len(today)
            door, day = (
                (today[number_of_hold], ORDINARY_DAY) if is_of_today else ("desk", ORDINARY_DAY - timedelta(days=9))
            )
            self._filler_hold(name, number_of_hold + 1000, material, door, day)
        for _ in range(facts.get("no_shows", 0)):
            NoShow.objects.create(patron=self.patrons[name], on=date(2026, 3, 1))
        if until := facts.get("exempt_until"):
            Exemption.objects.create(
                patron=self.patrons[name], why="illness", until=until, made_at=morning_of(ORDINARY_DAY)
            )
        if since := facts.get("overdue_since"):
            item = self._new_item(f"{FILLER}-{name}-overdue", title=FILLER, home="CHUO", material="book")
            due = since - timedelta(days=1)
            # In-house, so that it is overdue and fills no limit: the case counts its loans itself.
            self._loan(item, {"loan": name, "lent": due, "due": due, "kind": "in-house"})

    def _filler_hold(self, name: str, number: int, material: str, door: str, day: date) -> None:
        """A hold that a case only counts, on a title of its own."""
        title = f"{FILLER}-{name}-{number}"
        self.records[title] = BibliographicRecord.objects.create(
            source="TOWN", number=title, title=title, marc=b"", created_at=morning_of(day), changed_at=morning_of(day)
        )
        self._new_item(title, title=title, home="CHUO", material=material)
        hold = Hold.objects.create(
            patron=self.patrons[name],
            pickup=self.sites["CHUO"],
            accepted_at=morning_of(day),
            entered_at=morning_of(day),
            via=door,
        )
        HoldTitle.objects.create(hold=hold, record=self.records[title])
