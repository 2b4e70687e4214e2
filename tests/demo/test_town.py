"""The town is built once into an empty database, through the verbs of the rooms."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from fumikura.catalogue.models import BibliographicRecord
from fumikura.organisation.models import Facility, User
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import find_patron_by_card
from fumikura.project.demo.people import card_number
from tests import cast

pytestmark = pytest.mark.django_db


def test_the_whole_town_is_built_and_printed() -> None:
    out = StringIO()
    call_command("demo", stdout=out)
    assert Facility.objects.count() == 24
    assert User.objects.get(username="sano").check_password("minase-demo")
    assert Patron.objects.count() == 200
    assert BibliographicRecord.objects.count() >= 2000
    assert find_patron_by_card(card_number(1)).name == "水野 花子"
    assert "minase-demo" in out.getvalue()
    assert card_number(1) in out.getvalue()


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
