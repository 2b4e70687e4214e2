"""Gathering everything that decides whether somebody may wait for something."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation.models import Hold, HoldTitle, Loan
from fumikura.circulation.queries import RulesInForce, mode_for, place_path
from fumikura.circulation.quotas import Awaited, Quota
from fumikura.circulation.rules.counting import awaited_thing, counters_of, filled
from fumikura.circulation.rules.holding import Placing, objections_to_place
from fumikura.circulation.rules.lending import full_counters
from fumikura.circulation.rules.policies import HoldPolicy, OverduePolicy, plain
from fumikura.circulation.rules.resolution import Subject
from fumikura.circulation.services.copies import asked_prospects, copies_that_could_serve, prospects_of_title
from fumikura.circulation.services.scene import Scene, asked_rules, lock_patron
from fumikura.circulation.services.wishes import asked_overdue_since, overdue_since
from fumikura.circulation.subjects import reader_in_dimensions
from fumikura.holdings.models import Item
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason
from fumikura.organisation.models import Facility
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import asked_lending_facts, lending_facts
from fumikura.patrons.rules import PatronFacts, Standing
from fumikura.statements.ahead import Asked, read_ahead
from fumikura.statements.reads import prepared

KEPT = ("hold.", "overdue.blocks_holds", "overdue.exemption")
"""What a hold remembers of the rules that let it be placed."""


@dataclass(frozen=True)
class Judged:
    objections: tuple[Reason, ...]
    snapshot: dict[str, Any]
    """The version of the rules, and each value with the rule it came from."""


def consider_hold(
    patron: Patron,
    *,
    records: Sequence[BibliographicRecord],
    item: Item | None,
    pickup: Facility,
    accepted_at: datetime,
    on_order: int,
    scene: Scene,
    enough: int,
    requested: Sequence[Subject] = (),
) -> Judged:
    """Every objection to this wish, with the reader's row already locked, and by which rules.

    `enough`: so many of the titles fulfil it.

    `requested`: each thing the reader has asked the library to get, as counters see it; they fill the same limits.
    """
    of_titles = [asked_prospects(record.pk, scene.on) for record in records]
    asked = () if item else (_of_a_copy.asked(record=records[0].pk), *of_titles)
    with read_ahead(*asked, *_asked_of_reader(patron, scene)):
        what = (item.material, item.collection, item.age_from) if item else _what_it_is(records[0])
        material, collection, age_from = what
        of_each = [_prospects(record, item, scene.on) for record in records]
        return _judged(
            patron, material=material, collection=collection, records=records, copies=set().union(*of_each), pickup=pickup,
            accepted_at=accepted_at, on_order=on_order, scene=scene, requested=requested, age_from=age_from,
            is_short=sum(not kinds <= {"gone"} for kinds in of_each) < enough,
        )  # fmt: skip


def _prospects(record: BibliographicRecord, item: Item | None, on: date) -> set[str]:
    if item:
        return set(copies_that_could_serve(record.pk, on, only=item))
    return prospects_of_title(record.pk, on)


def _asked_of_reader(patron: Patron, scene: Scene) -> tuple[Asked, ...]:
    """What every wish asks about its reader, for `read_ahead`."""
    return (
        *asked_lending_facts(patron, scene.on),
        *asked_rules(scene),
        asked_overdue_since(patron, scene.on),
        _titles_wanted_by.asked(patron=patron.pk),
        _entered.asked(patron=patron.pk, via=scene.by.via, **_today(scene)),
        _records_lent_to.asked(patron=patron.pk),
        _waited_for_by.asked(patron=patron.pk),
    )


@transaction.atomic
def objections_to_request(
    *,
    patron: Patron,
    material: str,
    pickup: Facility,
    accepted_at: datetime,
    requested: Sequence[Subject],
    by: Actor,
    at: datetime,
) -> tuple[Reason, ...]:
    """What speaks against getting something for this reader that the library has not: as for a hold on order.

    The reader's row stays locked for the caller's transaction.
    """
    patron = lock_patron(patron.pk)
    return _judged(
        patron, material=material, records=(), copies=(), pickup=pickup, accepted_at=accepted_at, on_order=1,
        scene=Scene(by, at), requested=requested,
    ).objections  # fmt: skip


def _judged(
    patron: Patron,
    *,
    material: str,
    records: Sequence[BibliographicRecord],
    copies: Iterable[str],
    pickup: Facility,
    accepted_at: datetime,
    on_order: int,
    scene: Scene,
    requested: Sequence[Subject],
    collection: str = "",
    age_from: int | None = None,
    is_short: bool = False,
) -> Judged:
    facts = lending_facts(patron, scene.on)
    rules = scene.rules
    answers = rules.rule_set.decide(_subject(facts, rules, material, pickup, scene), scene.on)
    values = plain(answers)
    overdue = OverduePolicy.of(values)
    thing = awaited_thing(material=material, collection=collection, pickup=place_path(pickup))
    placing = Placing(
        on=scene.on,
        accepted_after_now=accepted_at > scene.at,
        card_expires_on=facts.card_expires_on,
        card_stopped=facts.card_stopped,
        blocks=tuple(reason for reason in facts.blocks if reason != "loans-paused"),
        overdue_since=overdue_since(patron, overdue, scene.on),
        have=_waited_for(patron, rules, requested),
        counters=counters_of(rules.rule_set, thing),
        placed_today=_placed_today(patron, scene),
        door=scene.by.via,
        has_a_copy=not {record.pk for record in records}.isdisjoint(_records_lent_to(patron=patron.pk)),
        waits_already=_waits_already(patron, records),
        pickup=pickup.pickup,
        is_of_the_school="class" in facts.categories,
        copies=tuple(copies),
        is_short=is_short,
        age=facts.age,
        age_from=age_from,
        on_order=on_order,
    )
    given = {output: [one.value, one.rule] for output, one in answers.items() if output.startswith(KEPT)}
    return Judged(
        objections_to_place(placing, HoldPolicy.of(values), overdue, rules.rule_set.names),
        {"rules": rules.version, "given": given},
    )


def _subject(facts: PatronFacts, rules: RulesInForce, material: str, pickup: Facility, scene: Scene) -> Subject:
    """The wish in the published dimensions of the rules."""
    return {
        "mode": mode_for(rules.rule_set),
        "material": material,
        **reader_in_dimensions(facts),
        "pickup": place_path(pickup),
        "channel": scene.by.via,
    }


def objections_to_pickup(hold: Hold, pickup: Facility, scene: Scene) -> tuple[Reason, ...]:
    """The counters that an open hold would overfill if it were collected at another place. Requests are not looked at:
    they were counted when this hold was placed."""
    rules = scene.rules
    if hold.patron is None or "pickup" not in rules.rule_set.counted_by:
        return ()
    wanted = _things_wanted_by(hold.patron)
    mine = wanted.pop(hold.pk)
    moved = {**mine, "pickup": place_path(pickup)}
    fuller = [one for one in counters_of(rules.rule_set, moved) if one not in counters_of(rules.rule_set, mine)]
    subject = _subject(lending_facts(hold.patron, scene.on), rules, str(mine["material"]), pickup, scene)
    limits = HoldPolicy.of(plain(rules.rule_set.decide(subject, scene.on))).limits
    have = filled(rules.rule_set, wanted.values())
    return tuple(full_counters("hold", fuller, have, limits, rules.rule_set.names))


def hold_quotas(
    facts: Standing,
    awaited: Sequence[Awaited],
    *,
    requested: Sequence[Subject],
    rules: RulesInForce,
    at: Facility,
    on: date,
    via: str,
) -> list[tuple[Quota, int]]:
    """Each counter of holds that has a limit, with how many of it are requests. For their page; nothing is decided here."""
    subject = {
        "mode": mode_for(rules.rule_set),
        **reader_in_dimensions(facts),
        "pickup": place_path(at),
        "channel": via,
    }
    limits = HoldPolicy.of(plain(rules.rule_set.decide(subject, on))).limits
    firsts = {one.hold: one.thing for one in reversed(awaited)}
    waiting, asked = filled(rules.rule_set, firsts.values()), filled(rules.rule_set, requested)
    found = []
    for counter, limit in limits.items():
        if isinstance(limit, int):
            names = tuple(rules.rule_set.names.get(counter, {}).items())
            have = waiting.get(counter, 0)
            found.append((Quota(counter, names, have, limit), asked.get(counter, 0)))
    return found


def _what_it_is(record: BibliographicRecord) -> tuple[str, str, int | None]:
    """Material and collection of its copies and from what age they are lent; of a title without copies, what the record
    says it is."""
    return _of_a_copy.first(record=record.pk) or (record.kind, "", None)


@prepared
def _of_a_copy(record: int) -> "QuerySet[Item, tuple[str, str, int | None]]":
    return Item.objects.filter(record=record).order_by("pk").values_list("material", "collection", "age_from")[:1]


def _waited_for(patron: Patron, rules: RulesInForce, requested: Sequence[Subject]) -> dict[str, int]:
    """Counter to open holds and requests; a set counts once, by its first title."""
    return filled(rules.rule_set, [*requested, *_things_wanted_by(patron).values()])


def _things_wanted_by(patron: Patron) -> dict[int, Subject]:
    """Open hold to its first title, as counters see it."""
    return {
        hold: awaited_thing(material=material or kind, collection=collection or "", pickup=(pickup, pickup_kind))
        for hold, material, collection, kind, pickup, pickup_kind in reversed(_titles_wanted_by(patron=patron.pk))
    }


@prepared
def _titles_wanted_by(patron: int) -> "QuerySet[HoldTitle, tuple[int, str | None, str | None, str, str, str]]":
    titles = HoldTitle.objects.filter(hold__patron=patron, hold__closed_at=None).order_by("hold", "place", "pk")
    copies = Item.objects.filter(record=OuterRef("record")).order_by("pk")
    told = titles.annotate(
        of_a_copy=Subquery(copies.values("material")[:1]), collection=Subquery(copies.values("collection")[:1])
    )
    return told.values_list(
        "hold", "of_a_copy", "collection", "record__kind", "hold__pickup__code", "hold__pickup__kind"
    )


@prepared
def _records_lent_to(patron: int) -> "QuerySet[Loan, int]":
    return Loan.objects.open().filter(patron=patron, received_at=None).values_list("item__record_id", flat=True)


def _placed_today(patron: Patron, scene: Scene) -> int:
    return len(_entered(patron=patron.pk, via=scene.by.via, **_today(scene)))


def _today(scene: Scene) -> dict[str, datetime]:
    midnight = timezone.localtime(scene.at).replace(hour=0, minute=0, second=0, microsecond=0)
    return {"since": midnight, "before": midnight + timedelta(days=1)}


@prepared
def _entered(patron: int, via: str, since: datetime, before: datetime) -> "QuerySet[Hold, tuple[int]]":
    holds = Hold.objects.filter(patron=patron, via=via, entered_at__gte=since, entered_at__lt=before)
    return holds.values_list("pk")


def _waits_already(patron: Patron, records: Sequence[BibliographicRecord]) -> bool:
    waited_for = set(_waited_for_by(patron=patron.pk))
    return any(record.pk in waited_for for record in records)


@prepared
def _waited_for_by(patron: int) -> "QuerySet[HoldTitle, int]":
    titles = HoldTitle.objects.filter(hold__patron=patron, hold__closed_at=None, done_at=None)
    return titles.values_list("record_id", flat=True)
