"""Words for what ties a person to the city: the same in the office and on the public page."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TIES: Mapping[str, Promise] = {
    "born": _("生まれたところ"),
    "lived": _("暮らしたところ"),
    "studied": _("学んだところ"),
    "worked": _("働いたところ"),
    "wrote-about": _("作品の舞台・題材"),
    "stayed": _("滞在したところ"),
    "buried": _("お墓"),
    "other": _("そのほかのつながり"),
}
"""By LocalTie.kind, in the order in which they are offered."""
