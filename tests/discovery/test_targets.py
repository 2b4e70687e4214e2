"""Catalogues elsewhere: NDL Search as recorded, a real Zebra, and those that are silent, slow or say nonsense."""

from datetime import timedelta
from pathlib import Path

import pytest

from fumikura.catalogue.description import describe
from fumikura.discovery import targets
from fumikura.discovery.models import Target
from fumikura.discovery.targets import Facts
from fumikura.discovery.union import fetching, sru
from fumikura.discovery.union.fetching import Silent
from fumikura.discovery.union.sru import Question
from fumikura.kernel.refusals import Refused
from tests import cast
from tests.catalogue.records import kokoro_bytes
from tests.interop.replaying import EMPTY, bare, recordings, serving
from tests.interop.zebra import zebra
from tests.shared_data import shared

pytestmark = pytest.mark.django_db
BY = cast.acting("discovery.set-targets")
NDL = {"isbn": "isbn", "title": "title", "creator": "creator", "words": "anywhere"}


def target(address: str, **facts: object) -> Target:
    named = {"name": "よその図書館", "address": address, "seconds": 2, **facts}
    return targets.set_target(Facts(**named), by=BY, at=cast.AT)


def fresh(one: Target) -> Target:
    return Target.objects.get(pk=one.pk)


@pytest.mark.shared_data
def test_a_book_is_found_by_isbn_in_what_ndl_search_answered() -> None:
    known = recordings(shared("data/ndl_api/cassettes"))
    with serving(lambda asked: (200, known.get(bare(asked["query"]), EMPTY), 0)) as address:
        ndl = target(address, format=sru.DCNDL, schema="dcndl", version="1.2", indexes=NDL, source="NDLSearch")
        found = targets.ask(ndl, Question(isbn="9784797350999"), at=cast.AT)
        nothing = targets.ask(ndl, Question(isbn="9780007264551"), at=cast.AT)
    assert found.total == 1 and found.faulty == 0
    book = describe(found.records[0].marc)
    assert book.title and book.title_reading and "9784797350999" in book.isbns and book.ndc
    assert (nothing.total, nothing.records) == (0, ())


@pytest.mark.shared_data
def test_every_recorded_answer_is_read() -> None:
    known = recordings(shared("data/ndl_api/cassettes"))
    assert len(known) > 20
    for query, body in known.items():
        found = sru.read(body, sru.DCNDL)
        assert found.faulty == 0, query
        assert len(found.records) == found.total, query


def test_a_real_zebra_is_asked_by_isbn_title_and_name(tmp_path: Path) -> None:
    records = kokoro_bytes() + kokoro_bytes("2", "Walden :") + kokoro_bytes("3", "水瀬川の歌 :")
    with zebra(tmp_path, records) as address:
        koha = target(address)
        by_title = targets.ask(koha, Question(title="Walden"), at=cast.AT)
        by_isbn = targets.ask(koha, Question(isbn="4101010137"), at=cast.AT)
        by_name = targets.ask(koha, Question(title="水瀬川", creator="漱石"), at=cast.AT)
        no_such = targets.ask(koha, Question(isbn="9784000000000"), at=cast.AT)
    assert [describe(one.marc).title for one in by_title.records] == ["Walden"]
    assert by_isbn.total == 3 and describe(by_isbn.records[0].marc).title_reading == "ココロ"
    assert [describe(one.marc).title for one in by_name.records] == ["水瀬川の歌"]
    assert by_name.records[0].marc == kokoro_bytes("3", "水瀬川の歌 :")
    assert no_such.total == 0


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((500, b"", 0), "http-error"),
        ((200, b"<html><body>Login", 0), "not-sru"),
        ((200, b"<html/>", 0), "not-sru"),
        ((200, b"x" * (fetching.LARGEST + 1), 0), "too-large"),
        ((200, EMPTY, 2.5), "no-answer"),
    ],
)
def test_every_way_to_fail_has_a_name(answer: tuple, code: str) -> None:
    with serving(lambda _asked: answer) as address:
        one = target(address, seconds=1)
        with pytest.raises(Silent) as silent:
            targets.ask(one, Question(title="x"), at=cast.AT)
    assert silent.value.code == code
    assert fresh(one).failures == 1 and fresh(one).silent_since == cast.AT


def test_a_target_that_is_not_there_is_left_alone_for_a_minute_after_three_tries() -> None:
    with serving(lambda _asked: (200, EMPTY, 0)) as address:
        here = address
    one = target(here)
    for _time in range(3):
        with pytest.raises(Silent) as silent:
            targets.ask(fresh(one), Question(title="x"), at=cast.AT)
        assert silent.value.code == "cannot-connect"
    with pytest.raises(Silent) as silent:
        targets.ask(fresh(one), Question(title="x"), at=cast.AT + timedelta(seconds=30))
    assert silent.value.code == "resting"
    with serving(lambda _asked: (200, EMPTY, 0)) as address:
        Target.objects.filter(pk=one.pk).update(address=address)
        assert targets.ask(fresh(one), Question(title="x"), at=cast.AT + timedelta(seconds=61)).total == 0
    assert fresh(one).failures == 0 and fresh(one).silent_since is None


def test_what_the_target_complains_of_is_handed_on() -> None:
    body = EMPTY.replace(
        b"</searchRetrieveResponse>",
        b"<diagnostics><diagnostic xmlns='x'><message>Unsupported index</message><details>isbn</details></diagnostic>"
        b"</diagnostics></searchRetrieveResponse>",
    )
    assert sru.read(body, sru.MARCXML).diagnostics == ("Unsupported index: isbn",)


def test_quotation_marks_in_a_title_do_not_leave_the_question() -> None:
    assert sru.query_of(Question(title='a" or b="c'), {}) == 'dc.title="a\\" or b=\\"c"'


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "ftp://example.jp/x", "example.jp", "http://", "http://a:b@c/"]
)
def test_only_addresses_of_http_are_taken(address: str) -> None:
    with pytest.raises(Refused):
        target(address)


def test_an_entity_from_outside_is_not_followed() -> None:
    body = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + EMPTY.replace(b">0<", b">&e;<")
    assert sru.read(body, sru.MARCXML).total == 0
