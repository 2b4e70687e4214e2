"""選書・購入希望: what readers ask the library to have.

Kept here: suggestions, what was decided on them and what the reader was told. Not kept here: orders and funds (nobody has
built them), holds (a suggestion that is granted becomes a hold at the place of its day: circulation).
Announced: suggestion-made, suggestion-withdrawn, suggestion-decided, suggestion-forgotten.
"""
