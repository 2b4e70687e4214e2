"""統計・評価: what was done, counted without persons.

Kept here: facts, one for each journal entry that counts, with coarse attributes only (class, material, category, age band, district).
Not kept here: who read what; nothing here leads to a patron or to a loan. A copy of the journal: it may be thrown away and counted anew.
"""
