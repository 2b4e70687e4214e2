"""Reading suggestions."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from fumikura.acquisitions.models import Suggestion, SuggestionQuerySet
from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation.rules.counting import awaited_thing
from fumikura.circulation.rules.resolution import Subject
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Patron
from fumikura.statements.ahead import Asked
from fumikura.statements.reads import prepared


def suggestions_of(patron: Patron) -> list[Suggestion]:
    """What a reader asked for and was answered, the latest first; also under a record that was joined to this one."""
    return list(
        _of(patron.pk).filter(withdrawn_at=None).select_related("pickup", "record", "hold").order_by("-asked_at")
    )


def things_asked_for(patron: Patron) -> Sequence[Subject]:
    """Each suggestion that counts against the reader's limits of holds, as counters see it."""
    return [
        awaited_thing(material=material, collection="", pickup=(pickup, kind))
        for material, pickup, kind in _asked_for(patron=patron.pk)
    ]


def asked_things_asked_for(patron: Patron) -> Asked:
    """What `things_asked_for` reads, for `read_ahead`."""
    return _asked_for.asked(patron=patron.pk)


@prepared
def _asked_for(patron: int) -> "QuerySet[Suggestion, tuple[str, str, str]]":
    return _of(patron).counted().values_list("material", "pickup__code", "pickup__kind")


def copies_on_order(records: Iterable[int]) -> int:
    """How many copies of these are promised to be bought, of those that have no copy yet."""
    return _on_order(records).count()


def titles_on_order(records: Iterable[int]) -> frozenset[int]:
    """Which of these have no copy yet and are promised to be bought: one query for a page of them."""
    return frozenset(number for number in _on_order(records).values_list("record", flat=True) if number)


def _on_order(records: Iterable[int]) -> SuggestionQuerySet:
    without = BibliographicRecord.objects.filter(pk__in=list(records)).exclude(
        items__withdrawal=None, items__isnull=False
    )
    return Suggestion.objects.filter(decision=Suggestion.Decision.BUY, record__in=without, withdrawn_at=None)


def suggestions_to_decide() -> list[Suggestion]:
    """The oldest first. Whose they are is in them, and not for every page."""
    return list(Suggestion.objects.undecided().select_related("pickup").order_by("asked_at", "pk"))


def suggestions_promised() -> list[Suggestion]:
    """To be bought or borrowed, and the reader has no place in a queue yet."""
    promised = Suggestion.objects.counted().exclude(decided_at=None)
    return list(promised.select_related("pickup").order_by("decided_at", "pk"))


def suggestions_settled(limit: int = 50) -> list[Suggestion]:
    """Answered, the latest first."""
    rows = Suggestion.objects.exclude(decided_at=None).exclude(pk__in=Suggestion.objects.counted().values("pk"))
    return list(rows.select_related("pickup", "record").order_by("-decided_at")[:limit])


def get_suggestion(pk: int) -> Suggestion:
    """Refused("suggestion-unknown")."""
    if found := Suggestion.objects.select_related("pickup", "patron", "record", "hold").filter(pk=pk).first():
        return found
    raise Refused(Reason("suggestion-unknown"))


def same_wishes(undecided: Sequence[Suggestion]) -> dict[int, int]:
    """How many others of these ask for the same, by ISBN or by title and creator; by row number."""
    alike: defaultdict[tuple[str, ...], set[int]] = defaultdict(set)
    for one in undecided:
        for mark in _marks(one):
            alike[mark].add(one.pk)
    return {one.pk: len(set[int]().union(*(alike[mark] for mark in _marks(one)))) - 1 for one in undecided}


def _marks(one: Suggestion) -> list[tuple[str, ...]]:
    return [(one.title, one.creator), *([(one.isbn,)] if one.isbn else [])]


def _of(patron: int) -> SuggestionQuerySet:
    return Suggestion.objects.filter(Q(patron=patron) | Q(patron__merged_into=patron))
