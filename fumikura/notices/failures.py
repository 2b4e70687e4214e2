"""How a message can fail to leave."""


class Undeliverable(Exception):
    """The address is wrong for good: trying again is of no use."""


class NotTaken(Exception):
    """The provider did not take it now; it is tried again."""
