"""Words every room uses: who acts, why not, what was read. Standard library only; no Django, no tables."""
