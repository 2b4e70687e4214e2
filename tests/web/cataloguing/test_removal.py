"""A record of which nothing is left is taken out of the catalogue, and put back; copies and readers who wait keep it there."""

from uuid import uuid4

import pytest
from django.test import Client

from fumikura.catalogue.queries import records_by_id
from fumikura.circulation.services import Want, place_hold
from tests import cast
from tests.circulation.cast import at_desk, item
from tests.web.cataloguing.conftest import saved
from tests.web.desk.conftest import enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def ono(client: Client) -> Client:
    cast.chuo()
    return enter(client, cast.staff("ono", "catalogue.save", "catalogue.delete"))


def sent(client: Client, address: str, act: str):
    return client.post(address, {"act": act, "request_key": uuid4().hex})


def test_it_goes_out_and_comes_back_as_it_was(ono: Client) -> None:
    record = saved()
    address = f"/cataloguing/records/{record.pk}/removal"
    assert address in ono.get(f"/cataloguing/records/{record.pk}").content.decode()
    assert sent(ono, address, "out").headers["Location"] == address
    assert records_by_id([record.pk]) == {}
    assert "目録から外してあります" in ono.get(address).content.decode()
    assert sent(ono, address, "back").headers["Location"] == f"/cataloguing/records/{record.pk}"
    assert bytes(records_by_id([record.pk])[record.pk].marc) == bytes(record.marc)


def test_copies_and_holds_keep_it_and_all_reasons_are_told(ono: Client) -> None:
    copy = item()
    place_hold(patron=cast.hanako(), want=Want((copy.record,)), pickup=cast.chuo(), by=at_desk(), at=cast.AT)
    address = f"/cataloguing/records/{copy.record_id}/removal"
    for answer in (ono.get(address), sent(ono, address, "out")):
        page = answer.content.decode()
        assert "（1冊）" in page and "（1件）" in page and 'value="out"' not in page
    assert answer.status_code == 422
    assert copy.record_id in records_by_id([copy.record_id])


def test_without_the_right_there_is_no_way_to_it(sano: Client) -> None:
    record = saved()
    address = f"/cataloguing/records/{record.pk}/removal"
    assert address not in sano.get(f"/cataloguing/records/{record.pk}").content.decode()
    assert sano.get(address).status_code == 403
