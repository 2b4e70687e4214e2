"""Why an objection was passed over, or a hold taken back: the choices that staff are given, and their words."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from fumikura.kernel.refusals import Reason, Refused

WHY_OVERRIDDEN = {
    "agreed": _("ご本人と相談した"),
    "our-mistake": _("図書館側のまちがい"),
    "urgent": _("急ぐわけがある"),
    "instructed": _("責任者の指示"),
    "other": _("そのほか"),
}
WHY_CANCELLED = {
    "not-to-be-had": _("手に入らない"),
    "withdrawn": _("資料を除籍した"),
    "by-mistake": _("まちがえて受けた"),
}
"""Why the library takes a hold back that nobody asked it to."""

USUAL_WHY = "agreed"
"""What stands in the form at first: a counter with a queue need only say otherwise."""


def says_why(why: str, words: str) -> bool:
    """Whether somebody who passes over objections has said why: a choice, and words where it is another one."""
    return why in WHY_OVERRIDDEN and (why != "other" or bool(words.strip()))


def need_a_reason(overriding: Collection[str], why: str, words: str) -> None:
    """Whoever passes over an objection says why. Refused("override-without-reason")."""
    if overriding and not says_why(why, words):
        raise Refused(Reason("override-without-reason"))


def why_of(code: str) -> str:
    """The choice in words; of one that is no longer offered the code."""
    return str(WHY_OVERRIDDEN.get(code, code))
