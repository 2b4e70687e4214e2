"""Other institutions in the office: looked at, collected, found by readers, let go."""

import pytest

from fumikura.catalogue.models import BibliographicRecord
from fumikura.discovery import services as discovery
from fumikura.harvest.models import HarvestFault
from fumikura.kernel.permissions import PERMISSIONS
from tests import cast
from tests.harvest.institutions import BROKEN, Museum, thing
from tests.web.desk.conftest import enter
from tests.web.opac.conftest import index

__all__ = ["index"]
pytestmark = pytest.mark.django_db


def test_from_the_first_look_to_what_readers_find_and_to_the_end(client, index):
    cast.chuo()
    enter(client, cast.staff("shimizu", *PERMISSIONS))
    assert "まだ収集元がありません" in client.get("/office/sources").content.decode()
    museum = Museum([thing(1, "三人の女"), BROKEN])
    with museum.open() as address:
        form = {"code": "museum", "name": "水瀬市立美術館", "protocol": "oai", "address": address, "every_days": "7"}
        seen = client.post("/office/sources", {**form, "look": "1", "request_key": "a"}).content.decode()
        assert "三人の女" in seen and "うち読めないもの 1 件" in seen and 'value="水瀬市立美術館"' in seen
        assert not BibliographicRecord.objects.exists()
        saved = client.post("/office/sources", {**form, "request_key": "b"}, follow=True).content.decode()
        assert "保存しました" in saved
        page = client.post("/office/sources/museum/run", follow=True).content.decode()
    assert "いま 1件が目録にあります" in page and "題名がありません" in page
    fault = HarvestFault.objects.get()
    assert "作者だけ" in client.get(f"/office/sources/museum/faults/{fault.pk}").content.decode()
    discovery.tend(cast.AT)
    hits = client.get("/search", {"site": "@museum"}).content.decode()
    assert "三人の女" in hits and "館：水瀬市立美術館" in hits and "https://museum.example.jp/things/1" in hits
    record = BibliographicRecord.objects.get().pk
    title = client.get(f"/titles/{record}").content.decode()
    assert "水瀬市立美術館が持っています" in title and "予約する" not in title
    assert "水瀬市立美術館" in client.get("/search/advanced").content.decode()
    asked = client.post("/office/sources/museum/end", follow=True).content.decode()
    assert "ほんとうにやめて、消す" in asked
    ended = client.post("/office/sources/museum/end", {"sure": "museum"}, follow=True).content.decode()
    assert "集めた書誌を目録から消しました" in ended
    assert not BibliographicRecord.objects.filter(deleted_at=None).exists()


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client):
    cast.chuo()
    enter(client, cast.staff("shimizu", *PERMISSIONS))
    form = {"code": "美術館", "name": "水瀬市立美術館", "protocol": "oai", "address": "http://127.0.0.1:9/oai"}
    refused = client.post("/office/sources", {**form, "request_key": "a"})
    assert refused.status_code == 422 and "収集元の記号に使えません" in refused.content.decode()
    looked = client.post("/office/sources", {**form, "look": "1", "request_key": "b"})
    assert looked.status_code == 422 and "つながりません" in looked.content.decode()
    assert 'value="水瀬市立美術館"' in looked.content.decode()
    assert client.get("/office/sources/nowhere").status_code == 404


def test_who_may_not_set_sources_does_not_see_them(client):
    cast.chuo()
    enter(client, cast.staff("sano", "catalogue.save"))
    assert client.get("/office/sources").status_code == 403
