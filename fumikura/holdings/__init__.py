"""所蔵: the copies, and where each one belongs.

Kept here: items (identity = agency + barcode), further identifiers, IC tags, shelving locations, withdrawals, missing items, last seen.
Not kept here: whether an item is on loan, on a journey or on the hold shelf: those are rows of circulation.
Announced: item-added, item-changed, item-withdrawn, item-missing, item-found, item-seen.
"""
