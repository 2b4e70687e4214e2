"""貸出・予約・回送: one scan touches loans, holds and journeys, so they are one room.

Kept here: policy sets (versioned), loans, holds, transits. Not kept here: who the reader is (patrons), what the copy is (holdings).
Announced: loan-made, loan-renewed, loan-returned, transit-started, transit-ended, hold-placed, hold-allotted, hold-ready …
"""
