"""A page for every person and every subject, reached from the titles."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from fumikura.catalogue.authorities import other_editions
from fumikura.catalogue.models import Authority, AuthorityVariant
from fumikura.discovery.queries import parse, search
from fumikura.discovery.services import tend
from tests.cast import AT
from tests.web.opac.cast import field, title

pytestmark = pytest.mark.django_db


def soseki() -> Authority:
    return Authority.objects.get(kind="person", key="夏目漱石")


def test_a_title_leads_to_the_page_of_its_writer_and_back() -> None:
    kokoro = title()
    there = f"/persons/{soseki().pk}"
    assert f'href="{there}"' in Client().get(f"/titles/{kokoro.pk}").content.decode()
    page = Client().get(there).content.decode()
    assert '<h1 itemprop="name">夏目漱石</h1>' in page and f'href="/titles/{kokoro.pk}"' in page
    assert "ナツメ ソウセキ" in page


def test_editions_stand_together_on_the_page_of_a_person_and_on_each_other() -> None:
    old, new = title(year="1914"), title(number="k2", year="2004")
    title("三四郎", "サンシロウ", number="3")
    page = Client().get(f"/persons/{soseki().pk}").content.decode()
    assert "2作品" in page and "2つの版・巻" in page and "1914–2004" in page
    assert f'href="/titles/{old.pk}"' in Client().get(f"/titles/{new.pk}").content.decode()


def test_volumes_of_a_work_stand_in_their_order_however_they_are_written() -> None:
    first = title("破戒 第1巻", number="v1")
    for number, name in enumerate(["破戒 第十巻", "破戒 Ⅲ", "破戒 二"]):
        title(name, number=f"w{number}")
    said = [record.title for record in other_editions(first)]
    assert said == ["破戒 二", "破戒 Ⅲ", "破戒 第十巻"]


def test_a_subject_has_its_page() -> None:
    book = title(extra=(field("650", a="電子図書館", z="日本", n2="ndlsh"),))
    subject = Authority.objects.get(kind="subject")
    assert f'href="/subjects/{subject.pk}"' in Client().get(f"/titles/{book.pk}").content.decode()
    page = Client().get(f"/subjects/{subject.pk}").content.decode()
    assert "このテーマの本" in page and "こころ" in page


def test_an_unknown_person_is_404_and_a_subject_asked_for_as_a_person_is_shown_its_way() -> None:
    assert Client().get("/persons/4711").status_code == 404
    assert Client().get("/persons/99999999999999999999999").status_code == 404
    title(extra=(field("650", a="電子図書館", n2="ndlsh"),))
    subject = Authority.objects.get(kind="subject")
    answer = Client().get(f"/persons/{subject.pk}")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/subjects/{subject.pk}")


def test_people_of_the_city_are_listed_and_the_empty_list_says_so() -> None:
    assert "まだ登録がありません" in Client().get("/people/local").content.decode()
    title()
    Authority.objects.filter(kind="person").update(is_local=True, local_note="水瀬に三年住んだ。")
    assert "夏目漱石" in Client().get("/people/local").content.decode()
    page = Client().get(f"/persons/{soseki().pk}").content.decode()
    assert "市ゆかりの人です" in page and "水瀬に三年住んだ。" in page


def test_a_record_is_found_by_another_name_of_its_writer(index: None) -> None:
    kokoro = title()
    someone = soseki()
    AuthorityVariant.objects.create(
        authority=someone, name="夏目, 金之助", reading="ナツメ, キンノスケ", key="夏目金之助"
    )
    tend(AT)
    for words in ("夏目金之助", "なつめきんのすけ", "著者:金之助"):
        assert [hit.record_id for hit in search(parse(words)).hits] == [kokoro.pk]


def test_the_page_of_a_person_takes_as_many_queries_for_many_works_as_for_one(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(12):
        title(f"作品{'あいうえおかきくけこさし'[number]}", number=f"n{number}")
    with django_assert_max_num_queries(12):
        assert Client().get(f"/persons/{soseki().pk}").status_code == 200
