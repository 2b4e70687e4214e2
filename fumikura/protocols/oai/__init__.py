"""OAI-PMH 2.0: the whole catalogue for whoever harvests it (NDL Search, Japan Search, other cities).

arguments and tokens are pure; nothing is kept between two requests. Deleted records are kept and told for ever.
"""
