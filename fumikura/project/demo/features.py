"""特集: two lists of the staff, so that the first page has one."""

from datetime import datetime

from fumikura.catalogue.models import BibliographicRecord
from fumikura.discovery.lists import Facts, Line, arrange, make_list
from fumikura.kernel.actors import Actor

LISTS: tuple[tuple[Facts, tuple[tuple[str, str], ...]], ...] = (
    (
        Facts(
            title="猫のいる本棚",
            title_en="A shelf with cats",
            note="水瀬の図書館でいちばんよく聞かれるのは「猫の本はどこですか」です。職員がえらびました。",
            note_en="What we are asked most often is where the books about cats are. Here are some.",
        ),
        (("吾輩は猫である", "名前はまだない、あの猫から。"), ("注文の多い料理店", "山猫の店の、こわい注文。"), ("どんぐりと山猫", "山猫から、おかしなはがきがとどきます。")),
    ),
    (
        Facts(
            title="はじめての宮沢賢治",
            title_en="Miyazawa Kenji for beginners",
            note="短いものから、すこしずつ。声に出して読むと、もっとおもしろくなります。",
            note_en="Short ones first. Better still when read aloud.",
        ),
        (("水仙月の四日", "雪の夜のお話。"), ("注文の多い料理店", ""), ("かしわばやしの夜", ""), ("どんぐりと山猫", "")),
    ),
)  # fmt: skip


def make_features(*, by: Actor, at: datetime) -> None:
    for facts, wanted in LISTS:
        lines = []
        for title, note in wanted:
            record = BibliographicRecord.objects.filter(title=title, deleted_at=None).order_by("pk").first()
            lines += [Line(record.pk, note)] if record else []
        arrange(make_list(facts, by=by, at=at), facts, lines, by=by, at=at)
