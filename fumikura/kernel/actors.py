"""Who is acting, at which desk, through which door, with which permissions."""

from dataclasses import dataclass, field

from fumikura.kernel.refusals import NotPermitted


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The `by=` of every verb. Built once per request by a door, never changed afterwards."""

    ref: str
    """"staff:12", "patron" (a patron is never named in the journal), "terminal:sc-03", "system"."""

    facility: str = ""
    """Code of the facility where it happens; empty for the system itself."""

    desk: str = ""
    """Code of the service point, when there is one."""

    via: str = "desk"
    """The door: desk, self-check, return-machine, book-post, opac, telephone, offline, api, sip2, cli, worker."""

    permissions: frozenset[str] = field(default_factory=frozenset)
    """`room.verb` codes, already narrowed to this facility."""

    by_glass: frozenset[str] = frozenset()
    """Of these rights those that are held for half an hour only, by break-glass."""

    request_key: str = ""
    """The request key of the call this actor is making; empty when nothing can be retried."""

    def require(self, permission: str) -> None:
        """Raise NotPermitted unless this actor has `permission`."""
        if permission not in self.permissions:
            raise NotPermitted(permission)

    def may(self, permission: str) -> bool:
        return permission in self.permissions
