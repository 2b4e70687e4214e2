"""ウェブフック: other programs are told at once what changed, instead of asking again and again.

Kept here: who is told of what, each message until it arrived or was given up.
Not kept here: what has happened (journal), what a record says now (catalogue). A message names records and places, never a person.
Announced: webhook-set, webhook-ended, delivery-given-up, delivery-sent-again.
"""
