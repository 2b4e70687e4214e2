"""A small network in which anything may happen in any order: the town, the verbs by subject, and what must hold after each."""
