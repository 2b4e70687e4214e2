"""What another service may ask a reader for, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SCOPE_WORDS: Mapping[str, Promise] = {
    "openid": _("この図書館の利用者であること（お名前ではなく、そのサービスだけの符号）"),
    "eligibility": _("市内にお住まいか、年齢の幅（18〜64など）、カードが有効か"),
    "loans.read": _("いま借りている本の一覧"),
    "loans.renew": _("借りている本を延長すること"),
    "holds.read": _("いま予約している本の一覧"),
    "holds.change": _("予約すること、取り消すこと"),
}
