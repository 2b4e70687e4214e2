"""What holdings announces."""

from dataclasses import dataclass

from fumikura.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class ItemAdded(Event):
    """A copy joined the stock."""

    name = "holdings.item-added"
    item: int
    record: int


@dataclass(frozen=True, kw_only=True)
class ItemsAdded(Event):
    """Many copies joined the stock in one act."""

    name = "holdings.items-added"
    count: int
    items: tuple[int, ...]
    records: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class LocationAdded(Event):
    """A facility got a shelving location."""

    name = "holdings.location-added"
    facility: str
    location: str


@dataclass(frozen=True, kw_only=True)
class CallNumberRulesSet(Event):
    """How an agency makes call numbers was changed; those that items have stay."""

    name = "holdings.call-number-rules-set"
    agency: str


@dataclass(frozen=True, kw_only=True)
class ItemChanged(Event):
    """What is known of a copy was changed."""

    name = "holdings.item-changed"
    item: int
    record: int
    records: tuple[int, ...]
    """The record it belongs to, and the one it belonged to before."""
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ItemWithdrawn(Event):
    """A copy left the stock."""

    name = "holdings.item-withdrawn"
    item: int
    record: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class SetMade(Event):
    """A set of items was made, or its content changed."""

    name = "holdings.set-made"
    set: int
    items: int


@dataclass(frozen=True, kw_only=True)
class ItemReinstated(Event):
    """A withdrawal was taken back."""

    name = "holdings.item-reinstated"
    item: int
    record: int


@dataclass(frozen=True, kw_only=True)
class ItemMissing(Event):
    """A copy became missing."""

    name = "holdings.item-missing"
    item: int
    record: int


@dataclass(frozen=True, kw_only=True)
class ItemFound(Event):
    """A missing copy was seen."""

    name = "holdings.item-found"
    item: int
    record: int


@dataclass(frozen=True, kw_only=True)
class ItemTagged(Event):
    """A copy got an IC tag, in the place of another one or not."""

    name = "holdings.item-tagged"
    item: int
    tag: str
    replaced: str


@dataclass(frozen=True, kw_only=True)
class ItemNotTaggable(Event):
    """A copy cannot carry an IC tag."""

    name = "holdings.item-not-taggable"
    item: int


@dataclass(frozen=True, kw_only=True)
class TagLayoutKept(Event):
    """Tags of this layout are read from now on, or its description was changed."""

    name = "holdings.tag-layout-kept"
    layout: str


@dataclass(frozen=True, kw_only=True)
class TagLayoutDropped(Event):
    """Tags of this layout are read no more."""

    name = "holdings.tag-layout-dropped"
    layout: str


@dataclass(frozen=True, kw_only=True)
class TaggingUndone(Event):
    """What was noted last about a copy's IC tag was taken back."""

    name = "holdings.tagging-undone"
    item: int
    tag: str


@dataclass(frozen=True, kw_only=True)
class ItemSeen(Event):
    """A scan that changed nothing else."""

    name = "holdings.item-seen"
    item: int
    record: int


@dataclass(frozen=True, kw_only=True)
class ItemRelocated(Event):
    """The home changed."""

    name = "holdings.item-relocated"
    item: int
    record: int
    home: str


@dataclass(frozen=True, kw_only=True)
class DepositEnded(Event):
    """A term elsewhere is over."""

    name = "holdings.deposit-ended"
    item: int
    record: int


@dataclass(frozen=True, kw_only=True)
class StockFrozen(Event):
    """The stock of a facility is not moved until further notice."""

    name = "holdings.stock-frozen"
    facility: str


@dataclass(frozen=True, kw_only=True)
class StockThawed(Event):
    """The stock of a facility is moved again."""

    name = "holdings.stock-thawed"
    facility: str


@dataclass(frozen=True, kw_only=True)
class FloorDrawn(Event):
    """The map of a floor was drawn, or drawn anew."""

    name = "holdings.floor-drawn"
    facility: str
    floor: int
    cases: int


@dataclass(frozen=True, kw_only=True)
class FloorRemoved(Event):
    """The map of a floor was taken away."""

    name = "holdings.floor-removed"
    facility: str
    floor: int
