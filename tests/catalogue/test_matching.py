"""Whether two records are one publication: numbers are strong and not to be trusted."""

import pytest

from fumikura.catalogue.matching import Facts, judge, likeness_of, misprinted
from fumikura.catalogue.volumes import volume_key, volume_of

KOKORO = {
    "title": "こころ",
    "creator": "夏目, 漱石",
    "publisher": "岩波書店",
    "year": 1991,
    "numbers": frozenset({("isbn", "9784003101117")}),
}

NO_NUMBER: dict[str, object] = {"numbers": frozenset()}


def verdict(**other: object) -> str:
    return judge(Facts(**KOKORO), Facts(**{**KOKORO, **other})).verdict  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, "same"),
        ({"title": "こゝろ"}, "same"),
        ({"title": "ココロ", "creator": "夏目漱石", "publisher": "(株)岩波書店"}, "same"),
        ({"year": 1995}, "same"),
        ({"creator": ""}, "same"),
        ({"title": "ファウスト", "creator": "ゲーテ"}, "different"),
        ({"title": "こころ 下"}, "doubtful"),
        ({"title": "こころ : 先生と遺書"}, "same"),
        ({**NO_NUMBER, "title": "こころ：先生と遺書"}, "same"),
        ({"creator": "中村, 明", "year": 2010}, "doubtful"),
        (NO_NUMBER, "same"),
        ({**NO_NUMBER, "year": 1914}, "different"),
        ({**NO_NUMBER, "publisher": "新潮社"}, "doubtful"),
        ({**NO_NUMBER, "year": None}, "doubtful"),
        ({**NO_NUMBER, "year": None, "publisher": ""}, "different"),
        ({"numbers": frozenset({("isbn", "9784003101124")})}, "doubtful"),
        ({"numbers": frozenset({("isbn", "9784101010137")}), "publisher": "新潮社"}, "different"),
        ({"kind": "large-print"}, "different"),
        ({"kind": "magazine"}, "different"),
    ],
)
def test_the_cases_of_kokoro(other: dict[str, object], expected: str) -> None:
    assert verdict(**other) == expected


def test_volumes_of_one_set_under_one_number_are_two() -> None:
    first = Facts(title="破戒", volume="上", numbers=KOKORO["numbers"])  # type: ignore[arg-type]
    assert judge(first, Facts(title="破戒 下巻", numbers=KOKORO["numbers"])).verdict == "different"  # type: ignore[arg-type]
    assert judge(first, Facts(title="破戒 上巻", numbers=KOKORO["numbers"])).verdict == "same"  # type: ignore[arg-type]


def test_the_reasons_name_what_speaks_against() -> None:
    found = judge(Facts(**KOKORO), Facts(**{**KOKORO, "publisher": "新潮社"}))  # type: ignore[arg-type]
    assert found.reasons == ("number", "title", "publisher-differs")


@pytest.mark.parametrize("written", ["第3巻", "3", "Ⅲ", "三", "vol. 3", "３巻", "第三巻", "その三"])
def test_one_volume_has_one_key_however_it_is_written(written: str) -> None:
    assert volume_key(written) == "000003"


@pytest.mark.parametrize(
    ("mixed", "shelf"),
    [
        (["下", "上", "中"], ["上", "中", "下"]),
        (["別巻", "10", "Ⅲ", "第二巻", "1"], ["1", "第二巻", "Ⅲ", "10", "別巻"]),
    ],
)
def test_volumes_sort_as_they_stand_on_the_shelf(mixed: list[str], shelf: list[str]) -> None:
    assert sorted(mixed, key=volume_key) == shelf


@pytest.mark.parametrize(
    ("title", "key"),
    [("日本の歴史 第3巻", "000003"), ("破戒 下巻", "000003p"), ("こころ", ""), ("C++入門 第3版", ""), ("1984", "")],
)
def test_a_volume_at_the_end_of_the_title_is_seen(title: str, key: str) -> None:
    assert volume_of(title, "") == key


def test_a_misprinted_number_is_near() -> None:
    assert misprinted("9784003101117", "9784003107119")
    assert misprinted("9784003101117", "9784003011113")
    assert not misprinted("9784003101117", "9784101010137")
    assert likeness_of("こころ", "こころ") == 1.0 and likeness_of("吾輩は猫である", "吾輩は猫であるかもしれない") == 0.9
