"""Why a sign-in was refused, in words. The person at this door is not the one who scans, so a few sentences are its own."""

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused


@dataclass(frozen=True)
class Said:
    code: str
    sentence: str
    way_out: str


def words_for(refused: Refused) -> list[Said]:
    """Every reason with its way out, in the language of the page."""
    return [_said(reason) for reason in refused.reasons]


def words_for_staff(refused: Refused) -> list[Said]:
    """The same for those who work here: whoever is shut out is let in by a manager, not at a counter."""
    return [_said_to_staff(reason) for reason in refused.reasons]


def _said_to_staff(reason: Reason) -> Said:
    if reason.kind == "sign-in-failed":
        return Said(
            reason.code,
            _("職員IDとパスワードの組み合わせが合いません。"),
            _(
                "大文字と小文字を見くらべてください。パスワードを忘れたときは、職員を管理する人に作り直してもらってください。"
            ),
        )
    if reason.kind != "sign-in-locked":
        return _said(reason)
    told = _(
        "あと{minutes}分ほどで、またためせます。お急ぎのときは、職員を管理する人が「ログインのきまり」で、いますぐ開けられます。"
    )
    sentence, _way_out = words(reason, get_language() or "ja")
    return Said(reason.code, sentence, told.format(minutes=reason.facts()["minutes"]))


def _said(reason: Reason) -> Said:
    if reason.kind == "card-stopped":
        return Said(
            reason.code,
            _("このカードは止められています。"),
            _("新しいカードがあれば、その番号で入れます。見つかったときは、カウンターへお持ちください。"),
        )
    return Said(reason.code, *words(reason, get_language() or "ja"))
