"""Catalogues elsewhere that are asked by SRU: what is sent, how long one waits, what the answer says. No tables."""
