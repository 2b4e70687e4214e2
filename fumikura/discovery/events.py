"""What discovery announces."""

from dataclasses import dataclass
from typing import ClassVar

from fumikura.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class IndexBuilt(Event):
    """An index was built anew and waits for the reader to let it catch up and take over."""

    name: ClassVar[str] = "discovery.index-built"
    version: str
    documents: int


@dataclass(frozen=True, kw_only=True)
class TargetSet(Event):
    """A catalogue elsewhere was named, or what is known of it was changed."""

    name: ClassVar[str] = "discovery.target-set"
    target: int


@dataclass(frozen=True, kw_only=True)
class TargetEnded(Event):
    """A catalogue elsewhere is asked no more."""

    name: ClassVar[str] = "discovery.target-ended"
    target: int


@dataclass(frozen=True, kw_only=True)
class ListMade(Event):
    """Staff began a list of records."""

    name: ClassVar[str] = "discovery.list-made"
    list: int


@dataclass(frozen=True, kw_only=True)
class ListArranged(Event):
    """What a list says or holds, or its order, was changed."""

    name: ClassVar[str] = "discovery.list-arranged"
    list: int
    size: int


@dataclass(frozen=True, kw_only=True)
class ListEnded(Event):
    """A list is no longer shown; or, `again`, it is."""

    name: ClassVar[str] = "discovery.list-ended"
    list: int
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class SearchSaved(Event):
    """A reader kept a search. Never which."""

    name: ClassVar[str] = "discovery.search-saved"


@dataclass(frozen=True, kw_only=True)
class SavedSearchForgotten(Event):
    """A reader deleted a kept search."""

    name: ClassVar[str] = "discovery.saved-search-forgotten"


@dataclass(frozen=True, kw_only=True)
class WishesChanged(Event):
    """A reader changed a list of books to read. Never which."""

    name: ClassVar[str] = "discovery.wishes-changed"


@dataclass(frozen=True, kw_only=True)
class ListOffered(Event):
    """A reader offered a list of their own for all to see. Never which books."""

    name: ClassVar[str] = "discovery.list-offered"


@dataclass(frozen=True, kw_only=True)
class OfferTakenBack(Event):
    """A reader shows a list of their own no more; it is erased."""

    name: ClassVar[str] = "discovery.offer-taken-back"


@dataclass(frozen=True, kw_only=True)
class OfferAnswered(Event):
    """Staff let a reader's list be seen, or did not, or took it down. Its reader is told."""

    name: ClassVar[str] = "discovery.offer-answered"
    list: int
    shown: bool
