"""SIP2: self-service machines, return machines, sorters and gates of any maker (3M Standard Interchange Protocol 2.00).

codec: bytes ↔ Message. conversation: one terminal, one message at a time. acts/…: each message as one verb or some queries.
dialects: what makers do differently, as data. server: sockets. watching, simulating: for staff.
"""
