"""紙: what is printed. Patron cards and item labels, set by typst from plain data; strings are data and never source text."""
