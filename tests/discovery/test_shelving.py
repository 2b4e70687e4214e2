"""Formats for those who cannot read print as usual, and series without their numbers."""

import pytest

from fumikura.catalogue.description import Description
from fumikura.discovery.shelving import accessible_formats, series_titles


@pytest.mark.parametrize(
    ("printed", "title"),
    [
        ("岩波新書 新赤版1280", "岩波新書"),
        ("新潮文庫 に-20-6", "新潮文庫"),
        ("三才ムック vol.592", "三才ムック"),
        ("岩波ブックレット No.873", "岩波ブックレット"),
        ("角川インターネット講座 / 村井純 代表監修 03", "角川インターネット講座"),
        ("21世紀の教養 3", "21世紀の教養"),
        ("マイコミムック", "マイコミムック"),
        ("", ""),
    ],
)
def test_a_series_is_counted_without_the_number_of_its_volume(printed: str, title: str) -> None:
    assert series_titles([printed]) == ((title,) if title else ())


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"kind": "braille"}, ("braille",)),
        ({"kind": "large-print", "series": ("大活字本シリーズ",)}, ("large-print",)),
        ({"edition": "大活字版"}, ("large-print",)),
        ({"notes": ("LLブック",)}, ("easy",)),
        ({"extent": "1冊 (点字)", "notes": ("さわる絵本",)}, ("braille", "tactile")),
        ({"kind": "dvd", "notes": ("日本語字幕・音声ガイドあり",)}, ("captions", "audio-description")),
        ({"notes": ("字幕の翻訳について",)}, ()),
        ({"title": "点字の歴史", "subjects": ("点字",)}, ()),
    ],
)
def test_formats_are_read_where_the_carrier_is_described_not_where_the_work_is_about_them(
    facts: dict[str, object], codes: tuple[str, ...]
) -> None:
    assert accessible_formats(Description(**{"title": "ためし", **facts})) == codes
