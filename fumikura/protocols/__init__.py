"""Doors for machines, one per protocol. A door owns no table and decides nothing."""
