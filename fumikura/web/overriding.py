"""Why an objection was passed over: the choices that staff are given, and their words."""

from django.utils.translation import gettext_lazy as _

WHY_OVERRIDDEN = {
    "agreed": _("ご本人と相談した"),
    "our-mistake": _("図書館側のまちがい"),
    "urgent": _("急ぐわけがある"),
    "instructed": _("責任者の指示"),
    "other": _("そのほか"),
}


def why_of(code: str) -> str:
    """The choice in words; of one that is no longer offered the code."""
    return str(WHY_OVERRIDDEN.get(code, code))
