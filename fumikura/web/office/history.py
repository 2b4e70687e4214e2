"""Who changed the rules, and when: read from the journal."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from fumikura.journal.models import Entry
from fumikura.organisation.queries import staff_names
from fumikura.web.design.days import day

LISTED = 30
EVENTS = ("circulation.policy-set-saved", "circulation.policy-set-withdrawn", "circulation.policy-draft-changed")


@dataclass(frozen=True, kw_only=True)
class Line:
    at: datetime
    day: str
    who: str
    what: str


def history_of_rules(subject: str = "") -> list[Line]:
    """The latest first; of one draft or version when `subject` is given."""
    rows = Entry.objects.filter(event__in=EVENTS)
    if subject:
        rows = rows.filter(subject=subject)
    entries = list(rows.order_by("-happened_at", "-pk")[:LISTED])
    names = staff_names({entry.actor for entry in entries})
    return [
        Line(
            at=entry.happened_at,
            day=day(timezone.localdate(entry.happened_at)),
            who=names.get(entry.actor, _("システム")),
            what=_words(entry),
        )
        for entry in entries
    ]


def _words(entry: Entry) -> str:
    told = entry.particulars
    if entry.event == "circulation.policy-set-saved":
        return _("版{version}を公開しました。").format(version=told["version"])
    if entry.event == "circulation.policy-set-withdrawn":
        return _("版{version}の公開を取り消しました。").format(version=told["version"])
    return draft_words(str(told["what"]), str(told.get("rule", ""))) or _("下書きを変えました。")


def draft_words(what: str, rule: str) -> str:
    """What was done to a draft, as a sentence; empty when it is nothing that we know."""
    sentences = {
        "begun": _("下書きを作りました。"),
        "renamed": _("名前とはじまる日を変えました。"),
        "rule-added": _("規則「{rule}」を加えました。"),
        "rule-changed": _("規則「{rule}」を変えました。"),
        "rule-removed": _("規則「{rule}」を外しました。"),
        "counter-added": _("数え方「{rule}」を加えました。"),
        "counter-changed": _("数え方「{rule}」を変えました。"),
        "counter-removed": _("数え方「{rule}」を、その上限といっしょに外しました。"),
        "discarded": _("下書きをしまいました。"),
        "reopened": _("下書きをもう一度開きました。"),
        "withdrawn": _("公開を取り消して、下書きにもどしました。"),
        "published": _("下書きを公開しました。"),
    }
    return sentences.get(what, "").format(rule=rule)
