"""Ruby: each run of kanji gets its own part of the reading, and nothing is invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fumikura.kernel.ruby import ruby


@pytest.mark.parametrize(
    ("writing", "reading", "pieces"),
    [
        (
            "吾輩は猫である",
            "ワガハイ ワ ネコ デ アル",
            (("吾輩", "わがはい"), ("は", ""), ("猫", "ねこ"), ("である", "")),
        ),
        ("てぶくろを買いに", "テブクロ オ カイニ", (("てぶくろを", ""), ("買", "か"), ("いに", ""))),
        ("星・月・空", "ホシ ツキ ソラ", (("星", "ほし"), ("・", ""), ("月", "つき"), ("・", ""), ("空", "そら"))),
        ("ごんぎつね", "ゴンギツネ", (("ごんぎつね", ""),)),
        ("銀河鉄道", "", (("銀河鉄道", ""),)),
        ("銀河のABC", "ギンガ ノ エービーシー", (("銀河のABC", "ぎんが の えーびーしー"),)),
    ],
)
def test_kanji_are_read_run_by_run(writing: str, reading: str, pieces: object) -> None:
    assert ruby(writing, reading) == pieces


@given(st.text(alphabet="山川はのを木カア・ 1", max_size=12), st.text(alphabet="ヤマカワノオキア ", max_size=14))
def test_the_writing_is_never_changed(writing: str, reading: str) -> None:
    assert "".join(text for text, _said in ruby(writing, reading)) == writing
