"""書誌・典拠: what the library describes, whether or not it has a copy.

Kept here: bibliographic records (MARC 21 is the canonical form), their identifiers and earlier versions, imports and what
they quarantined. `marc/` holds the codecs; `description.py` is the one conversion that pages, index and exports use.
Not kept here: copies (holdings), waiting readers (circulation). Announced: record-created, record-changed, records-imported.
"""
