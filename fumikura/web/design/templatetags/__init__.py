"""The `{% ui %}` tags."""
