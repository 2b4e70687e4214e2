"""読みたい本 in one tap: on the reader's own list, or in nobody's but this browser's."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.services import delete_record
from fumikura.discovery.wishes import wish_for
from fumikura.holdings.models import ShelvingLocation
from fumikura.holdings.services.floors import Case, Plan, draw_floor
from fumikura.journal.models import Entry
from tests.cast import AT, PASSWORD, SYSTEM, acting, chuo, hanako, kita
from tests.web.opac.cast import copy, title

Library = list[BibliographicRecord]


def drawn(records: str) -> str:
    answer = Client().post("/carry", {"records": records})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_who_is_not_signed_in_gets_a_link_that_a_script_makes_a_button_of(library: Library) -> None:
    client = Client()
    kokoro = library[0].pk
    for address in ("/search?q=こころ", f"/titles/{kokoro}"):
        page = client.get(address).content.decode()
        assert f'href="/carry" rel="nofollow" data-carry="{kokoro}"' in page
        assert "opac/carry" in page and 'id="carry-words"' in page
        assert "csrfmiddlewaretoken" not in page
    assert not client.cookies


@pytest.mark.django_db(transaction=True)
def test_one_tap_puts_a_book_on_the_readers_list_and_leads_back_to_it(library: Library) -> None:
    client = Client()
    client.post("/sign-in", {"card": "20004318", "password": PASSWORD})
    page = client.get("/search?q=漱石").content.decode()
    form = page[page.index('id="wish"') :]
    key, back = (re.search(rf'name="{name}" value="([^"]+)"', form)[1] for name in ("request_key", "next"))
    for record in library[:2]:
        assert f'form="wish" name="record" value="{record.pk}"' in page
        sent = {"request_key": key, "next": back, "record": record.pk}
        for _twice in range(2):
            assert client.post("/my/wishes", sent)["Location"] == f"/search?q=%E6%BC%B1%E7%9F%B3#b{record.pk}"
    assert client.get("/search?q=漱石").content.decode().count("✓ 読みたい本に入っています") == 2
    assert "✓ 読みたい本に入っています" in client.get(f"/titles/{library[0].pk}").content.decode()
    assert 'name="record" value=' in client.get(f"/titles/{library[4].pk}").content.decode()
    assert Entry.objects.filter(event="discovery.wishes-changed").count() == 2
    # What was noted before signing in is put there in one go.
    assert 'action="/my/wishes" data-carry-move' in client.get("/carry").content.decode()
    sent = {"request_key": "m", "record": [record.pk for record in library]}
    assert "3点入れました" in client.post("/my/wishes", sent, follow=True).content.decode()


@pytest.mark.django_db
def test_a_tap_never_leads_to_another_site_and_marks_only_ones_own_list(client: Client) -> None:
    kokoro, mine = title(), hanako()
    client.post("/sign-in", {"card": "20004318", "password": PASSWORD})
    sent = {"request_key": "k", "record": kokoro.pk, "next": "https://elsewhere.example/"}
    assert client.post("/my/wishes", sent)["Location"].startswith("/my/wishes?after=k.")
    assert mine.wish_lists.get().wished.count() == 1


@pytest.mark.django_db
def test_the_page_says_what_to_do_without_a_script_and_knows_nobody() -> None:
    client = Client()
    page = client.get("/carry").content.decode()
    assert "このブラウザーでは、リストを端末に残せません。" in page and 'href="/sign-in"' in page
    assert "data-carry-move" not in page and not client.cookies


@pytest.mark.django_db
def test_the_list_is_drawn_with_call_numbers_and_sites_and_nothing_is_kept() -> None:
    kokoro, gone, far = title(), title("門", "モン", number="2"), title("三四郎", "サンシロウ", number="3")
    novels = ShelvingLocation.objects.create(facility=chuo(), code="novels", name="文学・小説")
    case = Case(label="小説 ナ行", left=5, top=5, width=40, height=5, location=novels, first="913.6/ナ")
    draw_floor(chuo(), Plan(name="1階"), [case], by=acting("holdings.draw-floors"), at=AT)
    copy(kokoro, "30000017", call_number="913.6/ナ", location=novels)
    copy(kokoro, "30000025", call_number="913.6/ナ", location=novels)
    copy(kokoro, "30000033", call_number="913.6/ナ/2", home=kita())
    copy(far, "30000041", call_number="B/ナ", home=kita())
    delete_record(record=gone, by=SYSTEM, at=AT)
    before = Entry.objects.count()
    client = Client()
    client.cookies["library"] = "KITA"
    answer = client.post("/carry", {"records": f"{far.pk},{gone.pk},{kokoro.pk},{kokoro.pk}"})
    page = answer.content.decode()
    assert page.index("三四郎") < page.index("こころ")
    assert page.index("北図書館", page.index("こころ")) < page.index("中央図書館")
    assert page.count("<b>中央図書館</b> 文学・小説 小説 ナ行") == 1
    assert "<span>913.6</span><span>ナ</span><span>2</span>" in page
    assert "目録から外れた本が1冊ありました。" in page and "門" not in page
    assert answer["Cache-Control"] == "no-store" and set(answer.cookies) == set()
    assert Entry.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize("sent", ["", ",,,", "x,-1,１２", "9" * 30, "0,999999999999999999", "1," * 5000])
def test_whatever_is_sent_there_is_an_answer(sent: str) -> None:
    chuo()
    assert "<ol" in drawn(sent)


@pytest.mark.django_db
def test_many_books_cost_as_many_queries_as_one() -> None:
    novels = ShelvingLocation.objects.create(facility=chuo(), code="novels", name="文学・小説")
    books = [title(f"本{n}", "ホン", number=f"c{n}") for n in range(6)]
    for number, one in enumerate(books):
        copy(one, f"3000010{number}", location=novels, call_number="913.6/ナ")
    drawn(str(books[0].pk))
    with CaptureQueriesContext(connection) as one:
        drawn(str(books[0].pk))
    with CaptureQueriesContext(connection) as many:
        assert drawn(",".join(str(book.pk) for book in books)).count("data-drop=") == 6
    assert len(many) == len(one) <= 11, [query["sql"][:120] for query in many.captured_queries]


@pytest.mark.django_db
def test_another_readers_list_is_not_shown_as_ones_own(client: Client) -> None:
    kokoro, mine = title(), hanako()
    wish_for(patron=mine, records=[kokoro.pk], name="夏", by=SYSTEM, at=AT)
    assert "読みたい本に入っています" not in client.get(f"/titles/{kokoro.pk}").content.decode()


@pytest.mark.django_db
def test_a_bookcase_named_after_its_part_is_named_once() -> None:
    kokoro = title()
    pocket = ShelvingLocation.objects.create(facility=chuo(), code="pocket", name="文庫")
    case = Case(label="文庫 ア〜ソ", left=5, top=5, width=40, height=5, location=pocket, first="913.6")
    draw_floor(chuo(), Plan(name="1階"), [case], by=acting("holdings.draw-floors"), at=AT)
    copy(kokoro, "30000017", call_number="913.6/ナ", location=pocket)
    page = Client().post("/carry", {"records": str(kokoro.pk)}).content.decode()
    assert "<b>中央図書館</b> 文庫 ア〜ソ" in page
