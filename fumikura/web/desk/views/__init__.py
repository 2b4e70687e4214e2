"""Addresses of the counter: a form in, one call of the flow or some queries, a page out."""
