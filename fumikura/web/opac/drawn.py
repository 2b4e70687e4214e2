"""The hits of a result page as HTML, written in Python: twenty stand on a page, and as a template they took half of its time.

All else of the page is template. A hit has one shape and few words, and all that it says is known here already.
"""

from collections.abc import Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fumikura.web.design.markup import around, filled, together
from fumikura.web.design.templatetags.addresses import address
from fumikura.web.design.templatetags.design import ui
from fumikura.web.opac.hits import ShownHit
from fumikura.web.opac.institutions import Origin
from fumikura.web.opac.wishing import Wishing


def drawn(hits: Sequence[ShownHit], wishing: Wishing | None) -> SafeString:
    """The items of the list. `wishing`: None for whoever is not signed in; to hold something they sign in first."""
    draw = _Drawing(wishing)
    return together([draw.hit(hit) for hit in hits])


class _Drawing:
    """What the hits of one page have in common is looked up once: words in the reader's language, addresses."""

    def __init__(self, wishing: Wishing | None) -> None:
        self._wishing = wishing
        self._put, self._there = _("読みたい本に入れる"), _("読みたい本に入っています")
        self._carry, self._wishes = address("opac:carry"), address("my:wishes")
        self._hold, self._sign_in = _("予約する"), address("entrance:sign-in")
        self._another = _("ほかの版を予約する")
        self._why, self._year = _("見つかった理由："), _("%(year)s年")

    def hit(self, hit: ShownHit) -> SafeString:
        record = hit.record
        year = self._year % {"year": record.year} if record.year else ""
        return filled(
            '<li class="hit" id="b{pk}"><a href="{href}" tabindex="-1" aria-hidden="true">{cover}</a><div>\n'
            '<h2 class="hit__title"><a href="{href}">{title}{volume}</a></h2>\n{romaji}'
            '<p class="hit__by">{by}{publisher}{year}{kind}</p>\n'
            '{why}<div class="hit__foot"><p class="hit__state">{state}</p><p class="carry">{hold}{carry}</p></div>{editions}'
            "</div></li>",
            pk=record.pk,
            href=hit.href,
            cover=ui("cover", title=record.title, creator=hit.creator, ndc=record.ndc, kind=record.kind),
            title=hit.title,
            volume=around(record.volume, ' <span class="num">{}</span>'),
            romaji=around(hit.romaji, '<p class="hit__romaji" lang="ja-Latn">{}</p>\n'),
            by=around(hit.by, "<span>{}</span> "),
            publisher=around(record.publisher, "<span>{}</span> "),
            year=around(year, '<span class="num">{}</span>'),
            kind=around(hit.kind and ui("tag", label=hit.kind), " {}"),
            why=around(hit.why, '<p class="hit__why"><span class="faint">{words}</span>{}</p>\n', words=self._why),
            state=_state(hit),
            hold=self._to_hold(hit) if hit.may_be_held else self._to_hold_another(hit) if hit.held_instead else "",
            carry=self._to_read(record.pk, record.title),
            editions=_editions(hit) if hit.others else "",
        )

    def _to_hold(self, hit: ShownHit) -> SafeString:
        """予約する in one tap, collected at the usual library; whoever is not signed in comes to the form of the title."""
        if self._wishing is None:
            form = '<a class="btn btn--sm" href="{sign_in}?next={back}%23get" rel="nofollow">{hold}<span class="vh">：{title}</span></a> '
            return filled(form, sign_in=self._sign_in, back=hit.href, hold=self._hold, title=hit.record.title)
        form = (
            '<button class="btn btn--sm" form="hold" name="record" value="{pk}">'
            '{hold}<span class="vh">：{title}</span></button> '
        )
        return filled(form, pk=hit.record.pk, hold=self._hold, title=hit.record.title)

    def _to_hold_another(self, hit: ShownHit) -> SafeString:
        """Which edition it is, and how long one waits for it, is seen before it is held."""
        form = '<a class="btn btn--sm" href="{href}#get" rel="nofollow">{another}<span class="vh">：{title}</span></a> '
        return filled(form, href=hit.held_instead, another=self._another, title=hit.record.title)

    def _to_read(self, pk: int, title: str) -> SafeString:
        """読みたい本: on the list of whoever is signed in, else on that of the browser."""
        if self._wishing is None:
            form = (
                '<a class="btn btn--sm btn--quiet" href="{carry}" rel="nofollow" data-carry="{pk}">'
                '<span data-words>{put}</span><span class="vh">：{title}</span></a>'
            )
            return filled(form, carry=self._carry, pk=pk, put=self._put, title=title)
        if pk in self._wishing.there:
            form = '<a class="small" href="{wishes}">✓ {there}<span class="vh">：{title}</span></a>'
            return filled(form, wishes=self._wishes, there=self._there, title=title)
        form = (
            '<button class="btn btn--sm btn--quiet" form="wish" name="record" value="{pk}">'
            '<span>{put}</span><span class="vh">：{title}</span></button>'
        )
        return filled(form, pk=pk, put=self._put, title=title)


def _state(hit: ShownHit) -> SafeString:
    if hit.origin:
        where = _elsewhere(hit.origin, hit.record.title)
    else:
        where = ui("avail", kind=hit.standing.kind, label=hit.standing.words)
    return together([where, around(hit.standing.figures, '<span class="soft num">{}</span>')])


def _elsewhere(origin: Origin, title: str) -> SafeString:
    tag = ui("tag", label=origin.name)
    if not origin.link:
        return filled('{} <span class="soft">{}</span>', tag, _("この機関が持っています"))
    form = '{} <a href="{}" rel="external noopener">{}<span class="vh">：{}</span></a>'
    return filled(form, tag, origin.link, _("持っている機関のページ"), title)


def _editions(hit: ShownHit) -> SafeString:
    """The way to the other editions and volumes that were found."""
    others = ngettext("ほかの版・巻 %(counter)s", "ほかの版・巻 %(counter)s", hit.others) % {"counter": hit.others}
    now = ngettext("うち%(counter)sつは棚にあります", "うち%(counter)sつは棚にあります", hit.others_in)
    in_now = now % {"counter": hit.others_in} if hit.others_in else ""
    return filled(
        '<p class="hit__editions"><a href="{}" rel="nofollow">{}</a>{}</p>',
        hit.editions,
        others,
        around(in_now, ' <span class="soft small">{}</span>'),
    )
