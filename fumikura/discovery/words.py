"""Words for what discovery answers in codes."""

from django.utils.translation import gettext as _

from fumikura.discovery.answers import Why


def why_words(why: Why) -> str:
    """How the hit was found, when that is not plain to see; else nothing."""
    return {
        "exact": "",
        "kana": "",
        "reading": _("読みが一致"),
        "old-form": _("旧字体で一致"),
        "variant": _("異体字で一致"),
        "sound": _("音が一致"),
        "other": _("目次・注記などに一致"),
    }[why]
