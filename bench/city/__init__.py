"""A city simulated through the real verbs: 24 sites, vans twice a day, readers who ask, borrow, bring back late or never collect."""
