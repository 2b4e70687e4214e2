"""ILS-DI as Koha offers it: one address, a service by name, XML back. VuFind's Koha driver and others speak it.

A thin façade beside PAIA: the same verbs, the same sign-in and lock-out. What it calls a patron's number is the key of a session,
so that nobody learns or does anything in a reader's name who has not shown the reader's password.
"""
