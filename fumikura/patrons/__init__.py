"""利用者: the only room with personal data, and the only door to it has a lock.

Kept here: patrons, cards, categories, blocks. Not kept here: what anybody reads.
Announced (by key, never by name): patron(s)-registered, patron-changed, patron-viewed, card-issued,
card-renewed, card-stopped, patron-blocked, patron-unblocked, password-set.
"""
