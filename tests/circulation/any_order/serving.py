"""What staff do all day: the pick list walked, the van unloaded, what lies ready handed over. Without it few holds come to an end."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from fumikura.circulation import services
from fumikura.circulation.models import Hold
from fumikura.holdings.models import Item
from tests.circulation.any_order.game import Game, numbers
from tests.circulation.any_order.town import SITES, STATION


class Serving(Game):
    def promised(self, number: int) -> Item | None:
        bound = sorted(self.before.promised.values())
        return Item.objects.get(pk=bound[number % len(bound)]) if bound else None

    @rule(number=numbers)
    def fetch_what_the_list_names(self, number: int) -> None:
        item = self.promised(number)
        if item and self.before.is_on_shelf(item.pk):
            stands = item.stands_at or item.home
            self.act(services.check_in, item=item, where=SITES.index(stands.code))

    @rule(number=numbers)
    def unload_the_van(self, number: int) -> None:
        travelling = sorted(self.before.transits)
        if travelling:
            item = travelling[number % len(travelling)]
            where = SITES.index(self.before.transits[item])
            self.act(services.check_in, item=Item.objects.get(pk=item), where=where)

    @rule(first=numbers, many=st.integers(1, 3))
    def a_round_of_the_van(self, first: int, many: int) -> None:
        """The whole way of some holds, to the shelf or the door where they wait."""
        for number in range(first, first + many):
            item = self.promised(number)
            if item is None or item.pk in self.before.places:
                continue
            self.fetch_what_the_list_names(number)
            self.look_around()
            to = self.before.transits.get(item.pk)
            if to == SITES[STATION]:
                self.act(services.bring_to_locker, item=item, facility=self.town.places[STATION], where=STATION)
            elif to:
                self.act(services.check_in, item=item, where=SITES.index(to))
            self.look_around()

    @rule(number=numbers)
    def hand_over(self, number: int) -> None:
        ready = sorted(title for title, item in self.before.promised.items() if item in self.before.places)
        if not ready:
            return
        title = ready[number % len(ready)]
        hold = Hold.objects.select_related("patron", "pickup").get(pk=self.before.wishes[title].hold)
        item = Item.objects.get(pk=self.before.promised[title])
        self.act(services.check_out, item=item, patron=hold.patron, where=SITES.index(hold.pickup.code))
