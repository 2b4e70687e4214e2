"""Items and the places they belong to."""

from typing import Self

from django.db import models
from django.db.models import Q

from fumikura.catalogue.models import BibliographicRecord
from fumikura.organisation.models import Agency, Facility


class ShelvingLocation(models.Model):
    """所在: a part of a facility where items stand (一般開架, 児童, 地域資料, 書庫)."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT)
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60, blank=True)
    is_open = models.BooleanField(default=True)
    """Readers may walk up to it; otherwise staff fetch."""
    walk_order = models.PositiveSmallIntegerField(default=0)
    """Its turn on the walk along the shelves: the order of a pick list."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facility", "code"], name="location_once_per_facility")]

    def __str__(self) -> str:
        return self.code


class Floor(models.Model):
    """棚の地図: one floor of a site, 100 wide and `depth` deep, seen from above."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="floors")
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=40, blank=True)
    depth = models.PositiveSmallIntegerField(default=60)
    listed_order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facility", "name"], name="floor_once_per_facility")]

    def __str__(self) -> str:
        return f"{self.facility_id} {self.name}"


class Bookcase(models.Model):
    """書架: a rectangle on a floor, and which call numbers of which location stand in it. Without a location: a landmark."""

    floor = models.ForeignKey(Floor, on_delete=models.CASCADE, related_name="bookcases")
    label = models.CharField(max_length=40)
    location = models.ForeignKey(ShelvingLocation, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    first = models.CharField(max_length=60, blank=True)
    """The call numbers from here … empty: from the beginning of the location."""
    last = models.CharField(max_length=60, blank=True)
    """… to everything that begins with this; empty: to its end."""
    left = models.FloatField()
    top = models.FloatField()
    width = models.FloatField()
    height = models.FloatField()

    def __str__(self) -> str:
        return self.label


class CallNumberRules(models.Model):
    """請求記号のきまり: how an agency makes call numbers, as text (see holdings.call_numbers). None = the standard rules."""

    agency = models.OneToOneField(Agency, on_delete=models.PROTECT, related_name="call_number_rules")
    text = models.TextField()
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"call numbers of {self.agency_id}"


class ItemQuerySet(models.QuerySet["Item"]):
    def in_stock(self) -> Self:
        """Not withdrawn."""
        return self.filter(withdrawal=None)


class Item(models.Model):
    """資料(1点)."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    barcode = models.CharField(max_length=30)
    record = models.ForeignKey(BibliographicRecord, on_delete=models.PROTECT, related_name="items")
    home = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="items")
    location = models.ForeignKey(ShelvingLocation, null=True, blank=True, on_delete=models.PROTECT)
    call_number = models.CharField(max_length=60, blank=True)
    """請求記号, its lines separated by "/" as on the spine: 913.6/ナ/1."""
    material = models.CharField(max_length=20, default="book")
    """A node of the policy's material tree: book, comic, large-picture-book, magazine, cd, dvd …"""
    collection = models.CharField(max_length=20, blank=True)
    """A part of the stock with rules of its own (郷土資料, 夏の課題図書); empty for the general stock."""
    volume = models.CharField(max_length=60, blank=True)
    reference_only = models.BooleanField(default=False)
    in_house_only = models.BooleanField(default=False)
    lendable_from = models.DateField(null=True, blank=True)
    is_latest_issue = models.BooleanField(default=False)
    age_from = models.PositiveSmallIntegerField(null=True, blank=True)
    """Lent to readers of this age and older."""
    origin = models.CharField(max_length=20, default="own")
    """own, or interlibrary when it belongs to another city."""
    return_to = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """The one facility to which a borrowed item goes back."""
    parts = models.PositiveSmallIntegerField(default=1)
    """How many pieces must be there: 1, or more with 付録."""
    parts_words = models.CharField(max_length=60, blank=True)
    """What belongs to it, as staff should say it: 本・CD 1枚・地図."""
    stands_at = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """Where it stands when that is not its home: floating, on deposit, or because its home is closed."""
    searched_in_vain = models.PositiveSmallIntegerField(default=0)
    """How often it was looked for on its shelf and not found since it was last seen."""
    added_on = models.DateField()
    last_seen_at = models.DateTimeField(null=True, blank=True)
    last_seen_facility = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ItemQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "barcode"], name="item_once_per_agency")]
        indexes = [models.Index(fields=["barcode"], name="item_barcode")]

    def __str__(self) -> str:
        return self.barcode


class ItemIdentifier(models.Model):
    """Another number on the same item: an IC tag's UID, a former system's number."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=20)
    value = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheme", "value"], name="item_identifier_once")]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


class Tagging(models.Model):
    """ICタグ貼り: the tag that a copy carries, or the note that it cannot carry one, until replaced."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="taggings")
    tag = models.CharField(max_length=32, blank=True)
    """The tag's own number in hexadecimal capitals; empty when the copy cannot be tagged."""
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    """Where it was done."""
    tagged_on = models.DateField()
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaced_by"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(ended_at=None), name="one_tag_at_a_time"),
            models.UniqueConstraint(
                fields=["tag"], condition=Q(ended_at=None) & ~Q(tag=""), name="tag_on_one_item_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"tagging {self.pk}"


class Withdrawal(models.Model):
    """除籍: the item left the stock."""

    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="withdrawal")
    withdrawn_at = models.DateTimeField()
    reason = models.CharField(max_length=30)

    def __str__(self) -> str:
        return f"withdrawal {self.pk}"


class Missing(models.Model):
    """不明: looked for and not there, until found."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="missings")
    since = models.DateTimeField()
    last_at = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    on_the_way_to = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """Where it was going when it was lost on a journey."""
    found_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(found_at=None), name="missing_once_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"missing {self.pk}"


class KeptAside(models.Model):
    """別置: waiting at a facility for somebody's work: processing, back-to-lender. Not on a shelf, not to be lent."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="kept_aside")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=20)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(ended_at=None), name="kept_aside_once_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"kept aside {self.pk}"


class Deposit(models.Model):
    """団体貸付・貸付先: for a term the item belongs to another place of the network, to which it goes back."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="deposits")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    until = models.DateField()
    """The last day of the term."""
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(ended_at=None), name="one_deposit_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"deposit {self.pk}"


class Relocation(models.Model):
    """移管: the item is to belong to another facility. Until it has come there its home is the old one, whoever it serves on the way."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="relocations")
    home = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    """The new one."""
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    """It has come there, or its home was decided otherwise."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(ended_at=None), name="one_relocation_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"relocation {self.pk}"


class FrozenStock(models.Model):
    """移動停止: the stock of a facility is neither picked nor returned to, while it is closed for repair."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility"], condition=Q(ended_at=None), name="frozen_once_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"frozen {self.facility_id}"


class ItemSet(models.Model):
    """学級セット・団体用の組: items that are lent and come back together, under one label."""

    number = models.CharField(max_length=30, unique=True)
    """On the label of its box."""
    name = models.CharField(max_length=100)
    home = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.number


class ItemSetMember(models.Model):
    """組の1点."""

    set = models.ForeignKey(ItemSet, on_delete=models.CASCADE, related_name="members")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="set_places")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item"], name="item_in_one_set")]

    def __str__(self) -> str:
        return f"set member {self.pk}"
