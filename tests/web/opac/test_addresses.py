"""A search is an address: it can be kept, sent and changed by one step."""

from django.http import QueryDict

from fumikura.web.opac.addresses import Search


def read(query: str) -> Search:
    return Search.read(QueryDict(query))


def test_an_address_read_and_written_again_is_the_same() -> None:
    query = "q=%E6%BC%B1%E7%9F%B3&site=CHUO&site=KITA&kind=book&sort=title&page=3"
    assert read(query).address == f"/search?{query}"


def test_a_facet_is_added_and_taken_away_from_the_first_page_on() -> None:
    search = read("q=a&page=4").with_filter("site", "CHUO")
    assert search.address == "/search?q=a&site=CHUO"
    assert search.without_filter("site", "CHUO").address == "/search?q=a"


def test_what_cannot_be_understood_is_left_out() -> None:
    assert read("q=a&page=-3&sort=loud&colour=red&site=").address == "/search?q=a"
    assert read("page=9999999999").page == 1
    assert read("page=٣").page == 1
    assert read("q=" + "x" * 5000).text == "x" * 300
    assert read("q=%00a%00b&site=%00&ndc=9%00").address == "/search?q=a+b"
    assert len(read("&".join(f"site={n}" for n in range(500))).filters) == 20


def test_an_empty_search_asks_nothing() -> None:
    assert read("q=++&page=2").is_empty
    assert not read("ndc=9").is_empty
