"""館・組織: who runs what, where, when it is open, and who may do what there.

Kept here: agencies, facilities with their capabilities, service points, calendars, sign-in users, roles and grants.
Not kept here: patrons; rules about lending. Announced: calendar-changed, role-granted, role-withdrawn, facility-changed.
"""
