"""Statements that Django words once a process: what a scan reads and writes, at a tenth of the processor time.

No tables, no verbs: `reads.py` for querysets, `writes.py` for single rows. Only for the few hot paths; everything
else asks the ORM in the ordinary way. Why and when: docs/decisions.
"""
