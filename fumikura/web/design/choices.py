"""What the reader of the page that is being made has chosen, for those who write it."""

from contextvars import ContextVar

eras: ContextVar[bool] = ContextVar("eras", default=False)
"""Whether years are said by era."""
