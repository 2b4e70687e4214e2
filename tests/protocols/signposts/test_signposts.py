"""Programs find their way: robots, sitemaps, OpenSearch, unAPI, COinS."""

from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from django.test import Client
from django.utils.timezone import now
from lxml import etree, html

from fumikura.catalogue.services import delete_record
from fumikura.discovery.lists import Facts, Line, arrange, make_list
from fumikura.organisation.models import Agency
from fumikura.programmes.services import About, Day, announce
from tests.cast import AT, SYSTEM, acting, agency, chuo
from tests.web.opac.cast import title

pytestmark = pytest.mark.django_db
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


@pytest.fixture(autouse=True)
def town() -> Agency:
    return agency()


def get(address: str, **headers: str) -> bytes:
    answer = Client().get(address, headers=headers)
    assert answer.status_code == 200, answer.status_code
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_robots_may_read_titles_and_no_private_door() -> None:
    text = get("/robots.txt").decode()
    assert "Disallow: /my/" in text
    assert "Disallow: /desk/" in text
    assert "/titles/" not in text
    assert "Sitemap: http://testserver/sitemap.xml" in text


def test_a_sitemap_names_every_title_once_and_no_deleted_one() -> None:
    kept, gone = title("こころ"), title("門")
    delete_record(record=gone, by=SYSTEM, at=AT)
    index = etree.fromstring(get("/sitemap.xml"))
    house, *places = [loc.text or "" for loc in index.iter(f"{MAP}loc")]
    assert house == "http://testserver/sitemaps/pages.xml"
    pages = [etree.fromstring(get(place.removeprefix("http://testserver"))) for place in places]
    found = [loc.text for page in pages for loc in page.iter(f"{MAP}loc")]
    assert found == [f"http://testserver/titles/{kept.pk}"]
    assert all((one.text or "").endswith("Z") for page in pages for one in page.iter(f"{MAP}lastmod"))


def test_a_sitemap_names_sites_coming_events_and_lists_that_readers_see() -> None:
    kokoro, site, by = title("こころ"), chuo(), acting("programmes.announce")
    coming, over = (Day(starts_at=at, ends_at=at + timedelta(hours=1)) for at in (now() + timedelta(days=3), AT))
    event = announce(About(title="おはなしの森", facility=site), [coming], by=by, at=AT)
    past = announce(About(title="終わった会", facility=site), [over], by=by, at=AT)
    shown, empty = (make_list(Facts(title=name), by=SYSTEM, at=AT) for name in ("川の本", "まだ空"))
    arrange(shown, Facts(title="川の本"), [Line(kokoro.pk)], by=SYSTEM, at=AT)
    page = get("/sitemaps/pages.xml")
    found = [(loc.text or "").removeprefix("http://testserver") for loc in etree.fromstring(page).iter(f"{MAP}loc")]
    assert {"/", "/hours?site=CHUO", f"/events/{event.pk}", f"/lists/{shown.pk}", "/kids/"} <= set(found)
    assert not {f"/events/{past.pk}", f"/lists/{empty.pk}"} & set(found)
    assert len(found) == len(set(found))
    assert all(Client().get(path).status_code == 200 for path in found)


def test_an_empty_catalogue_has_no_titles_in_its_sitemap_and_unknown_stretches_are_not_found() -> None:
    assert len(etree.fromstring(get("/sitemap.xml"))) == 1
    assert Client().get("/sitemaps/0.xml").status_code == 404


def test_browsers_learn_how_to_search_and_what_to_suggest() -> None:
    description = etree.fromstring(get("/opensearch.xml"))
    urls = {one.get("type"): one.get("template") or "" for one in description.iter(f"{SEARCH}Url")}
    assert urls["text/html"] == "http://testserver/search?q={searchTerms}&page={startPage?}"
    assert len(description.findtext(f"{SEARCH}ShortName") or "") <= 16
    assert get("/suggest?q=x&format=opensearch") == b'["x", []]'
    assert b"/opensearch.xml" in get("/")


@pytest.mark.parametrize("name", ["marcxml", "mods", "oai_dc", "dcndl"])
def test_unapi_gives_the_record_behind_a_page_in_every_format_it_names(name: str) -> None:
    kokoro = title("こころ")
    page = html.fromstring(get(f"/titles/{kokoro.pk}").decode())
    server = page.xpath("//link[@rel='unapi-server']/@href")[0]
    identifier = page.xpath("//abbr[@class='unapi-id']/@title")[0]
    formats = Client().get(server, {"id": identifier})
    assert formats.status_code == 300
    assert name in [one.get("name") for one in etree.fromstring(formats.content).iter("format")]
    record = Client().get(server, {"id": identifier, "format": name})
    assert "こころ" in etree.tostring(etree.fromstring(record.content), encoding="unicode")


def test_unapi_says_what_it_does_not_have() -> None:
    kokoro = title("こころ")
    assert etree.fromstring(get("/unapi")).tag == "formats"
    assert Client().get("/unapi", {"id": "http://testserver/titles/999999"}).status_code == 404
    assert Client().get("/unapi", {"id": "nonsense"}).status_code == 404
    wrong = Client().get("/unapi", {"id": str(kokoro.pk), "format": "bibtex"})
    assert wrong.status_code == 406
    assert "marcxml" in wrong.content.decode()


def test_reference_managers_and_shared_links_read_the_title_off_the_page() -> None:
    kokoro = title("こころ")
    page = html.fromstring(get(f"/titles/{kokoro.pk}").decode())
    citation = parse_qs(page.xpath("//span[@class='Z3988']/@title")[0])
    assert citation["rft.btitle"] == ["こころ"]
    assert citation["ctx_ver"] == ["Z39.88-2004"]
    assert page.xpath("//meta[@property='og:title']/@content") == ["こころ"]
