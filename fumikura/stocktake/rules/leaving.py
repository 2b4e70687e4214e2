"""除籍: why something may leave, where it may go, and who may say yes."""

from collections.abc import Iterator
from dataclasses import dataclass

from fumikura.kernel.refusals import Reason

REASONS = ("worn", "outdated", "double", "missing", "lost", "replaced", "moved")
"""汚破損, 内容が古い, 複本, 所在不明, 紛失・未返却, 買い替え, 移管."""
WAYS_OUT = ("recycling", "exchange", "pulp", "none")
"""リサイクル市, ほかの館・団体へ, 廃棄, 現物なし."""
NOT_THERE = frozenset({"missing", "lost"})

APPROVE_OWN = "stocktake.approve-own"
ROUNDS = 3
"""So often is a book looked for before it is called missing."""


@dataclass(frozen=True, kw_only=True)
class Leaving:
    reason: str
    way_out: str
    proposed_by: str
    decided_by: str
    seen_since: bool = False
    """Somebody had it in the hand after it was proposed."""


def objections_to_approval(leaving: Leaving) -> tuple[Reason, ...]:
    """Two people decide that public property goes; in a small house one who has the right may do both."""
    return tuple(_objections(leaving))


def _objections(leaving: Leaving) -> Iterator[Reason]:
    if leaving.proposed_by == leaving.decided_by:
        yield Reason("withdrawal-own-proposal", APPROVE_OWN)
    if leaving.reason in NOT_THERE and leaving.way_out != "none":
        yield Reason("withdrawal-not-there")
    if leaving.reason in NOT_THERE and leaving.seen_since:
        yield Reason("withdrawal-seen-since")
