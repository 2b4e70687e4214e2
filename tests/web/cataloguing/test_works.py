"""A cataloguer sees what stands together, takes a part away, adds another work by search or scan, and takes it back."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.translation import override

from fumikura.catalogue.authorities import MOST_EDITIONS
from fumikura.catalogue.models import BibliographicRecord, WorkDecision
from fumikura.catalogue.services import delete_record
from fumikura.discovery.services import tend
from fumikura.web.editions import edition_words
from tests import cast
from tests.catalogue.test_works import saved
from tests.web.cataloguing.conftest import form_of
from tests.web.opac.cast import copy
from tests.web.opac.conftest import index  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def melos() -> BibliographicRecord:
    saved("m2", "走れメロス 新装版", year="1999")
    return saved("m1", "走れメロス")


@pytest.fixture
def run() -> BibliographicRecord:
    return saved("r1", "Run, Melos!", "Dazai Osamu")


def address(record: BibliographicRecord) -> str:
    return f"/cataloguing/records/{record.pk}/work"


def seen(sano: Client, path: str) -> str:
    return sano.get(path).content.decode()


def send(sano: Client, record: BibliographicRecord, page: str, **fields: object):
    """What the page's form sends, with what a person filled in."""
    sent = {"seen": re.search(r'name="seen" value="(\w+)"', page)[1], "request_key": uuid4().hex, **fields}
    return sano.post(address(record), sent, follow=True)


def test_two_works_are_joined_after_a_look_at_what_readers_will_see_and_taken_back_from_the_notice(
    sano: Client, melos: BibliographicRecord, run: BibliographicRecord
) -> None:
    assert address(melos) in seen(sano, f"/cataloguing/records/{melos.pk}")
    page = seen(sano, f"{address(melos)}?with={run.pk}")
    assert "次の 2件が並びます" in page and "Run, Melos! 新潮社 1940" in page
    assert "ほかの版・巻 1件も、いっしょにまとまります" in page
    told = send(sano, melos, page, act="join", **{"with": run.pk}, why="英訳").content.decode()
    assert "同じ作品にまとめました。" in told and "手でまとめた" in told and "英訳" in told and "sano" in told
    assert "Run, Melos!" in Client().get(f"/titles/{melos.pk}").content.decode()
    assert "走れメロス 新潮社 1940" in Client().get(f"/titles/{run.pk}").content.decode()
    decision = WorkDecision.objects.get()
    undone = sano.post(address(melos), {"act": "undo", "decision": decision.pk, "request_key": "k" * 32}, follow=True)
    assert "取り消しました。" in undone.content.decode() and "取り消したこと 1件" in undone.content.decode()
    again = sano.post(address(melos), {"act": "undo", "decision": decision.pk, "request_key": "l" * 32})
    assert again.status_code == 422 and "もう取り消されています" in again.content.decode()


def test_a_form_that_is_sent_twice_joins_once(
    sano: Client, melos: BibliographicRecord, run: BibliographicRecord
) -> None:
    form = form_of(seen(sano, f"{address(melos)}?with={run.pk}"), address(melos)) | {"act": "join"}
    assert [sano.post(address(melos), form).status_code for _time in range(2)] == [302, 302]
    assert WorkDecision.objects.count() == 1


def test_what_is_ticked_is_another_work_and_ticks_stay_when_that_is_refused(
    sano: Client, melos: BibliographicRecord
) -> None:
    page = seen(sano, address(melos))
    edition = BibliographicRecord.objects.get(number="m2")
    refused = send(sano, melos, page, part=[melos.pk, edition.pk])
    assert refused.status_code == 422 and "すべての書誌に印が付いています" in refused.content.decode()
    assert refused.content.decode().count(" checked") == 2
    assert "書誌が選ばれていません" in send(sano, melos, page).content.decode()
    told = send(sano, melos, page, part=[edition.pk], why="別の本").content.decode()
    assert "別の作品に分けました。" in told and "この書誌だけで1つの作品です" in told
    assert "別の本" in seen(sano, address(edition))


