"""What the frame of every page needs: the library's name, the reader's colours, the ways to other pages."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from fumikura.web.design.days import in_japanese
from fumikura.web.design.reading import ERA_COOKIE, ON, RUBY_COOKIE
from fumikura.web.design.templatetags.addresses import address

COLOUR_COOKIE = "colour"
# The value in the cookie → its name. "auto" follows the machine's own setting.
COLOURS: dict[str, Promise] = {
    "auto": _("自動"),
    "light": _("明るい"),
    "dark": _("暗い"),
    "more": _("くっきり"),
}
# Where the main menu leads: address name, words, icon.
_MENU: tuple[tuple[str, Promise, str], ...] = (
    ("opac:search", _("さがす"), "search"),
    ("opac:hours", pgettext_lazy("menu", "開館日"), "calendar"),
    ("opac:events", _("行事"), "calendar"),
    ("kids:home", _("こども"), "child"),
    ("opac:help", _("使い方"), "question"),
    ("my:loans", _("マイページ"), "person"),
)


# The foot of every page: (heading, (address name, place on that page, words)…).
_FOOT: tuple[tuple[Promise, tuple[tuple[str, str, Promise], ...]], ...] = (
    (
        _("図書館"),
        (
            ("opac:hours", "", _("開館日のカレンダー")),
            ("opac:bookmobile", "", _("移動図書館")),
            ("opac:events", "", _("行事")),
            ("opac:all-news", "", _("お知らせ")),
        ),
    ),
    (
        _("本をさがす"),
        (
            ("opac:search", "", _("さがす")),
            ("opac:lists", "", _("特集")),
            ("opac:classes", "", _("棚からさがす")),
            ("kids:home", "", _("こどものページ")),
        ),
    ),
    (
        _("使う"),
        (
            ("opac:help", "", _("使い方")),
            ("join:form", "", _("利用カードを作る")),
            ("my:loans", "", _("マイページ")),
        ),
    ),
    (
        _("やくそく"),
        (
            ("opac:help", "#promise", _("返したら消える")),
            ("opac:accessibility", "", _("アクセシビリティ方針と試験結果")),
        ),
    ),
)


@dataclass(frozen=True)
class MenuItem:
    href: str
    words: Promise
    icon: str
    current: bool


@dataclass(frozen=True)
class House:
    name: str
    colour: str
    colours: dict[str, Promise]
    menu: tuple[MenuItem, ...]
    practice: bool
    """A library to practise in: every page says so."""
    ruby: bool
    era: bool
    here: str
    """The page to come back to after choosing colours or language."""

    @property
    def foot(self) -> list[tuple[Promise, list[tuple[str, Promise]]]]:
        """Headings with (address, words) below; a door that is not mounted is not shown."""
        found = [
            (heading, [(href + part, words) for name, part, words in ways if (href := _mounted(name))])
            for heading, ways in _FOOT
        ]
        return [(heading, ways) for heading, ways in found if ways]

    @property
    def languages(self) -> list[tuple[str, str]]:
        """Each by its own name."""
        return [(code, str(name)) for code, name in settings.LANGUAGES]

    @property
    def lang(self) -> str:
        """For the page's lang attribute: easy Japanese is Japanese to a voice."""
        return (get_language() or "ja").removesuffix("-easy")

    @property
    def colour_words(self) -> Promise:
        return self.colours[self.colour]

    @property
    def theme(self) -> str:
        return self.colour if self.colour in {"light", "dark"} else ""


def house(request: HttpRequest) -> dict[str, object]:
    chosen = request.COOKIES.get(COLOUR_COOKIE, "auto")
    return {
        "house": House(
            name=settings.LIBRARY_NAME if in_japanese() else settings.LIBRARY_NAME_EN,
            colour=chosen if chosen in COLOURS else "auto",
            colours=COLOURS,
            menu=tuple(_menu(request.path)),
            practice=settings.PRACTICE,
            ruby=request.COOKIES.get(RUBY_COOKIE) == ON,
            era=request.COOKIES.get(ERA_COOKIE) == ON,
            here=_here(request),
        )
    }


def _here(request: HttpRequest) -> str:
    """This page; or, when it is the answer to a form and cannot be asked for, the one that the form stood on."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    before = urlsplit(request.headers.get("Referer", ""))
    if before.netloc != request.get_host():
        return "/"
    return f"{before.path}?{before.query}" if before.query else before.path


def _menu(path: str) -> list[MenuItem]:
    """The doors that are open in this installation: a door that is not mounted is not shown."""
    return [
        MenuItem(href=href, words=words, icon=icon, current=path == href)
        for name, words, icon in _MENU
        if (href := _mounted(name))
    ]


def _mounted(name: str) -> str:
    """The address; empty when this installation has no such door."""
    try:
        return address(name)
    except NoReverseMatch:
        return ""
