"""Agencies, facilities, calendars, and the people who work there."""

from datetime import datetime, time

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q


class Agency(models.Model):
    """機関: the name space of barcodes. Numbers collide between agencies; an item is (agency, barcode)."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    isil = models.CharField(max_length=20, blank=True)
    item_check = models.CharField(max_length=20, default="none")
    """Check-digit scheme of item barcodes: a name in kernel.barcodes.SCHEMES."""
    card_check = models.CharField(max_length=20, default="none")

    def __str__(self) -> str:
        return self.code


class Calendar(models.Model):
    """開館暦: closing rules as data (see organisation.rules.Calendar), shared by the facilities that follow them."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    rules = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.code


class Facility(models.Model):
    """館・室・カウンター: a place of the network, described by what it can do rather than by its kind."""

    class Kind(models.TextChoices):
        CENTRAL = "central", "中央館"
        BRANCH = "branch", "地域館"
        ROOM = "room", "図書室"
        COUNTER = "counter", "図書館ターミナル"
        LOCKER = "locker", "予約ロッカー"
        STOP = "stop", "移動図書館"
        SCHOOL = "school", "学校図書館"
        CULTURE = "culture", "文化施設"

    class TakesReturns(models.TextChoices):
        ANY = "any", "どの館の資料も"
        OWN = "own", "自館の資料だけ"
        NONE = "none", "受けない"

    class Pickup(models.TextChoices):
        ALL = "all", "だれでも"
        SCHOOL = "school", "学校の人だけ"
        NONE = "none", "受取なし"

    code = models.CharField(max_length=20, unique=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    name = models.CharField(max_length=100)
    reading = models.CharField(max_length=100, blank=True)
    name_en = models.CharField(max_length=100, blank=True)
    short_name = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    operator = models.CharField(max_length=100, blank=True)
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT)
    opens = models.TimeField()
    closes = models.TimeField()
    openings = models.JSONField(default=list, blank=True)
    """Hours of single desks or audiences, as organisation.rules.AudienceHours reads them; empty: everybody from opens to closes."""
    postcode = models.CharField(max_length=8, blank=True)
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    """Postcode and telephone as kernel.contacts writes them; empty where nobody is to write or to call."""
    latitude = models.FloatField(null=True, blank=True)
    """Degrees; null with `longitude` where it has no place on the map."""
    longitude = models.FloatField(null=True, blank=True)
    holds_stock = models.BooleanField(default=True)
    lends = models.BooleanField(default=True)
    takes_returns = models.CharField(max_length=10, choices=TakesReturns.choices, default=TakesReturns.ANY)
    pickup = models.CharField(max_length=10, choices=Pickup.choices, default=Pickup.ALL)
    registers = models.BooleanField(default=True)
    listed_order = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.code


class ExceptionalDay(models.Model):
    """臨時開館・臨時休館: one day on which a facility departs from its calendar."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT)
    on = models.DateField()
    is_open = models.BooleanField()
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facility", "on"], name="one_exception_a_day")]

    def __str__(self) -> str:
        return f"{self.facility_id} {self.on}"


class MapLine(models.Model):
    """市の地図の線: a line by which people know their city. The map is drawn from these, without tiles of anybody's."""

    class Kind(models.TextChoices):
        EDGE = "edge", "市の境"
        WATER = "water", "川・池"
        GREEN = "green", "山・公園"
        RAIL = "rail", "鉄道"
        ROAD = "road", "道"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=60, blank=True)
    points = models.JSONField()
    """[[longitude, latitude], …] in degrees; an area ends where it begins."""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class DisasterMode(models.Model):
    """災害モード: while one is open, no reminder leaves the house and rules for the mode "disaster" hold."""

    since = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"disaster {self.pk}"


class ServicePoint(models.Model):
    """窓口: a desk at a facility."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT)
    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=50)

    def __str__(self) -> str:
        return self.code


class Role(models.Model):
    """役割: a named set of permissions, each `room.verb`."""

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=50)
    name_en = models.CharField(max_length=50, blank=True)
    permissions = models.JSONField(default=list)
    needs_second_factor = models.BooleanField(default=False)
    """Whoever has it signs in with a second factor."""

    def __str__(self) -> str:
        return self.code


class UserManager(BaseUserManager["User"]):
    """Only what Django's sign-in needs: finding a user by user name."""


