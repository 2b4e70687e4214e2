"""What the living gallery shows: every component in each of its states. The people and places are invented."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils.translation import gettext as _

# Written out here, because a list is easier to read in this shape than in a template.
TOKENS = (
    *("paper", "paper-sunk", "surface", "line", "line-firm", "ink", "ink-soft", "ink-faint"),
    *("accent", "accent-strong", "accent-deep", "accent-wash", "on-accent", "link"),
    *("ok", "ok-wash", "wait", "wait-wash", "stop", "stop-wash", "note", "note-wash", "mark", "chrome"),
)
ICONS = (
    *(
        "search",
        "check",
        "cross",
        "warning",
        "info",
        "question",
        "clock",
        "calendar",
        "truck",
        "place",
        "phone",
        "house",
        "dash",
    ),
    *("book", "bookmark", "card", "person", "child", "headphones", "device", "letters", "globe", "moon", "eye"),
    *("scan", "undo", "print", "share", "speaker", "back", "forward", "exit"),
)
_WORKS = (
    ("人と本の百年", "水瀬書房編集部", "0"),
    ("善の研究", "西田幾多郎", "1"),
    ("遠野物語", "柳田国男", "3"),
    ("種の起原", "ダーウィン", "4"),
    ("水瀬の橋", "橋本渡", "5"),
    ("商売往来", "佐野いろは", "6"),
    ("茶の本", "岡倉天心", "7"),
    ("国語のため", "上田万年", "8"),
    ("こころ", "夏目漱石", "9"),
    ("津軽", "太宰治", "2"),
    ("銀河鉄道の夜", "宮沢賢治", "9"),
    ("注文の多い料理店", "宮沢賢治", "9"),
    ("Walden", "Thoreau", "9"),
    ("The Voyage of the Beagle", "Darwin", "4"),
    ("A History of the Bridges over the River Minase", "Waterman", "5"),
    ("Home Cooking", "Sano", "5"),
)


def page_values(today: date) -> Mapping[str, object]:
    books = [{"title": title, "creator": by, "ndc": ndc, "kind": "book", "href": "#shelf"} for title, by, ndc in _WORKS]
    return {
        "tokens": TOKENS,
        "icons": ICONS,
        "books": books,
        "spines": [{**book, "call_number": f"{book['ndc']}13/{book['creator'][0]}"} for book in books[:8]],
        "classes": [{"ndc": str(digit), "title": title} for digit, title in enumerate(_cloths())],
        "scenes": [
            {"title": f"ぐるぐる{n}", "creator": by} for n, by in enumerate(("一", "二", "三", "四", "五", "六"))
        ],
        "today": today,
        "days": [today + timedelta(days=left) for left in (-3, 0, 3, 13)],
        "reasons": _reasons(),
        "slip": _slip(),
        "modes": _modes(),
        "keys": _keys(),
        "why": _why(),
        "pages": [{"label": str(n), "href": "#pages", "current": n == 1} for n in (1, 2, 3)],
        "errors": [("zip", _("郵便番号は数字7けたです")), ("yomi", _("名前の読みをひらがなで書いてください"))],
        "pickups": [("central", _("中央図書館（いつもの館）")), ("north", _("北図書館"))],
    }


def _slip() -> dict[str, object]:
    sizes = ("middle", "rule", "middle", "large", "middle", "rule", "")
    words = (_("中央図書館"), "", _("返す日"), "12/6", "3", "", _("返すと、借りた記録は消えます。"))
    lines = [{"size": size, "words": said} for size, said in zip(sizes, words, strict=True)]
    return {"heading": _("貸出票"), "lines": lines}


def _cloths() -> tuple[str, ...]:
    return ("市松", "七宝", "鱗", "亀甲", "麻の葉", "格子", "縞", "矢絣", "升目", "青海波")


def _reasons() -> list[dict[str, object]]:
    staff = _("司書が認められます")
    return [
        {
            "code": "loan-limit-reached",
            "sentence": _("借りられる数をこえます（15点中 15点）"),
            "way_out": _("1点返すと借りられます。"),
            "tickable": True,
            "ticked": False,
            "who": staff,
        },
        {
            "code": "parts-to-check",
            "sentence": _("付録のCD 1枚を確かめてください"),
            "way_out": _("ケースの中に CD があれば、チェックを入れます。"),
            "tickable": True,
            "ticked": True,
            "who": _("確かめました"),
        },
        {
            "code": "reference-only",
            "sentence": _("館内だけで読む本です"),
            "way_out": _("複写はできます。"),
            "tickable": False,
            "ticked": False,
            "who": "",
        },
    ]


def _modes() -> list[dict[str, object]]:
    return [
        {"label": _("貸出"), "href": "#modes", "key": "F2", "current": True, "count": ""},
        {"label": _("返却"), "href": "#modes", "key": "F3", "current": False, "count": ""},
        {"label": _("回送"), "href": "#modes", "key": "", "current": False, "count": _("2箱")},
    ]


def _keys() -> list[dict[str, object]]:
    return [
        {"key": "F1", "label": _("使い方"), "href": "#keybar"},
        {"key": "F2", "label": _("貸出"), "href": "#keybar"},
        {"key": "F9", "label": _("認める"), "thumb": True},
        {"key": "F10", "label": _("終わる"), "thumb": True},
        {"key": "^Z", "label": _("もどす"), "thumb": True},
        {"key": "Esc", "label": _("次の方"), "thumb": True},
    ]


def _why() -> list[dict[str, str]]:
    return [
        {"kind": "used", "sentence": _("一般の方は15点まで"), "note": _("きまり 1")},
        {"kind": "stop", "sentence": _("いま15点借りています"), "note": ""},
        {"kind": "skip", "sentence": _("図書なので、視聴覚の数は見ません。"), "note": ""},
    ]
