"""Six books to look for."""

from pymarc import Field, Indicators, Record, Subfield

from fumikura.catalogue.services import save_record
from tests.cast import AT, SYSTEM
from tests.catalogue.records import kokoro_bytes

BOOKS = [
    ("銀河鉄道の夜", "ギンガ テツドウ ノ ヨル", "宮沢, 賢治", "1934", "913.6"),
    ("吾輩は猫である", "ワガハイ ワ ネコ デ アル", "夏目, 漱石", "1905", "913.6"),
    ("坊っちゃん", "ボッチャン", "夏目, 漱石", "1906", "913.6"),
    ("羅生門", "ラショウモン", "芥川, 龍之介", "1915", "913.6"),
    ("Python & 統計", "Python ト トウケイ", "山田, 太郎", "2020", "007.6"),
]


def fill() -> None:
    save_record(kokoro_bytes(), by=SYSTEM, at=AT)
    for number, (title, reading, creator, year, ndc) in enumerate(BOOKS, start=1):
        record = Record(leader="00000nam a2200000 i 4500")
        record.add_field(Field("001", data=f"{number:06}"), Field("003", data="MINASE"))
        record.add_field(Field("008", data=f"260520s{year}    ja {'|' * 17}jpn  "))
        plain = Indicators(" ", " ")
        record.add_field(Field("084", plain, subfields=[Subfield("a", ndc), Subfield("2", "njb/09")]))
        record.add_field(Field("100", Indicators("1", " "), subfields=[Subfield("a", creator)]))
        record.add_field(
            Field("245", Indicators("1", "0"), subfields=[Subfield("6", "880-01"), Subfield("a", title)]),
            Field("880", Indicators("1", "0"), subfields=[Subfield("6", "245-01/$1"), Subfield("a", reading)]),
        )
        save_record(record, by=SYSTEM, at=AT)
