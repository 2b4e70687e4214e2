"""ICタグのレイアウト: which are read here, a new one checked line by line and tried on a tag before it is kept."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fumikura.holdings.queries import tagging_progress
from fumikura.holdings.services.layouts import RIGHT, drop_layout, keep_layout
from fumikura.holdings.tag_layouts import LARGEST_FILE, checked, faulty_files, layouts_by_file, words_of
from fumikura.kernel.tags import Layout, Tag, UnreadableTag, read_tag
from fumikura.kernel.tags.descriptions import WrongDescription
from fumikura.web.asked_once import begins
from fumikura.web.office.frame import name_of, office
from fumikura.web.visitors import for_staff, typed, visitor


@dataclass(frozen=True)
class Tried:
    """What a tag says, or why it cannot be read."""

    tag: Tag | None
    why: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
def tag_layouts(request: HttpRequest) -> HttpResponse:
    """A POST checks what was typed or sent as a file, tries it on a tag, keeps it, or drops one that is here."""
    if request.method != "POST":
        return _page(request)
    by, at = visitor(request).staff_actor(via="office"), timezone.now()
    if ("keep" in request.POST or "drop" in request.POST) and not begins(request, door="office"):
        return HttpResponseRedirect(reverse("office:tag-layouts"))
    text = ""
    try:
        if name := typed(request.POST, "drop", 60):
            # What was dropped stands in the form, to be kept again.
            text = drop_layout(name, by=by, at=at)
            return _page(request, text=text, dropped=name if text else "")
        text = _text(request)
        if "keep" in request.POST:
            kept = keep_layout(text, by=by, at=at)
            return HttpResponseRedirect(f"{reverse('office:tag-layouts')}?{urlencode({'kept': kept.name})}")
        layout = checked(text) if text.strip() else None
    except WrongDescription as wrong:
        return _page(request, text=text, wrong=words_of(wrong), status=422)
    except UnicodeDecodeError:
        return _page(
            request, wrong=_("UTF-8 の文字ではありません。UTF-8 で保存しなおして、もう一度送ってください。"), status=422
        )
    except OSError:
        told = _(
            "サーバーがフォルダーに書けません。担当者に、TAG_LAYOUTS のフォルダーに書けるようにしてもらってください。"
        )
        return _page(request, text=text, wrong=told, status=503)
    return _page(request, text=text, sound=layout, tried=_tried(request, layout))


def _text(request: HttpRequest) -> str:
    """The file that was sent, or what stands in the form. Raises UnicodeDecodeError."""
    sent = request.FILES.get("file")
    if sent is not None:
        raw = sent.read(LARGEST_FILE + 1)
        return str(raw, "utf-8-sig", "replace" if len(raw) > LARGEST_FILE else "strict")
    return request.POST.get("text", "")[: LARGEST_FILE + 1].replace("\r\n", "\n")


def _tried(request: HttpRequest, layout: Layout | None) -> Tried | None:
    """A tag is read by every layout that is here, and by the one in the form."""
    memory, dsfid = typed(request.POST, "memory", 4_000), typed(request.POST, "dsfid", 4)
    if not memory:
        return None
    others = [other for _file, other in layouts_by_file() if layout is None or other.name != layout.name]
    try:
        image, mark = bytes.fromhex(memory), int(dsfid, 16) if dsfid else None
    except ValueError:
        return Tried(None, _("メモリーとDSFIDは16進で書いてください（4D5A01…）。"))
    try:
        return Tried(read_tag(image, mark, [*([layout] if layout else []), *others]))
    except UnreadableTag as unreadable:
        why = {
            "short": _("バイトが足りません。リーダーが読んだメモリーを全部書いてください。"),
            "checksum": _("検査の値が合いません。読みちがいか、check の書き方のちがいです。"),
            "encoding": _("文字や数字になりません。encoding を確かめてください。"),
        }
        return Tried(None, why.get(unreadable.why, _("知っているレイアウトではありません。")))


def _page(
    request: HttpRequest,
    *,
    text: str = "",
    wrong: str = "",
    sound: Layout | None = None,
    tried: Tried | None = None,
    dropped: str = "",
    status: int = 200,
) -> HttpResponse:
    sites: dict[str, int] = {}
    for row in tagging_progress():
        if row.tagged:
            sites[name_of(row.facility)] = sites.get(name_of(row.facility), 0) + row.tagged
    page: dict[str, object] = {
        "layouts": [layout for _file, layout in layouts_by_file()],
        "faulty": [one.words for one in faulty_files()],
        "sites": list(sites.items()),
        "text": text,
        "wrong": wrong,
        "sound": sound,
        "tried": tried,
        "dropped": dropped,
        "kept": typed(request.GET, "kept", 60),
        "memory": typed(request.POST, "memory", 4_000),
        "dsfid": typed(request.POST, "dsfid", 4),
    }
    return office(request, "tag_layouts", page, status=status)
