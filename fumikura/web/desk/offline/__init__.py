"""The counter that keeps working: a page that lives in the browser, and the addresses at which its list comes home.

The page holds nobody's data and asks for no sign-in, so that it opens when nobody can sign in. What a terminal fetches and
sends is its own by its signature; preparing a terminal and settling its list are for staff.
"""
