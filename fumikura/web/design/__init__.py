"""How every page looks and speaks: tokens, components, covers, the frames of pages, the living gallery at /design/.

Not here: what a page says. A door composes it from components through `{% ui %}`, and keeps what is its alone in its own sheet.
"""
