"""A case played in the town, step by step."""

from collections import Counter
from typing import Any

from django.db import transaction

from fumikura.circulation.models import OnwardLoan
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


def same(expected: list[str], actual: list[str]) -> bool:
    return Counter(expected) == Counter(actual)
