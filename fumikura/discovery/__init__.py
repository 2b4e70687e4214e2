"""検索: one shape for everything that can be found, one query language, one index.

Kept here: the index (a copy that may be thrown away and rebuilt) and its versions. Nothing is decided from it.
"""
