"""使い方."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

_LABEL = "913.6/ナ/1"


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "opac/help.html", {"tips": _tips(), "label": _LABEL})


def _tips() -> list[dict[str, str | tuple[str, ...]]]:
    """Ways of asking, each with what to type; the examples stay Japanese, like the catalogue."""
    in_fields = (
        f"{_('著者:')}漱石",
        f"{_('書名:')}心",
        f"{_('件名:')}鉄道",
        f"{_('シリーズ:')}岩波文庫",
        f"{_('内容:')}羅生門",
        f"{_('分類:')}913",
        f"{_('年:')}1990-2000",
    )
    return [
        {"words": _("ことばを並べると、すべてを含むものをさがします。"), "examples": ("夏目漱石 こころ",)},
        {
            "words": _("ひらがな、カタカナ、ローマ字、旧字、新字のどれで書いても同じです。"),
            "examples": ("そうせき", "souseki", "電子圖書舘"),
        },
        {"words": _("引用符で囲むと、その続きのままさがします。"), "examples": ('"吾輩は 猫"',)},
        {"words": _("前に - を付けたことばは、含まないものをさがします。"), "examples": ("こころ -映画",)},
        {"words": _("ところの名前と : を付けると、そこだけをさがします。"), "examples": in_fields},
        {
            "words": _("「または」か OR で、どちらかを。かっこで、ひとまとまりに。"),
            "examples": ("(雪国 OR 伊豆) 川端", "猫 または 犬"),
        },
        {
            "words": _("ことば、種類、だれのための本かでも、しぼれます。"),
            "examples": (f"{_('言語:')}英語", f"{_('種類:')}絵本", f"{_('対象:')}子ども"),
        },
        {
            "words": _("年か、年から年までを書き添えると、その間に出た本をさがします。"),
            "examples": ("鉄道 1990-2000", "桜 2015"),
        },
        {
            "words": _("書誌や引用をそのまま貼っても、さがせます。"),
            "examples": ("夏目漱石『こころ』岩波文庫、1989年",),
        },
        {
            "words": _("ISBN は、ハイフンがあってもなくても、10けたでも13けたでもさがせます。"),
            "examples": ("978-4-10-101013-7",),
        },
    ]