class User(AbstractBaseUser):
    """職員の利用者ID: somebody or something that signs in to work. A reader is a Patron, never a User."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)
    operator = models.CharField(max_length=100, blank=True)
    """指定管理者など: whose employee it is; empty for the city's own. Such a manager sees only people of the same operator."""
    works_from = models.TimeField(default=time(0))
    works_until = models.TimeField(default=time(0))
    """Sign-in and work are possible between these local times; two equal times mean at any hour."""

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    def __str__(self) -> str:
        return self.username


class Grant(models.Model):
    """役割の付与: a role that a user has at one facility, or everywhere when none is named."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.ForeignKey(Role, on_delete=models.PROTECT)
    facility = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "facility"], name="grant_once"),
            models.UniqueConstraint(fields=["user", "role"], condition=Q(facility=None), name="grant_everywhere_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role_id}"


class SecondFactor(models.Model):
    """2つめの確認: an authenticator's secret or a passkey with which a member of staff proves who they are."""

    class Kind(models.TextChoices):
        TOTP = "totp", "認証アプリ"
        PASSKEY = "passkey", "パスキー"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="second_factors")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=60)
    """What its owner calls it."""
    secret = models.TextField()
    """Sealed: the shared secret of an authenticator. A passkey: its public key, base64url."""
    credential = models.CharField(max_length=700, blank=True)
    """A passkey's id, base64url."""
    counter = models.BigIntegerField(default=0)
    """The last time step used, so that no code is good twice; a passkey's signature counter."""
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["credential"], condition=~Q(credential=""), name="one_factor_per_credential"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class RecoveryCode(models.Model):
    """予備のコード: good once, when the second factor is lost. Only its digest is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"recovery code {self.pk}"


class StaffSession(models.Model):
    """職員のログイン: where a user is signed in, so that it can be ended from elsewhere."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="open_sessions")
    session = models.CharField(max_length=40, unique=True)
    """Key of the session row; the row is what counts, this only names it."""
    device = models.CharField(max_length=80, blank=True)
    began_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"staff session {self.pk}"


class BrokenGlass(models.Model):
    """緊急の権限: rights that somebody took for a short time and a stated reason. Everybody responsible is told."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    permissions = models.JSONField(default=list)
    reason = models.CharField(max_length=300)
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    """When somebody responsible has looked at it."""

    class Meta:
        indexes = [models.Index(fields=["user"], condition=Q(ended_at=None), name="broken_glass_open")]

    def __str__(self) -> str:
        return f"broken glass {self.pk}"

    def is_open_at(self, at: datetime) -> bool:
        return self.ended_at is None and self.until > at


class SigningKey(models.Model):
    """署名の鍵: signs what the library says about a reader to another service."""

    kid = models.CharField(max_length=40, unique=True)
    sealed = models.TextField()
    """The private key, sealed."""
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.kid


class SignInAttempt(models.Model):
    """A sign-in that has not succeeded, by what was tried and from where (both hashed), for the lock-out."""

    what = models.CharField(max_length=64)
    tried_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["what", "tried_at"], name="attempt_what_when")]

    def __str__(self) -> str:
        return f"attempt {self.pk}"


class ApiToken(models.Model):
    """APIトークン: lets a program act as a user at one facility. Only its digest is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT)
    name = models.CharField(max_length=60)
    """What it is for, in the words of who asked for it."""
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the token; the token itself is 256 random bits, so no salt or stretching is needed."""
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Device(models.Model):
    """機器: a self-service machine, gate or reader that acts at one facility with a key of its own."""

    code = models.CharField(max_length=30, unique=True)
    """Its user name when it signs in."""
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    """A name in organisation.device_kinds: what it may do."""
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="devices")
    digest = models.CharField(max_length=64)
    """SHA-256 of its key, which is 120 random bits and shown once."""
    dialect = models.CharField(max_length=20, default="standard")
    encoding = models.CharField(max_length=10, default="utf-8")
    """utf-8, cp932 or ascii."""
    line_end = models.CharField(max_length=4, default="cr")
    language = models.CharField(max_length=10, default="ja")
    """What it says to somebody whose language is not known yet."""
    asks_password = models.BooleanField(default=False)
    """A reader is known only by card and password."""
    returns_provisionally = models.BooleanField(default=False)
    """仮返却: what it takes in is finalised at a desk."""
    bins = models.JSONField(default=dict)
    """Where a sorter lets an item fall: shelve, send, hold-shelf, set-aside, keep, or "send:KITA" → the bin's name."""
    lying = models.JSONField(default=list)
    """What lies on its antenna: numbers of items, as it told last."""
    lying_at = models.DateTimeField(null=True, blank=True)
    """When it told so."""
    added_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.code