def test_the_other_record_is_found_by_words_or_by_scanning_a_copy(
    sano: Client,
    melos: BibliographicRecord,
    run: BibliographicRecord,
    index: None,  # noqa: F811
) -> None:
    tend(cast.AT)
    found = seen(sano, f"{address(melos)}?q=Melos")
    assert f'href="?with={run.pk}"' in found and f'href="?with={melos.pk}"' not in found
    copy(run, "32000009")
    assert "この二つは、同じ作品ですか" in seen(sano, f"{address(melos)}?q=32000009")
    edition = BibliographicRecord.objects.get(number="m2")
    assert "もういっしょに並んでいます" in seen(sano, f"{address(melos)}?with={edition.pk}")
    assert "ほかには見つかりません" in seen(sano, f"{address(melos)}?q=ゾウリムシ")


def test_what_was_changed_meanwhile_is_shown_anew_and_nothing_is_done(
    sano: Client, melos: BibliographicRecord, run: BibliographicRecord
) -> None:
    page = seen(sano, f"{address(melos)}?with={run.pk}")
    saved("m9", "走れメロス", year="2024")
    answer = send(sano, melos, page, act="join", **{"with": run.pk}, why="英訳")
    assert answer.status_code == 422 and "いっしょに並ぶ書誌が変わりました" in answer.content.decode()
    assert 'value="英訳"' in answer.content.decode() and "次の 3件が並びます" in answer.content.decode()
    delete_record(record=run, by=cast.SYSTEM, at=cast.AT)
    gone = send(sano, melos, page, act="join", **{"with": run.pk})
    assert gone.status_code == 422 and "もう目録にありません" in gone.content.decode()
    assert not WorkDecision.objects.exists()


def test_a_record_that_is_read_the_same_is_offered_before_anything_is_typed(sano: Client) -> None:
    one, two = saved("k1", "聞けわだつみの声", "学生"), saved("k2", "きけわだつみのこえ", "手記編集委員会")
    BibliographicRecord.objects.filter(pk=one.pk).update(sort_key=two.sort_key)
    page = seen(sano, address(one))
    assert "よみが同じ書誌" in page and f'href="?with={two.pk}"' in page


def test_only_who_may_save_records_comes_here(client: Client, melos: BibliographicRecord) -> None:
    from tests.web.desk.conftest import enter

    cast.chuo()
    enter(client, cast.staff("ono", "catalogue.merge"))
    assert client.get(address(melos)).status_code == 403


def test_the_pages_ask_as_much_for_many_as_for_one(
    sano: Client, melos: BibliographicRecord, run: BibliographicRecord, django_assert_max_num_queries
) -> None:
    for number in range(12):
        saved(f"n{number}", "走れメロス", year=str(2000 + number))
    seen(sano, address(melos))
    with django_assert_max_num_queries(16):
        seen(sano, address(melos))
    with django_assert_max_num_queries(20):
        seen(sano, f"{address(melos)}?with={run.pk}")


def test_the_editor_counts_also_what_is_not_listed(sano: Client, melos: BibliographicRecord) -> None:
    facts = {"source": "MINASE", "marc": melos.marc, "work_key": melos.work_key, "title": melos.title}
    facts |= {"created_at": cast.AT, "changed_at": cast.AT}
    BibliographicRecord.objects.bulk_create(BibliographicRecord(number=f"v{i}", **facts) for i in range(MOST_EDITIONS))
    page = seen(sano, f"/cataloguing/records/{melos.pk}")
    assert f"ほかの版・巻 {MOST_EDITIONS + 1}件といっしょに並びます" in page


def test_an_edition_of_another_title_is_named_by_it() -> None:
    facts = {"volume": "", "publisher": "新潮社", "year": 1988}
    assert edition_words(title="走れメロス 新装版", beside="走れメロス", **facts) == "新潮社 1988"
    assert edition_words(title="Run, Melos!", beside="走れメロス", **facts) == "Run, Melos! 新潮社 1988"
    with override("en"):
        assert (
            edition_words(title="走れメロス", volume="", publisher="", year=None, beside="走れメロス") == "走れメロス"
        )
