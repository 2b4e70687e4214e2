"""A case played in the town, step by step."""

from collections import Counter
from typing import Any

from django.db import transaction

from fumikura.circulation.models import Loan, OnwardLoan
from fumikura.circulation.rules.states import NOWHERE, Move
from fumikura.journal.models import Entry
from fumikura.journal.services import once
from fumikura.kernel.actors import Actor
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.kernel.refusals import Refused
from tests.specs.cases import moment, steps
from tests.specs.town.reading_back import ReadBack
from tests.specs.town.verbs import VERBS
from tests.specs.town.words import item_state, loan_state, transit_state


class Town(ReadBack):
    """One case being played. Everything it writes is rolled back afterwards."""

    def __init__(self, world: dict[str, Any] | None = None) -> None:
        super().__init__(world)
        self.moves: set[Move] = set()
        """Every change of state that the steps have made."""
        self.said = ""
        """Everything that the last refusal told the door."""

    def play(self, case: dict[str, Any]) -> dict[str, Any]:
        """Everything that the case's `then` may speak of, after the last step."""
        outcome: dict[str, Any] = {}
        for step in steps(case):
            self.answer = {}
            before = self.states()
            outcome = self._refusal_of(step)
            if "refused" in outcome and (step is steps(case)[-1] or "refused" in case.get("then", {})):
                return outcome
            self.listen()
            self._note(before, step["verb"])
        onward = {row.loan.item.barcode: row.holder for row in OnwardLoan.objects.select_related("loan__item")}
        return {
            **({"onward": onward} if onward else {}),
            "items": self.rows(),
            "holds": self.hold_states(),
            "journal": self.journal(),
            "blocks": self.blocks(),
            "staff": self.answer.get("staff", []),
            "patron": self.told,
            **{key: value for key, value in self.answer.items() if key != "staff"},
        }

    def _refusal_of(self, step: dict[str, Any]) -> dict[str, Any]:
        """Do the step; what it is refused with, after which everything is as before, or nothing."""
        rows, entries = (self.rows(), self.hold_states()), Entry.objects.count()
        items, holds = dict(self.items), dict(self.holds)
        try:
            with transaction.atomic():
                self._do(step)
                transaction.set_rollback(bool(step.get("dry_run")))
            if step.get("dry_run"):
                self.items, self.holds = items, holds
            return {}
        except Refused as refused:
            assert (self.rows(), self.hold_states()) == rows, "a refusal changed rows"
            assert Entry.objects.count() == entries, "a refusal wrote the journal"
            codes = sorted(reason.code for reason in refused.reasons)
            if step.get("dry_run"):
                self.answer = {"would_refuse": codes}
                return {}
            offer = {"offer": ["suggest-purchase"]} if "no-lendable-copy" in codes else {}
            self.said = repr(refused.reasons)
            return {"refused": codes, **offer}

    def _do(self, step: dict[str, Any]) -> None:
        if many := self._many(step):
            self._do_each(step, many)
            return
        if key := step.get("request_key"):
            self.answer, _ = once(key, lambda: self._done(step), door="desk", at=moment(step["at"]))
        else:
            self._done(step)
        if step.get("dry_run"):
            self.answer = {"would_refuse": self.answer.get("would_refuse", [])}

    def _done(self, step: dict[str, Any]) -> dict[str, Any]:
        VERBS[step["verb"]](self, step)
        return self.answer

    def _many(self, step: dict[str, Any]) -> list[str]:
        """The copies of a step that names several, or everything that a reader has on loan."""
        named = step.get("items", step.get("item"))
        if isinstance(named, list):
            return named
        if step["verb"] == "renew" and "patron" in step and named in {None, "all"}:
            lent = Loan.objects.open().filter(patron=self.patrons[step["patron"]], item__barcode__in=self.items)
            return sorted(lent.values_list("item__barcode", flat=True))
        return []

    def _do_each(self, step: dict[str, Any], names: list[str]) -> None:
        """One after the other: what is refused is refused for itself, and the rest is done."""
        refused_items, staff = {}, list[str]()
        for name in names:
            self.answer = {}
            refusal = self._refusal_of({**{key: step[key] for key in step if key != "items"}, "item": name})
            staff += self.answer.get("staff", [])
            if refusal:
                refused_items[name] = refusal["refused"]
        self.answer |= {"staff": staff, **({"refused_items": refused_items} if refused_items else {})}

    def actor(self, step: dict[str, Any]) -> Actor:
        return Actor(
            ref="staff:1",
            facility=step["site"],
            desk=step.get("desk", ""),
            via=step.get("door", "desk"),
            permissions=frozenset(PERMISSIONS),
            request_key=step.get("request_key", ""),
        )

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


def same(expected: list[str], actual: list[str]) -> bool:
    return Counter(expected) == Counter(actual)
