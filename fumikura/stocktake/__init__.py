"""蔵書点検・除籍: what really stands on the shelves, and what leaves them for good.

Kept here: stocktakes, the batches that were read and what each reading meant, searches, proposals to withdraw, recycling days.
Not kept here: when an item was last seen, whether it is missing or withdrawn (holdings); loans, journeys and holds (circulation).
Announced: stocktake-opened, scan-batch-taken, scan-batch-undone, counting-finished, search-round-done, stocktake-closed,
reading-settled, withdrawal-proposed, withdrawal-decided, recycling-day-set.
"""
