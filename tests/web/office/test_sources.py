"""Other institutions in the office: looked at, collected, found by readers, let go."""

import pytest

from fumikura.catalogue.models import BibliographicRecord
from fumikura.discovery import services as discovery
from fumikura.harvest.models import HarvestFault, HarvestSource
from fumikura.kernel.permissions import PERMISSIONS
from tests import cast
from tests.harvest.institutions import BROKEN, Museum, thing
from tests.interop.replaying import serving
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
        assert "題名がありません" in seen and "no-title" not in seen
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


def test_a_table_whose_names_tell_is_read_by_them_and_what_is_no_table_is_said_to_be_none(client):
    cast.chuo()
    enter(client, cast.staff("shimizu", *PERMISSIONS))
    answers = ["書名,著者\n三人の女,桜井 浜江\n", "<html>ログイン"]
    with serving(lambda _asked: (200, answers[0].encode(), 0)) as address:
        form = {"code": "museum", "name": "美術館", "protocol": "csv", "address": address, "every_days": "0"}
        client.post("/office/sources", {**form, "request_key": "a"})
        kept = {"name-0": "1", "column-0": "title", "name-1": "2", "header": "no", "keep": "1"}
        client.post("/office/sources/museum/columns", kept)
        columns = "/office/sources/museum/columns"
        assert "2 件のうち 2 件が読めます" in client.get(columns).content.decode()
        named = client.get(f"{columns}?header=yes").content.decode()
        assert "1 件のうち 1 件が読めます" in named and "三人の女" in named and "1列目" not in named
        del answers[0]
        page = client.get(columns)
        assert page.status_code == 422 and "答えが表（CSV・TSV）ではありません" in page.content.decode()


def test_what_is_in_which_column_is_chosen_tried_on_ten_records_and_kept(client):
    cast.chuo()
    enter(client, cast.staff("shimizu", *PERMISSIONS))
    table = "なまえ,つくった人,いつ\n三人の女,桜井 浜江,1950\n壺,,昭和26年\n".encode()
    with serving(lambda _asked: (200, table, 0)) as address:
        form = {"code": "museum", "name": "水瀬市立美術館", "protocol": "csv", "address": address, "every_days": "0"}
        client.post("/office/sources", {**form, "request_key": "a"})
        page = client.get("/office/sources/museum/columns").content.decode()
        assert "2 件のうち 0 件が読めます" in page and "三人の女" in page
        chosen = {"name-0": "なまえ", "column-0": "", "name-1": "つくった人", "column-1": "creator", "header": "yes"}
        chosen |= {"name-2": "いつ", "column-2": "published"}
        refused = client.post("/office/sources/museum/columns", {**chosen, "keep": "1"})
        assert refused.status_code == 422 and "書名の列が選ばれていません" in refused.content.decode()
        chosen["column-0"] = "title"
        tried = client.post("/office/sources/museum/columns", {**chosen, "try": "1"}).content.decode()
        assert "2 件のうち 2 件が読めます" in tried and '<td class="num">1950</td>' in tried
        assert not HarvestSource.objects.get().plan
        kept = client.post("/office/sources/museum/columns", {**chosen, "keep": "1"}, follow=True).content.decode()
        assert "保存しました" in kept and "人が決めた対応で読んでいます" in kept
        run = client.post("/office/sources/museum/run", follow=True).content.decode()
        assert "いま 2件が目録にあります" in run
        bare = client.get("/office/sources/museum/columns?header=no").content.decode()
        assert "1列目" in bare and "3 件のうち 0 件が読めます" in bare
        client.post("/office/sources/museum/columns", {"forget": "1"})
    assert not HarvestSource.objects.get().plan
