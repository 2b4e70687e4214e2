"""利用者: the only room with personal data, and the only door to it has a lock.

Kept here: patrons, cards, categories, blocks, sign-in attempts. Not kept here: what anybody reads.
Announced (by key, never by name): patron-registered, card-issued, card-stopped, patron-blocked, patron-unblocked.
"""
