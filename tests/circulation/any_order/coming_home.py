"""What comes in late or from the shelves: lists of a counter without a line, readings of a stocktake, new copies, stopped cards."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from fumikura.circulation import services
from fumikura.circulation.rules.offline import Batch, Line, signature_of, written
from fumikura.holdings.services import NewItem, add_item
from fumikura.patrons.models import Block
from fumikura.patrons.services import block, unblock
from fumikura.stocktake.models import Stocktake
from fumikura.stocktake.services import open_stocktake, take_batch
from tests.circulation.any_order.game import Game, items, people, records, sites

MOST_COPIES = 9


class ComingHome(Game):
    @rule(
        which=items,
        who=people,
        minutes=st.integers(0, 4000),
        kinds=st.lists(st.sampled_from(["loan", "return", "hold"]), min_size=1, max_size=3),
        skew=st.sampled_from([0, 300, -300]),
    )
    def a_list_comes_home(self, which: int, who: int, minutes: int, kinds: list[str], skew: int) -> None:
        """Every list comes twice; the second time nothing happens."""
        terminal, item = self.town.terminal, self.town.items[which]
        lines = tuple(
            Line(
                key=f"{self.now.timestamp()}-{place}",
                kind=kind,
                at=self.now - timedelta(minutes=minutes - place),
                card="" if kind == "return" else f"2000{who:04}",
                item="" if kind == "hold" else item.barcode,
                record=self.town.titles[which % 3].pk if kind == "hold" else 0,
                pickup="CHUO" if kind == "hold" else "",
            )
            for place, kind in enumerate(kinds)
        )
        signed = signature_of(map(written, lines), terminal.secret)
        batch = Batch(terminal=terminal.code, site="CHUO", skew_seconds=skew, lines=lines, signature=signed)
        self.act(services.replay_offline, batches=[batch])
        self.look_around()
        self.act(services.replay_offline, batches=[batch])
        assert not self.hear(), "a list that came twice was entered twice"

    @rule(
        read=st.lists(items, min_size=1, max_size=4),
        where=st.integers(0, 1),
        source=st.sampled_from(["rfid", "barcode"]),
    )
    def shelves_are_read(self, read: list[int], where: int, source: str) -> None:
        place = self.town.places[where]
        counting = Stocktake.objects.open().filter(facility=place).first()
        if counting is None:
            counting = self.act(open_stocktake, facility=place, where=where)
            self.look_around()
        codes = [self.town.items[one].barcode for one in read]
        key = f"{self.now.timestamp()}"
        self.act(take_batch, stocktake=counting, numbers=codes, key=key, source=source, shelf="A", where=where)

    @rule(what=records, where=st.integers(0, 1))
    def a_new_copy(self, what: int, where: int) -> None:
        if len(self.before.records) >= MOST_COPIES:
            return
        title = self.item(what).record
        new = NewItem(
            barcode=f"3100{len(self.before.records):04}", record=title, home=self.town.places[where],
            agency=self.town.places[where].agency,
        )  # fmt: skip
        self.act(lambda by, at: add_item(new, by=by, at=at), where=where)
        self.look_around()
        self.act(services.bind_new_copies, record=title.pk, where=where)

    @rule(who=people, lifts=st.booleans())
    def a_card_is_stopped(self, who: int, lifts: bool) -> None:
        reader = self.reader(who)
        row = Block.objects.filter(patron=reader, lifted_at=None).first()
        if row and lifts:
            self.act(unblock, block=row)
        elif row is None and not lifts:
            self.act(block, patron=reader, reason="conduct")

    @rule(which=items, where=sites)
    def a_note_pops_up(self, which: int, where: int) -> None:
        self.act(services.write_note, item=self.item(which), text="付録あり", where=where)
