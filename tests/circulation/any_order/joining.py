"""Two records that were one title, two that were one reader; and the mistake taken back."""

from hypothesis.stateful import rule

from fumikura.catalogue.models import BibliographicRecord, RecordMerge
from fumikura.circulation import services
from fumikura.patrons.models import Patron
from fumikura.patrons.services import last_merge_into
from tests.circulation.any_order.game import Game, numbers, people, records


class Joining(Game):
    @rule(kept=records, gone=records)
    def two_titles_are_one(self, kept: int, gone: int) -> None:
        rows = BibliographicRecord.objects.in_bulk([self.town.titles[kept].pk, self.town.titles[gone].pk])
        self.act(
            services.merge_titles, kept=rows[self.town.titles[kept].pk], gone=rows[self.town.titles[gone].pk]
        )  # fmt: skip

    @rule(number=numbers)
    def they_were_two_titles(self, number: int) -> None:
        open_now = list(RecordMerge.objects.filter(undone_at=None).order_by("pk"))
        if open_now:
            self.act(services.unmerge_titles, merge=open_now[number % len(open_now)])

    @rule(old=people, into=people)
    def two_readers_are_one(self, old: int, into: int) -> None:
        if old != into:
            rows = Patron.objects.in_bulk([self.town.people[old].pk, self.town.people[into].pk])
            self.act(
                services.merge_patron, old=rows[self.town.people[old].pk], into=rows[self.town.people[into].pk]
            )  # fmt: skip

    @rule(who=people)
    def they_were_two_readers(self, who: int) -> None:
        if merge := last_merge_into(self.reader(who)):
            self.act(services.part_patrons, merge=merge)

    @rule(who=people, luck=numbers)
    def leave(self, who: int, luck: int) -> None:
        """Whoever still has something may not. The last reader stays, so that the game goes on."""
        stay = Patron.objects.filter(pk__in=[one.pk for one in self.town.people], closed_at=None).count()
        if luck == 0 and stay > 2:
            self.act(services.leave, patron=self.reader(who))
