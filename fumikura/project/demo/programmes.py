"""行事とお知らせ of the demo town: on the days that follow, so that the first page invites."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from django.utils import timezone

from fumikura.kernel.actors import Actor
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import calendar_for
from fumikura.programmes.models import Programme
from fumikura.programmes.services import About, Day, News, announce, make_known

A = Programme.Audience
EVENTS: tuple[tuple[str, dict[str, str], tuple[int, ...], int, int], ...] = (
    ("CHUO", {"title": "おはなしの森", "title_en": "Story forest", "audience": A.CHILDREN, "room": "1階 おはなしのへや",
      "note": "えほんと、すばなしと、てあそび。途中から入っても、泣いてもだいじょうぶです。",
      "note_en": "Picture books, storytelling and finger games. Come late, or cry: all is well."}, (2, 9, 16), 11, 30),
    ("KITA", {"title": "はじめての図書館ツアー", "title_en": "Your first tour", "room": "カウンター前集合",
      "note": "棚の読み方、予約のしかた、郷土の資料。歩きながら、館員がご案内します。",
      "note_en": "How the shelves are read, how to ask for books, local treasures: a walk with a librarian."}, (4,), 14, 60),
    ("CHUO", {"title": "古文書をよむ会", "title_en": "Reading old hands", "audience": A.ADULTS, "room": "2階 集会室",
      "note": "水瀬宿の宿帳を、ひと文字ずつ。はじめての方には、くずし字の手引きをお貸しします。",
      "note_en": "The inn registers of old Minase, letter by letter. Guides are lent to beginners.",
      "apply": "カウンターか電話で。先着20人"}, (6, 20), 13, 120),
    ("KAWABE", {"title": "赤ちゃんといっしょに", "title_en": "With babies", "audience": A.BABIES, "room": "えほんコーナー",
      "note": "わらべうたと、はじめての絵本。おすわりのできない赤ちゃんも、どうぞ。",
      "note_en": "Nursery songs and first books, for the very smallest too."}, (5, 19), 10, 30),
    ("BUNKAKAN", {"title": "郷土を歩く：水瀬川と橋", "title_en": "Rivers and bridges of Minase", "room": "文化館前集合",
      "note": "川にかかる七つの橋を、昔の写真を持って歩きます。雨の日は館内で写真を見ます。",
      "note_en": "Seven bridges, with old photographs in hand. When it rains we look at them indoors.",
      "apply": "郷土文化館の閲覧受付で。先着15人"}, (12,), 13, 120),
    ("EKIMAE", {"title": "帰り道の朗読会", "title_en": "Reading aloud on the way home", "audience": A.ADULTS, "room": "ターミナル前",
      "note": "漱石と賢治を、10分ずつ。立ったまま、どうぞ。", "note_en": "Ten minutes each of Soseki and Kenji. Stay standing."}, (8,), 18, 30),
)  # fmt: skip


def make_programmes(places: Mapping[str, Facility], *, by: Actor, at: datetime) -> None:
    for code, told, ahead, hour, minutes in EVENTS:
        if code in places:
            days = [_day(places[code], days, hour, minutes, at) for days in ahead]
            announce(About(facility=places[code], **told), days, by=by, at=at)
    today = timezone.localdate(at)
    for news in (
        News(title="ICタグの貼り付けにご協力ください", title_en="IC tags are being put on our books", shown_from=today,
             text="本にICタグを貼っています。作業中の本は、その場でお渡しできます。館員に声をかけてください。",
             text_en="Books being tagged can be had at once: ask the staff.", shown_until=today + timedelta(days=60)),
        News(title="中央図書館の返却ポストが新しくなりました", title_en="A new book post at the Central Library",
             text="車いすの方にも手のとどく高さです。CD・DVD は、これまでどおりカウンターへお返しください。",
             text_en="Within reach from a wheelchair. CDs and DVDs come to the counter as before.",
             facility=places.get("CHUO"), shown_from=today - timedelta(days=3)),
    ):  # fmt: skip
        make_known(news, by=by, at=at)


def _day(place: Facility, ahead: int, hour: int, minutes: int, at: datetime) -> Day:
    """On the first opening day so many days from now."""
    on = calendar_for(place).next_open(timezone.localdate(at) + timedelta(days=ahead))
    starts_at = datetime.combine(on, time(hour), tzinfo=timezone.get_current_timezone())
    return Day(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes))
