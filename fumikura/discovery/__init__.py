"""検索: one shape for everything that can be found, one query language, one index.

Kept here: the index (a copy that may be thrown away and rebuilt) and its versions; catalogues elsewhere that are asked; lists of
records that staff put together (特集); searches that readers keep. Nothing is decided from it.
"""
