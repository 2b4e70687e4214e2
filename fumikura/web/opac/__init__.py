"""The public catalogue: for everybody, without signing in. Search, titles, opening days, help.

It watches nobody: no session, no cookie but the reader's own choices.
"""
