"""The demo's data: what is said to be true is true, what is invented is well-formed."""

import json
import re
from collections import Counter
from datetime import date

from fumikura.catalogue.description import describe
from fumikura.circulation.house import house_rules
from fumikura.circulation.rules.resolution import RuleSet
from fumikura.circulation.services.policies import objections_to_rules
from fumikura.kernel.barcodes import is_valid
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.organisation.rules import Calendar, problems
from fumikura.project.demo.copies import barcode, compose_copies
from fumikura.project.demo.files import rules, toml, works
from fumikura.project.demo.marc import record_of
from fumikura.project.demo.people import PATRONS, card_number, compose_people
from fumikura.project.demo.titles import compose_titles
from fumikura.project.demo.town import granted
from tests.shared_data import shared

TODAY = date(2026, 5, 20)
KANA = re.compile(r"[ァ-ヺー]+(?:,? [ァ-ヺー]+)*")
KANA_AND_NUMBERS = re.compile(r"[ァ-ヺー0-9]+(?: [ァ-ヺー0-9]+)*")


def test_six_hundred_real_works_at_least_and_none_twice() -> None:
    found = works()
    assert len(found) >= 600
    assert [key for key, times in Counter((work.title, work.author) for work in found).items() if times > 1] == []


def test_readings_are_katakana() -> None:
    wrong = [work for work in works() if not KANA.fullmatch(work.reading)]
    assert wrong == []
    named = [work for work in works() if work.author]
    assert [work for work in named if not KANA.fullmatch(re.sub("[A-Z]", "ア", work.author_reading))] == []


def test_classes_and_years_are_plausible() -> None:
    for work in works():
        assert re.fullmatch(r"[0-9]{3}(\.[0-9]+)?", work.ndc), work
        assert work.year == "" or 700 <= int(work.year) <= 1970, work


def test_every_main_class_of_the_works_exists() -> None:
    table = json.loads(shared("data/ndc/ndc9.json").read_text())
    assert {work.ndc for work in works() if f"ndc9:{work.ndc[:3]}" not in table} == set()


def test_twenty_seven_service_points_of_all_kinds() -> None:
    places = toml("town.toml")["facilities"]
    assert Counter(place["kind"] for place in places) == {
        "central": 1, "branch": 9, "room": 4, "counter": 3, "locker": 1, "stop": 4, "school": 4, "culture": 1,
    }  # fmt: skip
    assert all(place["reading"] and place["name_en"] and place["operator"] for place in places)
    assert all(place["postcode"] and re.match("0[1-9][0-9]-0", place["phone"]) for place in places)


def test_every_calendar_can_be_read() -> None:
    for calendar in toml("town.toml")["calendars"].values():
        assert problems(calendar["rules"]) == ()


def test_the_central_library_closes_on_the_third_thursday_and_at_the_turn_of_the_year() -> None:
    calendar = Calendar(tuple(toml("town.toml")["calendars"]["MONDAY"]["rules"]))
    assert not calendar.is_open(date(2026, 5, 21))
    assert calendar.is_open(date(2026, 5, 14))
    assert calendar.next_open(date(2026, 12, 29)) == date(2027, 1, 5)  # the 4th is a Monday


def test_roles_are_made_of_permissions_that_exist() -> None:
    for role in toml("town.toml")["roles"].values():
        assert granted(role["permissions"])
        assert granted(role["permissions"]) <= PERMISSIONS.keys()


def test_two_hundred_patrons_of_all_categories_with_good_card_numbers() -> None:
    people = compose_people(TODAY)
    assert len(people) == PATRONS
    assert {"adult", "child", "senior", "class", "circle", "institution", "accessible"} == {p.category for p in people}
    assert len({person.card_number for person in people}) == PATRONS
    assert all(is_valid("7dr", person.card_number) for person in people)
    assert all(KANA_AND_NUMBERS.fullmatch(person.reading) for person in people)


def test_every_child_has_a_grown_up_and_no_card_is_older_than_its_owner() -> None:
    people = compose_people(TODAY)
    by_card = {person.card_number: person for person in people}
    for person in people:
        if person.category == "child":
            assert by_card[person.guardian_card].category in {"adult", "senior"}
        if person.born_on:
            assert person.born_on <= person.issued_on


def test_the_town_is_the_same_on_the_same_day() -> None:
    assert compose_people(TODAY) == compose_people(TODAY)
    assert compose_titles(2026) == compose_titles(2026)
    titles = compose_titles(2026)
    assert compose_copies(titles, TODAY) == compose_copies(titles, TODAY)


def test_two_thousand_titles_over_all_classes_and_kinds() -> None:
    titles = compose_titles(2026)
    assert len(titles) >= 2000
    assert {title.ndc[0] for title in titles} == set("0123456789")
    assert {
        "book", "large-print", "picture-book", "comic", "magazine", "newspaper", "map", "cd", "dvd", "braille", "daisy",
    } == {title.kind for title in titles}  # fmt: skip
    assert len({title.number for title in titles}) == len(titles)


def test_invented_readings_are_katakana_and_no_part_is_left_unfilled() -> None:
    for title in compose_titles(2026):
        if title.language == "jpn":
            assert KANA_AND_NUMBERS.fullmatch(title.title.reading), title
        assert "{" not in title.title.text + title.title.reading


def test_invented_isbns_are_well_formed_and_in_the_range_that_nobody_has() -> None:
    isbns = [title.isbn for title in compose_titles(2026) if title.isbn]
    assert len(set(isbns)) == len(isbns)
    for isbn in isbns:
        assert isbn.startswith("97849990")
        assert sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(isbn)) % 10 == 0


def test_a_title_is_read_back_from_its_record_as_it_was_meant() -> None:
    for title in compose_titles(2026):
        said = describe(record_of(title, entered_on=TODAY).as_marc())
        assert (said.title, said.title_reading) == (title.title.text, title.title.reading)
        assert (said.kind, said.year, said.ndc, said.volume) == (title.kind, title.year, (title.ndc,), title.volume)
        assert said.language == title.language


def test_six_thousand_items_stand_at_every_place_that_holds_stock() -> None:
    copies = compose_copies(compose_titles(2026), TODAY)
    assert len(copies) >= 6000
    holding = {place["code"] for place in toml("town.toml")["facilities"] if place.get("holds_stock", True)}
    assert {copy.home for copy in copies} == holding
    assert all(is_valid("m10w3", barcode(ordinal)) for ordinal in range(1, len(copies) + 1))


def test_a_card_is_never_taken_for_an_item() -> None:
    assert {len(card_number(n)) for n in range(1, 201)} == {8}
    assert {len(barcode(n)) for n in range(1, 201)} == {10}


def test_the_year_end_lengthens_terms_and_shortens_none() -> None:
    parents = {one["code"]: one["parent"] for one in toml("town.toml")["categories"]}
    house = house_rules()
    decided = RuleSet.read({**house, "rules": [*house["rules"], *rules(2026)]})

    def days(category: str, on: date) -> int:
        path = [category]
        while parents[path[-1]]:
            path.append(parents[path[-1]])
        found = decided.decide({"category": tuple(path), "material": "book", "mode": "normal"}, on)
        return int(found["loan.period"].value)

    assert objections_to_rules({**house, "rules": [*house["rules"], *rules(2026)]}) == ()
    usual, december = date(2026, 6, 1), date(2026, 12, 20)
    readers = ("adult", "senior", "child", "accessible", "class", "circle", "institution")
    assert [days(one, usual) for one in readers] == [14, 14, 14, 28, 60, 30, 30]
    assert [days(one, december) for one in readers] == [21, 21, 21, 28, 60, 30, 30]
