"""Doors for people, one per audience. A door owns no table and decides nothing."""
