"""The pages of staff, by door: address name, words, and the permission that opens it ("" = anybody who works here)."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Ways = tuple[tuple[str, Promise, str], ...]

DESK: Ways = (
    ("desk:lend", _("貸出"), "circulation.check-out"),
    ("desk:take-back", _("返却"), "circulation.check-in"),
    ("desk:holds", _("予約"), "circulation.place-hold"),
    ("desk:patrons", _("利用者"), "patrons.view"),
    ("desk:items", _("資料"), ""),
    ("desk:picking", _("棚から取る"), "circulation.pick"),
    ("desk:hold-shelf", _("取置の棚"), ""),
    ("desk:terminal", _("ターミナル"), ""),
    ("desk:transits", _("回送"), ""),
    ("desk:crates", _("コンテナ"), ""),
    ("desk:runs", _("便"), ""),
    ("desk:applications", _("申込み"), "patrons.register"),
    ("desk:overdue", _("期限すぎ"), ""),
    ("desk:reminders", _("督促"), "circulation.remind"),
    ("desk:late-returns", _("さかのぼって返却"), "circulation.check-in"),
    ("desk:requests", _("購入希望"), "acquisitions.suggest"),
    ("desk:locker", _("予約ロッカー"), "circulation.fill-locker"),
    ("desk:sets", _("組・学級セット"), ""),
    ("desk:stocktakes", _("蔵書点検"), ""),
    ("desk:tagging", _("ICタグ貼り"), "holdings.tag"),
    ("desk:offline-conflicts", _("オフライン"), "circulation.replay-offline"),
)
OFFICE_GROUPS: tuple[tuple[Promise, Ways], ...] = (
    (
        _("目録と資料"),
        (
            ("office:imports", _("書誌の取り込み"), "catalogue.import"),
            ("office:find", _("資料の登録"), "holdings.add-item"),
            ("cataloguing:home", _("目録"), "catalogue.save"),
            ("office:authorities", _("典拠（人・団体・件名）"), "catalogue.change-authority"),
            ("office:duplicates", _("重複の候補"), "catalogue.merge"),
            ("office:sources", _("よその機関の書誌"), "harvest.set-sources"),
            ("office:suggestions", _("購入の希望"), "acquisitions.decide"),
            ("office:withdrawals", _("除籍とリサイクル市"), "stocktake.propose"),
        ),
    ),
    (
        _("利用者に見せるもの"),
        (
            ("office:messages", _("お知らせの文面"), "notices.change-wording"),
            ("office:announcements", _("お知らせ"), "programmes.announce"),
            ("office:programmes", _("行事"), "programmes.announce"),
            ("office:lists", _("特集のリスト"), "discovery.keep-lists"),
            ("office:floors", _("棚の地図"), "holdings.draw-floors"),
            ("office:map", _("市の地図"), "organisation.configure"),
        ),
    ),
    (
        _("館と便"),
        (
            ("office:sites", _("館と開館日"), "organisation.change-calendar"),
            ("office:emergencies", _("緊急の休館と期限"), "circulation.close-site"),
            ("office:routes", _("便の道筋"), "circulation.set-route"),
            ("office:rotations", _("巡回文庫"), "circulation.set-route"),
            ("office:return-places", _("返却館の指定"), "holdings.change-item"),
        ),
    ),
    (
        _("規則と記録"),
        (
            ("office:policies", _("貸出の規則"), "circulation.set-rules"),
            ("office:activity", _("変更の記録"), "organisation.grant-role"),
            ("office:retention", _("保存期間と閲覧の記録"), "patrons.see-views"),
        ),
    ),
    (
        _("人と権限"),
        (
            ("office:people", _("職員と役割"), "organisation.grant-role"),
            ("office:rights", _("権限の表"), "organisation.grant-role"),
            ("office:sessions", _("ログインのきまり"), "organisation.grant-role"),
            ("office:glass", _("緊急の権限"), "organisation.break-glass"),
        ),
    ),
    (
        _("端末と連携"),
        (
            ("office:terminals", _("端末"), "organisation.configure"),
            ("terminal-practice", _("端末の練習"), "circulation.check-in"),
            ("office:tag-layouts", _("ICタグのレイアウト"), "organisation.configure"),
            ("office:hooks", _("変化を知らせる先"), "webhooks.set"),
            ("office:partners", _("連携サービス"), "organisation.issue-api-token"),
        ),
    ),
)
OFFICE: Ways = tuple(way for _heading, ways in OFFICE_GROUPS for way in ways)
CATALOGUING: Ways = (
    ("cataloguing:home", _("書誌"), "catalogue.save"),
    ("cataloguing:copy", _("ほかの図書館から写す"), "catalogue.save"),
    ("cataloguing:batch", _("まとめて直す"), "catalogue.edit-many"),
    ("cataloguing:readings", _("よみの下書き"), "catalogue.confirm-readings"),
    ("cataloguing:labels", _("ラベル"), "holdings.add-item"),
    ("cataloguing:call-numbers", _("請求記号のきまり"), "holdings.set-call-numbers"),
    ("cataloguing:targets", _("問い合わせ先"), "discovery.set-targets"),
)
