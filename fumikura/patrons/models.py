"""Patrons and their cards."""

import secrets

from django.db import models
from django.db.models import Q

from fumikura.organisation.models import Agency, Facility


def new_key() -> str:
    """A random patron key: 22 URL-safe characters, says nothing about the person."""
    return secrets.token_urlsafe(16)


class Category(models.Model):
    """利用者区分, in a tree (a child is a person, a class is a group)."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=40, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    card_years = models.PositiveSmallIntegerField(default=3)
    """How long a card of this category is good."""

    def __str__(self) -> str:
        return self.code


class Patron(models.Model):
    """利用者. Other rooms know a patron by `key` and by the coarse facts in patrons.queries, never by name."""

    class Residency(models.TextChoices):
        RESIDENT = "resident", "在住"
        WORKS = "works", "在勤"
        STUDIES = "studies", "在学"
        NEIGHBOUR = "neighbour", "広域協定"
        GROUP = "group", "団体"

    key = models.CharField(max_length=40, unique=True, default=new_key)
    name = models.CharField(max_length=100)
    reading = models.CharField(max_length=100, blank=True)
    sort_key = models.CharField(max_length=100, blank=True, db_index=True)
    """The folded reading: 五十音 order and finding by kana."""
    name_key = models.CharField(max_length=100, blank=True, db_index=True)
    """The folded name without spaces: finding 渡邊 by 渡辺."""
    born_on = models.DateField(null=True, blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT)
    residency = models.CharField(max_length=10, choices=Residency.choices, default=Residency.RESIDENT)
    home = models.ForeignKey(Facility, on_delete=models.PROTECT)
    postcode = models.CharField(max_length=8, blank=True)
    address = models.CharField(max_length=200, blank=True)
    district = models.CharField(max_length=40, blank=True)
    """町丁, coarse enough for statistics."""
    phone = models.CharField(max_length=20, blank=True)
    phone_key = models.CharField(max_length=20, blank=True)
    """Its digits, for finding."""
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=10, default="ja")
    note = models.TextField(blank=True)
    keeps_shelf = models.BooleanField(default=False)
    """マイ本棚: what this patron borrows is sealed for the patron's eyes when it comes back."""
    guardian = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="wards")
    services = models.JSONField(default=list)
    """Codes of the services that this reader uses (accessible, home-delivery, school, institution); rules may ask for them."""
    consents = models.JSONField(default=list)
    """Kinds of material (codes) to which the guardian has agreed."""
    password = models.CharField(max_length=200, blank=True)
    registered_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """The record that lives on, when two records of one person were joined. The old card leads there."""

    def __str__(self) -> str:
        return self.key


class Card(models.Model):
    """利用カード. A patron has at most one that is not stopped."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    patron = models.ForeignKey(Patron, on_delete=models.PROTECT, related_name="cards")
    number = models.CharField(max_length=30)
    issued_on = models.DateField()
    expires_on = models.DateField()
    """The last day on which it is good."""
    stopped_at = models.DateTimeField(null=True, blank=True)
    stop_reason = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="one_card_per_number"),
            models.UniqueConstraint(fields=["patron"], condition=Q(stopped_at=None), name="one_valid_card_per_patron"),
        ]
        indexes = [models.Index(fields=["number"], name="card_number")]

    def __str__(self) -> str:
        return f"card {self.pk}"


class Block(models.Model):
    """貸出停止: from a day through a day; open while `lifted_at` is null and the last day has not passed."""

    patron = models.ForeignKey(Patron, on_delete=models.PROTECT, related_name="blocks")
    reason = models.CharField(max_length=30)
    note = models.CharField(max_length=200, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"block {self.pk}"


class PatronMerge(models.Model):
    """登録の統合: what the record that went was before, so that it can be taken back; kept for a few weeks only."""

    old = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="+")
    into = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="+")
    merged_at = models.DateTimeField()
    before = models.JSONField(default=dict)
    """The fields of the old record, and row numbers of the blocks and wards that moved. Emptied when it is over."""
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"patron merge {self.pk}"


class Proxy(models.Model):
    """代理人: a caregiver who may see and renew the loans of somebody else, and collect for them."""

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="proxies")
    helper = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="helps")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patron", "helper"], condition=Q(ended_at=None), name="helps_once"),
        ]

    def __str__(self) -> str:
        return f"proxy {self.pk}"


class Application(models.Model):
    """申込み: what somebody wrote on the telephone before the desk has seen a document. Emptied when it is settled."""

    class Kind(models.TextChoices):
        NEW = "new", "利用登録"
        CHANGE = "change", "住所などの変更"
        RENEWAL = "renewal", "カードの更新"

    code = models.CharField(max_length=12, unique=True)
    """What the QR says; eight random letters and figures."""
    kind = models.CharField(max_length=10, choices=Kind.choices)
    patron = models.ForeignKey(Patron, null=True, blank=True, on_delete=models.CASCADE, related_name="applications")
    answers = models.JSONField(default=dict)
    applied_at = models.DateTimeField()
    ends_on = models.DateField(db_index=True)
    """The last day on which a desk can take it up; then it is deleted."""
    settled_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"application {self.pk}"


class Postcode(models.Model):
    """郵便番号 and the address it stands for, from a file that the library loads."""

    number = models.CharField(max_length=7, db_index=True)
    address = models.CharField(max_length=120)
    district = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number", "address"], name="a_postcode_says_it_once")]

    def __str__(self) -> str:
        return self.number


class CalendarFeed(models.Model):
    """返す日の暦: the secret address under which a patron's calendar reads due dates. Only its digest is kept."""

    patron = models.OneToOneField(Patron, on_delete=models.CASCADE, related_name="calendar_feed")
    digest = models.CharField(max_length=64, unique=True)
    with_titles = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"calendar feed {self.pk}"


