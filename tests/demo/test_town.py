"""The town is built once into an empty database, through the verbs of the rooms."""

from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation.models import Crate, CrateLine, Loan, Rotation, SetBooking
from fumikura.circulation.queries import states_of
from fumikura.circulation.services import to_clear, to_move_on
from fumikura.discovery.queries import parse, search
from fumikura.holdings.models import Item, ItemSet
from fumikura.holdings.queries import find_item
from fumikura.journal.queries import lag
from fumikura.organisation.models import Facility, User
from fumikura.organisation.queries import find_facility
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import find_patron_by_card, lending_facts
from fumikura.project.demo.copies import barcode
from fumikura.project.demo.files import toml
from fumikura.project.demo.people import card_number
from fumikura.stocktake.models import Reading, RecyclingDay, Search, Stocktake
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)  # PostgreSQL shows the journal's readers what is committed, nothing else
def test_the_whole_town_is_built_and_every_number_is_what_the_leaflet_says() -> None:
    out = StringIO()
    call_command("demo", stdout=out)
    now = timezone.now()

    assert (Facility.objects.count(), Patron.objects.count()) == (27, 200)
    assert BibliographicRecord.objects.count() >= 2000
    assert Item.objects.count() >= 6000
    assert User.objects.get(username="sano").check_password("minase-demo")

    assert find_patron_by_card(card_number(1)).name == "水野 花子"
    today = timezone.localdate(now)
    facts = [lending_facts(find_patron_by_card(card_number(n)), today) for n in range(1, 10)]
    assert [bool(one.card_expires_on < today) for one in facts].count(True) == 1
    assert [bool(one.blocks) for one in facts].count(True) == 1
    assert [one.card_stopped for one in facts].count(True) == 1

    stands_for = {
        "ordinary": "on-shelf", "reference": "on-shelf", "latest": "on-shelf", "overdue": "on-loan", "on-loan": "on-loan",
        "withdrawn": "withdrawn", "in-transit": "in-transit", "missing": "missing",
    }  # fmt: skip
    for ordinal, one in enumerate(toml("town.toml")["showcase"], start=1):
        item = find_item(barcode(ordinal))
        state = states_of([item], now)[item.pk]
        assert item.record.title == one["title"].removeprefix("記録映画 ") or item.record.title == one["title"]
        assert (state.kind, state.is_overdue) == (stands_for[one["is"]], one["is"] == "overdue"), one["title"]
        assert state.reference_only == (one["is"] == "reference")
        assert barcode(ordinal) in out.getvalue()

    assert search(parse("漱石 こころ")).total == 3  # one of them the double from the former town library
    assert lag("discovery") == 0

    kinds = Counter(state.kind for state in states_of(Item.objects.select_related("home"), now).values())
    assert kinds["on-loan"] >= 120
    assert kinds["in-transit"] >= 30
    assert kinds["missing"] >= 10
    assert kinds["withdrawn"] >= 10
    assert Crate.objects.open().count() >= 2 and CrateLine.objects.filter(unpacked_at=None).count() >= 2
    assert {bool(one.counted_at) for one in Stocktake.objects.open()} == {True, False}
    assert Reading.objects.filter(is_out_of_order=True).exists() and Search.objects.open().filter(rounds=2).exists()
    assert RecyclingDay.objects.get().proposals.count() >= 4
    (plan,) = Rotation.objects.all()
    stands = [set(one.items.values_list("item__stands_at__code", flat=True)) for one in plan.sets.order_by("number")]
    assert stands[0] == {"MATSUBARA"} and len(to_move_on(find_facility("CHUO"))) == 5
    assert SetBooking.objects.filter(ended_at=None).exists() and ItemSet.objects.count() == 2
    assert to_clear(find_facility("CHUO"), today)
    overdue = Loan.objects.open().filter(due_on__lt=today).count()
    assert 20 <= overdue <= 120
    assert Loan.objects.exclude(returned_at=None).count() >= 2000


def test_a_database_in_use_is_left_alone_and_the_sentence_says_what_to_do() -> None:
    cast.chuo()
    with pytest.raises(CommandError, match="FUMIKURA_HOME"):
        call_command("demo")
    assert Facility.objects.count() == 1


def test_asked_to_build_only_if_empty_it_ends_quietly() -> None:
    cast.chuo()
    out = StringIO()
    call_command("demo", "--if-empty", stdout=out)
    assert out.getvalue() == ""


def test_the_leaflet_can_be_printed_again_without_building() -> None:
    out = StringIO()
    call_command("demo", "--card", stdout=out)
    assert "sano" in out.getvalue()
    assert Facility.objects.count() == 0
