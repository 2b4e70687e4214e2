"""What a reader may do at all, before anything is in hand: for e-book platforms, terminals and the desk."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from fumikura.circulation.queries import mode_for, place_path
from fumikura.circulation.rules.lending import Reader, objections_to_reader
from fumikura.circulation.rules.policies import HoldPolicy, OverduePolicy, plain
from fumikura.circulation.services.scene import Scene
from fumikura.circulation.services.wishes import overdue_since
from fumikura.circulation.subjects import reader_in_dimensions
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import lending_facts

KINDS = ("loan", "e-loan", "hold")


def may_borrow(
    *, patron: Patron, by: Actor, at: datetime, kinds: Iterable[str] = KINDS
) -> Mapping[str, tuple[Reason, ...]]:  # fmt: skip
    """Kind (loan, e-loan, hold) to everything about the reader that speaks against it; an empty tuple when nothing does."""
    by.require("circulation.check-out")
    scene = Scene(by, at)
    patron = patron.merged_into or patron
    facts = lending_facts(patron, scene.on)
    rules = scene.rules
    subject = {
        "mode": mode_for(rules.rule_set),
        **reader_in_dimensions(facts),
        "channel": by.via,
        **({"transaction": place_path(scene.site)} if by.facility else {}),
    }
    values = plain(rules.rule_set.decide(subject, scene.on))
    overdue, holding = OverduePolicy.of(values), HoldPolicy.of(values)
    threshold = {
        "loan": overdue.blocks_loans_from_day,
        "e-loan": overdue.blocks_e_loans_from_day,
        "hold": overdue.blocks_holds_from_day,
    }
    pause_of_others = {"loan": "holds-paused", "e-loan": "holds-paused", "hold": "loans-paused"}
    since = overdue_since(patron, overdue, scene.on)
    answers = {}
    for kind in kinds:
        reader = Reader(
            card_expires_on=facts.card_expires_on,
            card_stopped=facts.card_stopped,
            blocks=tuple(reason for reason in facts.blocks if reason != pause_of_others[kind]),
            overdue_since=since,
        )
        reasons = tuple(objections_to_reader(reader, threshold[kind], scene.on))
        refused_holds = kind == "hold" and not holding.allowed
        answers[kind] = (
            *reasons,
            *([Reason("holds-not-allowed", "circulation.override-hold")] if refused_holds else []),
        )
    return answers