class ContactPoint(models.Model):
    """届け先: where a patron is reached beside mail and telephone: a friend at LINE, or a browser that shows notices."""

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="contact_points")
    way = models.CharField(max_length=10)
    """line or push."""
    address = models.TextField(blank=True)
    """Empty while a code was given to the patron and has not come back from LINE."""
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the address, or of the code."""
    keys = models.JSONField(default=dict)
    """Of a browser: p256dh and auth (RFC 8291)."""
    name = models.CharField(max_length=80, blank=True)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"contact point {self.pk}"


class Shelf(models.Model):
    """マイ本棚: a patron's own reading history, sealed. Anybody can put in, only the pass phrase opens.

    `sealed` is one list in one row, so that no order of rows tells whose return came when.
    """

    patron = models.OneToOneField(Patron, on_delete=models.CASCADE, related_name="shelf")
    public_key = models.CharField(max_length=64)
    locked_key = models.CharField(max_length=200)
    """The private key, locked with what the pass phrase gives; the pass phrase is nowhere."""
    salt = models.CharField(max_length=64)
    sealed = models.JSONField(default=list)
    opened_on = models.DateField()

    def __str__(self) -> str:
        return f"shelf {self.pk}"


class Passkey(models.Model):
    """パスキー: with it a patron signs in without card and password."""

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=60)
    credential = models.CharField(max_length=700, unique=True)
    """Its id, base64url."""
    public_key = models.TextField()
    counter = models.BigIntegerField(default=0)
    """The authenticator's signature counter; one that runs backwards is a copy."""
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"passkey {self.pk}"


class PatronSession(models.Model):
    """利用者のログイン: where a patron is signed in, so that it can be ended from elsewhere. Goes with the session."""

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="open_sessions")
    session = models.CharField(max_length=40, unique=True)
    """Key of the session row; the row is what counts, this only names it."""
    device = models.CharField(max_length=80, blank=True)
    began_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"patron session {self.pk}"


class PartnerService(models.Model):
    """連携サービス: another service that may ask, with the patron's permission, whether somebody is our patron (OpenID client)."""

    client_id = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    about = models.CharField(max_length=300, blank=True)
    """What it is for, in the words that the patron reads before agreeing."""
    digest = models.CharField(max_length=64, blank=True)
    """SHA-256 of its secret; empty for a program that can keep none and has only PKCE."""
    redirects = models.JSONField(default=list)
    scopes = models.JSONField(default=list)
    sector = models.CharField(max_length=100)
    """Host for which the patron has one pseudonym: two services of different hosts cannot put theirs together."""
    added_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.client_id


class Permit(models.Model):
    """連携の許可: what a patron lets one service know or do, until it is taken back."""

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="permits")
    service = models.ForeignKey(PartnerService, on_delete=models.PROTECT, related_name="permits")
    scopes = models.JSONField(default=list)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patron", "service"], condition=Q(withdrawn_at=None), name="one_open_permit_per_service"
            )
        ]

    def __str__(self) -> str:
        return f"permit {self.pk}"


class PermitToken(models.Model):
    """連携の鍵: a code, access token or refresh token under a permit. Only its digest is kept."""

    permit = models.ForeignKey(Permit, on_delete=models.CASCADE, related_name="tokens")
    kind = models.CharField(max_length=10)
    """code, access or refresh."""
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    """A code or refresh token is good once; used twice, everything from the same permit ends."""
    redirect = models.CharField(max_length=500, blank=True)
    challenge = models.CharField(max_length=128, blank=True)
    nonce = models.CharField(max_length=300, blank=True)
    signed_in_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="permit_token_end")]

    def __str__(self) -> str:
        return f"permit token {self.pk}"
