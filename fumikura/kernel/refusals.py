"""A rule says no by returning Reasons; a verb says no by raising Refused with all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Reason:
    """One objection. The code is stable; words for it are found at the doors (kernel.reasons)."""

    code: str
    """kebab-case, with a parameter after a colon where the table says so: "loan-limit-reached:av"."""

    overridable_with: str = ""
    """Permission that may set it aside; empty when nobody may."""

    values: tuple[tuple[str, str | int], ...] = ()
    """Figures and names for the sentence, e.g. (("limit", 15), ("have", 15)). Never a patron's name."""

    @classmethod
    def of(cls, code: str, overridable_with: str = "", **values: str | int) -> Self:
        return cls(code, overridable_with, tuple(sorted(values.items())))

    @property
    def kind(self) -> str:
        """The code without its parameter."""
        return self.code.partition(":")[0]

    @property
    def about(self) -> str:
        """The parameter after the colon, or an empty string."""
        return self.code.partition(":")[2]

    def facts(self) -> Mapping[str, str | int]:
        return dict(self.values)


class Refused(Exception):
    """Nothing was done. `reasons` is the complete set of objections."""

    def __init__(self, *reasons: Reason) -> None:
        self.reasons = reasons
        super().__init__(", ".join(reason.code for reason in reasons))


class NotPermitted(Refused):
    """The actor has no right to do this here."""

    def __init__(self, permission: str) -> None:
        self.permission = permission
        super().__init__(Reason.of(f"not-permitted:{permission}"))


def standing(
    reasons: tuple[Reason, ...], *, overriding: frozenset[str], permissions: frozenset[str]
) -> tuple[Reason, ...]:
    """The objections that remain after `overriding`, each only by someone who may.

    If any remains, the covered ones are left out of the answer: they were settled and need not be asked again.
    """
    return tuple(
        reason for reason in reasons if not (reason.code in overriding and reason.overridable_with in permissions)
    )
