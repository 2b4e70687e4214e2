"""What the stocktake announces."""

from dataclasses import dataclass

from fumikura.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class StocktakeOpened(Event):
    """The counting of a part of the stock began."""

    name = "stocktake.stocktake-opened"
    stocktake: int
    facility: str
    location: str


@dataclass(frozen=True, kw_only=True)
class ScanBatchTaken(Event):
    """Numbers read along a shelf were taken; how often each verdict was given."""

    name = "stocktake.scan-batch-taken"
    batch: int
    stocktake: int
    verdicts: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class ScanBatchUndone(Event):
    """A batch was taken back as if it had not been read."""

    name = "stocktake.scan-batch-undone"
    batch: int
    stocktake: int


@dataclass(frozen=True, kw_only=True)
class CountingFinished(Event):
    """Reading is over; so many are to be searched."""

    name = "stocktake.counting-finished"
    stocktake: int
    searched: int


@dataclass(frozen=True, kw_only=True)
class SearchRoundDone(Event):
    """Somebody went round once; those looked for three times in vain became missing."""

    name = "stocktake.search-round-done"
    stocktake: int
    found: int
    missing: int


@dataclass(frozen=True, kw_only=True)
class ReadingSettled(Event):
    """Somebody dealt with a reading that should not have been there."""

    name = "stocktake.reading-settled"
    reading: int
    verdict: str


@dataclass(frozen=True, kw_only=True)
class StocktakeClosed(Event):
    """A stocktake is over."""

    name = "stocktake.stocktake-closed"
    stocktake: int


@dataclass(frozen=True, kw_only=True)
class WithdrawalProposed(Event):
    """Items were proposed to leave the stock."""

    name = "stocktake.withdrawal-proposed"
    items: tuple[int, ...]
    reason: str


@dataclass(frozen=True, kw_only=True)
class WithdrawalDecided(Event):
    """A proposal was approved, declined, or an approval taken back."""

    name = "stocktake.withdrawal-decided"
    item: int
    record: int
    decided_as: str


@dataclass(frozen=True, kw_only=True)
class RecyclingDaySet(Event):
    """A day was set on which citizens take home withdrawn items."""

    name = "stocktake.recycling-day-set"
    day: int
    items: int
