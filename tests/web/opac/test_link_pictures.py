"""The picture that other programs show beside a link: the tags that name it, and the picture itself."""

import re
import struct
from pathlib import Path

import pytest
from django.test import Client

from fumikura.catalogue.models import BibliographicRecord
from fumikura.discovery.lists import Facts, Line, arrange, make_list
from fumikura.web.paper import link_cards
from tests import cast
from tests.cast import AT
from tests.web.opac.cast import title

pytestmark = pytest.mark.django_db(transaction=True)
COMPONENTS = Path(link_cards.__file__).parents[1] / "design/static/design/components"


@pytest.fixture(autouse=True)
def _kept_here(settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path


def tags(address: str) -> dict[str, str]:
    html = Client().get(address).content.decode()
    return dict(re.findall(r'<meta property="(og:[^"]+)" content="([^"]*)">', html))


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    return struct.unpack(">II", png[16:24])


def test_home_and_title_name_a_picture_that_is_there() -> None:
    record = title()
    for address, kind, name in (("/", "website", "図書館"), (f"/titles/{record.pk}", "book", "こころ")):
        said = tags(address)
        assert said["og:type"] == kind and name in said["og:title"]
        assert said["og:url"] == f"http://testserver{address}"
        answer = Client().get(said["og:image"].removeprefix("http://testserver"))
        assert answer["Content-Type"] == said["og:image:type"]
        assert size_of(answer.content) == (int(said["og:image:width"]), int(said["og:image:height"]))
        assert len(answer.content) <= 50_000
        assert answer["Cross-Origin-Resource-Policy"] == "cross-origin" and "public" in answer["Cache-Control"]


def test_a_list_shows_its_first_books() -> None:
    by = cast.acting("discovery.keep-lists")
    made = make_list(Facts(title="川と橋"), by=by, at=AT)
    arrange(made, Facts(title="川と橋", note="水瀬の川をめぐる本です。"), [Line(title().pk)], by=by, at=AT)
    said = tags(f"/lists/{made.pk}")
    assert said["og:image"].endswith(f"/lists/{made.pk}/picture.png")
    assert said["og:description"] == "水瀬の川をめぐる本です。"
    assert size_of(Client().get(f"/lists/{made.pk}/picture.png").content) == (link_cards.WIDTH, link_cards.HEIGHT)


def test_what_is_not_there_has_no_picture() -> None:
    for address in ("/titles/999/picture.png", "/lists/999/picture.png", "/events/999/picture.png"):
        assert Client().get(address).status_code == 404


def test_a_picture_is_drawn_once_and_the_oldest_goes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(link_cards, "MOST_KEPT", 1)
    record: BibliographicRecord = title()
    first = Client().get(f"/titles/{record.pk}/picture.png").content
    kept = list((tmp_path / "pictures").iterdir())
    assert len(kept) == 1 and kept[0].read_bytes() == first
    kept[0].write_bytes(b"drawn before")
    assert Client().get(f"/titles/{record.pk}/picture.png").content == b"drawn before"
    Client().get("/picture.png")
    assert len(list((tmp_path / "pictures").iterdir())) == 1


def test_the_colours_are_those_of_the_pages() -> None:
    css = (COMPONENTS / "cover.css").read_text()
    dyes = dict(re.findall(r'\.cover\[data-ndc="(\d)"\] \{ --dye: (#\w+)', css))
    cloths = dict(re.findall(r'\.cover\[data-ndc="(\d)"\].*patterns/(\w+)\.svg', css))
    tones = dict(re.findall(r'\.cover\[data-tone="(\d)"\] \{ --dye: (#\w+)', css))
    assert dyes == link_cards.DYES
    assert [cloths[str(digit)] for digit in range(10)] == list(link_cards.CLOTHS)
    assert {int(tone): dye for tone, dye in tones.items()} == link_cards.TONES


def test_a_page_answers_whoever_asks_only_whether_it_is_there() -> None:
    record = title()
    for address in ("/", f"/titles/{record.pk}", "/search?q=こころ", "/hours", "/events", "/kids/", "/robots.txt"):
        answer = Client().head(address)
        assert answer.status_code == 200 and answer.content == b"", address
