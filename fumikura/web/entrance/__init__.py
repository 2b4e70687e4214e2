"""The entrance: signing in and out, for patrons with their card, for staff with their user name and their place of work."""
