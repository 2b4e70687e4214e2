"""What stands in the journal about a reader, told to that reader."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_HAPPENINGS: dict[str, Promise] = {
    "patrons.patron-registered": _("登録しました"),
    "patrons.patron-changed": _("登録の内容を直しました"),
    "patrons.patron-viewed": _("職員が、ご住所などの内容を見ました"),
    "patrons.card-issued": _("カードを渡しました"),
    "patrons.card-renewed": _("カードの期限を延ばしました"),
    "patrons.card-stopped": _("カードを止めました"),
    "patrons.patron-blocked": _("貸出停止にしました"),
    "patrons.patron-unblocked": _("貸出停止を解きました"),
    "patrons.patron-merged": _("二重の登録を1つにまとめました"),
    "patrons.password-set": _("パスワードを変えました"),
    "patrons.passkey-added": _("パスキーを加えました"),
    "patrons.passkey-removed": _("パスキーを消しました"),
    "patrons.patron-sessions-ended": _("ほかの端末からログアウトしました"),
    "patrons.application-made": _("申し込みを受けました"),
    "patrons.application-settled": _("申し込みを済ませました"),
    "patrons.proxy-named": _("代理を頼みました"),
    "patrons.proxy-ended": _("代理をやめました"),
    "patrons.permit-given": _("ほかのサービスに許しました"),
    "patrons.permit-withdrawn": _("ほかのサービスへの許しを取り消しました"),
    "patrons.own-data-fetched": _("記録の写しを受け取りました"),
    "patrons.calendar-feed-made": _("カレンダーのアドレスをつくりました"),
    "patrons.calendar-feed-revoked": _("カレンダーのアドレスを消しました"),
    "patrons.shelf-opened": _("マイ本棚を始めました"),
    "patrons.shelf-erased": _("マイ本棚を消しました"),
    "discovery.list-offered": _("リストを、みなさんに見せるために出しました"),
    "discovery.offer-taken-back": _("みなさんに見せるリストを取り下げました"),
    "acquisitions.suggestion-made": _("リクエストを受けました"),
    "acquisitions.suggestion-decided": _("リクエストにお返事しました"),
    "acquisitions.suggestion-withdrawn": _("リクエストを取り下げました"),
    "circulation.loan-made": _("本を借りました（返すと、あなたとの結びつきが消えます）"),
    "circulation.loan-renewed": _("本を延長しました（返すと、あなたとの結びつきが消えます）"),
    "circulation.overdue-reminded": _("返す日が過ぎたことをお知らせしました"),
    "circulation.hold-placed": _("予約を受けました"),
    "circulation.hold-ready": _("予約の本を取り置きました"),
    "circulation.hold-cancelled": _("予約を取りやめました"),
    "circulation.hold-restored": _("予約を元にもどしました"),
    "circulation.hold-suspended": _("予約を休ませました"),
    "circulation.pickup-changed": _("受け取る館を変えました"),
    "circulation.hold-term-set": _("予約がいつまでに要るかを決めました"),
    "circulation.hold-shelf-extended": _("取り置きの期限を延ばしました"),
    "circulation.hold-expired": _("取り置きの期限が過ぎました"),
    "circulation.hold-lapsed": _("予約が期限で終わりました"),
}


def in_words(event: str) -> str:
    """By the name of the event; what only a later program writes is said to be there."""
    return str(_HAPPENINGS.get(event) or gettext("そのほかの記録"))
