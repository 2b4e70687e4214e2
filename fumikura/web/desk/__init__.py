"""窓口: the counter at /desk/. One field takes any barcode; the door says which verb that means, and its answer in words.

It keeps no table. What a counter has to remember between two scans (the visit, the open question, how to undo) lies in
a signed cookie of that browser: see memory.py. Nothing here decides whether something may be lent.
"""
