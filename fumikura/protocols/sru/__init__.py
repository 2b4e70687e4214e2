"""SRU 1.1, 1.2 and 2.0: one search for programs, in CQL; and what a Z39.50 gateway stands on.

cql: text → tree, pure. compiling: tree → discovery.query, pure. answers: XML. Scan goes over the titles and numbers in order.
"""
