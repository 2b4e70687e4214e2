"""館・組織: who runs what, where, when it is open, and who may do what there.

Kept here: agencies, facilities with their capabilities, service points, calendars, sign-in users, roles and grants,
sign-in attempts (of staff and patrons, hashed).
Not kept here: patrons; rules about lending. Announced: agency-added, facility-added, facility-changed,
calendar-changed, user-added, user-deactivated, role-defined, role-granted, role-withdrawn, staff-signed-in, sign-in-locked.
"""
