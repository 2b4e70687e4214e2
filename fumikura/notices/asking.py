"""What composing asks about readers: of one at night, of a whole list at the desk, and each question once for all of them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property

from fumikura.circulation import moved
from fumikura.circulation.events import ClaimResolved, LostItemCameBack
from fumikura.circulation.models import Loan, ShelfPlace
from fumikura.circulation.queries import open_loans_of_each, ready_for_each
from fumikura.circulation.services import put_right, taken_back
from fumikura.notices.models import Choice
from fumikura.notices.queries import choices_of_each, midnight, wording
from fumikura.organisation.models import Facility
from fumikura.patrons.models import Card, Patron
from fumikura.patrons.queries import cards_of_each, pauses_of_each, wards_of_each

CLOSING_DAYS = 60
MOVED_DAYS = 7
"""So long a date that was moved is news."""

Closing = tuple[Facility, date, date]


class Asking:
    """Nothing is asked before it is needed, and then for all these readers. Lives for one list or one message."""

    def __init__(self, patrons: Iterable[Patron], on: date, *, since: Mapping[str, Mapping[int, date]]) -> None:
        """`since`: kind → readers who are to be told, and what happened since which day."""
        self.on = on
        self._since = since
        self._readers = sorted({one.pk for one in patrons})
        self._words: dict[tuple[str, str], tuple[str, str, bool]] = {}

    def wording(self, kind: str, language: str) -> tuple[str, str, bool]:
        asked = (kind, language)
        if asked not in self._words:
            self._words[asked] = wording(kind, language)
        return self._words[asked]

    @property
    def _news(self) -> datetime:
        return midnight(self.on - timedelta(days=MOVED_DAYS))

    @cached_property
    def choices(self) -> dict[int, dict[str, Choice]]:
        return choices_of_each(self._readers)

    @cached_property
    def ready(self) -> dict[int, list[ShelfPlace]]:
        return ready_for_each(self._readers)

    @cached_property
    def loans(self) -> dict[int, list[Loan]]:
        return open_loans_of_each(self._readers)

    @cached_property
    def loans_of_households(self) -> dict[int, list[Loan]]:
        """Of each reader and the wards."""
        wards = wards_of_each(self._readers, self.on)
        loans = open_loans_of_each({*self._readers, *(one for mine in wards.values() for one in mine)})
        return {
            reader: [*loans[reader], *(one for ward in mine for one in loans[ward])] for reader, mine in wards.items()
        }

    @cached_property
    def cards(self) -> dict[int, Card]:
        return cards_of_each(self._readers)

    @cached_property
    def closings(self) -> dict[int, list[Closing]]:
        return moved.closings_for_each(self._readers, self.on, days=CLOSING_DAYS)

    @cached_property
    def dues_moved(self) -> dict[int, list[date]]:
        return moved.dues_moved(self._readers, self._news)

    @cached_property
    def dues_put_back(self) -> dict[int, list[date]]:
        return moved.dues_put_back(self._readers, self._news)

    @cached_property
    def kept_longer(self) -> dict[int, list[date]]:
        return moved.kept_longer(self._readers, self._news)

    @cached_property
    def kept_as_before(self) -> dict[int, list[date]]:
        return moved.kept_as_before(self._readers, self._news)

    @cached_property
    def put_right(self) -> frozenset[int]:
        """Readers for whom nothing that went wrong with their holds is still so."""
        return put_right(self._since.get("hold-over", {}))

    @cached_property
    def claims_open_again(self) -> frozenset[int]:
        return taken_back(self._since.get("claim-resolved", {}), event=ClaimResolved.name)

    @cached_property
    def lost_again(self) -> frozenset[int]:
        return taken_back(self._since.get("lost-item-came-back", {}), event=LostItemCameBack.name)

    @cached_property
    def pauses(self) -> dict[int, dict[str, date | None]]:
        return pauses_of_each(self._readers, self.on)

    @cached_property
    def reopened(self) -> dict[int, list[Facility]]:
        return moved.reopened_for(self._readers, self._news)
