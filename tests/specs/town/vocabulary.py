"""Every word that a case may use. A case with another word is not passed over: it fails and says which."""

from collections.abc import Container, Iterable, Iterator
from typing import Any

from fumikura.circulation.rules.policies import OUTPUTS
from fumikura.circulation.rules.resolution import COUNTED_BY
from tests.specs.cases import steps
from tests.specs.town.words import outputs_of

GIVEN = {"items", "patrons", "rules", "holds", "titles", "walk", "sites", "versions", "crates", "mode"}
ROWS = {"shelf", "loan", "transit", "missing", "withdrawn", "set_aside", "hold_shelf"}
ON_ROWS = {
    "lent", "due", "renewals", "kind", "due_time", "at", "received", "claimed", "lost", "seen_at", "since", "why", "sent",
    "parts", "withdrawn", "allotted", "not_found", "hold", "ready", "until", "collecting", "leaving_for", "extended",
    "location", "call_number", "added", "deposit", "purpose", "rules_version", "on_the_way_to", "home",
    "reminded", "shifted_from", "desk",
}  # fmt: skip
FACTS = {
    "card_expires", "card_stopped", "open_loans", "overdue_since", "guardian_consents", "open_holds", "holds_today",
    "no_shows", "merged_into", "e_mail", "responsible_for", "exempt_until", "age", "category", "residency", "guardian",
}  # fmt: skip
HOLD = {
    "patron", "title", "item", "set", "pickup", "accepted", "entered", "suspended_until", "needed_by", "contact", "closed",
}  # fmt: skip
SET = {"kind", "titles", "want", "done"}
SITE = {
    "stock_frozen", "holds_stock", "lends", "takes_returns", "pickup", "registers", "openings", "hours", "calendar", "community_hours",
}  # fmt: skip
BATCH = {"terminal", "site", "skew_seconds", "signature", "lines"}
LINES = {
    "register": {"patron"},
    "loan": {"item", "patron"},
    "return": {"item"},
    "hold": {"hold", "title", "item", "patron", "pickup"},
}
THEN = {
    "items", "holds", "journal", "staff", "patron", "blocks", "next", "returned_on", "queue", "position", "counts",
    "pickups", "order", "arrives", "pick_list", "offer", "explains", "refused", "refused_items", "refused_kinds",
    "would_refuse", "lines", "never", "onward",
}  # fmt: skip
OF_EVERY_STEP = {"verb", "at", "site", "door", "desk", "request_key", "dry_run", "reason"}
"""The reason is for whoever reads the journal; where it does something, its verb reads it."""
MANY = {"items"}
OVER = {"overriding"}
OF_VERBS: dict[str, set[str]] = {
    "check_out": {"item", "patron", "kind"} | OVER | MANY,
    "check_in": {"item", "mode", "parts_missing", "excuse", "crate"} | OVER | MANY,
    "found": {"item", "parts_missing", "excuse"} | OVER | MANY,
    "receive": {"item", "crate", "parts_missing", "excuse"} | OVER | MANY,
    "renew": {"item", "patron"} | OVER | MANY,
    "place_hold": {"hold", "patron", "title", "item", "set", "pickup", "accepted", "needed_by", "contact"} | OVER,
    "cancel_hold": {"hold", "patron", "why", "by"},
    "suspend": {"hold", "patron", "until"},
    "change_pickup": {"hold", "patron", "pickup"},
    "reorder_set": {"hold", "patron", "titles"},
    "extend_shelf": {"hold", "patron"},
    "allot": {"title"},
    "pick_list": set(),
    "not_found": {"item"},
    "expire_shelf": set(),
    "expire_holds": set(),
    "remind": set(),
    "find_stuck": set(),
    "forget_onward": set(),
    "send": {"item", "to", "purpose"} | MANY,
    "pack": {"item", "crate"} | MANY,
    "close_crate": {"crate"},
    "estimate_arrival": {"item", "ready_to_go"},
    "mark_missing": {"item"},
    "set_aside": {"item"},
    "claim_returned": {"item", "patron"},
    "declare_lost": {"item", "patron"},
    "accept_replacement": {"item", "in", "new_item"},
    "withdraw": {"item"} | OVER,
    "close_site": {"closed", "from", "to", "substitute"},
    "shift_due_dates": {"from", "to", "new_due", "preview"},
    "undo_shift": {"from", "to", "new_due"},
    "replay_offline": {"batches"},
    "merge_patron": {"from", "into"},
    "merge_record": {"from", "into"},
    "explain_due": {"item"},
    "may_borrow": {"patron", "kinds"},
    "lend_on": {"item", "holder"},
    "take_back_onward": {"item"},
    "tell_onward_count": {"patron", "month", "told"},
}  # fmt: skip


def unknown_words(case: dict[str, Any], verbs: Container[str]) -> list[str]:
    """The words of this case that this town does not understand; empty when it can be played."""
    given, then = case["given"], case.get("then", {})
    found = [
        *_others("given", given, GIVEN),
        *_others("then", then, THEN),
        *_of_rows("given row", given.get("items", {})),
        *_of_rows("row", then.get("items", {})),
        *_of_each("fact", given.get("patrons", {}), FACTS),
        *_of_each("hold", given.get("holds", {}), HOLD),
        *_of_each("set", {name: row.get("set", {}) for name, row in given.get("holds", {}).items()}, SET),
        *_of_each("site", given.get("sites", {}), SITE),
        *_of_each("crate", given.get("crates", {}), {"to", "contains"}),
        *_of_each("title", given.get("titles", {}), {"on_order"}),
        *(
            word
            for version in given.get("versions", [])
            for word in _others("version", version, {"id", "from", "rules"})
        ),
        *_of_rules(given.get("rules", {})),
    ]
    if given.get("mode", "disaster") not in {"disaster", "normal"}:
        found.append(f"mode {given['mode']}")
    for step in steps(case):
        found += _of_step(step) if step["verb"] in verbs else [f"verb {step['verb']}"]
    return sorted(set(found))


def _others(where: str, written: Iterable[str], known: set[str]) -> Iterator[str]:
    yield from (f"{where} {word}" for word in written if word not in known)


def _of_each(where: str, rows: dict[str, dict[str, Any]], known: set[str]) -> Iterator[str]:
    for row in rows.values():
        yield from _others(where, row, known)


def _of_rows(where: str, rows: dict[str, dict[str, Any]]) -> Iterator[str]:
    for row in rows.values():
        if not ROWS & set(row):
            yield f"{where} {next(iter(row), 'empty')}"
        yield from _others(where, row, ROWS | ON_ROWS)


def _of_rules(rules: dict[str, Any]) -> Iterator[str]:
    for counter in rules.get("counters", {}).values():
        yield from _others("counter", counter, set(COUNTED_BY))
    for group, values in rules.items():
        if group == "counters":
            continue
        outputs = outputs_of(group, values) if isinstance(values, dict) else [(group, values)]
        yield from (f"rule {name}" for name, _ in outputs if name not in OUTPUTS and ".limit." not in name)


def _of_step(step: dict[str, Any]) -> Iterator[str]:
    yield from _others(step["verb"], step, OF_EVERY_STEP | OF_VERBS[step["verb"]])
    yield from _others("set", step.get("set", {}), SET)
    for batch in step.get("batches", []):
        yield from _others("batch", batch, BATCH)
        for line in batch["lines"]:
            yield from _others(f"line {line['kind']}", line, {"key", "kind", "at"} | LINES.get(line["kind"], set()))
